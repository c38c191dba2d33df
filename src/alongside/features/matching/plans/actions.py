"""Commands on runs: request, cancel, adopt or reject a better plan, supersede."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings_cache import version_of
from alongside.features.consortia.models import Consortium
from alongside.features.matching.models import ADOPT, ASK, ASK_AGAIN, CANCEL, SUPERSEDE, TURN_DOWN, PlanRun
from alongside.features.matching.plans.queries import current_run, get_run, offered_run, run_at_work
from alongside.features.matching.plans.rows import PlanRow
from alongside.platform.access.authorisation import require_for_consortium
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, system
from alongside.platform.audit.actions import record_audit
from alongside.platform.workflow import apply_transition

SEED = 1
"""The solver's random seed, the same for everybody, so that the same inputs give the same plan."""


async def ask_for_plan(
    session: AsyncSession, person: Principal, consortium_id: UUID | None, because: str = "fresh"
) -> tuple[UUID, bool]:
    """Request a plan for a consortium, or for the whole authority if None.

    Returns the run id and whether the run is new. If a run of the scope is already in progress, returns that
    one, even if another person requested it. Raises NotFound for a scope that is not this person's.
    """
    require_for_consortium(person, Permission.MAKE_PLAN, consortium_id)
    if consortium_id is not None:
        await _refuse_ended(session, person, consortium_id)
    return await queue_run(session, person, consortium_id, because)


async def queue_run(
    session: AsyncSession, person: Principal, consortium_id: UUID | None, because: str
) -> tuple[UUID, bool]:
    """Queue a run unless the scope already has one in progress. The caller checks the scope."""
    current = await current_run(session, person.authority_id, consortium_id)
    for _ in range(3):
        made = await session.scalar(
            insert(PlanRun)
            .values(
                authority_id=person.authority_id,
                consortium_id=consortium_id,
                state=ASK.end,
                because=because,
                starts_from_id=current.id if current else None,
                asked_by=person.id,
                weights_version=version_of(person.authority_id),
                seed=SEED,
                limit_seconds=settings_of(person.authority_id).matching.seconds,
            )
            .on_conflict_do_nothing()
            .returning(PlanRun.id)
        )
        if made is not None:
            move = ASK_AGAIN if person.id is None else ASK
            await record_audit(session, person, move.verb, "plan_run", made)
            return made, True
        there = await run_at_work(session, person.authority_id, consortium_id)
        if there is not None:
            return there.id, False
    raise ActionRefused("Another plan has just finished. Make the plan again.")


async def cancel_plan(session: AsyncSession, person: Principal, run_id: UUID) -> None:
    """Cancel a run. The current plan does not change."""
    run = await get_run(session, person, Permission.MAKE_PLAN, run_id)
    await apply_transition(session, person, PlanRun, run, CANCEL, lease_until=None)


async def adopt_plan(session: AsyncSession, person: Principal, run_id: UUID) -> None:
    """Make the offered plan the current one. Nothing of it has been sent yet."""
    run = await get_run(session, person, Permission.MAKE_PLAN, run_id)
    await supersede_current(session, person, run.consortium_id)
    await apply_transition(session, person, PlanRun, run, ADOPT)


async def turn_plan_down(session: AsyncSession, person: Principal, run_id: UUID) -> None:
    """Reject the offered plan and keep the current one."""
    run = await get_run(session, person, Permission.MAKE_PLAN, run_id)
    await apply_transition(session, person, PlanRun, run, TURN_DOWN)


async def supersede_current(session: AsyncSession, person: Principal, consortium_id: UUID | None) -> None:
    """Mark the current plan of a scope as superseded."""
    await _supersede(session, person, await current_run(session, person.authority_id, consortium_id))


async def supersede_offered(session: AsyncSession, person: Principal, consortium_id: UUID | None) -> None:
    """Mark an offered plan that nobody adopted as superseded."""
    await _supersede(session, person, await offered_run(session, person.authority_id, consortium_id))


async def _supersede(session: AsyncSession, person: Principal, run: PlanRow | None) -> None:
    if run is not None:
        await apply_transition(session, system(person.authority_id, person.today), PlanRun, run, SUPERSEDE)


async def _refuse_ended(session: AsyncSession, person: Principal, consortium_id: UUID) -> None:
    found = (
        await session.execute(
            select(Consortium.ended_on).where(
                Consortium.authority_id == person.authority_id, Consortium.id == consortium_id
            )
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    if found.ended_on is not None and found.ended_on <= person.today:
        raise ActionRefused("This consortium has ended, so no plan can be made for it.")
