"""Command to send a plan: each pair is proposed once.

Pairs that are no longer possible are skipped with a reason.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.agreements.answers.actions import withdraw_proposal
from alongside.features.agreements.proposals.hard_rules import for_other_readers
from alongside.features.agreements.proposing.actions import propose
from alongside.features.matching.models import CURRENT, SEND, PlanAssignment, PlanRun
from alongside.features.matching.plans.queries import assignments_of, get_run
from alongside.features.matching.plans.rows import AssignmentRow, PlanRow
from alongside.features.matching.proposals.terms import MESSAGE, WantedPair, pair_of, terms_for
from alongside.features.matching.replacement.queries import unanswered_proposals
from alongside.features.needs.models import Need
from alongside.features.offers.models import Offer
from alongside.features.schools.term_dates.queries import calendar_of_school, calendars_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.workflow import apply_transition

HIDDEN = "You can no longer see this need or offer, so the pair was not proposed. Recalculate the plan."


@dataclass(frozen=True, slots=True)
class SendResult:
    """The numbers of pairs that were proposed and that could not be."""

    proposed: int
    skipped: int


async def send_plan(
    session: AsyncSession, person: Principal, run_id: UUID, needs: Iterable[UUID]
) -> SendResult:
    """Propose the pairs of these needs that have not been proposed yet, and ask both schools of each.

    Unanswered proposals of an earlier plan for such a need are withdrawn first. A pair that is no longer
    possible is skipped, and the reason is stored in the plan. Sending again does nothing. Raises NotFound for
    a plan outside this person's scope, ActionRefused if the plan is no longer current.
    """
    run = await get_run(session, person, Permission.MAKE_PLAN, run_id)
    await hold_run(session, run)
    wanted = set(needs)
    assignments = [
        one
        for one in await assignments_of(session, person.authority_id, run.id)
        if one.waits_to_be_sent and one.need_id in wanted
    ]
    needed = [one.need_id for one in assignments]
    before = await unanswered_proposals(session, person.authority_id, needed)
    pairs = [(one.need_id, one.offer_id) for one in assignments if one.offer_id is not None]
    pairs += [(one.need_id, one.offer_id) for one in before]
    await hold_posts(session, person.authority_id, pairs)
    await _withdraw_moved(session, person, assignments)
    message = MESSAGE.format(scope=run.consortium or "whole authority")
    await calendars_of_schools(session, person.authority_id, _schools_of(assignments))  # kept for each pair
    proposed = 0
    for assignment in assignments:
        proposed += await _send(session, person, assignment, message)
    if proposed:
        await apply_transition(session, person, PlanRun, run, SEND, changes={"proposed": [0, proposed]})
    return SendResult(proposed, len(assignments) - proposed)


def _schools_of(assignments: Sequence[AssignmentRow]) -> set[int]:
    urns = (urn for one in assignments for urn in (one.requesting_urn, one.supporting_urn))
    return {urn for urn in urns if urn is not None}


async def _withdraw_moved(
    session: AsyncSession, person: Principal, assignments: Sequence[AssignmentRow]
) -> None:
    """Withdraw unanswered proposals for these needs where the plan has chosen another partner."""
    wanted = {(one.need_id, one.offer_id) for one in assignments}
    needs = [one.need_id for one in assignments]
    for old in await unanswered_proposals(session, person.authority_id, needs):
        if (old.need_id, old.offer_id) not in wanted:
            await withdraw_proposal(session, person, old.id)


async def hold_run(session: AsyncSession, run: PlanRow) -> None:
    """Lock the plan against other sends and replacements. Raises ActionRefused if it is no longer current."""
    state = await session.scalar(
        select(PlanRun.state)
        .where(PlanRun.authority_id == run.authority_id, PlanRun.id == run.id)
        .with_for_update()
    )
    if state not in CURRENT:
        raise ActionRefused(
            "A later plan has taken the place of this one. Open the plans and send that one.", state
        )


async def hold_posts(session: AsyncSession, authority_id: int, pairs: Collection[tuple[UUID, UUID]]) -> None:
    """Lock the offers of these pairs (need, offer), then the needs, in the order of every decision on a proposal."""
    for post, ids in ((Offer, {offer for _, offer in pairs}), (Need, {need for need, _ in pairs})):
        await session.execute(
            select(post.id)
            .where(post.authority_id == authority_id, post.id.in_(sorted(ids)))
            .order_by(post.id)
            .with_for_update(key_share=True)
        )


async def _send(session: AsyncSession, person: Principal, assignment: AssignmentRow, message: str) -> int:
    """Propose one pair. Returns 1 if it was possible, else 0."""
    made, refusal = await try_to_propose(session, person, pair_of(assignment), message)
    reason = for_other_readers(refusal) if refusal else None  # stored in the plan, which leads read too
    await session.execute(
        update(PlanAssignment)
        .where(PlanAssignment.authority_id == person.authority_id, PlanAssignment.id == assignment.id)
        .values(proposal_id=made, not_sent_because=reason)
    )
    return int(made is not None)


async def try_to_propose(
    session: AsyncSession, person: Principal, pair: WantedPair, message: str
) -> tuple[UUID | None, str | None]:
    """Propose a pair. Returns the proposal, or a sentence that says why it was not possible."""
    calendar = await calendar_of_school(session, person.authority_id, pair.requesting_urn)
    terms = terms_for(calendar, pair, person.today, message)
    try:
        async with session.begin_nested():
            return await propose(session, person, pair.need_id, pair.offer_id, terms), None
    except ActionRefused as problem:
        return None, problem.sentence
    except NotFound:
        return None, HIDDEN
