"""Amending a signed agreement with both heads, and ending one early."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from alongside.errors import ActionRefused, NotFound, ValidationFailed
from alongside.features.agreements.amendments.actions import (
    agree_amendment,
    propose_amendment,
    refuse_amendment,
    withdraw_amendment,
)
from alongside.features.agreements.amendments.changes import RequestedChanges
from alongside.features.agreements.endings.actions import end_early
from alongside.features.agreements.reviews.actions import give_review
from alongside.features.agreements.visits.actions import log_visit
from alongside.platform.database.session import Database
from tests.features.agreements.builders import (
    AIM,
    a_running_agreement,
    acting,
    an_agreement,
    books_add_up,
    look,
    notified,
)
from tests.features.agreements.test_keep_diary import record
from tests.features.agreements.test_review_agreement import judgement
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    TWIN_HEAD_OF_MILL,
)


async def wanted(database: Database, days: str) -> RequestedChanges:
    """New days with the current aims."""
    aims = [
        {"id": str(one.id), **{name: getattr(one, name) for name in AIM}}
        for one in await look(database, "aim")
    ]
    return RequestedChanges(Decimal(days), date(2027, 1, 11), date(2027, 3, 19), aims, "It goes well")


async def proposed(database: Database, agreement_id: UUID, days: str) -> UUID:
    """An amendment that Mill's head proposes."""
    async with database.transaction(NORTHSHIRE) as session:
        change = await wanted(database, days)
        return await propose_amendment(session, acting(HEAD_OF_MILL), agreement_id, change)


async def test_a_change_of_days_moves_the_pool(database: Database) -> None:
    """More days are taken from the pool, fewer are returned; an exhausted offer is live again."""
    agreement_id = await a_running_agreement(database, days="2", pool="4")
    offer_id = (await look(database, "support_agreement", agreement_id)).offer_id
    for days, state in (("4", "exhausted"), ("3", "live")):
        amendment_id = await proposed(database, agreement_id, days)
        assert str((await look(database, "support_agreement", agreement_id)).days) != f"{days}.0"
        async with database.transaction(NORTHSHIRE) as session:
            await agree_amendment(session, acting(HEAD_OF_PARK), amendment_id)
        offer = await look(database, "offer", offer_id)
        assert (str(offer.days_taken), offer.state) == (f"{days}.0", state)
    await books_add_up(database)


async def test_more_than_the_pool_holds_is_refused_by_the_database(database: Database) -> None:
    """The error is readable, and nothing has changed."""
    agreement_id = await a_running_agreement(database, days="2", pool="4")
    amendment_id = await proposed(database, agreement_id, "5")
    with pytest.raises(ActionRefused, match="Park Primary School has meanwhile promised days"):
        async with database.transaction(NORTHSHIRE) as session:
            await agree_amendment(session, acting(HEAD_OF_PARK), amendment_id)
    assert (await look(database, "amendment", amendment_id)).state == "proposed"
    await books_add_up(database)


async def test_fewer_than_used_cannot_be(database: Database) -> None:
    """Not when proposing, and not when a visit was recorded before agreeing."""
    agreement_id = await a_running_agreement(database, days="3")
    amendment_id = await proposed(database, agreement_id, "1")
    async with database.transaction(NORTHSHIRE) as session:
        await log_visit(session, acting(HEAD_OF_PARK), agreement_id, record("2"))
    with pytest.raises(ActionRefused, match="2 days have been used already"):
        async with database.transaction(NORTHSHIRE) as session:
            await agree_amendment(session, acting(HEAD_OF_PARK), amendment_id)


async def test_aims_change_by_both_and_reviewed_ones_stay(database: Database) -> None:
    """An aim is added; a reviewed aim cannot be removed."""
    agreement_id = await a_running_agreement(database)
    change = await wanted(database, "2")
    more = replace(change, aims=[*change.aims, AIM | {"aim": "Confident writers"}])
    async with database.transaction(NORTHSHIRE) as session:
        amendment_id = await propose_amendment(session, acting(HEAD_OF_MILL), agreement_id, more)
        await agree_amendment(session, acting(HEAD_OF_PARK), amendment_id)
    assert len(await look(database, "aim")) == 2
    async with database.transaction(NORTHSHIRE) as session:
        said = await judgement(database)
        await give_review(session, acting(HEAD_OF_MILL), agreement_id, "mid_term", said)
    one_less = replace(change, aims=(await wanted(database, "2")).aims[1:])
    async with database.transaction(NORTHSHIRE) as session:
        amendment_id = await propose_amendment(session, acting(HEAD_OF_MILL), agreement_id, one_less)
    with pytest.raises(ActionRefused, match="has been reviewed cannot be removed"):
        async with database.transaction(NORTHSHIRE) as session:
            await agree_amendment(session, acting(HEAD_OF_PARK), amendment_id)


async def test_one_side_alone_changes_nothing(database: Database) -> None:
    """Nobody agrees their own amendment; only one is open at a time; it can be refused or withdrawn."""
    agreement_id = await a_running_agreement(database)
    amendment_id = await proposed(database, agreement_id, "3")
    with pytest.raises(ActionRefused, match="It waits for Park Primary School"):
        async with database.transaction(NORTHSHIRE) as session:
            await agree_amendment(session, acting(HEAD_OF_MILL), amendment_id)
    with pytest.raises(ActionRefused, match="proposed already"):
        await proposed(database, agreement_id, "4")
    async with database.transaction(NORTHSHIRE) as session:
        await refuse_amendment(session, acting(HEAD_OF_PARK), amendment_id, "No more days to give")
    with pytest.raises(ActionRefused) as refused:
        async with database.transaction(NORTHSHIRE) as session:
            await agree_amendment(session, acting(HEAD_OF_PARK), amendment_id)
    assert refused.value.state == "refused"
    another = await proposed(database, agreement_id, "3")
    async with database.transaction(NORTHSHIRE) as session:
        await withdraw_amendment(session, acting(HEAD_OF_MILL), another)
    with pytest.raises(ActionRefused, match="Nothing would change"):
        await proposed(database, agreement_id, "2")


async def test_others_do_not_change_it(database: Database) -> None:
    """Not a delegate, a lead, another school, or the same role in another authority."""
    agreement_id = await a_running_agreement(database)
    change = await wanted(database, "3")
    amendment_id = await proposed(database, agreement_id, "3")
    for other in (DELEGATE_OF_MILL, LEAD_OF_NORTH, HEAD_OF_QUAY, TWIN_HEAD_OF_MILL):
        for act in (
            lambda s, o=other: propose_amendment(s, acting(o), agreement_id, change),
            lambda s, o=other: agree_amendment(s, acting(o), amendment_id),
            lambda s, o=other: end_early(s, acting(o), agreement_id, "other", "No"),
        ):
            with pytest.raises(NotFound):
                async with database.transaction(other.authority_id) as session:
                    await act(session)


@pytest.mark.parametrize("running", [True, False])
async def test_an_early_end_gives_unused_days_back(database: Database, *, running: bool) -> None:
    """The need is open again, planned visits and open amendments are cancelled, the offer is live again."""
    agreement_id = await (a_running_agreement if running else an_agreement)(database, days="2", pool="2")
    row = await look(database, "support_agreement", agreement_id)
    if running:
        async with database.transaction(NORTHSHIRE) as session:
            await log_visit(session, acting(HEAD_OF_PARK), agreement_id, record("0.5"))
        await proposed(database, agreement_id, "1")
    with pytest.raises(ValidationFailed):
        async with database.transaction(NORTHSHIRE) as session:
            await end_early(session, acting(HEAD_OF_MILL), agreement_id, "no_such_reason", "")
    async with database.transaction(NORTHSHIRE) as session:
        await end_early(session, acting(HEAD_OF_MILL), agreement_id, "other", "The leader has moved on")
    offer = await look(database, "offer", row.offer_id)
    assert (str(offer.days_taken), offer.state) == ("0.5" if running else "0.0", "live")
    assert (await look(database, "need", row.need_id)).state == "open"
    assert {one.state for one in await look(database, "amendment")} <= {"withdrawn"}
    assert "agreement_ended" in await notified(database, HEAD_OF_PARK)
    with pytest.raises(ActionRefused):
        async with database.transaction(NORTHSHIRE) as session:
            await log_visit(session, acting(HEAD_OF_PARK), agreement_id, record())
    await books_add_up(database)
