"""The table of columns in the README matches the importer's columns."""

from pathlib import Path

from alongside.features.schools.columns import COLUMNS, LABELS
from alongside.features.schools.models import School

README = Path(__file__).parents[3] / "src" / "alongside" / "features" / "schools" / "README.md"
BEGIN, END = "<!-- columns -->\n", "<!-- end columns -->"


def table() -> str:
    lines = ["| heading in the extract | field | in words | required |", "|---|---|---|---|"]
    for column in COLUMNS:
        words = LABELS.get(column.field, "URN")
        required = "yes" if column.required else ""
        lines.append(f"| {column.heading} | `{column.field}` | {words} | {required} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_columns_is_as_the_importer_reads() -> None:
    written = README.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    assert written == table(), f"put this between the markers:\n{table()}"


def test_every_field_that_is_read_has_a_column_in_the_database_and_words() -> None:
    columns = set(School.__table__.columns.keys())
    assert {column.field for column in COLUMNS} <= columns
    assert set(LABELS) | {"urn", "authority_id", "gone_since", "folded_name"} == columns
