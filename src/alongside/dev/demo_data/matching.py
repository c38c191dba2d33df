"""Match plans of the demonstration: one ready to send, and one sent with a declined proposal."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.demonstration import Staff
from alongside.features.agreements.answers.actions import refuse_proposal
from alongside.features.agreements.proposal import Proposal
from alongside.features.authorities import settings_of
from alongside.features.consortia.queries import consortium_names
from alongside.features.interests.actions import declare_interest
from alongside.features.matching.exclusions.actions import exclude_school
from alongside.features.matching.plans.actions import ask_for_plan
from alongside.features.matching.plans.job import process_plan_queue
from alongside.features.matching.plans.queries import assignments_of
from alongside.features.matching.proposals.actions import send_plan
from alongside.platform.access.principal import Principal
from alongside.platform.database.session import Database

REASON = "no_days"
PLANNED = 359
"""The authority that has match plans."""


async def after_commit(database: Database, staff: Staff, say: Callable[[str], None]) -> None:
    """Make plans for the first two consortia with the product's worker, and two declarations of interest."""
    if staff.authority_id != PLANNED:
        return
    say(f"making plans for {settings_of(staff.authority_id).name}")
    consortia = settings_of(staff.authority_id).consortia
    primary = sorted(one.name for one in consortia.values() if one.phase == "primary")[:2]
    leads = [lead for _, lead in sorted(staff.leads.items(), key=lambda one: str(one[0]))]
    names = await _names(database, staff)
    chosen = [lead for name in primary for lead in leads if names[lead.consortium_ids[0]] == name]
    await _keep_apart(database, staff, chosen[0])
    runs = []
    for lead in chosen:
        async with database.transaction(staff.authority_id) as session:
            runs.append((await ask_for_plan(session, lead, lead.consortium_ids[0]))[0])
    await process_plan_queue(database, staff.authority_id, staff.today)
    for lead, run_id in list(zip(chosen, runs, strict=True))[1:]:
        async with database.transaction(staff.authority_id) as session:
            places = [
                one
                for one in await assignments_of(session, staff.authority_id, run_id)
                if one.waits_to_be_sent
            ]
            await send_plan(session, lead, run_id, [one.need_id for one in places])
            await _decline_one(session, staff, run_id)


async def _names(database: Database, staff: Staff) -> dict[UUID, str]:
    async with database.transaction(staff.authority_id, read_only=True) as session:
        return {one.id: one.name for one in await consortium_names(session, staff.authority_id)}


async def _keep_apart(database: Database, staff: Staff, lead: Principal) -> None:
    """Create an excluded pair of schools and a declaration of interest."""
    first, second, third = sorted(lead.consortium_schools)[2:5]
    async with database.transaction(staff.authority_id) as session:
        await exclude_school(session, staff.heads[first], second, "We have tried, and it did not work.")
        await declare_interest(session, staff.heads[second], third, "governor", "")


async def _decline_one(session: AsyncSession, staff: Staff, run_id: UUID) -> None:
    """Decline the first proposal of this plan."""
    places = await assignments_of(session, staff.authority_id, run_id)
    asked = [one for one in places if one.proposal_state == "proposed" and one.proposal_id is not None]
    fresh = (
        await session.scalars(
            select(Proposal.id).where(
                Proposal.authority_id == staff.authority_id,
                Proposal.id.in_([one.proposal_id for one in asked]),
                Proposal.proposed_as == "leader",
            )
        )
    ).all()
    for one in asked:
        if one.proposal_id is not None and one.proposal_id in fresh and one.supporting_urn in staff.heads:
            await refuse_proposal(session, staff.heads[one.supporting_urn], one.proposal_id, REASON, "")
            return
