"""Reviews: by both sides, each before seeing the other's; the two closing ones end the partnership."""

from typing import Any
from uuid import UUID

import pytest

from alongside.access.permissions import Permission
from alongside.database.session import Database
from alongside.errors import Invalid, NotThere, Refused
from alongside.partnerships.queries import partnership_to
from alongside.partnerships.reviews.actions import give_review
from alongside.partnerships.reviews.judgement import Judgement
from alongside.partnerships.reviews.queries import reviews_seen_by
from alongside.partnerships.visits.actions import log_visit, plan_visit
from tests.partnerships.scene import a_partnership, a_running_partnership, acting, books_add_up, look, told
from tests.partnerships.test_keep_diary import record
from tests.partnerships.test_last_day_of_an_offer import interleaved
from tests.people import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    TWIN_HEAD_OF_MILL,
    Cast,
)


async def judgement(database: Database, outcome: str | None = None, rating: str = "green") -> Judgement:
    """A rating for every aim there is."""
    aims = await look(database, "aim")
    ratings = {one.id: (rating, "Because") for one in aims}
    return Judgement(ratings, "Fluency rose", "yes", outcome, {one.id: "88" for one in aims})


async def give(database: Database, by: Cast, partnership_id: UUID, kind: str, said: Judgement) -> None:
    """One side's review in a transaction of its own."""
    async with database.fenced(NORTHSHIRE) as session:
        await give_review(session, acting(by), partnership_id, kind, said)


@pytest.mark.parametrize("outcome", ["met", "part_met", "not_met"])
async def test_both_closing_reviews_end_it_with_the_asking_side_s_outcome(
    database: Database, outcome: str
) -> None:
    """The need moves accordingly, unused days return, and the exhausted offer is live again."""
    partnership_id = await a_running_partnership(database, days="2", pool="2")
    row = await look(database, "partnership", partnership_id)
    assert (await look(database, "offer", row.offer_id)).state == "exhausted"
    async with database.fenced(NORTHSHIRE) as session:
        await log_visit(session, acting(HEAD_OF_PARK), partnership_id, record("0.5"))
        await plan_visit(session, acting(HEAD_OF_PARK), partnership_id, record("0.5"))
    await give(database, HEAD_OF_MILL, partnership_id, "closing", await judgement(database, outcome))
    assert (await look(database, "partnership", partnership_id)).state == "active"
    await give(database, HEAD_OF_PARK, partnership_id, "closing", await judgement(database))
    closed = await look(database, "partnership", partnership_id)
    offer = await look(database, "offer", row.offer_id)
    assert (closed.state, closed.outcome) == ("closed", outcome)
    assert (await look(database, "need", row.need_id)).state == outcome
    assert (offer.state, str(offer.days_taken), offer.engagements_taken) == ("live", "0.5", 0)
    assert {one.state for one in await look(database, "visit")} == {"recorded", "cancelled"}
    assert "partnership_closed" in await told(database, LEAD_OF_NORTH)
    await books_add_up(database)


async def test_closing_reviews_at_once_close_it_once(database: Database) -> None:
    """Forced to interleave: the second sees the first."""
    partnership_id = await a_running_partnership(database)
    mine, theirs = await judgement(database, "met"), await judgement(database)
    outcome = await interleaved(
        database,
        lambda s: give_review(s, acting(HEAD_OF_PARK), partnership_id, "closing", theirs),
        lambda s: give_review(s, acting(HEAD_OF_MILL), partnership_id, "closing", mine),
    )
    assert outcome == ("done", "done")
    assert (await look(database, "partnership", partnership_id)).state == "closed"
    await books_add_up(database)


async def seen(database: Database, one: Cast, partnership_id: UUID) -> list[dict[str, Any]]:
    """The reviews as somebody sees them."""
    async with database.fenced(NORTHSHIRE, read_only=True) as session:
        row = await partnership_to(session, acting(one), Permission.SEE_PARTNERSHIP, partnership_id)
        return await reviews_seen_by(session, acting(one), row)


async def test_the_other_side_s_review_is_seen_after_one_s_own(database: Database) -> None:
    """So neither writes after the other; the lead sees both."""
    partnership_id = await a_running_partnership(database)
    await give(database, HEAD_OF_PARK, partnership_id, "mid_term", await judgement(database, rating="red"))
    (hidden,) = await seen(database, HEAD_OF_MILL, partnership_id)
    assert not hidden["open"] and hidden["changed"] is None and hidden["ratings"] == []
    (open_to_lead,) = await seen(database, LEAD_OF_NORTH, partnership_id)
    assert open_to_lead["ratings"][0].rating == "red"
    await give(database, HEAD_OF_MILL, partnership_id, "mid_term", await judgement(database))
    assert all(one["open"] for one in await seen(database, HEAD_OF_MILL, partnership_id))
    assert "mid_term_review_given" in await told(database, HEAD_OF_MILL)


async def test_a_review_is_whole_and_given_once(database: Database) -> None:
    """Every aim with a rating and a reason; the asker's closing one with the outcome; no second one."""
    partnership_id = await a_running_partnership(database)
    whole = await judgement(database, "met")
    (aim_id,) = whole.ratings
    for half in (
        Judgement({}, "Much", "yes", "met"),
        Judgement({aim_id: ("green", " ")}, "Much", "yes", "met"),
        Judgement({aim_id: ("gold", "Because")}, "Much", "yes", "met"),
        Judgement(whole.ratings, "Much", "yes", None),
    ):
        with pytest.raises(Invalid):
            await give(database, HEAD_OF_MILL, partnership_id, "closing", half)
    await give(database, HEAD_OF_MILL, partnership_id, "closing", whole)
    with pytest.raises(Refused, match="given its closing review already"):
        await give(database, HEAD_OF_MILL, partnership_id, "closing", whole)


async def test_only_a_running_partnership_is_reviewed_and_only_by_its_schools(database: Database) -> None:
    """Before it runs it is refused; for others it is not there."""
    partnership_id = await a_partnership(database)
    said = await judgement(database, "met")
    with pytest.raises(Refused):
        await give(database, HEAD_OF_MILL, partnership_id, "closing", said)
    for other in (LEAD_OF_NORTH, HEAD_OF_QUAY):
        with pytest.raises(NotThere):
            await give(database, other, partnership_id, "closing", said)
    with pytest.raises(NotThere):
        async with database.fenced(TWIN_HEAD_OF_MILL.authority_id) as session:
            await give_review(session, acting(TWIN_HEAD_OF_MILL), partnership_id, "closing", said)
