"""Importing the register into a real database, also from the command line."""

import asyncio
import csv
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from alongside.errors import ActionRefused
from alongside.features.school_successions.commands import schools as command
from alongside.features.schools.actions import apply_register
from alongside.features.schools.changes import ChangeReport, compare
from alongside.features.schools.gias import Register, read_register
from alongside.features.schools.queries import (
    known_links,
    known_schools,
    page_of_school,
    school_with,
)
from alongside.platform.access.principal import system
from alongside.platform.audit.queries import broken_links
from alongside.platform.database.session import Database
from tests.databases import SIGNING_KEY, TENANTS, DatabaseCopy
from tests.features.schools.extract import HAMPSHIRE, SAMPLE, read_text, register_text, school
from tests.personas import NORTHSHIRE, SCHOOLS, SOUTHSHIRE

TODAY = date(2026, 9, 1)
REGISTERED = [school(urn, name) for urn, name in SCHOOLS.items()]


async def plan(database: Database, register: Register, authority_id: int = NORTHSHIRE) -> ChangeReport:
    async with database.transaction(authority_id, read_only=True) as session:
        known = await known_schools(session, authority_id)
        return compare(register, known, await known_links(session, authority_id))


async def apply(database: Database, register: Register, *, fewer: bool = False) -> ChangeReport:
    report = await plan(database, register)
    async with database.transaction(NORTHSHIRE) as session:
        await apply_register(session, system(NORTHSHIRE, TODAY), register, report, fewer=fewer)
    return report


async def take_over(database: Database, folder: Path, *schools: Mapping[str, str]) -> ChangeReport:
    return await apply(database, read_text(folder, register_text(*REGISTERED, *schools)))


async def test_a_true_extract_goes_in_whole_and_a_second_time_changes_nothing(database: Database) -> None:
    register = read_register(SAMPLE, HAMPSHIRE)
    report = await apply(database, register, fewer=True)
    assert report.counts["gone"] == len(SCHOOLS)
    again = await plan(database, register)
    assert (again.changes, again.unchanged) == ([], len(register.schools))
    await apply(database, register)
    async with database.transaction(NORTHSHIRE) as session:
        assert (await session.execute(text("SELECT count(*) FROM register_import"))).scalar_one() == 1
        assert not await broken_links(session, NORTHSHIRE)


async def test_the_twin_authority_notices_nothing(database: Database, tmp_path: Path) -> None:
    before = await plan(database, read_text(tmp_path, register_text(*REGISTERED)), SOUTHSHIRE)
    await take_over(database, tmp_path, school(990101))
    async with database.transaction(SOUTHSHIRE, read_only=True) as session:
        assert set(await known_schools(session, SOUTHSHIRE)) == set(SCHOOLS)
        assert (await session.execute(text("SELECT count(*) FROM register_change"))).scalar_one() == 0
    assert (await plan(database, read_text(tmp_path, register_text(*REGISTERED)), SOUTHSHIRE)) == before


async def test_a_school_that_closes_to_become_an_academy_keeps_its_history(
    database: Database, tmp_path: Path
) -> None:
    await take_over(database, tmp_path, school(990101, "Weir Primary School"))
    closed = school(
        990101,
        "Weir Primary School",
        Status="Closed",
        CloseDate="31-08-2026",
        WhyClosed="Academy Converter",
        Links="990201 Successor",
    )
    academy = school(
        990201,
        "Weir Academy",
        Type="Academy converter",
        WhyOpened="Academy Converter",
        Links="990101 Predecessor",
    )
    report = await take_over(database, tmp_path, closed, academy)
    assert (report.counts["converted"], report.counts["closed"]) == (1, 1)
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        old = await school_with(session, NORTHSHIRE, 990101)
        assert (old.status, old.pupils, old.closed_on) == ("closed", 197, date(2026, 8, 31))
        (after,) = (await page_of_school(session, NORTHSHIRE, 990101)).related
        (before,) = (await page_of_school(session, NORTHSHIRE, 990201)).related
        assert (after.kind, after.name, before.kind, before.name) == (
            "successor",
            "Weir Academy",
            "predecessor",
            "Weir Primary School",
        )
        changes = {
            (change.kind, change.field): (change.old, change.new)
            for change in (await page_of_school(session, NORTHSHIRE, 990101)).history
        }
        assert changes["changed", "status"] == ("open", "closed")
        assert ("closed", None) in changes
        notified = await session.execute(
            text("SELECT verb, schools FROM audit_entry WHERE subject_kind = 'school'")
        )
        assert {(row.verb, tuple(row.schools)) for row in notified} >= {
            ("close_school", (990101, 990201)),
            ("convert_school", (990201, 990101)),
        }


async def test_a_school_no_longer_listed_stays_with_the_day_it_went(
    database: Database, tmp_path: Path
) -> None:
    await take_over(database, tmp_path, school(990101))
    await take_over(database, tmp_path)
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert (await school_with(session, NORTHSHIRE, 990101)).gone_since == TODAY
    await take_over(database, tmp_path, school(990101))
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert (await school_with(session, NORTHSHIRE, 990101)).gone_since is None


async def test_what_changed_since_the_report_was_shown_is_not_overwritten(
    database: Database, tmp_path: Path
) -> None:
    await take_over(database, tmp_path, school(990101))
    register = read_text(tmp_path, register_text(*REGISTERED, school(990101, "Weir Academy")))
    report = await plan(database, register)
    await take_over(database, tmp_path, school(990101, "Weir Free School"))
    with pytest.raises(ActionRefused, match="changed by somebody else"):
        async with database.transaction(NORTHSHIRE) as session:
            await apply_register(session, system(NORTHSHIRE, TODAY), register, report)


async def run(
    copy: DatabaseCopy, monkeypatch: pytest.MonkeyPatch, *arguments: object, typed: str | None = None
) -> Result:
    monkeypatch.setenv("DATABASE_URL", copy.app_url)
    monkeypatch.setenv("ALONGSIDE_RLS_SIGNING_KEY", SIGNING_KEY.decode())
    monkeypatch.setenv("ALONGSIDE_SECRET", "a secret for tests only, thirty-two letters")
    monkeypatch.setenv("ALONGSIDE_TENANTS", str(TENANTS))
    words = ["import", *map(str, arguments), "--authority", "northshire"]
    return await asyncio.to_thread(CliRunner().invoke, command, words, input=typed)


async def test_the_command_shows_asks_and_applies(
    copy: DatabaseCopy, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, report_file = tmp_path / "edubasealldata20260901.csv", tmp_path / "report.csv"
    bad = school(990102, "=cmd()", OpenDate="tomorrow")
    file.write_bytes(register_text(*REGISTERED, school(990101, "=Weir Primary School"), bad).encode("cp1252"))
    shown = await run(copy, monkeypatch, file, "--report", report_file, typed="n\n")
    assert shown.exit_code == 1
    assert "line 8, OpenDate: “tomorrow” is not a date" in shown.output
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert set(await known_schools(session, NORTHSHIRE)) == set(SCHOOLS)
    written = list(csv.DictReader(report_file.read_text("utf-8-sig").splitlines()))
    assert {row["what"] for row in written} >= {"Opened", "Left out"}
    assert not [cell for row in written for cell in row.values() if cell.startswith("=")]
    done = await run(copy, monkeypatch, file, "--yes")
    assert (done.exit_code, "6 schools are as in" in done.output) == (0, True), done.output
    again = await run(copy, monkeypatch, file)
    assert (again.exit_code, "nothing to change" in again.output) == (0, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>503</html>", "is a web page"),
        (SAMPLE.read_bytes(), "none of authority 901"),
        (register_text(*REGISTERED).encode()[:-10], "breaks off in line"),
        (register_text(REGISTERED[0]).encode(), "lacks 4 of 5 open schools"),
    ],
)
async def test_a_wrong_file_changes_nothing_and_is_named(
    copy: DatabaseCopy,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    words: str,
) -> None:
    file = tmp_path / "edubasealldata.csv"
    file.write_bytes(content)
    refused = await run(copy, monkeypatch, file, "--yes")
    assert refused.exit_code == 1
    assert words in " ".join(refused.output.split())
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert set(await known_schools(session, NORTHSHIRE)) == set(SCHOOLS)
        assert (await session.execute(text("SELECT count(*) FROM register_import"))).scalar_one() == 0


async def test_a_database_out_of_reach_is_said_in_one_line(
    copy: DatabaseCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "edubasealldata.csv"
    file.write_bytes(register_text(*REGISTERED).encode())
    nowhere = replace(copy, app_url="postgresql://alongside_app:x@127.0.0.1:1/x")
    refused = await run(nowhere, monkeypatch, file, "--yes")
    assert (refused.exit_code, "cannot be reached" in refused.output) == (1, True)


async def test_links_may_come_from_the_file_of_links(
    copy: DatabaseCopy, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, links = tmp_path / "edubasealldata.csv", tmp_path / "links_edubasealldata.csv"
    file.write_bytes(register_text(*REGISTERED).encode())
    heading = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate"
    links.write_text(f"{heading}\n990001,107001,Old Mill School,Predecessor,01-09-2019\n990001,x,,,\n")
    done = await run(copy, monkeypatch, file, "--links", links, "--yes")
    assert done.exit_code == 0, done.output
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        (before,) = (await page_of_school(session, NORTHSHIRE, 990001)).related
    assert (before.name, before.ours, before.established_on) == ("Old Mill School", False, date(2019, 9, 1))
