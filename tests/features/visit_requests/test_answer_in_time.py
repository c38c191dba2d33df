"""A request is answered in time: reminder, last day, lapse; each by the calendar of the school that must answer."""

from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import literal_column

from alongside.features.authorities.settings_cache import register_settings
from alongside.features.visit_requests import queries
from alongside.features.visit_requests.scheduled import (
    lapse_visit_requests,
    recalculate_visit_deadlines,
    remind_of_visit_requests,
)
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.directory.stored_rows import asked, id_of
from tests.features.visit_requests.builders import (
    move_days,
    notified_of_visits,
    requested,
    row_of,
    school_day,
    typed,
    yes,
)
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, MILL, NORTHSHIRE


async def test_a_late_answer_is_refused_from_the_first_day_on(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    """The job has not run yet; the page, the action and PostgreSQL refuse it all the same."""
    visit = await requested(client)
    row = await row_of(database, visit)
    await move_days(database, visit, respond_by=-(row.respond_by - APP_DAY).days)
    assert "Say yes" in words(await client.get(visit, as_=HEAD_OF_MILL))
    await move_days(database, visit, respond_by=-4)
    page = words(await client.get(visit, as_=HEAD_OF_MILL))
    assert "Your school did not answer by" in page and "Say yes" not in page
    assert "Answer a request for a visit" not in words(await client.get("/home", as_=HEAD_OF_MILL))
    late = await client.post(f"{visit}/answers/yes", yes(), as_=HEAD_OF_MILL)
    assert late.status_code == 409 and "The last day to answer was" in words(late)
    for state in ("agreed", "declined", "not_now", "other_school", "dates_offered"):
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await asked(
                copy,
                "UPDATE visit_request SET state = $2, visit_on = current_date, not_before = current_date,"
                " suggested_urn = 990004 WHERE id = $1",
                id_of(visit),
                state,
            )
        assert refused.value.constraint_name == "visit_request_answered_in_time"


async def test_nobody_answers_and_both_are_told_what_that_means_for_them(
    client: Client, database: Database
) -> None:
    visit = await requested(client)
    row = await row_of(database, visit)
    async with database.transaction(NORTHSHIRE) as session:
        assert await lapse_visit_requests(session, system(NORTHSHIRE, row.respond_by)) == 0
    late = system(NORTHSHIRE, row.respond_by + timedelta(days=1))
    async with database.transaction(NORTHSHIRE) as session:
        assert await lapse_visit_requests(session, late) == 1
        assert await lapse_visit_requests(session, late) == 0
    assert (await row_of(database, visit)).state == "lapsed"
    assert (await notified_of_visits(database, HEAD_OF_PARK))[-1].startswith(
        "Mill Primary School did not answer by"
    )
    assert (await notified_of_visits(database, HEAD_OF_MILL))[-1].startswith("Your school did not answer")
    await requested(client, f"/directory/schools/{MILL}")


async def test_the_school_that_must_answer_is_reminded_once(client: Client, database: Database) -> None:
    visit = await requested(client)
    row = await row_of(database, visit)

    async def reminders_on(days_before: int) -> int:
        day = system(NORTHSHIRE, row.respond_by - timedelta(days=days_before))
        async with database.transaction(NORTHSHIRE) as session:
            await remind_of_visit_requests(session, day)
        return sum(
            "Please answer the request" in one for one in await notified_of_visits(database, HEAD_OF_MILL)
        )

    assert [await reminders_on(days) for days in (7, 0, 0)] == [0, 1, 1]
    assert not any("Please answer" in one for one in await notified_of_visits(database, HEAD_OF_PARK))


async def test_every_open_request_is_reminded_and_moved_however_many_there_are(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are read in batches; the jobs stopped after the first."""
    one = queries.OPEN_BY_ID.limit(literal_column("1"))
    monkeypatch.setattr(queries, "OPEN_BY_ID", one)
    visits = [await requested(client), await requested(client, f"/directory/schools/{MILL}")]
    rows = [await row_of(database, visit) for visit in visits]
    async with database.transaction(NORTHSHIRE) as session:
        await remind_of_visit_requests(session, system(NORTHSHIRE, rows[0].respond_by))
    for visit in visits:
        await move_days(database, visit, respond_by=1)
    said = await notified_of_visits(database, HEAD_OF_MILL)
    assert sum("Please answer the request" in one for one in said) == 2
    async with database.transaction(NORTHSHIRE) as session:
        await recalculate_visit_deadlines(session, system(NORTHSHIRE, APP_DAY))
    assert [(await row_of(database, visit)).respond_by for visit in visits] == [
        row.respond_by for row in rows
    ]


async def test_a_date_that_nobody_chooses_lapses_for_the_school_that_asked(
    client: Client, database: Database
) -> None:
    visit = await requested(client)
    form = yes(chosen="other", dates=typed(school_day(12)))
    assert (await client.post(f"{visit}/answers/yes", form, as_=HEAD_OF_MILL)).status_code == 303
    row = await row_of(database, visit)
    late = system(NORTHSHIRE, row.respond_by + timedelta(days=1))
    async with database.transaction(NORTHSHIRE) as session:
        await remind_of_visit_requests(session, system(NORTHSHIRE, row.respond_by))
        await lapse_visit_requests(session, late)
    said = await notified_of_visits(database, HEAD_OF_PARK)
    assert any("Please choose a date to visit Mill Primary School" in one for one in said)
    assert said[-1].startswith("Your school did not answer")
    assert (await notified_of_visits(database, HEAD_OF_MILL))[-1].startswith(
        "Park Primary School did not answer by"
    )


async def test_the_days_are_those_of_the_school_that_is_asked(client: Client, database: Database) -> None:
    """A training day of Mill within the five days makes it one day later; Park's own days do not."""
    training = school_day(2)
    parts = {"day-day": str(training.day), "day-month": str(training.month), "day-year": str(training.year)}
    answer = await client.post(f"/schools/{MILL}/training-days", parts, as_=HEAD_OF_MILL)
    assert answer.status_code == 303, answer.text
    visit = await requested(client)
    assert (await row_of(database, visit)).respond_by == school_day(6)


async def test_a_changed_calendar_moves_the_last_day(client: Client, database: Database) -> None:
    visit = await requested(client)
    training = school_day(2)
    parts = {"day-day": str(training.day), "day-month": str(training.month), "day-year": str(training.year)}
    assert (await client.post(f"/schools/{MILL}/training-days", parts, as_=HEAD_OF_MILL)).status_code == 303
    async with database.transaction(NORTHSHIRE) as session:
        await recalculate_visit_deadlines(session, system(NORTHSHIRE, APP_DAY))
    assert (await row_of(database, visit)).respond_by == school_day(6)
    assert "Last day to answer" in words(await client.get(visit, as_=HEAD_OF_MILL))


async def test_the_authority_sets_how_long_a_school_has(client: Client, database: Database) -> None:
    import msgspec

    from alongside.features.authorities import settings_of

    as_it_was = settings_of(NORTHSHIRE)
    periods = msgspec.structs.replace(as_it_was.periods, visit_request_due=2)
    register_settings(msgspec.structs.replace(as_it_was, periods=periods), 1)
    try:
        visit = await requested(client)
    finally:
        register_settings(as_it_was, 1)
    assert (await row_of(database, visit)).respond_by == school_day(2)
