"""Visits cannot be before their agreement, and records of visits that did not take place can be removed."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.agreements.visits.actions import correct_visit, log_visit, plan_visit, void_visit
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.features.agreements.builders import (
    TODAY,
    a_pair,
    a_running_agreement,
    acting,
    books_add_up,
    look,
    notified,
)
from tests.features.agreements.test_keep_diary import record
from tests.features.needs.form_values import form_at
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, NORTHSHIRE

YEARS_AGO = date(2019, 3, 4)


async def test_a_visit_years_before_the_agreement_is_refused(database: Database) -> None:
    """Recording, planning and correcting are refused, by PostgreSQL too."""
    agreement_id = await a_running_agreement(database)
    for act in (log_visit, plan_visit):
        for day in (YEARS_AGO, TODAY - timedelta(days=1)):
            with pytest.raises(ValidationFailed, match="support was agreed from"):
                async with database.transaction(NORTHSHIRE) as session:
                    await act(session, acting(HEAD_OF_PARK), agreement_id, record(on=day))
    async with database.transaction(NORTHSHIRE) as session:
        made = await log_visit(session, acting(HEAD_OF_PARK), agreement_id, record())
    with pytest.raises(ValidationFailed, match="support was agreed from"):
        async with database.transaction(NORTHSHIRE) as session:
            await correct_visit(session, acting(HEAD_OF_PARK), made, record(on=YEARS_AGO), 1)
    with pytest.raises(IntegrityError, match="earlier than its agreement"):
        async with database.transaction(NORTHSHIRE) as session:
            await session.execute(text("UPDATE visit SET visit_on = '2019-03-04'"))


async def test_support_cannot_begin_years_before_it_is_proposed(client: Client, database: Database) -> None:
    need_id, offer_id = await a_pair(database)
    form = {"begun_from": "need", "need_id": str(need_id), "picked": str(offer_id), "days": "2"}
    form |= {"starts_on": "4/3/2019", "ends_on": "19/3/2027"}
    answer = await client.post("/proposals", form, HEAD_OF_PARK)
    assert answer.status_code == 422
    assert "within the last month or later" in words(answer)


async def test_a_visit_that_did_not_take_place_is_removed_with_a_reason(
    client: Client, database: Database
) -> None:
    """Its days are available again, the other school is notified, and the reason is in the audit log.

    Only the school that recorded it removes it; the other one disagrees with the record instead.
    """
    agreement_id = await a_running_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        visit_id = await log_visit(session, acting(HEAD_OF_MILL), agreement_id, record("1"))
    where = f"/visits/{visit_id}/removal"
    assert where not in (await client.get(f"/agreements/{agreement_id}", as_=HEAD_OF_PARK)).text
    others = await client.post(where, {"note": "It was not so"}, as_=HEAD_OF_PARK)
    assert others.status_code == 409
    assert "Your school answers its record instead" in words(others)
    assert where in (await client.get(f"/agreements/{agreement_id}", as_=HEAD_OF_MILL)).text
    assert (await client.post(where, {"note": ""}, as_=HEAD_OF_MILL)).status_code == 422
    assert (await client.post(where, {"note": "x"}, as_=HEAD_OF_QUAY)).status_code == 404
    assert (await client.post(where, {"note": "We were closed"}, as_=HEAD_OF_MILL)).status_code == 303
    assert (await look(database, "visit", visit_id)).state == "cancelled"
    assert (await look(database, "support_agreement", agreement_id)).days_used == 0
    await books_add_up(database)
    assert "visit_removed" in await notified(database, HEAD_OF_PARK)
    assert "We were closed" in [one.note for one in await look(database, "audit_entry")]
    with pytest.raises(ActionRefused):
        async with database.transaction(NORTHSHIRE) as session:
            await void_visit(session, acting(HEAD_OF_MILL), visit_id, "Again")


async def test_the_same_visit_is_not_recorded_twice_by_a_reload(client: Client, database: Database) -> None:
    """A reloaded form has a new key; the same content is asked about, and sent once more it is a second visit."""
    agreement_id = await a_running_agreement(database, days="3")
    where = f"/agreements/{agreement_id}/visits"
    form = await form_at(client, f"{where}/new", HEAD_OF_PARK)
    form |= {"days": "1", "focus": "Reading aloud", "done": "We watched two lessons", "act": "record"}
    first, reloaded = uuid4().hex, uuid4().hex
    assert (await client.post(where, form, as_=HEAD_OF_PARK, key=first)).status_code == 303
    again = await client.post(where, form, as_=HEAD_OF_PARK, key=reloaded)
    assert again.status_code == 409 and "You sent the same at" in words(again)
    assert (await look(database, "support_agreement", agreement_id)).days_used == 1
    key = str(soup(again).select_one("main input[name=idempotency_key]")["value"])  # type: ignore[index]
    assert (await client.post(where, form, as_=HEAD_OF_PARK, key=key)).status_code == 303
    assert (await look(database, "support_agreement", agreement_id)).days_used == 2


async def test_too_many_days_are_refused_with_the_form_and_its_text(
    client: Client, database: Database
) -> None:
    agreement_id = await a_running_agreement(database, days="1")
    where = f"/agreements/{agreement_id}/visits"
    form = await form_at(client, f"{where}/new", HEAD_OF_PARK)
    form |= {
        "days": "2",
        "focus": "Reading aloud in Year 2",
        "done": "We watched two lessons",
        "act": "record",
    }
    refused = await client.post(where, form, as_=HEAD_OF_PARK)
    assert refused.status_code == 409 and "can still be recorded" in words(refused)
    assert "We watched two lessons" in [one.get_text(strip=True) for one in soup(refused).select("textarea")]
