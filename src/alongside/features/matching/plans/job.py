"""The worker job that calculates plans: claim a run, solve outside any transaction, write the result at once.

If a worker is killed, another one claims the run after the lease ends. The current plan stays until the new
one is complete.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

import structlog
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.proposal import Proposal
from alongside.features.agreements.proposals.queries import is_live
from alongside.features.authorities.settings_cache import version_of
from alongside.features.matching.engine.instance import Instance, input_hash, stored
from alongside.features.matching.engine.messages import Progress
from alongside.features.matching.engine.result import Outcome
from alongside.features.matching.engine.subprocess_client import run as solve
from alongside.features.matching.engine.validation import InfeasibleProblem
from alongside.features.matching.models import (
    FAIL,
    FINISH,
    OFFER_PLAN,
    SET_ASIDE,
    TAKE_UP,
    PlanAssignment,
    PlanRun,
    PlanSnapshot,
)
from alongside.features.matching.plans.actions import supersede_current, supersede_offered
from alongside.features.matching.plans.queries import RUN, names_of_needs
from alongside.features.matching.plans.result_rows import assignments_from, figures, stored_outcome
from alongside.features.matching.plans.rows import PlanRow
from alongside.features.matching.problem_input.builder import build_instance
from alongside.features.matching.problem_input.entitlements import schools_short_of_support
from alongside.features.matching.replacement.actions import replan_after_declines
from alongside.features.matching.replacement.threshold import worth_offering
from alongside.platform.access.principal import Principal, system
from alongside.platform.database.constraints import violated_constraint
from alongside.platform.database.reads import select_one
from alongside.platform.database.session import Database
from alongside.platform.jobs.queue import LeaseQueue, extend, is_claimed, lease_values, pick, release
from alongside.platform.queue_handler import QueueHandler, Turn, WorkerContext
from alongside.platform.workflow import apply_transition

PLAN_QUEUE = LeaseQueue(
    "plan_run", waiting="queued", running="running", done="done", dead="failed", lease_seconds=30
)
"""The states change by transitions; a run that fails is not tried again, because its scope can ask for another."""

PULSE = 1.0
"""Seconds between heartbeats; each writes the progress and checks whether the run was cancelled."""

STEPS = {"candidates": 30, "planned": 70, "explained": 90}
SAME_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
GAVE_UP = "The plan was started three times and never finished. Make it again. The earlier plan still counts."
CRASHED = "Something went wrong while the plan was made. Make it again. The earlier plan still counts."
BROKEN_PIN = (
    "The new plan does not fit a partner that you keep, or an agreement, so it is not used."
    " Check the partners you keep, then make the plan again."
)

log = structlog.get_logger("alongside.features.matching")


@dataclass
class Claim:
    """A run claimed by this worker. `progress` is a percentage (0 to 100)."""

    id: UUID
    authority_id: int
    attempt: int
    today: date
    progress: int = 5
    taken_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def product(self) -> Principal:
        """The system principal, which calculates plans."""
        return system(self.authority_id, self.today)


async def process_plan_queue(database: Database, authority_id: int, today: date) -> int:
    """Process all waiting runs of an authority. Returns how many were processed."""
    count = 0
    while (claim := await claim_run(database, authority_id, today)) is not None:
        count += 1
        await process_plan(database, claim)
    return count


async def claim_run(database: Database, authority_id: int, today: date) -> Claim | None:
    """Claim the oldest run that is queued or whose lease has ended; None if there is none."""
    product = system(authority_id, today)
    async with database.transaction(authority_id) as session:
        row = await pick(session, PLAN_QUEUE, authority_id)
        if row is None:
            return None
        if row.attempt >= row.max_attempts:
            await apply_transition(
                session,
                product,
                PlanRun,
                row,
                FAIL,
                note=GAVE_UP,
                failed_because=GAVE_UP,
                ended_at=func.now(),
            )
            return None
        values = lease_values(PLAN_QUEUE, row)
        await apply_transition(session, product, PlanRun, row, TAKE_UP, **values, progress=5)
        return Claim(row.id, authority_id, row.attempt + 1, today)


async def process_plan(database: Database, claim: Claim) -> None:
    """Read the inputs, solve, and write the result. Any error fails this run only."""
    instance: Instance | None = None
    try:
        instance, read_at = await _read(database, claim)
        outcome = await _solve(database, claim, instance)
        if outcome is not None:
            await _finish(database, claim, instance, read_at, outcome)
    except InfeasibleProblem as problem:
        await _fail(database, claim, instance, problem.sentence, problem.need)
    except IntegrityError as problem:
        if violated_constraint(problem) != "plan_keeps_pins":
            raise
        await _fail(database, claim, instance, BROKEN_PIN)
    except asyncio.CancelledError:
        await asyncio.shield(_release_claim(database, claim))
        raise
    except Exception:
        log.exception("plan failed", run=str(claim.id), authority=claim.authority_id)
        await _fail(database, claim, instance, CRASHED)


async def _read(database: Database, claim: Claim) -> tuple[Instance, datetime]:
    """Read all inputs in one snapshot, with the database's time of that snapshot."""
    async with database.transaction(claim.authority_id, read_only=True) as session:
        await session.execute(SAME_MOMENT)
        run = (
            await session.execute(
                select(PlanRun.consortium_id, PlanRun.starts_from_id, PlanRun.seed).where(
                    PlanRun.authority_id == claim.authority_id, PlanRun.id == claim.id
                )
            )
        ).one()
        read_at: datetime = (await session.execute(select(func.now()))).scalar_one()
        instance = await build_instance(
            session,
            claim.authority_id,
            claim.today,
            run.consortium_id,
            run.starts_from_id,
            seed=run.seed,
            weights_version=str(version_of(claim.authority_id)),
            short=await schools_short_of_support(session, claim.product),
        )
    claim.progress = 15
    return instance, read_at


async def _solve(database: Database, claim: Claim, instance: Instance) -> Outcome | None:
    """Solve the instance. Returns None if the run was cancelled or claimed by another worker meanwhile."""

    async def progressed(news: Progress) -> None:
        claim.progress = STEPS[news.step]

    solving = asyncio.create_task(solve(instance, progress=progressed))
    watching = asyncio.create_task(_send_heartbeats(database, claim))
    try:
        await asyncio.wait((solving, watching), return_when=asyncio.FIRST_COMPLETED)
        return await solving if solving.done() else None
    finally:
        for task in (solving, watching):
            task.cancel()
        await asyncio.gather(solving, watching, return_exceptions=True)


async def _send_heartbeats(database: Database, claim: Claim) -> None:
    """Send heartbeats until the claim is lost."""
    ours = True
    while ours:
        await asyncio.sleep(PULSE)
        async with database.transaction(claim.authority_id) as session:
            ours = await extend(session, PLAN_QUEUE, claim.authority_id, claim, progress=claim.progress)


async def _lock_claimed_run(session: AsyncSession, claim: Claim) -> PlanRow | None:
    """Lock the run until the transaction ends; None if this worker no longer holds the claim."""
    statement = RUN.where(*is_claimed(PLAN_QUEUE, claim.authority_id, claim)).with_for_update(of=PlanRun)
    return await select_one(session, statement, PlanRow, {"authority_id": claim.authority_id})


async def _finish(
    database: Database, claim: Claim, instance: Instance, read_at: datetime, outcome: Outcome
) -> None:
    """Write the whole result in one transaction; a plan that is not better by the margin is set aside."""
    async with database.transaction(claim.authority_id) as session:
        run = await _lock_claimed_run(session, claim)
        if run is None:
            return
        await _keep(session, claim, instance, outcome)
        proposals = await _live_proposals(session, claim)
        rows = [
            {"authority_id": claim.authority_id, "run_id": claim.id, **row}
            for row in assignments_from(instance, outcome, proposals)
        ]
        if rows:
            await session.execute(insert(PlanAssignment), rows)
        values = figures(instance, outcome) | {
            "inputs_read_at": read_at,
            "progress": 100,
            "lease_until": None,
            "ended_at": func.now(),
        }
        move = FINISH
        if run.because == "decline":
            move = OFFER_PLAN if await worth_offering(session, run, instance, outcome) else SET_ASIDE
        if move is not SET_ASIDE:
            await supersede_offered(session, claim.product, run.consortium_id)
        if move is FINISH:
            await supersede_current(session, claim.product, run.consortium_id)
        await apply_transition(session, claim.product, PlanRun, run, move, written=values)


async def _keep(session: AsyncSession, claim: Claim, instance: Instance, outcome: Outcome | None) -> None:
    await session.execute(
        insert(PlanSnapshot).values(
            authority_id=claim.authority_id,
            run_id=claim.id,
            inputs=stored(instance),
            outcome=stored_outcome(outcome) if outcome else None,
        )
    )


async def _live_proposals(session: AsyncSession, claim: Claim) -> dict[tuple[UUID, UUID], UUID]:
    rows = await session.execute(
        select(Proposal.need_id, Proposal.offer_id, Proposal.id).where(
            Proposal.authority_id == claim.authority_id, is_live(claim.today)
        )
    )
    return {(row.need_id, row.offer_id): row.id for row in rows}


async def _fail(
    database: Database, claim: Claim, instance: Instance | None, sentence: str, need: UUID | None = None
) -> None:
    """Fail the run with a sentence for the user; `need` is the need that caused it, if one did."""
    async with database.transaction(claim.authority_id) as session:
        run = await _lock_claimed_run(session, claim)
        if run is None:
            return
        named = await names_of_needs(session, claim.authority_id, [need]) if need else {}
        for row in named.values():
            sentence = f"{sentence} It is about “{row.title}” of {row.school}."
        values: dict[str, object] = {"failed_because": sentence, "lease_until": None, "ended_at": func.now()}
        if instance is not None:
            await _keep(session, claim, instance, None)
            values |= {"input_hash": input_hash(instance), "needs": len(instance.needs)}
        await apply_transition(session, claim.product, PlanRun, run, FAIL, note=sentence, written=values)


async def _release_claim(database: Database, claim: Claim) -> None:
    async with database.transaction(claim.authority_id) as session:
        await release(session, PLAN_QUEUE, claim.authority_id, claim)


async def calculate_plans(context: WorkerContext, authority_id: int) -> int:
    """Queue the plans that declines make necessary, then calculate those that wait; return how many were calculated."""
    today = context.today()
    async with context.database.transaction(authority_id) as session:
        await replan_after_declines(session, system(authority_id, today))
    return await process_plan_queue(context.database, authority_id, today)


QUEUE_HANDLERS = (QueueHandler(calculate_plans, Turn.LONG),)
