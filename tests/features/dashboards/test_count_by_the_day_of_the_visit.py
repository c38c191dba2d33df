"""Numbers on home pages count by date: days of visits, last contact, confirmation."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from alongside.features.agreements.answers.actions import refuse_proposal
from alongside.features.agreements.endings.actions import end_early
from alongside.features.agreements.parties import identify_requester
from alongside.features.authorities.settings_cache import register_settings
from alongside.features.dashboards.consortium.queries import tracked_schools
from alongside.features.dashboards.school.queries import school_overview
from alongside.features.matching.problem_input.builder import build_instance
from alongside.features.needs.editing.actions import confirm_need
from alongside.platform.access.principal import system
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.session import Database
from tests.client import Client
from tests.databases import make_known
from tests.features.agreements.builders import TODAY, a_proposal, a_running_agreement, acting
from tests.features.authorities.tenant_file_text import settings_with
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, MILL, NORTHSHIRE, PARK

BEFORE, AFTER = date(2025, 9, 1), date(2026, 9, 1)
"""The first days of two academic years; TODAY lies in the second."""

NOT_FILTERED: dict[str, Any] = {
    "category": None,
    "consortium": None,
    "phase": None,
    "q": None,
    "quiet_only": False,
    "own_urns": [],
    "own_days": [],
}


async def put(database: Database, sql: str, **values: Any) -> None:
    """Run SQL directly, without the actions."""
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text(sql), values)


async def visited(database: Database, on: date, agreed_on: date) -> None:
    """Create an agreement on one date with 1.5 days of visits on another."""
    made = await a_running_agreement(database)
    await put(
        database,
        "INSERT INTO visit (authority_id, agreement_id, state, visit_on, days, focus, done, record_due_on)"
        " VALUES (901, :id, 'planned', :on, 1.5, 'Reading', '', :on)",
        id=made,
        on=on,
    )
    async with database.transaction(NORTHSHIRE) as session:
        await identify_requester(session, acting(HEAD_OF_PARK))
        await session.execute(
            text(
                "UPDATE visit SET state = 'recorded', done = 'Seen', recorded_at = now(), recorded_side = 'supporting',"
                " answer = 'waiting', answer_asked_on = visit_on, answer_due_on = visit_on"
            )
        )
    await put(database, "UPDATE support_agreement SET agreed_at = :at", at=agreed_on)


async def counted(database: Database, year_began: date) -> list[tuple[float, float]]:
    """Days received and given since a day by Mill and Park, from the tracker and the home pages."""
    found = []
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        values = {"day": TODAY, "year_began": year_began, **NOT_FILTERED}
        rows = await tracked_schools(session, acting(LEAD_OF_NORTH), "school", False, values)
        tracked = {one.urn: (float(one.days_in), float(one.days_out)) for one in rows}
        for one, urn in ((HEAD_OF_MILL, MILL), (HEAD_OF_PARK, PARK)):
            own = (await school_overview(session, acting(one), year_began)).year
            assert tracked[urn] == (float(own.got), float(own.given)), one.name
            found.append(tracked[urn])
    return found


async def test_days_count_in_the_year_of_the_visit(database: Database) -> None:
    """Agreed in April, visited in September: counted in the new year."""
    await visited(database, date(2026, 9, 15), date(2026, 4, 20))
    assert await counted(database, AFTER) == [(1.5, 0), (0, 1.5)]


async def test_days_of_an_earlier_year_are_not_of_this_one(database: Database) -> None:
    """Visited in July, with the agreement dated October: not counted."""
    await visited(database, date(2026, 7, 10), date(2026, 10, 1))
    assert await counted(database, AFTER) == [(0, 0), (0, 0)]
    assert await counted(database, BEFORE) == [(1.5, 0), (0, 1.5)]


async def carried(database: Database, today: date) -> int | None:
    """Park's recent workload and remaining days in a plan, in half days."""
    await put(database, "UPDATE offer SET confirmed_on = :today, ends_on = NULL", today=today)
    async with database.transaction(NORTHSHIRE) as session:
        instance = await build_instance(session, NORTHSHIRE, today, None)
    return next(one.burden_half_days for one in instance.offers if one.school == PARK)


async def test_workload_is_counted_by_the_day_of_the_visit_and_by_what_is_still_promised(
    database: Database,
) -> None:
    """1.5 days visited and 0.5 promised; after two years the visit does not count."""
    await visited(database, date(2026, 9, 15), date(2024, 1, 10))
    assert await carried(database, TODAY) == 4
    assert await carried(database, date(2028, 11, 24)) == 1


async def test_jobs_of_the_product_are_no_contact(database: Database) -> None:
    """Actions by the system are not contact; an action by a person is."""

    async def quiet() -> bool:
        async with database.transaction(NORTHSHIRE, read_only=True) as session:
            values = {"day": TODAY, "year_began": AFTER, **NOT_FILTERED}
            rows = await tracked_schools(session, acting(LEAD_OF_NORTH), "school", False, values)
        return next(bool(one.quiet) for one in rows if one.urn == MILL)

    product = system(NORTHSHIRE, TODAY)
    async with database.transaction(NORTHSHIRE) as session:
        await record_audit(session, product, "lapse_need", "need", "1", schools=[MILL])
    assert await quiet()
    async with database.transaction(NORTHSHIRE) as session:
        await record_audit(session, acting(HEAD_OF_MILL), "post_need", "need", "1", schools=[MILL])
    assert not await quiet()


async def confirmed_on(database: Database) -> Any:
    """The `confirmed_on` of Mill's need."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        return await session.scalar(
            text("SELECT confirmed_on FROM need WHERE school_urn = :urn"), {"urn": MILL}
        )


async def test_only_its_school_confirms_a_need(database: Database) -> None:
    """Declining a proposal or ending early does not confirm the need."""
    proposal_id = await a_proposal(database)
    await put(database, "UPDATE need SET confirmed_on = '2026-10-01'")
    async with database.transaction(NORTHSHIRE) as session:
        await refuse_proposal(session, acting(HEAD_OF_MILL), proposal_id, "dates", "")
    assert await confirmed_on(database) == date(2026, 10, 1)
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await session.scalar(text("SELECT id FROM need WHERE school_urn = :urn"), {"urn": MILL})
        await confirm_need(session, acting(HEAD_OF_MILL), need_id)
    assert await confirmed_on(database) == TODAY


async def test_an_early_end_confirms_no_need(database: Database) -> None:
    made = await a_running_agreement(database)
    await put(database, "UPDATE need SET confirmed_on = '2026-10-01'")
    async with database.transaction(NORTHSHIRE) as session:
        await end_early(session, acting(HEAD_OF_PARK), made, "staff_change", "")
    assert await confirmed_on(database) == date(2026, 10, 1)


@pytest.mark.parametrize(("days", "quiet"), [(2, True), (30, False)])
async def test_the_authority_says_after_how_long_a_school_is_quiet(
    client: Client, tmp_path: Path, days: int, quiet: bool
) -> None:
    """Mill's last contact is old with a limit of two school days and recent with thirty."""
    database = client.app.state.app_context.database
    async with database.transaction(NORTHSHIRE) as session:
        await record_audit(session, acting(HEAD_OF_MILL), "post_need", "need", "1", schools=[MILL])
    today = datetime.now(UTC).date() + timedelta(days=14)
    client.app.state.app_context.today = lambda: today
    register_settings(settings_with(tmp_path, {"periods": {"quiet_after": days}}), 1)
    try:
        answer = await client.get("/consortium/tracker.csv", as_=LEAD_OF_NORTH)
    finally:
        make_known("northshire")
    (mill,) = [line for line in answer.text.splitlines() if "Mill Primary" in line]
    assert mill.replace('"', "").endswith(",yes") is quiet
