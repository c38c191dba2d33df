"""The last contact with each school equals the audit log's, and the tracker does not read the log for it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import text

from alongside.features.authorities.settings_cache import calendar_of
from alongside.features.dashboards.consortium.pages import quiet_before
from alongside.features.dashboards.consortium.queries import TRACKER, tracked_schools
from alongside.features.schools.contact import rebuild_contacts
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import add_school_days
from tests.databases import DatabaseCopy
from tests.features.agreements.builders import TODAY, acting
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    SOUTHSHIRE,
)
from tests.wide import SCHOOLS_IN_ALL, widen

LONDON = ZoneInfo("Europe/London")
NOT_FILTERED: dict[str, Any] = {
    "category": None,
    "consortium": None,
    "phase": None,
    "q": None,
    "quiet_only": False,
    "year_began": date(2026, 9, 1),
}
WRITE = text(
    "INSERT INTO audit_entry (authority_id, at, person_id, person_name, role, verb, subject_kind, subject_id, schools,"
    " changes) VALUES (901, :at, :person, 'Pat', 'headteacher', :verb, 'need', '1', :schools, '{}')"
)


async def write_log(database: Database, urns: Sequence[int], count: int) -> None:
    """Write entries of people and of the product about these schools, in random order over two years."""
    random = Random(26)
    for _ in range(count // 20):
        async with database.transaction(NORTHSHIRE) as session:
            for _ in range(20):
                values = {
                    "at": datetime.now(UTC) - timedelta(minutes=random.randrange(1_000_000)),
                    "person": random.choice([None, HEAD_OF_MILL.person_id, OFFICER.person_id]),
                    "verb": random.choice(["post_need", "write_message", "record_visit"]),
                    "schools": random.sample(urns, random.choice([0, 1, 1, 2])),
                }
                await session.execute(WRITE, values)


async def from_the_log(copy: DatabaseCopy) -> dict[int, date]:
    """The last contacts between people, calculated from every entry of the log."""
    connection = await asyncpg.connect(copy.superuser_url)
    rows = await connection.fetch(
        "SELECT at, person_id, schools, verb FROM audit_entry WHERE authority_id = 901"
    )
    await connection.close()
    found: dict[int, date] = {}
    for row in rows:
        contact = row["person_id"] is not None and row["verb"] != "post_need"
        for urn in row["schools"] if contact else ():
            day = row["at"].astimezone(LONDON).date()
            found[urn] = max(day, found.get(urn, day))
    return found


async def tracked(database: Database, **values: Any) -> Sequence[Any]:
    """The rows of the tracker that an officer sees."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        person = acting(OFFICER)
        quiet = (await quiet_before(session, person)).parameters()
        return await tracked_schools(session, person, "school", False, NOT_FILTERED | quiet | values)


async def test_it_is_the_last_contact_of_the_log_and_can_be_rebuilt(
    database: Database, copy: DatabaseCopy
) -> None:
    """For 519 schools and 2,000 entries of people and of the product."""
    await widen(copy.superuser_url)
    urns = [row.urn for row in await tracked(database)]
    assert len(urns) == SCHOOLS_IN_ALL
    await write_log(database, urns[: SCHOOLS_IN_ALL * 2 // 3], 2_000)
    expected = await from_the_log(copy)
    assert len(expected) > 300
    shown = {row.urn: row.last_contact_on for row in await tracked(database) if row.last_contact_on}
    assert shown == expected
    connection = await asyncpg.connect(copy.superuser_url)
    await connection.execute("DELETE FROM school_contact WHERE urn % 3 = 0")
    await connection.execute(
        "UPDATE school_contact SET last_active_on = '2020-01-01',"
        " last_contact_on = CASE WHEN last_contact_on IS NOT NULL THEN date '2020-01-01' END WHERE urn % 3 = 1"
    )
    await connection.close()
    async with database.transaction(NORTHSHIRE) as session:
        assert await rebuild_contacts(session) > 0
    async with database.transaction(NORTHSHIRE) as session:
        assert await rebuild_contacts(session) == 0
    assert {
        row.urn: row.last_contact_on for row in await tracked(database) if row.last_contact_on
    } == expected
    plan = await plan_of_the_tracker(database)
    assert "audit_entry" not in plan and "school_contact" in plan


async def plan_of_the_tracker(database: Database) -> str:
    """PostgreSQL's plan for the tracker of an officer."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        values = NOT_FILTERED | (await quiet_before(session, acting(OFFICER))).parameters()
        statement = text(f"EXPLAIN (VERBOSE) {TRACKER.format(column='last_contact_on', direction='DESC')}")
        scope = {"authority_id": NORTHSHIRE, "today": TODAY, "urns": None}
        return "\n".join(row[0] for row in await session.execute(statement, values | scope))


async def test_it_is_written_with_the_action_or_not_at_all(database: Database) -> None:
    """In the same transaction; an act of the product, of another authority or about no school counts nowhere."""
    async with database.transaction(NORTHSHIRE) as session:
        await record_audit(session, acting(HEAD_OF_MILL), "write_message", "need", "1", schools=[MILL])
        await session.rollback()
    assert {row.last_contact_on for row in await tracked(database)} == {None}
    async with database.transaction(NORTHSHIRE) as session:
        await record_audit(session, acting(HEAD_OF_PARK), "post_need", "need", "1", schools=[PARK])
        await record_audit(session, acting(HEAD_OF_MILL), "write_message", "need", "1", schools=[MILL, 4_711])
    assert [row.urn for row in await tracked(database) if row.last_contact_on] == [MILL]
    async with database.transaction(SOUTHSHIRE, read_only=True) as session:
        assert (await session.execute(text("SELECT urn FROM school_contact"))).all() == []


async def test_two_transactions_in_opposite_order_do_not_wait_for_each_other_forever(
    database: Database,
) -> None:
    async def act(urns: tuple[int, int]) -> None:
        for _ in range(15):
            async with database.transaction(NORTHSHIRE) as session:
                for urn in urns:
                    at = datetime.now(UTC) - timedelta(days=Random().randrange(400))
                    await session.execute(
                        WRITE,
                        {
                            "at": at,
                            "verb": "post_need",
                            "person": HEAD_OF_MILL.person_id,
                            "schools": [urn],
                        },
                    )

    await asyncio.gather(act((MILL, PARK)), act((PARK, MILL)), act((QUAY, MILL)), act((PARK, QUAY)))


async def test_a_school_is_quiet_by_its_own_school_days(database: Database) -> None:
    """A day on which only Mill is closed does not make it quiet; Park, contacted on the same day, is."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        before = (await quiet_before(session, acting(LEAD_OF_NORTH))).of(PARK)
    last = datetime.combine(before - timedelta(days=1), time(12), UTC)
    async with database.transaction(NORTHSHIRE) as session:
        acted = {"at": last, "verb": "post_need", "person": HEAD_OF_PARK.person_id}
        await session.execute(WRITE, acted | {"schools": [MILL, PARK]})
    quiet = {row.urn: row.quiet for row in await tracked(database)}
    assert quiet[MILL] and quiet[PARK]
    async with database.transaction(NORTHSHIRE) as session:
        closed = {"urn": MILL, "day": before}
        await session.execute(text("INSERT INTO school_training_day VALUES (901, :urn, :day)"), closed)
        await session.execute(
            text("INSERT INTO school_training_day VALUES (901, :urn, :day)"),
            closed | {"day": add_school_days(calendar_of(NORTHSHIRE), before, 1)},
        )
    quiet = {row.urn: row.quiet for row in await tracked(database)}
    assert quiet[PARK] and not quiet[MILL]
    only = [row.urn for row in await tracked(database, quiet_only=True)]
    assert PARK in only and MILL not in only
