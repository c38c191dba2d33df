"""Changing what was signed: only both heads together; and ending before the time."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from alongside.database.session import Database
from alongside.errors import Invalid, NotThere, Refused
from alongside.partnerships.actions import end_early
from alongside.partnerships.amendments.actions import (
    agree_amendment,
    propose_amendment,
    refuse_amendment,
    withdraw_amendment,
)
from alongside.partnerships.amendments.wanted import Wanted
from alongside.partnerships.reviews.actions import give_review
from alongside.partnerships.visits.actions import log_visit
from tests.partnerships.scene import (
    AIM,
    a_partnership,
    a_running_partnership,
    acting,
    books_add_up,
    look,
    told,
)
from tests.partnerships.test_keep_diary import record
from tests.partnerships.test_review_partnership import judgement
from tests.people import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    TWIN_HEAD_OF_MILL,
)


async def wanted(database: Database, days: str) -> Wanted:
    """Other days, and the aims as they stand."""
    aims = [
        {"id": str(one.id), **{name: getattr(one, name) for name in AIM}}
        for one in await look(database, "aim")
    ]
    return Wanted(Decimal(days), date(2027, 1, 11), date(2027, 3, 19), aims, "It goes well")


async def proposed(database: Database, partnership_id: UUID, days: str) -> UUID:
    """A change that Mill's head proposes."""
    async with database.fenced(NORTHSHIRE) as session:
        change = await wanted(database, days)
        return await propose_amendment(session, acting(HEAD_OF_MILL), partnership_id, change)


async def test_a_change_of_days_moves_the_pool(database: Database) -> None:
    """More days leave it, fewer return; an exhausted offer is live again."""
    partnership_id = await a_running_partnership(database, days="2", pool="4")
    offer_id = (await look(database, "partnership", partnership_id)).offer_id
    for days, state in (("4", "exhausted"), ("3", "live")):
        amendment_id = await proposed(database, partnership_id, days)
        assert str((await look(database, "partnership", partnership_id)).days) != f"{days}.0"
        async with database.fenced(NORTHSHIRE) as session:
            await agree_amendment(session, acting(HEAD_OF_PARK), amendment_id)
        offer = await look(database, "offer", offer_id)
        assert (str(offer.days_taken), offer.state) == (f"{days}.0", state)
    await books_add_up(database)


async def test_more_than_the_pool_holds_is_refused_by_the_database(database: Database) -> None:
    """In words; and nothing has changed."""
    partnership_id = await a_running_partnership(database, days="2", pool="4")
    amendment_id = await proposed(database, partnership_id, "5")
    with pytest.raises(Refused, match="Park Primary School has meanwhile promised days"):
        async with database.fenced(NORTHSHIRE) as session:
            await agree_amendment(session, acting(HEAD_OF_PARK), amendment_id)
    assert (await look(database, "amendment", amendment_id)).state == "proposed"
    await books_add_up(database)


async def test_fewer_than_used_cannot_be(database: Database) -> None:
    """Neither proposed, nor agreed when a visit came between."""
    partnership_id = await a_running_partnership(database, days="3")
    amendment_id = await proposed(database, partnership_id, "1")
    async with database.fenced(NORTHSHIRE) as session:
        await log_visit(session, acting(HEAD_OF_PARK), partnership_id, record("2"))
    with pytest.raises(Refused, match="2 days have been used already"):
        async with database.fenced(NORTHSHIRE) as session:
            await agree_amendment(session, acting(HEAD_OF_PARK), amendment_id)


async def test_aims_change_by_both_and_reviewed_ones_stay(database: Database) -> None:
    """An aim is added; one that has been rated cannot be taken away."""
    partnership_id = await a_running_partnership(database)
    change = await wanted(database, "2")
    more = replace(change, aims=[*change.aims, AIM | {"aim": "Confident writers"}])
    async with database.fenced(NORTHSHIRE) as session:
        amendment_id = await propose_amendment(session, acting(HEAD_OF_MILL), partnership_id, more)
        await agree_amendment(session, acting(HEAD_OF_PARK), amendment_id)
    assert len(await look(database, "aim")) == 2
    async with database.fenced(NORTHSHIRE) as session:
        said = await judgement(database)
        await give_review(session, acting(HEAD_OF_MILL), partnership_id, "mid_term", said)
    one_less = replace(change, aims=(await wanted(database, "2")).aims[1:])
    async with database.fenced(NORTHSHIRE) as session:
        amendment_id = await propose_amendment(session, acting(HEAD_OF_MILL), partnership_id, one_less)
    with pytest.raises(Refused, match="has been reviewed cannot be removed"):
        async with database.fenced(NORTHSHIRE) as session:
            await agree_amendment(session, acting(HEAD_OF_PARK), amendment_id)


async def test_one_side_alone_changes_nothing(database: Database) -> None:
    """Nobody agrees to their own change; one waits at a time; it can be refused or taken back."""
    partnership_id = await a_running_partnership(database)
    amendment_id = await proposed(database, partnership_id, "3")
    with pytest.raises(Refused, match="It waits for Park Primary School"):
        async with database.fenced(NORTHSHIRE) as session:
            await agree_amendment(session, acting(HEAD_OF_MILL), amendment_id)
    with pytest.raises(Refused, match="proposed already"):
        await proposed(database, partnership_id, "4")
    async with database.fenced(NORTHSHIRE) as session:
        await refuse_amendment(session, acting(HEAD_OF_PARK), amendment_id, "No more days to give")
    with pytest.raises(Refused) as refused:
        async with database.fenced(NORTHSHIRE) as session:
            await agree_amendment(session, acting(HEAD_OF_PARK), amendment_id)
    assert refused.value.state == "refused"
    another = await proposed(database, partnership_id, "3")
    async with database.fenced(NORTHSHIRE) as session:
        await withdraw_amendment(session, acting(HEAD_OF_MILL), another)
    with pytest.raises(Refused, match="Nothing would change"):
        await proposed(database, partnership_id, "2")


async def test_others_do_not_change_it(database: Database) -> None:
    """No delegate, no lead, no other school, no twin."""
    partnership_id = await a_running_partnership(database)
    change = await wanted(database, "3")
    amendment_id = await proposed(database, partnership_id, "3")
    for other in (DELEGATE_OF_MILL, LEAD_OF_NORTH, HEAD_OF_QUAY, TWIN_HEAD_OF_MILL):
        for act in (
            lambda s, o=other: propose_amendment(s, acting(o), partnership_id, change),
            lambda s, o=other: agree_amendment(s, acting(o), amendment_id),
            lambda s, o=other: end_early(s, acting(o), partnership_id, "other", "No"),
        ):
            with pytest.raises(NotThere):
                async with database.fenced(other.authority_id) as session:
                    await act(session)


@pytest.mark.parametrize("running", [True, False])
async def test_an_early_end_gives_unused_days_back(database: Database, *, running: bool) -> None:
    """With a reason; the need is open again, plans and proposed changes fall away, the offer is live again."""
    partnership_id = await (a_running_partnership if running else a_partnership)(database, days="2", pool="2")
    row = await look(database, "partnership", partnership_id)
    if running:
        async with database.fenced(NORTHSHIRE) as session:
            await log_visit(session, acting(HEAD_OF_PARK), partnership_id, record("0.5"))
        await proposed(database, partnership_id, "1")
    with pytest.raises(Invalid):
        async with database.fenced(NORTHSHIRE) as session:
            await end_early(session, acting(HEAD_OF_MILL), partnership_id, "no_such_reason", "")
    async with database.fenced(NORTHSHIRE) as session:
        await end_early(session, acting(HEAD_OF_MILL), partnership_id, "other", "The leader has moved on")
    offer = await look(database, "offer", row.offer_id)
    assert (str(offer.days_taken), offer.state) == ("0.5" if running else "0.0", "live")
    assert (await look(database, "need", row.need_id)).state == "open"
    assert {one.state for one in await look(database, "amendment")} <= {"withdrawn"}
    assert "partnership_ended" in await told(database, HEAD_OF_PARK)
    with pytest.raises(Refused):
        async with database.fenced(NORTHSHIRE) as session:
            await log_visit(session, acting(HEAD_OF_PARK), partnership_id, record())
    await books_add_up(database)
