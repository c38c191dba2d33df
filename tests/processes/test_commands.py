"""Every command of the command line in a process of its own, on a database with two authorities."""

import asyncio
import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from alongside.cli import alongside
from alongside.platform.audit.actions import record_audit
from tests.databases import TENANTS, DatabaseCopy, DatabaseServer, current_database_server, open_database
from tests.features.agreements.builders import acting
from tests.features.schools.extract import register_text, school
from tests.personas import FORD, HEAD_OF_FORD, MILL, NORTH, NORTHSHIRE, SCHOOLS, SOUTHSHIRE
from tests.processes.running import Said, command, environment, fetch

Run = Callable[..., Said]

TESTED_ELSEWHERE = {
    "demo": "tests/setup/test_demonstration.py",
    "run": "tests/processes/test_servers.py",
    "web": "tests/processes/test_servers.py",
    "worker": "tests/processes/test_servers.py",
}
TESTED_HERE = {
    "audit verify",
    "authority apply",
    "authority check",
    "authority handbook",
    "authority new",
    "authority plan",
    "consortia assign",
    "directory export",
    "directory import",
    "keys list",
    "keys retire",
    "ledger verify",
    "migrate",
    "people appoint",
    "performance import",
    "profiles calculate",
    "profiles replay",
    "schools import",
    "schools rebuild-contacts",
}


@pytest.fixture
def run(copy: DatabaseCopy) -> Run:
    """Run one command on this test's database."""
    return lambda *words, **options: command(environment(copy), *words, **options)


def every_command(group: click.Group, before: str = "") -> Iterator[str]:
    """Yield the full name of each command."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from every_command(found, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_no_command_is_left_out() -> None:
    """A new command must be run as a process here."""
    assert set(every_command(alongside)) == TESTED_HERE | set(TESTED_ELSEWHERE)


async def test_appoint_invites_the_first_administrator_of_one_authority(run: Run, copy: DatabaseCopy) -> None:
    said = await asyncio.to_thread(
        run,
        "people",
        "appoint",
        "--authority",
        "northshire",
        "--name",
        "Ada Two",
        "--email",
        "ada@two.example",
    )
    assert said.code == 0 and "https://northshire.localhost/invitations/" in said.text, said.text
    rows = await fetch(copy, "SELECT authority_id, role FROM invitation")
    assert [tuple(row) for row in rows] == [(NORTHSHIRE, "authority_administrator")]


async def test_appoint_invites_a_headteacher(run: Run, copy: DatabaseCopy) -> None:
    said = await asyncio.to_thread(
        run, *["people", "appoint", "--authority", "southshire", "--role", "headteacher"], "--school", str(FORD),
        "--name", "Flo Ford", "--email", "flo@ford.example",
    )  # fmt: skip
    assert said.code == 0, said.text
    rows = await fetch(copy, "SELECT authority_id, role, school_urn FROM invitation")
    assert [tuple(row) for row in rows] == [(SOUTHSHIRE, "headteacher", FORD)]


async def test_published_figures_become_profiles_that_can_be_replayed(
    run: Run, copy: DatabaseCopy, tmp_path: Path
) -> None:
    file = tmp_path / "ks2final_2024-25.csv"
    file.write_text(f"RECTYPE,LEA,URN,PTRWM_EXP\n1,{NORTHSHIRE},{MILL},61%\n", encoding="utf-8")
    here = ("--authority", "northshire")
    said = await asyncio.to_thread(
        run, "performance", "import", str(file), *here, "--release", "final", "--yes"
    )
    assert said.code == 0, said.text
    rows = await fetch(copy, "SELECT school_urn, measure, value FROM performance_figure")
    assert [tuple(row) for row in rows] == [(MILL, "ks2_expected", 61)]
    made = await asyncio.to_thread(run, "profiles", "calculate", "2024-25", *here)
    assert made.code == 0, made.text
    assert await fetch(copy, "SELECT FROM profile WHERE school_urn = $1", MILL)
    again = await asyncio.to_thread(run, "profiles", "replay", "2024-25", *here)
    assert again.code == 0, again.text


async def test_directory_comes_in_and_goes_out(run: Run, copy: DatabaseCopy, tmp_path: Path) -> None:
    file, out = tmp_path / "entries.csv", tmp_path / "out.xlsx"
    entry = {
        "title": "Reading every day",
        "themes": "leadership",
        "phases": "primary",
        "what_we_did": "Ten minutes of reading aloud each day.",
        "source_name": "Example",
        "source_url": "https://example.org/a",
        "licence": "Open Government Licence v3.0",
        "attribution": "© Example",
    }
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([entry.keys(), entry.values()])
    said = await asyncio.to_thread(run, "directory", "import", file, "--authority", "northshire", "--yes")
    assert said.code == 0 and "1 entry imported" in said.text, said.text
    rows = await fetch(copy, "SELECT authority_id FROM directory_entry")
    assert [row[0] for row in rows] == [NORTHSHIRE]
    for name, kind in ((out, "xlsx"), (tmp_path / "out.csv", "csv"), (tmp_path / "out.jsonl", "jsonl")):
        said = await asyncio.to_thread(run, "directory", "export", name, "--authority", "northshire")
        assert said.code == 0 and name.stat().st_size > 0, (kind, said.text)
        said = await asyncio.to_thread(run, "directory", "import", name, "--authority", "northshire", "--yes")
        assert said.code == 0 and "Already there: 1" in said.text, (kind, said.text)


async def test_register_of_one_authority_is_imported(run: Run, copy: DatabaseCopy, tmp_path: Path) -> None:
    file, report = tmp_path / "edubasealldata20261101.csv", tmp_path / "report.csv"
    persona = [school(urn, name) for urn, name in SCHOOLS.items()]
    file.write_bytes(register_text(*persona, school(990101, "Weir Primary School")).encode("cp1252"))
    said = await asyncio.to_thread(
        run, "schools", "import", file, "--authority", "northshire", "--report", report, answer="y\n"
    )
    assert said.code == 0 and "6 schools are as in" in said.text, said.text
    rows = await fetch(copy, "SELECT authority_id FROM school WHERE urn = 990101")
    assert [row[0] for row in rows] == [NORTHSHIRE]


async def test_last_contacts_are_rebuilt_from_the_log(run: Run, copy: DatabaseCopy) -> None:
    database = open_database(copy)
    async with database.transaction(NORTHSHIRE) as session:
        await record_audit(session, acting(HEAD_OF_FORD), "post_need", "need", "1", schools=[FORD])
    await database.close()
    await fetch(copy, "DELETE FROM school_contact")
    said = await asyncio.to_thread(run, "schools", "rebuild-contacts", "--authority", "northshire")
    assert said.code == 0 and said.text.startswith("1 schools"), said.text
    rows = await fetch(copy, "SELECT urn FROM school_contact WHERE authority_id = $1", NORTHSHIRE)
    assert [row[0] for row in rows] == [FORD]


async def test_schools_are_placed_in_consortia(run: Run, copy: DatabaseCopy, tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text(f"urn,consortium\n{FORD},north\n", encoding="utf-8")
    said = await asyncio.to_thread(
        run, "consortia", "assign", file, "--authority", "northshire", "--from", "2026-11-02", "--apply"
    )
    assert said.code == 0 and "1 school placed" in said.text, said.text
    rows = await fetch(
        copy, "SELECT authority_id, consortium_id FROM consortium_membership WHERE school_urn = $1", FORD
    )
    assert [tuple(row) for row in rows] == [(NORTHSHIRE, NORTH)]


async def test_settings_are_checked_planned_and_applied(
    run: Run, database_server: DatabaseServer, copy: DatabaseCopy, tmp_path: Path
) -> None:
    checked = await asyncio.to_thread(run, "authority", "check")
    assert checked.code == 0 and "northshire" in checked.text and "southshire" in checked.text, checked.text
    shutil.copytree(TENANTS, tmp_path, dirs_exist_ok=True)
    written = tmp_path / "northshire.toml"
    written.write_text(
        written.read_text(encoding="utf-8") + '\n[consortia.east]\nname = "East"\nphase = "primary"\n',
        encoding="utf-8",
    )
    here = environment(copy, ALONGSIDE_TENANTS=str(tmp_path))
    as_app = await asyncio.to_thread(command, here, "authority", "apply", "northshire", "--yes")
    assert as_app.code == 1 and "ALONGSIDE_MIGRATOR_URL" in as_app.text, as_app.text
    here["ALONGSIDE_MIGRATOR_URL"] = current_database_server().url(copy.name, "alongside_migrator")
    planned = await asyncio.to_thread(command, here, "authority", "plan", "northshire")
    assert planned.code == 0 and "East" in planned.text, planned.text
    assert not await fetch(copy, "SELECT FROM consortium WHERE name = 'East'")
    applied = await asyncio.to_thread(command, here, "authority", "apply", "northshire", "--yes")
    assert applied.code == 0, applied.text
    rows = await fetch(copy, "SELECT authority_id FROM consortium WHERE name = 'East'")
    assert [row[0] for row in rows] == [NORTHSHIRE]


async def test_a_new_authority_is_written(copy: DatabaseCopy, tmp_path: Path) -> None:
    here = environment(copy, ALONGSIDE_TENANTS=str(tmp_path))
    as_app = await asyncio.to_thread(command, here, "authority", "apply", "northshire", "--yes")
    assert as_app.code == 1 and "ALONGSIDE_MIGRATOR_URL" in as_app.text, as_app.text
    here["ALONGSIDE_MIGRATOR_URL"] = current_database_server().url(copy.name, "alongside_migrator")
    words = ["authority", "new", "mercia", "--name", "Mercia", "--code", "903", "--gss", "E10000903"]
    said = await asyncio.to_thread(command, here, *words)
    assert said.code == 0 and "Fill in" in said.text, said.text
    assert (tmp_path / "mercia.toml").is_file()
    checked = await asyncio.to_thread(command, here, "authority", "check")
    assert checked.code == 1
    for setting in ("hosts", "mail.reply_to", "contacts.core_team.mailbox", "contacts.safeguarding.mailbox"):
        assert f"mercia.toml: {setting}: " in said.text and f"mercia.toml: {setting}: " in checked.text, (
            said.text
        )
    assert "Enter an email address" in said.text and "[^" not in said.text


async def test_a_key_that_the_database_does_not_know_is_named(copy: DatabaseCopy) -> None:
    other = environment(copy, ALONGSIDE_RLS_SIGNING_KEY="0" * 32)
    said = await asyncio.to_thread(command, other, "audit", "verify")
    assert said.code == 1 and "ALONGSIDE_RLS_SIGNING_KEY" in said.text, said.text


async def test_every_ledger_is_verified(run: Run) -> None:
    said = await asyncio.to_thread(run, "ledger", "verify")
    assert said.code == 0 and "Every ledger balances." in said.text, said.text


async def test_audit_log_of_every_authority_is_verified(run: Run) -> None:
    said = await asyncio.to_thread(run, "audit", "verify")
    assert said.code == 0 and "Every chain holds" in said.text, said.text


async def test_handbook_is_printed(run: Run) -> None:
    said = await asyncio.to_thread(run, "authority", "handbook")
    assert said.code == 0 and "dfe_code" in said.text


async def test_migrate_is_harmless_on_a_database_that_is_up_to_date(
    database_server: DatabaseServer, copy: DatabaseCopy
) -> None:
    here = environment(copy, ALONGSIDE_MIGRATOR_URL=database_server.url(copy.name, "alongside_migrator"))
    said = await asyncio.to_thread(command, here, "migrate")
    assert said.code == 0 and "present schema" in said.text, said.text


async def test_keys_are_listed_and_the_one_in_use_is_not_retired(
    database_server: DatabaseServer, copy: DatabaseCopy
) -> None:
    here = environment(copy, ALONGSIDE_MIGRATOR_URL=database_server.url(copy.name, "alongside_migrator"))
    said = await asyncio.to_thread(command, here, "keys", "list")
    assert said.code == 0 and "ALONGSIDE_RLS_SIGNING_KEY" in said.text, said.text
    said = await asyncio.to_thread(command, here, "keys", "retire", said.text.split()[0])
    assert said.code == 1 and "cannot be retired" in said.text, said.text
    assert await fetch(copy, "SELECT FROM security.key")
