"""Scheduled jobs for needs: widening, confirmation requests and lapsing; each once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from alongside.features.authorities import calendar_of, settings_of
from alongside.features.authorities.visibility import visible_to_authority_from
from alongside.features.needs.scheduled import (
    ask_to_confirm_needs,
    lapse_unconfirmed_needs,
    notify_needs_that_widen,
)
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import add_school_days, is_school_day
from alongside.platform.school_calendar.confirmation import asked_if_confirmed_by, lapsed_if_confirmed_by
from tests.client import Client, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.needs.form_values import posted_need
from tests.features.needs.stored_rows import notices_of, set_columns
from tests.personas import HEAD_OF_MILL, HEAD_OF_QUAY, LEAD_OF_NORTH, NORTHSHIRE, TWIN_HEAD_OF_MILL

TODAY = date(2026, 11, 25)


def test_it_widens_after_school_days_and_skips_the_half_term() -> None:
    settings, calendar = settings_of(NORTHSHIRE), calendar_of(NORTHSHIRE)
    thursday = date(2026, 10, 22)
    assert visible_to_authority_from("widening", thursday, settings, calendar, "this_term") == date(
        2026, 11, 5
    )
    assert visible_to_authority_from("widening", thursday, settings, calendar, "now") == date(2026, 11, 2)
    assert visible_to_authority_from("everybody", thursday, settings, calendar, "now") == thursday
    assert visible_to_authority_from("consortium", thursday, settings, calendar, "now") is None


def test_one_comparison_of_dates_is_the_same_as_counting_forward() -> None:
    calendar = calendar_of(NORTHSHIRE)
    for offset in range(0, 420, 3):
        today = date(2026, 9, 1) + timedelta(days=offset)
        last = lapsed_if_confirmed_by(calendar, today, 60)
        assert add_school_days(calendar, last, 60) < today
        assert add_school_days(calendar, last + timedelta(days=1), 60) >= today
        assert asked_if_confirmed_by(calendar, today, 60) > last


async def test_an_unconfirmed_need_is_asked_about_then_paused_and_each_is_said_once(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await posted_need(client)
    settings, calendar = settings_of(NORTHSHIRE), calendar_of(NORTHSHIRE)
    confirmed = date(2026, 6, 1)
    await set_columns(copy, "need", where, confirmed_on=confirmed)
    last = add_school_days(calendar, confirmed, settings.periods.need_good_for)
    for today in (last - timedelta(days=1), last, last):
        async with database.transaction(NORTHSHIRE) as session:
            assert await ask_to_confirm_needs(session, system(NORTHSHIRE, today)) == 1
            assert await lapse_unconfirmed_needs(session, system(NORTHSHIRE, today)) == 0
    after = last + timedelta(days=1)
    async with database.transaction(NORTHSHIRE) as session:
        assert await lapse_unconfirmed_needs(session, system(NORTHSHIRE, after)) == 1
    async with database.transaction(NORTHSHIRE) as session:
        assert await lapse_unconfirmed_needs(session, system(NORTHSHIRE, after)) == 0
        assert await ask_to_confirm_needs(session, system(NORTHSHIRE, after)) == 0
    notified = await notices_of(database, HEAD_OF_MILL)
    assert [one.kind for one in notified] == ["confirm_need", "need_lapsed"]
    assert {one.path for one in notified} == {f"{where}/confirmation"}
    assert await notices_of(database, TWIN_HEAD_OF_MILL) == []
    assert "Paused" in words(await client.get(where, as_=HEAD_OF_MILL))
    await client.post(f"{where}/confirmation", {}, as_=HEAD_OF_MILL)
    assert "Open" in words(await client.get(where, as_=HEAD_OF_MILL))


async def test_school_and_lead_are_told_once_when_it_widens(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await posted_need(client)
    posted = await posted_need(client, audience="everybody", theme="writing")
    await set_columns(copy, "need", where, posted_at=datetime.combine(APP_DAY, time(9), UTC))
    widens = None
    async with database.transaction(NORTHSHIRE) as session:
        from sqlalchemy import text

        widens = await session.scalar(
            text("SELECT visible_to_authority_from FROM need WHERE id::text = :i"),
            {"i": where.rpartition("/")[2]},
        )
    for today, expected in ((widens - timedelta(days=1), 0), (widens, 1), (widens + timedelta(days=3), 1)):
        async with database.transaction(NORTHSHIRE) as session:
            assert await notify_needs_that_widen(session, system(NORTHSHIRE, today)) == expected
    for one in (HEAD_OF_MILL, LEAD_OF_NORTH):
        notified = [notice for notice in await notices_of(database, one) if notice.kind == "need_widened"]
        assert [notice.path for notice in notified] == [where]
    assert await notices_of(database, HEAD_OF_QUAY) == []
    assert posted != where


@pytest.mark.parametrize("days", [1, 5, 10])
def test_the_date_shown_is_a_school_day(days: int) -> None:
    calendar = calendar_of(NORTHSHIRE)
    assert is_school_day(calendar, add_school_days(calendar, TODAY, days))
