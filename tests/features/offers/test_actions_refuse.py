"""What the actions on offers refuse by themselves, without the form in front of them."""

import pytest
from sqlalchemy import update

from alongside.errors import ActionRefused, EditConflict, NotFound
from alongside.features.offers import actions
from alongside.features.offers.models import Offer
from alongside.platform.database.session import Database
from tests.features.agreements.builders import acting, an_offer
from tests.personas import HEAD_OF_PARK, LEAD_OF_NORTH, NORTHSHIRE, PARK

HEAD = acting(HEAD_OF_PARK)


async def test_only_a_school_drafts_an_offer(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(NotFound):
            await actions.draft_offer(session, acting(LEAD_OF_NORTH), {"title": "Phonics"}, {})


async def test_an_offer_that_has_ended_is_not_changed(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        offer_id = await an_offer(session, PARK)
        await actions.withdraw_offer(session, HEAD, offer_id, "Our leader has left")
        with pytest.raises(ActionRefused, match="has ended"):
            await actions.change_offer(session, HEAD, offer_id, {"title": "New"}, {}, 2)


async def test_a_draft_that_was_withdrawn_is_not_posted_by_reopening_it(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        offer_id = await an_offer(session, PARK)
        await session.execute(update(Offer).where(Offer.id == offer_id).values(posted_at=None, state="ended"))
        with pytest.raises(ActionRefused, match="write a new offer"):
            await actions.reopen_offer(session, HEAD, offer_id, {}, 1)


async def test_an_offer_that_somebody_has_changed_is_not_reopened_over_it(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        offer_id = await an_offer(session, PARK)
        await actions.withdraw_offer(session, HEAD, offer_id, "Our leader has left")
        with pytest.raises(EditConflict):
            await actions.reopen_offer(session, HEAD, offer_id, {"title": "New"}, 1)
