"""Support of the demonstration in every state: proposed, agreed, under way, closed, declined, ended early."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.demonstration import Demonstration, Post, Staff
from alongside.dev.demo_data.texts import AIMS
from alongside.errors import AlongsideError
from alongside.features.agreements.acceptance.actions import accept_proposal, release_leader
from alongside.features.agreements.aims.actions import write_aim
from alongside.features.agreements.aims.queries import aims_of
from alongside.features.agreements.answers.actions import refuse_proposal
from alongside.features.agreements.endings.actions import end_early
from alongside.features.agreements.proposals.forms import Terms
from alongside.features.agreements.proposing.actions import propose
from alongside.features.agreements.reviews.actions import give_review
from alongside.features.agreements.reviews.values import Judgement
from alongside.features.agreements.signing.actions import sign_agreement
from alongside.features.agreements.visit_answers.actions import answer_record, write_hopes
from alongside.features.agreements.visit_answers.values import RecordAnswer
from alongside.features.agreements.visits.actions import log_visit, plan_visit
from alongside.features.agreements.visits.values import VisitRecord
from alongside.platform.access.principal import Principal

STAGES = (
    "proposed",
    "preparing",
    "active",
    "active",
    "closed",
    "declined",
    "active",
    "proposed",
    "closed",
    "ended",
)

ANSWERS: tuple[Callable[[VisitRecord], RecordAnswer] | None, ...] = (
    lambda _: RecordAnswer("correct"),
    lambda done: RecordAnswer(
        "corrected", done.visit_on, Decimal(1), "They stayed until the end of the day."
    ),
    None,
    lambda _: RecordAnswer("disagree", reason="The visit was moved to next week."),
    None,
)
"""How the supported school answers the record of the first visit; None: not yet."""


def terms(head: Principal, random: Random) -> Terms:
    """Some days, from a few weeks ago to the end of next term."""
    days = Decimal(random.choice([1, 2, 3]))
    began = head.today - timedelta(days=random.randrange(10, 30))
    return Terms(days, began, head.today + timedelta(days=90), "We would be glad to do this with you.")


async def give_support(session: AsyncSession, staff: Staff, needs: list[Post], offers: list[Post]) -> int:
    """Match needs and offers of the same theme, each pair left in a different state; returns the number."""
    random = Random(staff.authority_id + 2)
    waiting, pairs = list(offers), 0
    for need_id, asking, theme in needs:
        offer = next((one for one in waiting if one[2] == theme and one[1].urn != asking.urn), None)
        if offer is None or random.random() < 0.35:
            continue
        waiting.remove(offer)
        supporting_head, requesting_head = staff.heads[offer[1].urn], staff.heads[asking.urn]
        try:
            async with session.begin_nested():
                await _bring_to(
                    session,
                    (supporting_head, requesting_head),
                    (need_id, offer[0]),
                    STAGES[pairs % len(STAGES)],
                    random,
                )
        except AlongsideError:
            continue  # this pair may not see one another's posts yet; another will
        pairs += 1
    return pairs


async def _bring_to(
    session: AsyncSession,
    sides: tuple[Principal, Principal],
    posts: tuple[UUID, UUID],
    stage: str,
    random: Random,
) -> None:
    supporting_head, requesting_head = sides
    proposal_id = await propose(session, supporting_head, posts[0], posts[1], terms(supporting_head, random))
    if stage == "proposed":
        return
    if stage == "declined":
        await refuse_proposal(session, requesting_head, proposal_id, "dates", "")
        return
    agreement_id = await accept_proposal(session, requesting_head, proposal_id, 1)
    if agreement_id is None:
        agreement_id = await release_leader(session, supporting_head, proposal_id)
    aim, measure, baseline, target = random.choice(AIMS)
    await write_aim(
        session,
        requesting_head,
        agreement_id,
        {"aim": aim, "measure": measure, "baseline": baseline, "target": target},
    )
    if stage == "preparing":
        return
    await sign_agreement(session, requesting_head, agreement_id, 2)
    await sign_agreement(session, supporting_head, agreement_id, 2)
    await _visits(session, supporting_head, requesting_head, agreement_id)
    if stage == "ended":
        await end_early(session, requesting_head, agreement_id, "staff_change", "")
    elif stage == "closed":
        await _close(session, sides, agreement_id)


async def _visits(
    session: AsyncSession, supporting_head: Principal, requesting_head: Principal, agreement_id: UUID
) -> None:
    done = VisitRecord(
        supporting_head.today - timedelta(days=6),
        Decimal("0.5"),
        "First visit: how it is now",
        "Watched two lessons and a catch-up group, and talked with the lead.",
        "We send our plan; next visit in two weeks.",
    )
    visit_id = await log_visit(session, supporting_head, agreement_id, done)
    answer = ANSWERS[(requesting_head.school_urn or 0) % len(ANSWERS)]
    if answer is not None:
        await answer_record(session, requesting_head, visit_id, answer(done), 1)
        await write_hopes(
            session, requesting_head, visit_id, "To see where we stand.", "Two routines for Monday."
        )
    if supporting_head.school_urn is not None and supporting_head.school_urn % 3:
        await plan_visit(
            session,
            supporting_head,
            agreement_id,
            VisitRecord(supporting_head.today, Decimal("0.5"), "Second visit"),
        )


async def _close(session: AsyncSession, sides: tuple[Principal, Principal], agreement_id: UUID) -> None:
    supporting_head, requesting_head = sides
    aims = await aims_of(session, supporting_head.authority_id, agreement_id)
    ratings = {one.id: ("green", "Fifteen of nineteen are back on track.") for one in aims}
    for person, outcome in ((supporting_head, None), (requesting_head, "met")):
        reached = {one.id: one.target or "Reached" for one in aims}
        said = Judgement(
            ratings, "Groups run daily, and two of our staff now train others.", "yes", outcome, reached
        )
        await give_review(session, person, agreement_id, "closing", said)


async def fill(demo: Demonstration) -> None:
    """Match needs with offers, each pair left in a different state."""
    await give_support(demo.session, demo.staff, demo.needs, demo.offers)
