"""Commands for pins and forbids: add and remove; each starts a new run."""

from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.matching.assignments.queries import get_constraint
from alongside.features.matching.models import CANCEL, PlanRun
from alongside.features.matching.pins import KINDS, PlanConstraint
from alongside.features.matching.plans.actions import queue_run
from alongside.features.matching.plans.queries import assignment_of, get_run, run_at_work
from alongside.features.matching.plans.rows import OfferName
from alongside.features.offers.models import Offer
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import may, require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.reads import select_one
from alongside.platform.workflow import apply_transition

ANSWERED = ("proposed", "to_release", "agreed")


async def add_constraint(
    session: AsyncSession,
    person: Principal,
    run_id: UUID,
    constraint: tuple[UUID, UUID, str],
    reason: str,
) -> UUID:
    """Pin an offer for a need, or forbid it. Returns the run that applies it.

    `constraint` is need, offer and kind. A new pin replaces an earlier one. Raises NotFound if the need or
    offer is outside this person's scope, ActionRefused while a proposal for the need is in progress.
    """
    need_id, offer_id, kind = constraint
    run = await get_run(session, person, Permission.MAKE_PLAN, run_id)
    assignment = await assignment_of(session, person.authority_id, run.id, need_id)
    require(person, Permission.MAKE_PLAN, assignment.requesting_urn)
    offer = await offer_seen(session, person, offer_id)
    if kind not in KINDS or person.id is None:
        raise NotFound
    if assignment.proposal_state in ANSWERED:
        raise ActionRefused(
            "Both schools have been asked already. Withdraw the proposal first, then choose somebody else.",
            assignment.proposal_state,
        )
    await _lift_contrary(session, person, need_id, offer_id, kind)
    made = await session.scalar(
        insert(PlanConstraint)
        .values(
            authority_id=person.authority_id,
            need_id=need_id,
            offer_id=offer_id,
            kind=kind,
            reason=reason,
            made_by=person.id,
        )
        .on_conflict_do_nothing()
        .returning(PlanConstraint.id)
    )
    if made is None:
        raise ActionRefused(
            "Someone else has just kept or ruled out this partner. Reload the plan and check the change."
        )
    schools = (assignment.requesting_urn, offer.school_urn)
    await record_audit(
        session, person, f"{kind}_partner", "plan_constraint", made, schools=schools, note=reason
    )
    return await request_replan(session, person, run.consortium_id)


async def remove_constraint(
    session: AsyncSession, person: Principal, run_id: UUID, constraint_id: UUID
) -> UUID:
    """Lift a pin or forbid. Returns the run that applies the change."""
    run = await get_run(session, person, Permission.MAKE_PLAN, run_id)
    constraint = await get_constraint(session, person, constraint_id)
    lifted = await session.execute(
        update(PlanConstraint)
        .where(
            PlanConstraint.authority_id == person.authority_id,
            PlanConstraint.id == constraint.id,
            PlanConstraint.lifted_at.is_(None),
        )
        .values(lifted_at=func.now(), lifted_by=person.id)
        .returning(PlanConstraint.id)
    )
    if lifted.first() is None:
        raise ActionRefused("Someone has already removed this. Reload the page.")
    await record_audit(
        session,
        person,
        f"lift_{constraint.kind}",
        "plan_constraint",
        constraint.id,
        schools=(constraint.school_urn,),
    )
    return await request_replan(session, person, run.consortium_id)


async def request_replan(session: AsyncSession, person: Principal, consortium_id: UUID | None) -> UUID:
    """Queue a run that takes the change into account; cancel a run that started before it."""
    there = await run_at_work(session, person.authority_id, consortium_id)
    if there is not None and there.state == "running":
        await apply_transition(session, person, PlanRun, there, CANCEL, lease_until=None)
    run_id, _ = await queue_run(session, person, consortium_id, "change")
    return run_id


async def offer_seen(session: AsyncSession, person: Principal, offer_id: UUID) -> OfferName:
    """Return an offer that this person may see. Raises NotFound."""
    statement = (
        select(
            Offer.id,
            Offer.title,
            Offer.school_urn,
            School.name.label("school"),
            Offer.visible_to_authority_from,
        )
        .join(School, (School.authority_id == Offer.authority_id) & (School.urn == Offer.school_urn))
        .where(Offer.authority_id == person.authority_id, Offer.id == offer_id, Offer.posted_at.is_not(None))
    )
    found = await select_one(session, statement, OfferName, {})
    if found is None or not may(
        person,
        Permission.VIEW_POST,
        found.school_urn,
        visible_to_authority_from=found.visible_to_authority_from,
    ):
        raise NotFound
    return found


async def _lift_contrary(
    session: AsyncSession, person: Principal, need_id: UUID, offer_id: UUID, kind: str
) -> None:
    """Lift constraints that a new one contradicts: those on the pair, and for a pin the earlier pin."""
    contrary = PlanConstraint.offer_id == offer_id
    if kind == "pin":
        contrary = or_(contrary, PlanConstraint.kind == "pin")
    await session.execute(
        update(PlanConstraint)
        .where(
            PlanConstraint.authority_id == person.authority_id,
            PlanConstraint.need_id == need_id,
            PlanConstraint.lifted_at.is_(None),
            contrary,
        )
        .values(lifted_at=func.now(), lifted_by=person.id)
    )
