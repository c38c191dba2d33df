"""Row policies of escalations, tested with bare SQL without WHERE as the application's role.

Whatever the Python code does, these are the rows that PostgreSQL returns. The tables are those that declare a
second policy, so a new table is included.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from alongside.features.escalations.models import Escalation
from alongside.platform.database.requester_context import RequesterContext, signed_requester_context
from alongside.platform.database.tenant_context import signed, signed_tenant_context
from tests.databases import SIGNING_KEY, server_process
from tests.features.escalations.builders import put_escalation
from tests.isolation.sample_rows import TABLES, row_of
from tests.personas import (
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    NORTH,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    SOUTH,
    SOUTHSHIRE,
    Persona,
)

GUARDED = [
    table.name
    for table in TABLES
    if "second_policy" in table.info and (table.name == "escalation" or "escalation_id" in table.c)
]
PARTS = [name for name in GUARDED if name != "escalation"]
ALL = {"told", "untold", "other", "handed"}

SEES: dict[Persona, set[str]] = {
    OFFICER: ALL,
    HEAD_OF_SERVICE: ALL,
    LEAD_OF_NORTH: {"told", "untold", "handed"},
    DEPUTY_OF_NORTH: {"told", "untold", "handed"},
    LEAD_OF_SOUTH: {"other", "handed"},
    HEAD_OF_MILL: {"told"},
    HEAD_OF_PARK: set(),
    HEAD_OF_QUAY: {"other"},
    HEAD_OF_LOCK: {"other"},
    DELEGATE_OF_MILL: set(),
    ADMINISTRATOR: set(),
}
"""Which escalations each of the cast sees: raised by north for Mill (told, and not told), by south for Quay, and by north for
Park but handed to south. The head of Lock is no party and was named to read the one of Quay."""

NEVER_FOR_SCHOOL = {
    "escalation_note",
    "escalation_deferred_notification",
    "escalation_access_log",
    "escalation_presence",
    "escalation_matching_request",
}
CORE_ONLY = {"escalation_note", "escalation_access_log", "escalation_presence"}
MARKED = {"escalation_event", "escalation_visit", "escalation_file"}
"""What is shown to a school only where a row says so: here one of two."""


@pytest.fixture(scope="module")
async def wire(module_database: Any) -> Any:
    """A raw connection as the app's role; each escalation has two rows in every table that belongs to escalations."""
    owner = await asyncpg.connect(module_database.superuser_url)
    escalations = {
        "told": await put_escalation(owner, "active"),
        "untold": await put_escalation(owner, "active", notified_at=None),
        "other": await put_escalation(
            owner, "active", school_urn=QUAY, consortium_id=SOUTH, raised_by=LEAD_OF_SOUTH.person_id
        ),
        "handed": await put_escalation(
            owner, "active", school_urn=PARK, notified_at=None, handling_consortium_id=SOUTH
        ),
    }
    await owner.execute("SET session_replication_role = replica")
    for row in await owner.fetch(
        "SELECT conrelid::regclass::text AS t, conname FROM pg_constraint WHERE contype = 'c' AND conrelid::regclass::text = ANY($1)",
        GUARDED,
    ):
        await owner.execute(f'ALTER TABLE {row["t"]} DROP CONSTRAINT "{row["conname"]}"')
    for table in (one for one in TABLES if one.name in PARTS):
        for escalation_id in escalations.values():
            for shown in (True, False):
                made = row_of(table, NORTHSHIRE) | {"escalation_id": escalation_id}
                made |= {"for_school": shown} if "for_school" in made else {}
                await put(owner, table.name, made)
    await put(
        owner,
        "escalation_reader",
        {
            "authority_id": NORTHSHIRE,
            "id": uuid4(),
            "escalation_id": escalations["other"],
            "person_id": HEAD_OF_LOCK.person_id,
            "seat": "Board",
            "named_by": OFFICER.person_id,
        },
    )
    connection = await asyncpg.connect(module_database.app_url)
    yield connection, {escalation_id: name for name, escalation_id in escalations.items()}, owner
    await connection.close()
    await owner.close()


async def put(owner: asyncpg.Connection, table: str, row: dict[str, Any]) -> None:
    """A row, past everything; the second of a table that holds one an escalation is left out."""
    marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    await owner.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks}) ON CONFLICT DO NOTHING", *row.values()
    )


Claim = Callable[[str], str]
"""What is set as asking, given the server process of the connection."""


def asking(one: Persona, *interests: int) -> Claim:
    """A true claim of one of the cast."""
    consortia = [one.consortium_id] if one.consortium_id else []
    requester = RequesterContext(
        one.authority_id, one.role.value, one.person_id, one.school_urn, consortia, interests
    )
    return lambda process: signed_requester_context(requester, SIGNING_KEY, process)


async def seen(
    connection: asyncpg.Connection, requester: Claim | None, sql: str, authority_id: int = NORTHSHIRE
) -> list[Any] | str:
    """What a statement gives to somebody, or the code of the error. Nothing is kept."""
    process = await server_process(connection)
    transaction = connection.transaction()
    await transaction.start()
    try:
        context = signed_tenant_context(authority_id, SIGNING_KEY, process)
        await connection.execute("SELECT set_config('alongside.tenant_context', $1, true)", context)
        if requester is not None:
            await connection.execute(
                "SELECT set_config('alongside.requester_context', $1, true)", requester(process)
            )
        return list(await connection.fetch(sql))
    except asyncpg.PostgresError as refused:
        return refused.sqlstate or "error"
    finally:
        await transaction.rollback()


def names_of(rows: list[Any] | str, escalations: dict[UUID, str], column: str) -> set[str]:
    """The escalations that rows belong to, by their names here."""
    assert isinstance(rows, list), rows
    return {escalations[row[column]] for row in rows if row[column] in escalations}


@pytest.mark.parametrize("one", SEES, ids=lambda one: one.name)
async def test_a_bare_select_gives_each_their_own_escalations(wire: Any, one: Persona) -> None:
    """SELECT * without WHERE: own consortium, own school once told, named, or the core team; nobody else."""
    connection, escalations, _ = wire
    rows = await seen(connection, asking(one), "SELECT * FROM escalation")
    assert names_of(rows, escalations, "id") == SEES[one]
    assert len(rows) == len(SEES[one])


@pytest.mark.parametrize("one", SEES, ids=lambda one: one.name)
@pytest.mark.parametrize("table", PARTS)
async def test_a_bare_select_gives_no_part_of_an_escalation_to_who_may_not_read_it(
    wire: Any, one: Persona, table: str
) -> None:
    """Every table that belongs to escalations: what a school is not to read it is not given, and notes to
    officers alone.
    """
    connection, escalations, _ = wire
    rows = await seen(connection, asking(one), f"SELECT * FROM {table}")
    found = names_of(rows, escalations, "escalation_id")
    of_core = one in (OFFICER, HEAD_OF_SERVICE)
    of_school = (
        one.school_urn is not None and one is not HEAD_OF_LOCK
    )  # who reads for the board, not for the school
    if of_core:
        assert found == ALL
    elif table in CORE_ONLY or (of_school and table in NEVER_FOR_SCHOOL):
        assert found == set()
    elif table == "escalation_reader":
        assert found == ({"other"} if one is HEAD_OF_LOCK else set())
    else:
        assert found == SEES[one]
    if table in MARKED and of_school:
        assert isinstance(rows, list)
        assert all(row["for_school"] for row in rows)


async def test_a_lead_with_an_interest_in_the_school_sees_its_escalations_only_if_they_raised_them(
    wire: Any,
) -> None:
    """The deputy of north did not raise them and sees none of Mill; the lead did, and sees what they wrote."""
    connection, escalations, _ = wire
    rows = await seen(connection, asking(DEPUTY_OF_NORTH, MILL), "SELECT * FROM escalation")
    assert names_of(rows, escalations, "id") == {"handed"}
    rows = await seen(connection, asking(LEAD_OF_NORTH, MILL), "SELECT * FROM escalation")
    assert names_of(rows, escalations, "id") == {"told", "untold", "handed"}


FOREIGN = RequesterContext(SOUTHSHIRE, "core_officer", OFFICER.person_id)
LATER, BEFORE = int(time.time()) + 600, int(time.time()) - 1


def claimed(claim: str, key: bytes = SIGNING_KEY) -> Claim:
    """A claim of one's own, signed for the connection that uses it."""
    return lambda process: signed(claim, key, process)


def altered(claim: Claim, old: str, new: str) -> Claim:
    """A true claim of which a part was replaced."""
    return lambda process: claim(process).replace(old, new)


FORGED: dict[str, Claim | None] = {
    "never set": None,
    "empty": lambda _: "",
    "a role in plain": lambda _: "core_officer",
    "another key": claimed(f"a2.{NORTHSHIRE}.{LATER}.core_officer....", b"mine"),
    "a head's signature under an officer's role": altered(
        asking(HEAD_OF_PARK), "headteacher", "core_officer"
    ),
    "another school under a true signature": altered(asking(HEAD_OF_PARK), str(PARK), str(MILL)),
    "another consortium under a true signature": altered(asking(LEAD_OF_SOUTH), str(SOUTH), str(NORTH)),
    "an interest struck out": altered(asking(DEPUTY_OF_NORTH, MILL), f".{MILL}.", ".."),
    "truly signed but expired": claimed(f"a2.{NORTHSHIRE}.{BEFORE}.core_officer...."),
    "truly signed for another server process": lambda _: asking(OFFICER)("1-1"),
    "truly signed for the other authority": lambda process: signed_requester_context(
        FOREIGN, SIGNING_KEY, process
    ),
    "the context itself": lambda process: signed_tenant_context(NORTHSHIRE, SIGNING_KEY, process),
    "quotes": lambda _: "'; SELECT 1 --",
}


@pytest.mark.parametrize("how", FORGED)
@pytest.mark.parametrize("table", GUARDED)
async def test_who_asks_cannot_be_forged(wire: Any, how: str, table: str) -> None:
    """Without a claim of ours there is a loud error, and no row."""
    connection, _, _ = wire
    assert await seen(connection, FORGED[how], f"SELECT * FROM {table}") == "42501", how
    for sql in (
        f"UPDATE {table} SET authority_id = authority_id RETURNING *",
        f"DELETE FROM {table} RETURNING *",
    ):
        assert await seen(connection, FORGED[how], sql) in ("42501", []), (how, sql)


@pytest.mark.parametrize("table", GUARDED)
async def test_nobody_who_only_reads_changes_anything_and_nobody_removes_anything(
    wire: Any, table: str
) -> None:
    """Heads, a named reader, other consortia: no row is touched. Removing is for the product alone, and by nobody."""
    connection, escalations, _ = wire
    foreign = (
        "('" + "', '".join(str(one) for one, name in escalations.items() if name in ("told", "untold")) + "')"
    )
    column = "id" if table == "escalation" else "escalation_id"
    for one in (HEAD_OF_MILL, HEAD_OF_LOCK, DELEGATE_OF_MILL, ADMINISTRATOR, LEAD_OF_SOUTH):
        sql = f"UPDATE {table} SET authority_id = authority_id WHERE {column} IN {foreign} RETURNING *"
        assert await seen(connection, asking(one), sql) == [], one.name
    for one in SEES:
        assert await seen(connection, asking(one), f"DELETE FROM {table} RETURNING *") == [], one.name
    system = RequesterContext(NORTHSHIRE, "system")
    assert isinstance(
        await seen(
            connection,
            lambda process: signed_requester_context(system, SIGNING_KEY, process),
            f"SELECT * FROM {table}",
        ),
        list,
    )


async def test_the_control_without_its_policy_a_table_shows_everything(wire: Any) -> None:
    """What the tests above see is the work of the policy and of nothing else."""
    connection, escalations, owner = wire
    (policy,) = await owner.fetch(
        "SELECT qual FROM pg_policies WHERE tablename = 'escalation' AND policyname = 'seen_by'"
    )
    await owner.execute("DROP POLICY seen_by ON escalation")
    try:
        rows = await seen(connection, asking(LEAD_OF_SOUTH), "SELECT * FROM escalation")
        assert names_of(rows, escalations, "id") == ALL
    finally:
        await owner.execute(
            f"CREATE POLICY seen_by ON escalation AS RESTRICTIVE FOR SELECT USING ({policy['qual']})"
        )
    rows = await seen(connection, asking(LEAD_OF_SOUTH), "SELECT * FROM escalation")
    assert names_of(rows, escalations, "id") == SEES[LEAD_OF_SOUTH]


def test_the_escalation_and_all_that_belongs_to_it_declare_a_second_policy() -> None:
    """Whatever refers to an escalation is guarded like it: a new table that forgot would be found here."""
    of_escalations = {
        table.name
        for table in TABLES
        for key in table.foreign_keys
        if key.column.table.name == Escalation.__tablename__
    }
    assert of_escalations <= set(GUARDED)
    assert len(GUARDED) > 12
