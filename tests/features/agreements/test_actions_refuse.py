"""What the actions on agreements refuse by themselves, without the page in front of them."""

from dataclasses import replace
from datetime import date

import pytest

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.agreements.amendments.actions import (
    agree_amendment,
    propose_amendment,
    refuse_amendment,
    withdraw_amendment,
)
from alongside.features.agreements.answers.actions import counter_propose
from alongside.features.agreements.endings.actions import end_early
from alongside.features.agreements.proposing.actions import propose
from alongside.features.agreements.reviews.actions import give_review
from alongside.features.agreements.signing.actions import sign_agreement
from alongside.features.agreements.visits.actions import log_visit
from alongside.platform.database.session import Database
from tests.features.agreements.builders import (
    a_need,
    a_running_agreement,
    acting,
    an_agreement,
    an_offer,
    look,
    terms,
)
from tests.features.agreements.test_change_agreement import proposed, wanted
from tests.features.agreements.test_keep_diary import record
from tests.features.agreements.test_review_agreement import judgement
from tests.personas import DELEGATE_OF_MILL, HEAD_OF_MILL, HEAD_OF_PARK, MILL, NORTHSHIRE, PARK

MINE, THEIRS = acting(HEAD_OF_MILL), acting(HEAD_OF_PARK)


async def test_a_running_agreement_is_not_signed_again(database: Database) -> None:
    agreement_id = await a_running_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match="can no longer sign"):
            await sign_agreement(session, MINE, agreement_id, 2)


async def test_only_a_running_agreement_is_amended_and_never_without_an_aim(database: Database) -> None:
    preparing = await an_agreement(database, pool="8")
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match="in progress can be changed"):
            await propose_amendment(session, MINE, preparing, await wanted(database, "4"))


async def test_an_amendment_keeps_an_aim(database: Database) -> None:
    running = await a_running_agreement(database)
    change = replace(await wanted(database, "4"), aims=[])
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match="at least one aim"):
            await propose_amendment(session, MINE, running, change)


async def test_the_other_school_answers_an_amendment_and_its_own_withdraws_it(database: Database) -> None:
    amendment_id = await proposed(database, await a_running_agreement(database), "4")
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match="Your school has proposed"):
            await agree_amendment(session, MINE, amendment_id)
        with pytest.raises(ActionRefused, match="Your school has proposed"):
            await refuse_amendment(session, MINE, amendment_id, "No")
        with pytest.raises(ActionRefused, match="The other school proposed"):
            await withdraw_amendment(session, THEIRS, amendment_id)
    assert (await look(database, "amendment", amendment_id)).state == "proposed"


async def test_an_amendment_is_agreed_only_to_the_agreement_that_was_shown(database: Database) -> None:
    amendment_id = await proposed(database, await a_running_agreement(database), "4")
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match="has changed since"):
            await agree_amendment(session, THEIRS, amendment_id, 1)


async def test_a_school_is_not_matched_with_itself(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        need_id, offer_id = await a_need(session), await an_offer(session, MILL)
        with pytest.raises(ActionRefused, match="same school"):
            await propose(session, MINE, need_id, offer_id, terms())


async def test_a_review_rates_every_aim_and_names_what_was_reached(database: Database) -> None:
    agreement_id = await a_running_agreement(database)
    whole = await judgement(database, "met")
    (aim_id,) = whole.ratings
    for wrong in (
        replace(whole, ratings={}),
        replace(whole, ratings={aim_id: ("purple", "Because")}),
        replace(whole, ratings={aim_id: ("green", " ")}),
        replace(whole, reached={}),
        replace(whole, outcome=None),
    ):
        async with database.transaction(NORTHSHIRE) as session:
            with pytest.raises(ValidationFailed):
                await give_review(session, MINE, agreement_id, "closing", wrong)
    assert await look(database, "review") == []


async def test_there_is_no_half_way_review_after_the_closing_one(database: Database) -> None:
    agreement_id = await a_running_agreement(database)
    said = await judgement(database, "met")
    async with database.transaction(NORTHSHIRE) as session:
        await give_review(session, MINE, agreement_id, "closing", said)
        with pytest.raises(ActionRefused, match="no half-way review"):
            await give_review(session, MINE, agreement_id, "mid_term", replace(said, outcome=None))


async def test_a_visit_is_not_recorded_before_the_agreement_or_after_its_end(database: Database) -> None:
    agreement_id = await a_running_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ValidationFailed):
            await log_visit(session, THEIRS, agreement_id, record(on=date(2020, 9, 1)))
        await end_early(session, MINE, agreement_id, "staff_change", "")
        with pytest.raises(ActionRefused, match="cannot add visits"):
            await log_visit(session, THEIRS, agreement_id, record())


async def test_a_delegate_who_proposes_other_terms_does_not_release_the_head(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        need_id, offer_id = await a_need(session, PARK), await an_offer(session, MILL)
        proposal_id = await propose(session, THEIRS, need_id, offer_id, terms())
        await counter_propose(session, acting(DELEGATE_OF_MILL), proposal_id, terms("3"), 1)
    assert not (await look(database, "proposal", proposal_id)).released_by_head
