"""Asking matching for the school of a case."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid, Refused
from alongside.escalations.asking import refuse_interest
from alongside.escalations.moving import tell_story
from alongside.escalations.procuring.model import AskedMatching
from alongside.escalations.procuring.queries import open_needs_of
from alongside.escalations.queries import held_case
from alongside.journal.actions import write_journal
from alongside.matching.runs.actions import ask_for_plan

LOOKED_FOR_IN = ("acknowledged", "triaged", "active", "waiting_on_provider", "stepped_up")
"""The states of a case in which somebody is looked for."""


async def ask_matching(session: AsyncSession, person: Person, case_id: UUID, need_id: UUID) -> UUID:
    """Have a plan made across the whole authority for a need of the case's school. Returns the run.

    Raises Refused for who has an interest in the school, and in a state in which nobody is looked for; Invalid for
    a need that is not open.
    """
    row = await held_case(session, person, Permission.HANDLE_CASE, case_id)
    await refuse_interest(session, person, row)
    if row.state not in LOOKED_FOR_IN:
        raise Refused("Nobody is looked for in this state of the case.", row.state)
    titles = {one.id: one.title for one in await open_needs_of(session, person, row.school_urn)}
    if need_id not in titles:
        raise Invalid({"need": ["Choose a need from the list"]})
    run_id, _ = await ask_for_plan(session, person, None)
    await session.execute(
        insert(AskedMatching).values(
            authority_id=person.authority_id,
            case_id=row.id,
            need_id=need_id,
            run_id=run_id,
            asked_by=person.id,
        )
    )
    await write_journal(session, person, "ask_matching", "escalation", row.id)
    note = f"Across the whole authority, for the need “{titles[need_id]}”"
    await tell_story(session, person, row.id, "ask_matching", note, for_school=False)
    return run_id
