"""`alongside consortia assign`: memberships from a CSV file."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alongside.features.authorities.commands import authority
from alongside.features.consortia.commands import consortia, today
from alongside.features.consortia.membership_import import read_memberships
from alongside.features.consortia.queries import memberships_of
from alongside.platform.database.session import Database
from tests.databases import SIGNING_KEY, DatabaseCopy, current_database_server
from tests.features.authorities.tenant_file_text import NORTHSHIRE as NORTHSHIRE_FILE
from tests.features.authorities.tenant_file_text import in_file
from tests.personas import FORD, MILL, NORTHSHIRE, PARK


@pytest.fixture
def installation(copy: DatabaseCopy, monkeypatch: pytest.MonkeyPatch) -> DatabaseCopy:
    """The environment of an operator's command."""
    monkeypatch.setenv("DATABASE_URL", copy.app_url)
    monkeypatch.setenv(
        "ALONGSIDE_MIGRATOR_URL", current_database_server().url(copy.name, "alongside_migrator")
    )
    monkeypatch.setenv("ALONGSIDE_RLS_SIGNING_KEY", SIGNING_KEY.decode())
    monkeypatch.setenv("ALONGSIDE_SECRET", "x" * 32)
    monkeypatch.setenv("ALONGSIDE_TENANTS", str(NORTHSHIRE_FILE.parent))
    return copy


def assign_schools(folder: Path, lines: str, *options: str) -> Result:
    file = folder / "places.csv"
    file.write_text(lines, encoding="utf-8")
    return CliRunner().invoke(consortia, ["assign", str(file), "--authority", "northshire", *options])


def where(copy: DatabaseCopy, *urns: int) -> dict[int, str]:
    """The consortia of these schools today."""

    async def asked() -> dict[int, str]:
        database = Database(copy.app_url, SIGNING_KEY, pool_size=1)
        try:
            async with database.transaction(NORTHSHIRE) as session:
                return {
                    row.school_urn: row.key
                    for row in await memberships_of(session, NORTHSHIRE, urns, today())
                }
        finally:
            await database.close()

    return asyncio.run(asked())


def test_without_apply_only_the_plan_is_printed(installation: DatabaseCopy, tmp_path: Path) -> None:
    run = assign_schools(tmp_path, f"URN,Consortium\n{FORD},north\n{MILL},south\n{PARK},north\n")
    assert run.exit_code == 0, run.output
    assert run.output.splitlines() == [
        f"+ {FORD} Ford Primary School: North",
        f"~ {MILL} Mill Primary School: North → South",
        f"2 schools would be placed from {today()}. Add --apply to do it.",
    ]
    assert where(installation, FORD, MILL) == {MILL: "north"}


def test_with_apply_schools_are_placed_and_twice_changes_nothing(
    installation: DatabaseCopy, tmp_path: Path
) -> None:
    lines = f"\ufeffname,consortium,urn\nFord,north,{FORD}\nMill,south,{MILL}\n"
    assert "2 schools placed" in assign_schools(tmp_path, lines, "--apply").output
    assert where(installation, FORD, MILL) == {FORD: "north", MILL: "south"}
    assert "in its place already" in assign_schools(tmp_path, lines, "--apply").output
    back = assign_schools(tmp_path, f"urn,consortium\n{MILL},north\n", "--apply")
    assert back.exit_code == 0, back.output
    assert where(installation, MILL) == {MILL: "north"}


def test_one_wrong_line_places_nobody_and_every_wrong_line_is_named(
    installation: DatabaseCopy, tmp_path: Path
) -> None:
    run = assign_schools(
        tmp_path,
        f"urn,consortium\n{FORD},north\nabc,north\n{MILL},nowhere\n777777,north\n{PARK},\n{FORD},south\n",
        "--apply",
    )
    assert run.exit_code == 1
    for part in (
        "Line 3, urn: “abc” is not a URN",
        "Line 4, consortium: there is no “nowhere”. Use one of: north, south.",
        "Line 5, urn: no school 777777 is known here",
        "Line 6, consortium: it is empty",
        "Line 7, urn: line 2 places Ford Primary School already",
        "Nothing was changed",
    ):
        assert part in run.output, part
    assert where(installation, FORD, MILL) == {MILL: "north"}


def test_a_file_without_the_columns_or_in_another_encoding_is_refused(
    installation: DatabaseCopy, tmp_path: Path
) -> None:
    assert read_memberships(["school;group", "1;2"])[1] == [
        "Line 1: there is no column urn or consortium. The columns are urn and consortium."
    ]
    assert read_memberships([])[1]
    (tmp_path / "bad.csv").write_bytes("urn,consortium\n1,é\n".encode("cp1252"))
    run = CliRunner().invoke(consortia, ["assign", str(tmp_path / "bad.csv"), "--authority", "northshire"])
    assert run.exit_code == 1
    assert "not UTF-8" in run.output


def test_plan_and_apply_by_command(
    installation: DatabaseCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CliRunner().invoke(authority, ["plan", "northshire"]).output == "Northshire: nothing differs.\n"
    in_file(tmp_path, "periods.respond_by = 7")
    monkeypatch.setenv("ALONGSIDE_TENANTS", str(tmp_path))
    assert CliRunner().invoke(authority, ["plan", "northshire"]).output == "~ periods.respond_by: 5 → 7\n"
    refused = CliRunner().invoke(authority, ["apply", "northshire"], input="n\n")
    assert "Apply this?" in refused.output
    assert refused.exit_code == 1
    applied = CliRunner().invoke(authority, ["apply", "northshire", "--yes"])
    assert "now has version 2" in applied.output, applied.output
    assert "nothing differs" in CliRunner().invoke(authority, ["apply", "northshire"]).output
    in_file(tmp_path, "periods.respond_by = 0")
    wrong = CliRunner().invoke(authority, ["apply", "northshire", "--yes"])
    assert wrong.exit_code == 1
    assert "periods.respond_by" in wrong.output
