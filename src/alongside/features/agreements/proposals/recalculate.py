"""Recalculating the deadlines of live proposals when the calendar has changed."""

from sqlalchemy import literal_column, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.proposal import Proposal
from alongside.features.agreements.proposals.deadlines import latest, who_must_answer
from alongside.features.agreements.proposals.queries import AMONG_LIVE, PROPOSAL, ProposalRow
from alongside.features.needs.models import Need
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.reads import Read, fetch_all

TO_RECALCULATE = Read(
    PROPOSAL.where(AMONG_LIVE, Proposal.respond_days.is_not(None))
    .order_by(Proposal.id)
    .limit(literal_column("2000"))
    .with_for_update(key_share=True, skip_locked=True, of=[Need, Proposal]),  # a trigger changes the need
    ProposalRow,
)


async def recalculate_answer_days(session: AsyncSession, person: Principal) -> int:
    """Update every deadline that the current calendars change, 2,000 at most. Returns the number updated.

    `person` is the system. A future deadline moves to today at the earliest.
    """
    found = await fetch_all(session, TO_RECALCULATE, {"authority_id": person.authority_id})
    rows = [row for row in found if who_must_answer(row)]
    urns = {urn for row in rows for urn in who_must_answer(row)}
    calendars = await calendars_of_schools(session, person.authority_id, urns)
    moved = 0
    for row in rows:
        own = [calendars[urn] for urn in who_must_answer(row)]
        if row.respond_from is None or row.respond_days is None:
            continue
        until = latest(own, row.respond_from, row.respond_days)
        if row.respond_by >= person.today:
            until = max(until, person.today)
        if until == row.respond_by or until < person.today:
            continue
        await session.execute(
            update(Proposal)
            .where(Proposal.authority_id == person.authority_id, Proposal.id == row.id)
            .values(respond_by=until)
            .execution_options(synchronize_session=False)
        )
        changes = {"respond_by": [row.respond_by.isoformat(), until.isoformat()]}
        schools = (row.requesting_urn, row.supporting_urn)
        await record_audit(
            session, person, "recalculate_deadline", "proposal", row.id, schools=schools, changes=changes
        )
        moved += 1
    return moved
