"""Deadlines reckoned anew each morning: a school that sets a training day today moves what is due after it."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person, Role
from alongside.authorities.settings import AuthoritySettings
from alongside.database.asker import Asker, let_ask
from alongside.escalations.clock import days_for, deadline_of
from alongside.escalations.model import FINALS, Case
from alongside.escalations.moving import calendar_of_case, pauses_of
from alongside.escalations.timers.actions import arm
from alongside.journal.actions import write_journal

MOST = 2000
"""Open cases that one run looks at; an authority has a few dozen."""


async def reckon_deadlines(session: AsyncSession, person: Person, settings: AuthoritySettings) -> int:
    """Move every deadline that the calendars of today would put on another day, with its reminders; how many moved.

    `person` is the product itself. A case whose clock stands still has no deadline to move, and one that somebody acts
    on at this moment keeps what that act makes of it.
    """
    await let_ask(session, Asker(person.authority_id, Role.SYSTEM.value))
    due: Any = (
        select(Case.id, Case.school_urn, Case.urgency, Case.stage, Case.stage_began_at, Case.due_at)
        .where(
            Case.authority_id == person.authority_id,
            Case.state.not_in(FINALS),
            Case.stage.is_not(None),
            Case.due_at.is_not(None),
        )
        .order_by(Case.id)
        .limit(MOST)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return sum([await _moved(session, person, settings, row) for row in (await session.execute(due)).all()])


async def _moved(session: AsyncSession, person: Person, settings: AuthoritySettings, row: Any) -> bool:
    calendar = await calendar_of_case(session, person, row)
    days = days_for(settings, row.urgency, row.stage)
    now_due = deadline_of(calendar, row.stage_began_at, days, await pauses_of(session, person, row.id))
    if now_due is None or now_due == row.due_at:
        return False
    await session.execute(
        update(Case)
        .where(Case.authority_id == person.authority_id, Case.id == row.id)
        .values(due_at=now_due)
        .execution_options(synchronize_session=False)
    )
    await arm(session, person, row.id, row.stage, now_due, calendar)
    changes = {"due_at": [row.due_at.isoformat(), now_due.isoformat()]}
    await write_journal(session, person, "reckon_anew", "escalation", row.id, changes=changes)
    return True
