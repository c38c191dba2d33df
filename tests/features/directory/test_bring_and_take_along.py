"""Import and export of entries: a result for each row, and the same format in both directions."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from alongside.features.authorities import settings_of
from alongside.features.directory.import_export.actions import import_rows
from alongside.features.directory.import_export.file_format import COLUMNS, cells_of, export_row
from alongside.features.directory.import_export.parsers import UnreadableFile, rows_in
from alongside.features.directory.import_export.queries import existing_rows, open_urns, whole_entries
from alongside.features.directory.import_export.row_results import (
    ALREADY_PRESENT,
    NEW,
    REFUSED,
    ExistingEntries,
    RowResult,
    validate_rows,
)
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.web.spreadsheet import as_csv, as_xlsx
from tests.client import Client, soup, words
from tests.databases import DatabaseCopy
from tests.features.directory.search_index import TODAY
from tests.features.directory.stored_rows import asked
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH, MILL, NORTHSHIRE, OFFICER, SOUTHSHIRE, Persona

RESOURCES = Path(__file__).parent / "relevance" / "resources.jsonl"
GIVEN = {
    "themes": "leadership",
    "source_name": "Department for Education",
    "source_base": "https://improve-workload-and-wellbeing.example",
    "licence": "Open Government Licence v3.0",
    "attribution": "© Crown copyright. Department for Education, Improve workload and wellbeing for school staff",
}
ROW: dict[str, Any] = {"title": "Reading aloud", "what_we_did": "We read.", "school_urn": str(MILL)}


def row_result_of(**changed: Any) -> RowResult:
    """The result of one row in Northshire."""
    (row_result,), _ = validate_rows([ROW | changed], settings_of(NORTHSHIRE), {MILL}, ExistingEntries(), {})
    return row_result


async def plan(
    database: Database, rows: Sequence[Mapping[str, Any]], given: Mapping[str, str] = GIVEN
) -> list[RowResult]:
    """The results of the rows in Northshire with its current entries."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        schools, there = await open_urns(session, NORTHSHIRE), await existing_rows(session, NORTHSHIRE)
    return validate_rows(rows, settings_of(NORTHSHIRE), schools, there, given)[0]


async def bring(database: Database, row_results: Sequence[RowResult]) -> int:
    """Import the new rows; return how many."""
    async with database.transaction(NORTHSHIRE) as session:
        return len(await import_rows(session, system(NORTHSHIRE, TODAY), row_results))


async def test_the_published_resources_come_in_with_their_attribution_and_only_once(
    database: Database,
) -> None:
    """62 resources in another publisher's format: all imported, none twice, each with source and licence."""
    rows = rows_in("resources.jsonl", RESOURCES.read_bytes())
    row_results = await plan(database, rows)
    assert [
        (row_result.title, row_result.remarks) for row_result in row_results if row_result.what != NEW
    ] == []
    assert await bring(database, row_results) == 62
    again = await plan(database, rows)
    assert {row_result.what for row_result in again} == {ALREADY_PRESENT} and await bring(
        database, again
    ) == 0
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        stored = await whole_entries(session, NORTHSHIRE)
    named = next(one for one in stored if one.title == "Activating Wellbeing Champions")
    assert (named.source_name, named.school_urn) == ("Leigh Academy Strood", None)
    assert named.source_url.startswith("https://improve-workload-and-wellbeing.example/staff-wellbeing/")
    assert named.evidence.startswith("Introducing Wellbeing") and not named.what_we_did.startswith(
        "## Impact"
    )
    assert named.phases == ["secondary"] and named.themes == ["leadership"]
    assert all(one.licence and one.attribution and one.source_name for one in stored)
    async with database.transaction(SOUTHSHIRE, read_only=True) as session:
        assert not await whole_entries(session, SOUTHSHIRE)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
async def test_what_is_exported_comes_in_again_unchanged(database: Database, kind: str) -> None:
    """Hostile cells, lists, money and half hours survive an export and import in each of the three formats."""
    row = ROW | {
        "title": "=1+1 and “quotes”, commas; more",
        "problem": "+44 is no formula\n- a list\n- of two",
        "themes": "early_reading; writing",
        "phases": "primary",
        "cost_pounds": "1,234.50",
        "staff_hours": "7.5",
        "evidence_level": "3",
        "visibility": "consortium",
        "who_to_ask": "@reading lead",
    }
    assert await bring(database, await plan(database, [row], {})) == 1
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        out = [export_row(one) for one in await whole_entries(session, NORTHSHIRE)]
    if kind == "jsonl":
        body = json.dumps(out[0]).encode()
    else:
        cells = [cells_of(one) for one in out]
        body = as_csv(COLUMNS, cells) if kind == "csv" else as_xlsx("Good practice", COLUMNS, cells)
    (back,) = rows_in(f"entries.{kind}", body)
    (row_result,), strange = validate_rows([back], settings_of(NORTHSHIRE), {MILL}, ExistingEntries(), {})
    assert row_result.what == NEW and not strange, row_result.remarks
    (again,) = await plan(database, [back], {})
    assert again.what == ALREADY_PRESENT
    (first,) = await plan(database, [row | {"title": "Another"}], {})
    assert row_result.columns == first.columns | {"title": row["title"]}


@pytest.mark.parametrize(
    ("changed", "cure"),
    [
        ({"title": ""}, "Give it one"),
        ({"title": "x" * 10_000}, "10,000 characters, 120 at most"),
        ({"what_we_did": ""}, "no text at all"),
        ({"what_we_did": "a\0b"}, "cannot be stored"),
        ({"problem": "x" * 8001}, "8,001 characters, 8,000 at most"),
        ({"school_urn": "123456"}, "has the URN 123456"),
        ({"school_urn": "Mill"}, "must be a whole number"),
        ({"school_urn": ""}, "where it is from and under which licence"),
        ({"cost_pounds": "a lot"}, "pounds up to 1,000,000"),
        ({"staff_hours": "-1"}, "a number up to 10,000"),
        ({"staff_hours": "NaN"}, "a number up to 10,000"),
        ({"evidence_level": "5"}, "from 0 to 4"),
        ({"visibility": "everybody"}, "consortium, authority or public"),
        ({"source_url": "javascript:alert(1)"}, "must begin with https://"),
    ],
)
def test_a_row_that_cannot_be_taken_in_says_why(changed: dict[str, str], cure: str) -> None:
    """Each error says what to do, and does not affect the other rows."""
    row_result = row_result_of(**changed)
    assert row_result.what == REFUSED and cure in " ".join(row_result.remarks), row_result.remarks


def test_what_this_authority_does_not_know_is_left_out_and_told() -> None:
    """An entry with another authority's theme is imported without that theme."""
    row_result = row_result_of(themes="alchemy; writing", phases="Secondary, part of a trust")
    assert row_result.what == NEW and row_result.columns["themes"] == ["writing"]
    assert (
        row_result.columns["phases"] == ["secondary"]
        and "alchemy is not in your list" in row_result.remarks[0]
    )


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(30):
            packed.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 10_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "cure"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"title,problem\n", "no row"),
        ("a.csv", b"\x89PNG\r\n\0\0", "must be a CSV, XLSX or JSONL"),
        ("a.xlsx", b"title\nnot a workbook", "must be a CSV, XLSX or JSONL"),
        ("a.xlsx", b"PK\x03\x04 half a workbook", "damaged"),
        ("a.jsonl", b'{"title": "x"}\n{broken', "Line 2 is not JSON"),
        ("a.jsonl", b'{"title": "x"}\n["list"]', "Line 2 is not an entry"),
        ("a.jsonl", b"[" * 100_000, "Line 1 is not JSON"),
        ("a.csv", b"title\n" + b"x\n" * 5_001, "more than 5,000 rows"),
        ("a.csv", b"x" * 20_000_001, "smaller than 20 MB"),
        ("a.csv", b"title\n" + b"x" * 200_000, "cannot be read as CSV"),
    ],
)
def test_what_is_no_list_of_entries_is_refused_whole(name: str, body: bytes, cure: str) -> None:
    """A damaged, foreign or endless file: one error message, nothing imported."""
    with pytest.raises(UnreadableFile, match=cure):
        rows_in(name, body)


def test_a_workbook_that_unpacks_to_far_more_is_not_unpacked() -> None:
    """A zip bomb of 300 MB in 300 KB."""
    with pytest.raises(UnreadableFile, match="too large when it is unpacked"):
        rows_in("bomb.xlsx", _bomb())


async def sent(client: Client, act: str, name: str, body: bytes, as_: Persona = OFFICER, **more: str) -> Any:
    """Send a file as a browser does."""
    form = {"csrf_token": client.token_of(as_), "idempotency_key": uuid4().hex, "act": act} | more
    headers = client._headers(as_, {"sec_fetch_site": "same-origin"})
    return await client.http.post(
        "/directory/import", data=form, files={"file": (name, body)}, headers=headers
    )


async def test_the_core_team_brings_a_file_by_the_page(client: Client, copy: DatabaseCopy) -> None:
    """The page shows the results first, then imports the new rows; what was typed stays."""
    body = b"title,what_we_did,school_urn\nReading aloud,We read.,990001\n,Nothing,990001\n"
    look = await sent(client, "look", "ours.csv", body, source_name="Our old list")
    assert "1 new, 0 already in the directory, 1 left out" in words(look) and "Give it one" in words(look)
    assert soup(look).select_one("input[name=source_name]")["value"] == "Our old list"  # type: ignore[index]
    assert await asked(copy, "SELECT 1 FROM directory_entry") == []
    take = await sent(client, "take", "ours.csv", body)
    assert take.status_code == 303
    (row,) = await asked(copy, "SELECT title, state, verified_by FROM directory_entry")
    assert (row["title"], row["state"], row["verified_by"]) == (
        "Reading aloud",
        "verified",
        OFFICER.person_id,
    )
    again = await sent(client, "look", "ours.csv", body)
    assert "0 new, 1 already in the directory, 1 left out" in words(again)


async def test_what_cannot_be_brought_is_told_beside_the_file(client: Client, copy: DatabaseCopy) -> None:
    """No file, a picture, a bomb: 422, what was typed stays, nothing is imported; headteachers have no such page."""
    for name, body, cure in (
        ("a.csv", b"", "empty"),
        ("a.png", b"\x89PNG\0", "must be a CSV, XLSX or JSONL"),
        ("bomb.xlsx", _bomb(), "too large when it is unpacked"),
    ):
        answer = await sent(client, "take", name, body, licence="OGL")
        assert answer.status_code == 422 and (cure in words(answer) or "Select a file" in words(answer)), name
        link = soup(answer).select_one('.govuk-error-summary a[href="#file"]')
        assert link is not None and "(" not in link.get_text(), name
        assert soup(answer).select_one("input[name=licence]")["value"] == "OGL"  # type: ignore[index]
    assert await asked(copy, "SELECT 1 FROM directory_entry") == []
    assert (await sent(client, "take", "a.csv", b"title\nx\n", as_=HEAD_OF_MILL)).status_code == 404
    assert (await client.get("/directory/import", as_=LEAD_OF_NORTH)).status_code == 404
