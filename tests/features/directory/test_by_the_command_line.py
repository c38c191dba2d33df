"""The import and export commands: their output, their effect, and what they refuse."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alongside.features.directory.import_export.commands import directory
from tests.databases import SIGNING_KEY, TENANTS, DatabaseCopy
from tests.features.directory.stored_rows import asked
from tests.personas import NORTHSHIRE

RESOURCES = Path(__file__).parent / "relevance" / "resources.jsonl"
FILLED = (
    "--fill=themes=leadership",
    "--fill=source_name=Department for Education",
    "--fill=source_base=https://improve-workload-and-wellbeing.example",
    "--fill=licence=Open Government Licence v3.0",
    "--fill=attribution=© Crown copyright",
)


async def run(copy: DatabaseCopy, monkeypatch: pytest.MonkeyPatch, *words: object) -> Result:
    """Run one command on Northshire."""
    monkeypatch.setenv("DATABASE_URL", copy.app_url)
    monkeypatch.setenv("ALONGSIDE_RLS_SIGNING_KEY", SIGNING_KEY.decode())
    monkeypatch.setenv("ALONGSIDE_SECRET", "a secret for tests only, thirty-two letters")
    monkeypatch.setenv("ALONGSIDE_TENANTS", str(TENANTS))
    given = [*map(str, words), "--authority", "northshire"]
    return await asyncio.to_thread(CliRunner().invoke, directory, given)


async def count(copy: DatabaseCopy) -> int:
    """The number of entries in Northshire."""
    rows = await asked(copy, "SELECT count(*) FROM directory_entry WHERE authority_id = $1", NORTHSHIRE)
    return int(rows[0][0])


async def test_an_authority_brings_in_the_published_resources_and_takes_its_directory_along(
    copy: DatabaseCopy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A dry run changes nothing; the first import adds 62, the second none; the export can be read again."""
    report, out = tmp_path / "report.csv", tmp_path / "out.xlsx"
    shown = await run(copy, monkeypatch, "import", RESOURCES, *FILLED, "--dry-run", "--report", report)
    assert shown.exit_code == 0 and "Will be imported: 62" in shown.output, shown.output
    assert "Nothing was changed." in shown.output and await count(copy) == 0
    assert len(report.read_text(encoding="utf-8-sig").splitlines()) == 63
    done = await run(copy, monkeypatch, "import", RESOURCES, *FILLED, "--yes")
    assert done.exit_code == 0 and "62 entries imported" in done.output and await count(copy) == 62
    again = await run(copy, monkeypatch, "import", RESOURCES, *FILLED, "--yes")
    assert again.exit_code == 0 and "Already there: 62" in again.output and await count(copy) == 62
    written = await run(copy, monkeypatch, "export", out)
    assert written.exit_code == 0 and "62 entries" in written.output
    back = await run(copy, monkeypatch, "import", out, "--yes")
    assert back.exit_code == 0 and "Already there: 62" in back.output, back.output


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (("import", RESOURCES, "--fill=colour=red"), "--fill takes one of"),
        (("import", Path(__file__)), "No column of the file is called title"),
        (("export", "directory.doc"), "must end in .csv, .xlsx or .jsonl"),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_sentence(
    copy: DatabaseCopy, monkeypatch: pytest.MonkeyPatch, words: tuple[object, ...], cure: str
) -> None:
    """A wrong option, a file that is not a list, an unknown format: a non-zero exit code, and nothing changed."""
    refused = await run(copy, monkeypatch, *words)
    assert refused.exit_code != 0 and cure in refused.output, refused.output
    assert await count(copy) == 0


async def test_a_file_of_which_every_row_is_left_out_is_a_failure(
    copy: DatabaseCopy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A script that imports with --yes must notice it."""
    file = tmp_path / "entries.csv"
    file.write_text("title,problem\nReading aloud,\n", encoding="utf-8")
    refused = await run(copy, monkeypatch, "import", file, "--yes")
    assert refused.exit_code == 1 and "Left out: 1" in refused.output, refused.output
    assert "No row can be imported" in refused.output
    assert await count(copy) == 0
