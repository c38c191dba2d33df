"""An unconfirmed offer gets a confirmation request, is paused, and cannot be proposed."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from alongside.features.authorities import calendar_of, settings_of
from alongside.features.offers.confirmation import is_proposable, why_not_proposable
from alongside.features.offers.models import Offer
from alongside.features.offers.scheduled import ask_to_confirm_offers, lapse_unconfirmed_offers
from alongside.features.schools.term_dates.day_by_school import DayBySchool
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import add_school_days
from tests.client import Client, words
from tests.databases import DatabaseCopy
from tests.features.needs.stored_rows import notices_of, set_columns
from tests.features.offers.form_values import posted_offer
from tests.personas import HEAD_OF_MILL, NORTHSHIRE, TWIN_HEAD_OF_MILL

TODAY = date(2026, 11, 25)


FRESH = date(2026, 5, 1)
"""The earliest day of confirmation in these tests."""


@dataclass
class AnOffer:
    state: str = "live"
    appetite: str = "yes"
    ask_again_on: date | None = None
    confirmed_on: date | None = TODAY
    designation: str | None = None
    designation_until: date | None = None
    ends_on: date | None = None
    days_taken: Decimal = Decimal(0)
    days_total: Decimal = Decimal(6)
    engagements_taken: int = 0
    engagements_max: int = 1


CASES: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"appetite": "maybe"}, None),
    ({"designation": "sle"}, None),
    ({"designation": "sle", "designation_until": TODAY}, None),
    ({"designation_until": date(2020, 1, 1)}, None),
    ({"ends_on": TODAY}, None),
    ({"days_taken": Decimal("5.5")}, None),
    ({"appetite": "no"}, "Not available this year"),
    ({"confirmed_on": date(2026, 3, 2)}, "has not confirmed this offer recently"),
    ({"designation": "sle", "designation_until": TODAY - timedelta(days=1)}, "designation"),
    ({"ends_on": TODAY - timedelta(days=1)}, "dates of this offer have passed"),
    ({"days_taken": Decimal(6)}, "All days"),
    ({"engagements_taken": 1}, "as many schools at once"),
    ({"state": "paused"}, "paused"),
    ({"state": "ended"}, "has ended"),
]


@pytest.mark.parametrize(("changed", "why"), CASES)
def test_why_an_offer_cannot_be_proposed_is_said(changed: dict[str, Any], why: str | None) -> None:
    offer: Any = AnOffer(**changed)
    said = why_not_proposable(offer, TODAY, FRESH)
    assert (said is None) if why is None else (why in (said or ""))


async def test_the_database_gives_the_same_answer(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await posted_offer(client, designation="", engagements_max="1")
    for changed, why in CASES:
        whole = AnOffer(**changed)
        await set_columns(copy, "offer", where, **vars(whole)) if whole.state == "live" else None
        if whole.state != "live":
            continue
        async with database.transaction(NORTHSHIRE) as session:
            statement = select(Offer.id).where(
                Offer.authority_id == NORTHSHIRE, is_proposable(TODAY, DayBySchool(FRESH, {}))
            )
            assert bool((await session.execute(statement)).all()) is (why is None), changed


async def test_it_is_asked_about_once_then_paused_and_one_click_brings_it_back(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await posted_offer(client)
    settings, calendar = settings_of(NORTHSHIRE), calendar_of(NORTHSHIRE)
    confirmed = date(2026, 6, 1)
    await set_columns(copy, "offer", where, confirmed_on=confirmed)
    last = add_school_days(calendar, confirmed, settings.periods.offer_good_for)
    early = confirmed + timedelta(days=30)
    async with database.transaction(NORTHSHIRE) as session:
        assert await ask_to_confirm_offers(session, system(NORTHSHIRE, early)) == 0
    for today in (last, last):
        async with database.transaction(NORTHSHIRE) as session:
            await ask_to_confirm_offers(session, system(NORTHSHIRE, today))
            assert await lapse_unconfirmed_offers(session, system(NORTHSHIRE, today)) == 0
    for expected in (1, 0):
        async with database.transaction(NORTHSHIRE) as session:
            person = system(NORTHSHIRE, last + timedelta(days=1))
            assert await lapse_unconfirmed_offers(session, person) == expected
    notified = await notices_of(database, HEAD_OF_MILL)
    assert [one.kind for one in notified] == ["confirm_offer", "offer_lapsed"]
    assert await notices_of(database, TWIN_HEAD_OF_MILL) == []
    assert "paused until its school confirms it" in words(await client.get(where, as_=HEAD_OF_MILL))
    page = words(await client.get(notified[0].path, as_=HEAD_OF_MILL))
    assert "Do you still offer this?" in page
    assert (await client.post(notified[0].path, {}, as_=HEAD_OF_MILL)).status_code == 303
    assert "Confirmed today." in words(await client.get(where, as_=HEAD_OF_MILL))
