"""A proposal ends at once when its need or offer changes or ends, and both sides are notified."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.agreements.acceptance.actions import accept_proposal
from alongside.features.agreements.proposing.actions import propose
from alongside.features.needs.closing.actions import reopen_need, withdraw_need
from alongside.features.needs.editing.actions import change_need, pause_need
from alongside.features.offers.actions import change_offer, extend_offer, pause_offer, withdraw_offer
from alongside.features.offers.queries import get_offer
from alongside.features.offers.scheduled import lapse_unconfirmed_offers
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.features.agreements.builders import (
    TODAY,
    a_need,
    a_proposal,
    acting,
    an_offer,
    look,
    notified,
    terms,
)
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    QUAY,
)


async def edit_offer(database: Database, offer_id: UUID, **changed: Any) -> None:
    """Change an offer as its headteacher."""
    async with database.transaction(NORTHSHIRE) as session:
        head = acting(HEAD_OF_PARK)
        offer = await get_offer(session, head, Permission.CHANGE_OFFER, offer_id)
        themes = changed.pop("themes", dict(offer.themes))
        await change_offer(session, head, offer_id, changed, themes, offer.version)


async def texts(database: Database, one: Any) -> list[str]:
    """The texts of a person's notifications about the ending."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        found = await session.execute(
            text("SELECT text FROM notification WHERE person_id = :id AND kind = 'proposal_ended'"),
            {"id": one.person_id},
        )
        return [row.text for row in found]


async def test_a_withdrawn_need_ends_its_proposals_in_the_same_transaction(database: Database) -> None:
    """The other school and the head's colleague are notified; after reopening, the old proposal cannot be accepted."""
    proposal_id = await a_proposal(database)
    need_id = (await look(database, "proposal", proposal_id)).need_id
    async with database.transaction(NORTHSHIRE) as session:
        other = await propose(session, acting(HEAD_OF_QUAY), need_id, await an_offer(session, QUAY), terms())
    async with database.transaction(NORTHSHIRE) as session:
        await withdraw_need(session, acting(HEAD_OF_MILL), need_id, "no_longer_needed", "")
        states = (await session.execute(text("SELECT state FROM proposal"))).scalars().all()
        assert states == ["lapsed", "lapsed"]
    [sentence] = await texts(database, HEAD_OF_PARK)
    assert "Mill Primary School has closed its need “Fluency in Year 2”" in sentence
    assert len(await texts(database, HEAD_OF_QUAY)) == 1
    assert len(await texts(database, DELEGATE_OF_MILL)) == 2
    async with database.transaction(NORTHSHIRE) as session:
        await reopen_need(session, acting(HEAD_OF_MILL), need_id, "Needed again")
        await pause_need(session, acting(HEAD_OF_MILL), need_id)
        version = (await session.execute(text("SELECT version FROM need"))).scalar_one()
        await change_need(session, acting(HEAD_OF_MILL), need_id, {"title": "Phonics"}, version)
    for one in (proposal_id, other):
        with pytest.raises(ActionRefused):
            async with database.transaction(NORTHSHIRE) as session:
                await accept_proposal(session, acting(HEAD_OF_MILL), one, 1)
    audit_log = await look(database, "audit_entry")
    assert [one.verb for one in audit_log].count("drop_proposal") == 2


async def test_a_withdrawn_offer_ends_its_proposals_and_the_needs_are_open_again(database: Database) -> None:
    proposal_id = await a_proposal(database, LEAD_OF_NORTH)
    row = await look(database, "proposal", proposal_id)
    async with database.transaction(NORTHSHIRE) as session:
        await withdraw_offer(session, acting(HEAD_OF_PARK), row.offer_id, "")
    assert (await look(database, "proposal", proposal_id)).state == "lapsed"
    assert (await look(database, "need", row.need_id)).state == "open"
    for one in (HEAD_OF_MILL, LEAD_OF_NORTH):
        assert "proposal_ended" in await notified(database, one), one


async def lapse(session: AsyncSession, _offer_id: UUID) -> None:
    """The job that pauses offers that were not confirmed, long after the last confirmation."""
    long_after = system(NORTHSHIRE, TODAY)
    await session.execute(text("UPDATE offer SET confirmed_on = DATE '2025-11-24'"))
    assert await lapse_unconfirmed_offers(session, long_after) == 1


async def pause(session: AsyncSession, offer_id: UUID) -> None:
    await pause_offer(session, acting(HEAD_OF_PARK), offer_id)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        (pause, "Park Primary School has paused its offer"),
        (lapse, "Park Primary School did not confirm its offer"),
    ],
)
async def test_a_paused_offer_ends_its_proposals_because_nobody_could_accept_them(
    database: Database, how: Any, sentence: str
) -> None:
    """The need is open again at once, and both sides are told."""
    proposal_id = await a_proposal(database)
    row = await look(database, "proposal", proposal_id)
    async with database.transaction(NORTHSHIRE) as session:
        await how(session, row.offer_id)
    assert (await look(database, "proposal", proposal_id)).state == "lapsed"
    assert (await look(database, "need", row.need_id)).state == "open"
    for one in (HEAD_OF_MILL, DELEGATE_OF_MILL):
        [said] = await texts(database, one)
        assert sentence in said


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Something else"},
        {"description": "We do it online"},
        {"leader_name": "Somebody else", "leader_is_head": False},
        {"phases": ["secondary"]},
        {"forms_of_support": ["training"]},
        {"themes": {"maths": "Results"}},
    ],
)
async def test_a_reworded_offer_is_another_one(database: Database, changed: dict[str, Any]) -> None:
    proposal_id = await a_proposal(database)
    row = await look(database, "proposal", proposal_id)
    await edit_offer(database, row.offer_id, **changed)
    assert (await look(database, "proposal", proposal_id)).state == "lapsed"
    [sentence] = await texts(database, HEAD_OF_MILL)
    assert "Park Primary School has changed its offer" in sentence
    async with database.transaction(NORTHSHIRE) as session:
        again = await propose(session, acting(HEAD_OF_PARK), row.need_id, row.offer_id, terms())
        assert await accept_proposal(session, acting(HEAD_OF_MILL), again, 1) or changed.get("leader_name")


async def test_more_days_or_time_change_nothing_that_was_proposed(database: Database) -> None:
    proposal_id = await a_proposal(database)
    row = await look(database, "proposal", proposal_id)
    async with database.transaction(NORTHSHIRE) as session:
        version = (await session.execute(text("SELECT version FROM offer"))).scalar_one()
        await extend_offer(session, acting(HEAD_OF_PARK), row.offer_id, {"days_total": 9}, version)
    async with database.transaction(NORTHSHIRE) as session:
        assert await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE need SET state = 'withdrawn'",
        "UPDATE offer SET state = 'ended'",
        "UPDATE need SET wanted = 'Something else'",
        "UPDATE offer SET title = 'Something else'",
    ],
)
async def test_postgresql_lets_no_proposal_be_left_behind(database: Database, sql: str) -> None:
    """A change of a post without ending its proposals cannot be committed."""
    await a_proposal(database)
    with pytest.raises(IntegrityError, match="left behind"):
        async with database.transaction(NORTHSHIRE) as session:
            await session.execute(text(sql))


async def test_postgresql_accepts_no_proposal_of_an_earlier_version(database: Database) -> None:
    proposal_id = await a_proposal(database)

    async def outdate_then_accept(session: AsyncSession) -> None:
        await session.execute(text("UPDATE need SET wanted = 'Something else'"))
        await session.execute(
            text("UPDATE proposal SET requesting_accepted_at = now() WHERE id = :id"), {"id": proposal_id}
        )

    with pytest.raises(IntegrityError, match="pair_barred: need_changed"):
        async with database.transaction(NORTHSHIRE) as session:
            await outdate_then_accept(session)


async def test_nothing_is_proposed_for_a_need_that_is_closed(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        need_id, offer_id = await a_need(session), await an_offer(session)
        await withdraw_need(session, acting(HEAD_OF_MILL), need_id, "no_longer_needed", "")
    with pytest.raises(ActionRefused, match="not looking for support"):
        async with database.transaction(NORTHSHIRE) as session:
            await propose(session, acting(HEAD_OF_PARK), need_id, offer_id, terms())
