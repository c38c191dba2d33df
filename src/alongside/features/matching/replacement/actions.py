"""Commands to replace a lost partner at once, and to start a new run after a decline."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.agreements.answers.actions import withdraw_proposal
from alongside.features.authorities import settings_of
from alongside.features.matching.engine.instance import Instance
from alongside.features.matching.engine.result import Option
from alongside.features.matching.engine.score import Score
from alongside.features.matching.engine.shortlist import shortlist
from alongside.features.matching.models import SEND, PlanAssignment, PlanRun
from alongside.features.matching.plans.actions import queue_run
from alongside.features.matching.plans.queries import assignments_of, get_run
from alongside.features.matching.plans.rows import AssignmentRow
from alongside.features.matching.problem_input.builder import half_days
from alongside.features.matching.proposals.actions import hold_posts, hold_run, try_to_propose
from alongside.features.matching.proposals.terms import MESSAGE, WantedPair
from alongside.features.matching.replacement.options import chosen_option, options_now
from alongside.features.matching.replacement.queries import (
    core_team,
    declines_of,
    lost_assignments,
    unanswered_proposals,
)
from alongside.features.people.queries import ids, leaders_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.notifications import notify
from alongside.platform.workflow import apply_transition

NO_SCORE = Score(score=0, parts={}, points={})
ANSWERED = (
    "A school has just answered the proposal that this option would change."
    " Reload the page and choose another one."
)


async def take_option(
    session: AsyncSession, person: Principal, run_id: UUID, need_id: UUID, key: str
) -> Option:
    """Give a need that lost its partner another one, and ask both schools.

    A pair that makes way is withdrawn and its need is proposed to another partner, which is asked again.
    Raises ActionRefused if this option is no longer available, NotFound for a plan outside this person's
    scope.
    """
    run = await get_run(session, person, Permission.MAKE_PLAN, run_id)
    await hold_run(session, run)
    assignments = await assignments_of(session, person.authority_id, run.id)
    assignment = next((one for one in assignments if one.need_id == need_id), None)
    if assignment is None:
        raise NotFound
    if not assignment.over:
        raise ActionRefused(
            "This need has a partner in the plan, so there is nothing to replace.", assignment.proposal_state
        )
    instance, found = await options_now(session, person, run, assignments, assignment)
    option = chosen_option(found, key)
    message = MESSAGE.format(scope=run.consortium or "whole authority")
    moved = [one for one in assignments if option.move is not None and one.need_id == option.move.need]
    await hold_posts(session, person.authority_id, _touched(need_id, moved, option))
    for one in moved:
        await _move(session, person, instance, one, option, message)
    await _replace(
        session,
        person,
        assignment,
        _partner(instance, option.offer, option.half_days, option.pence, option.score),
        message,
    )
    await apply_transition(
        session,
        person,
        PlanRun,
        run,
        SEND,
        changes={"replaced": [str(assignment.offer_id), str(option.offer)]},
    )
    return option


def _touched(need_id: UUID, moved: Sequence[AssignmentRow], option: Option) -> list[tuple[UUID, UUID]]:
    """The pairs of need and offer, old and new, that must be locked."""
    found = [(need_id, option.offer)]
    for one in moved:
        assert option.move is not None
        found += [(one.need_id, option.move.offer), (one.need_id, option.move.to)]
    return found


@dataclass(frozen=True, slots=True)
class Partner:
    """Another partner for a need: the columns of its assignment that change."""

    offer_id: UUID
    supporting_urn: int
    days: Decimal
    pence: int
    score: Score

    def columns(self) -> dict[str, object]:
        """The values to write; nothing of the former explanation stays."""
        return {
            "offer_id": self.offer_id,
            "supporting_urn": self.supporting_urn,
            "days": self.days,
            "pence": self.pence,
            "score": self.score.score,
            "parts": msgspec.to_builtins(self.score),
            "rank": None,
            "why": {},
            "why_nobody": None,
            "held_by": None,
        }


async def _move(
    session: AsyncSession,
    person: Principal,
    instance: Instance,
    assignment: AssignmentRow,
    option: Option,
    message: str,
) -> None:
    """Move another pair: withdraw it and ask its next partner if it was sent, else only change the plan."""
    assert option.move is not None
    assert assignment.days is not None
    asked = await unanswered_proposals(session, person.authority_id, [assignment.need_id])
    if assignment.proposal_id is not None:
        if assignment.proposal_id not in {one.id for one in asked}:
            raise ActionRefused(ANSWERED)
        await withdraw_proposal(session, person, assignment.proposal_id)
    ranked = shortlist(instance, assignment.need_id, most=len(instance.offers)).ranked
    score = next((one.score for one in ranked if one.offer == option.move.to), NO_SCORE)
    partner = _partner(instance, option.move.to, half_days(assignment.days), None, score)
    if assignment.proposal_id is None:
        await _write(session, person, assignment, partner, None)
    else:
        await _replace(session, person, assignment, partner, message)


def _partner(instance: Instance, offer_id: UUID, half_days: int, pence: int | None, score: Score) -> Partner:
    offer = next(one for one in instance.offers if one.id == offer_id)
    days = Decimal(half_days) / 2
    money = int(days * offer.pence_per_day) if pence is None else pence
    return Partner(offer_id, offer.school, days, money, score)


async def _replace(
    session: AsyncSession, person: Principal, assignment: AssignmentRow, partner: Partner, message: str
) -> None:
    """Propose the new partner, then store it in the plan. Raises ActionRefused when it cannot be proposed."""
    wanted = WantedPair(
        assignment.need_id,
        partner.offer_id,
        assignment.requesting_urn,
        partner.days,
        assignment.need_starts_on,
        assignment.need_ends_on,
        assignment.need_terms,
    )
    made, reason = await try_to_propose(session, person, wanted, message)
    if made is None:
        raise ActionRefused(reason or ANSWERED)
    await _write(session, person, assignment, partner, made)


async def _write(
    session: AsyncSession,
    person: Principal,
    assignment: AssignmentRow,
    partner: Partner,
    proposal_id: UUID | None,
) -> None:
    await session.execute(
        update(PlanAssignment)
        .where(PlanAssignment.authority_id == person.authority_id, PlanAssignment.id == assignment.id)
        .values(
            proposal_id=proposal_id,
            not_sent_because=None,
            again_id=None,
            replaced_on=person.today,
            **partner.columns(),
        )
    )


async def replan_after_declines(session: AsyncSession, product: Principal) -> int:
    """Queue a run for every assignment whose proposal was lost; after several declines notify a person.

    Each is handled once, in the transaction that queues its run. Returns how many were handled. If a run in
    progress may have read older data, the assignment waits for the next call.
    """
    lost = await lost_assignments(session, product.authority_id)
    most = settings_of(product.authority_id).matching.declines_ask_for_person
    queued: dict[UUID | None, UUID] = {}
    for assignment in lost:
        if assignment.consortium_id not in queued:
            run_id, new = await queue_run(session, product, assignment.consortium_id, "decline")
            if not new:
                continue
            queued[assignment.consortium_id] = run_id
        await session.execute(
            update(PlanAssignment)
            .where(
                PlanAssignment.authority_id == product.authority_id,
                PlanAssignment.id == assignment.id,
                PlanAssignment.again_id.is_(None),
            )
            .values(again_id=queued[assignment.consortium_id])
        )
        count = await declines_of(session, product.authority_id, assignment.need_id)
        if count >= most:
            await _ask_for_person(session, product, assignment, count)
    return len(lost)


async def _ask_for_person(
    session: AsyncSession, product: Principal, assignment: AssignmentRow, count: int
) -> None:
    leaders = await leaders_of_schools(
        session, product.authority_id, product.today, [assignment.requesting_urn]
    )
    people = [*ids(leaders), *await core_team(session, product.authority_id, product.today)]
    text = (
        f"Partners have declined to support {assignment.requesting_name} {count} times in a row. "
        "Talk to the school before you ask another partner."
    )
    where = f"/plans/{assignment.run_id}/needs/{assignment.need_id}"
    once = f"needs_person:{assignment.need_id}:{count}"
    await notify(session, product, people, "needs_person", text, where, once=once, asks=True)
