"""Reviews by both sides, hidden until each has given its own; two closing reviews close the agreement."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from alongside.errors import ActionRefused, NotFound, ValidationFailed
from alongside.features.agreements.queries import get_agreement
from alongside.features.agreements.reviews.actions import give_review
from alongside.features.agreements.reviews.pages import is_closing_review_due
from alongside.features.agreements.reviews.queries import SeenReview, reviews_seen_by
from alongside.features.agreements.reviews.values import Judgement
from alongside.features.agreements.visits.actions import log_visit, plan_visit
from alongside.platform.access.permissions import Permission
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.features.agreements.builders import (
    a_running_agreement,
    acting,
    an_agreement,
    books_add_up,
    look,
    notified,
)
from tests.features.agreements.test_keep_diary import record
from tests.features.agreements.test_last_day_of_an_offer import interleaved
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    TWIN_HEAD_OF_MILL,
    Persona,
)


async def judgement(database: Database, outcome: str | None = None, rating: str = "green") -> Judgement:
    """A review with a rating for every aim."""
    aims = await look(database, "aim")
    ratings = {one.id: (rating, "Because") for one in aims}
    return Judgement(ratings, "Fluency rose", "yes", outcome, {one.id: "88" for one in aims})


async def give(database: Database, by: Persona, agreement_id: UUID, kind: str, said: Judgement) -> None:
    """Save one side's review in its own transaction."""
    async with database.transaction(NORTHSHIRE) as session:
        await give_review(session, acting(by), agreement_id, kind, said)


@pytest.mark.parametrize("outcome", ["met", "part_met", "not_met"])
async def test_both_closing_reviews_end_it_with_the_asking_side_s_outcome(
    database: Database, outcome: str
) -> None:
    """The need gets the outcome, unused days return, and the exhausted offer is live again."""
    agreement_id = await a_running_agreement(database, days="2", pool="2")
    row = await look(database, "support_agreement", agreement_id)
    assert (await look(database, "offer", row.offer_id)).state == "exhausted"
    async with database.transaction(NORTHSHIRE) as session:
        await log_visit(session, acting(HEAD_OF_PARK), agreement_id, record("0.5"))
        await plan_visit(session, acting(HEAD_OF_PARK), agreement_id, record("0.5"))
    await give(database, HEAD_OF_MILL, agreement_id, "closing", await judgement(database, outcome))
    assert (await look(database, "support_agreement", agreement_id)).state == "active"
    await give(database, HEAD_OF_PARK, agreement_id, "closing", await judgement(database))
    closed = await look(database, "support_agreement", agreement_id)
    offer = await look(database, "offer", row.offer_id)
    assert (closed.state, closed.outcome) == ("closed", outcome)
    assert (await look(database, "need", row.need_id)).state == outcome
    assert (offer.state, str(offer.days_taken), offer.engagements_taken) == ("live", "0.5", 0)
    assert {one.state for one in await look(database, "visit")} == {"recorded", "cancelled"}
    assert "agreement_closed" in await notified(database, LEAD_OF_NORTH)
    await books_add_up(database)


async def test_closing_reviews_at_once_close_it_once(database: Database) -> None:
    """Interleaved sessions: the second sees the first."""
    agreement_id = await a_running_agreement(database)
    mine, theirs = await judgement(database, "met"), await judgement(database)
    outcome = await interleaved(
        database,
        lambda s: give_review(s, acting(HEAD_OF_PARK), agreement_id, "closing", theirs),
        lambda s: give_review(s, acting(HEAD_OF_MILL), agreement_id, "closing", mine),
    )
    assert outcome == ("done", "done")
    assert (await look(database, "support_agreement", agreement_id)).state == "closed"
    await books_add_up(database)


async def seen(database: Database, one: Persona, agreement_id: UUID) -> list[SeenReview]:
    """The reviews that a person can see."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        row = await get_agreement(session, acting(one), Permission.VIEW_AGREEMENT, agreement_id)
        return await reviews_seen_by(session, acting(one), row)


async def test_the_other_side_s_review_is_seen_after_one_s_own(database: Database) -> None:
    """Neither side can copy the other; the lead sees both."""
    agreement_id = await a_running_agreement(database)
    await give(database, HEAD_OF_PARK, agreement_id, "mid_term", await judgement(database, rating="red"))
    (hidden,) = await seen(database, HEAD_OF_MILL, agreement_id)
    assert not hidden.open and hidden.changed is None and not hidden.ratings
    (open_to_lead,) = await seen(database, LEAD_OF_NORTH, agreement_id)
    assert open_to_lead.ratings[0].rating == "red"
    await give(database, HEAD_OF_MILL, agreement_id, "mid_term", await judgement(database))
    assert all(one.open for one in await seen(database, HEAD_OF_MILL, agreement_id))
    assert "mid_term_review_given" in await notified(database, HEAD_OF_MILL)


async def test_a_review_is_whole_and_given_once(database: Database) -> None:
    """Every aim needs a rating and a reason, the requester's closing review the outcome; a second one is refused."""
    agreement_id = await a_running_agreement(database)
    whole = await judgement(database, "met")
    (aim_id,) = whole.ratings
    for half in (
        Judgement({}, "Much", "yes", "met"),
        Judgement({aim_id: ("green", " ")}, "Much", "yes", "met"),
        Judgement({aim_id: ("gold", "Because")}, "Much", "yes", "met"),
        Judgement(whole.ratings, "Much", "yes", None),
    ):
        with pytest.raises(ValidationFailed):
            await give(database, HEAD_OF_MILL, agreement_id, "closing", half)
    await give(database, HEAD_OF_MILL, agreement_id, "closing", whole)
    with pytest.raises(ActionRefused, match="given its closing review already"):
        await give(database, HEAD_OF_MILL, agreement_id, "closing", whole)


async def test_only_a_running_agreement_is_reviewed_and_only_by_its_schools(database: Database) -> None:
    """Refused before it runs; NotFound for other people."""
    agreement_id = await an_agreement(database)
    said = await judgement(database, "met")
    with pytest.raises(ActionRefused):
        await give(database, HEAD_OF_MILL, agreement_id, "closing", said)
    for other in (LEAD_OF_NORTH, HEAD_OF_QUAY):
        with pytest.raises(NotFound):
            await give(database, other, agreement_id, "closing", said)
    with pytest.raises(NotFound):
        async with database.transaction(TWIN_HEAD_OF_MILL.authority_id) as session:
            await give_review(session, acting(TWIN_HEAD_OF_MILL), agreement_id, "closing", said)


async def test_the_closing_review_is_offered_when_it_is_due(client: Client, database: Database) -> None:
    """Not while days are left and the support goes on; then instead of the half-way review."""
    agreement_id = await a_running_agreement(database)
    page = words(await client.get(f"/agreements/{agreement_id}", HEAD_OF_MILL))
    assert "Give your half-way review" in page
    assert "Give your closing review" not in page
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        head = acting(HEAD_OF_MILL)
        row = await get_agreement(session, head, Permission.VIEW_AGREEMENT, agreement_id)
    assert not is_closing_review_due(head, row)
    assert is_closing_review_due(head, msgspec.structs.replace(row, days_used=row.days))
    assert is_closing_review_due(head, msgspec.structs.replace(row, ends_on=head.today))
    assert not is_closing_review_due(
        head, msgspec.structs.replace(row, ends_on=head.today + timedelta(days=1))
    )
