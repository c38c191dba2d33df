"""Sending: the pairs of a plan become proposals, each once; what became impossible meanwhile is skipped and says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.agreements.proposals.actions import propose, withdraw_proposal
from alongside.features.agreements.proposals.hard_rules import for_other_readers
from alongside.features.authorities import calendar_of
from alongside.features.matching.models import CURRENT, SEND, PlanAssignment, PlanRun
from alongside.features.matching.plans.labels import to_send
from alongside.features.matching.plans.queries import assignments_of, get_run
from alongside.features.matching.proposals.terms import MESSAGE, terms_for
from alongside.features.matching.replacement.queries import unanswered_proposals
from alongside.features.needs.models import Need
from alongside.features.offers.models import Offer
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.workflow import apply_transition

HIDDEN = "One of the two is no longer shown to you, so it could not be proposed."


@dataclass(frozen=True, slots=True)
class SendResult:
    """What came of sending: how many pairs were proposed, and how many could not be."""

    proposed: int
    skipped: int


async def send_plan(
    session: AsyncSession, person: Principal, run_id: UUID, needs: Iterable[UUID]
) -> SendResult:
    """Propose the pairs of these needs that were not proposed yet: both schools of each are asked.

    What an earlier plan proposed for such a need, and nobody has answered, is withdrawn first. A pair that
    became impossible since the plan was made is skipped, with its reason in the plan. Sent twice, it does
    nothing the second time. Raises NotThere for a plan out of reach, Refused for one that no longer stands.
    """
    run = await get_run(session, person, Permission.MAKE_PLAN, run_id)
    await hold_run(session, run)
    wanted = set(needs)
    assignments = [
        one
        for one in await assignments_of(session, person.authority_id, run.id)
        if to_send(one) and one.need_id in wanted
    ]
    needed = [one.need_id for one in assignments]
    before = await unanswered_proposals(session, person.authority_id, needed)
    await hold_posts(session, person.authority_id, [*assignments, *before])
    await _withdraw_moved(session, person, assignments)
    message = MESSAGE.format(scope=run.consortium or "whole authority")
    proposed = 0
    for assignment in assignments:
        proposed += await _send(session, person, assignment, message)
    if proposed:
        await apply_transition(session, person, PlanRun, run, SEND, changes={"proposed": [0, proposed]})
    return SendResult(proposed, len(assignments) - proposed)


async def _withdraw_moved(session: AsyncSession, person: Principal, assignments: Sequence[Any]) -> None:
    """Take back what is proposed for these needs and unanswered, where the plan has moved them to somebody else."""
    wanted = {(one.need_id, one.offer_id) for one in assignments}
    needs = [one.need_id for one in assignments]
    for old in await unanswered_proposals(session, person.authority_id, needs):
        if (old.need_id, old.offer_id) not in wanted:
            await withdraw_proposal(session, person, old.id)


async def hold_run(session: AsyncSession, run: Any) -> None:
    """Let nobody else send or mend this plan until the transaction ends. Raises Refused when it stands no more."""
    state = await session.scalar(
        select(PlanRun.state)
        .where(PlanRun.authority_id == run.authority_id, PlanRun.id == run.id)
        .with_for_update()
    )
    if state not in CURRENT:
        raise ActionRefused(
            "A later plan has taken the place of this one. Open the plans and send that one.", state
        )


async def hold_posts(session: AsyncSession, authority_id: int, assignments: Sequence[Any]) -> None:
    """Hold all offers first, then all needs, each in one order, as every decision on a proposal does."""
    for thing, ids in (
        (Offer, {one.offer_id for one in assignments}),
        (Need, {one.need_id for one in assignments}),
    ):
        columns: Any = thing
        await session.execute(
            select(columns.id)
            .where(columns.authority_id == authority_id, columns.id.in_(sorted(ids)))
            .order_by(columns.id)
            .with_for_update(key_share=True)
        )


async def _send(session: AsyncSession, person: Principal, assignment: Any, message: str) -> int:
    """Propose one pair; 1 if it could be."""
    made, told = await try_to_propose(session, person, assignment, message)
    reason = for_other_readers(told) if told else None  # kept in the plan, which leads read too
    await session.execute(
        update(PlanAssignment)
        .where(PlanAssignment.authority_id == person.authority_id, PlanAssignment.id == assignment.id)
        .values(proposal_id=made, not_sent_because=reason)
    )
    return int(made is not None)


async def try_to_propose(
    session: AsyncSession, person: Principal, assignment: Any, message: str
) -> tuple[UUID | None, str | None]:
    """The proposal that was made of a place, or the sentence that says why none could be."""
    terms = terms_for(calendar_of(person.authority_id), assignment, person.today, message)
    try:
        async with session.begin_nested():
            return await propose(session, person, assignment.need_id, assignment.offer_id, terms), None
    except ActionRefused as problem:
        return None, problem.sentence
    except NotFound:
        return None, HIDDEN
