"""Apply a transition to an escalation: check interests, record activity, set the clock and notify.

Everything happens in the transaction of the action.
"""

from datetime import UTC, datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.escalations.deadlines import days_for, deadline_of
from alongside.features.escalations.events import Event
from alongside.features.escalations.models import Escalation
from alongside.features.escalations.participants import participants_of
from alongside.features.escalations.reminders.actions import cancel, schedule
from alongside.features.escalations.requester import refuse_interest
from alongside.features.escalations.rows import EscalationRow
from alongside.features.escalations.telling import Recipient, Turn, messages
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.principal import Principal
from alongside.platform.database.constraints import Message, explain_constraints
from alongside.platform.notifications.actions import notify_each
from alongside.platform.workflow import Transition, apply_transition

CRITERIA_NOT_MET = (
    "Not every criterion is met yet. Mark those that are met, or remove those that no longer apply."
)
CONSTRAINT_MESSAGES: dict[str, Message] = {
    "no_open_actions": "Some actions are still open. Finish or cancel them first.",
    "has_criteria": "Enter at least one criterion for returning the school first.",
    "criteria_met": CRITERIA_NOT_MET,
    "maintained_only": "This school is not maintained by the authority, so its statutory powers do not apply. "
    "Refer the matter to the DfE regions group.",
    "step_in_turn": "The step that must come before this one is not recorded. Record it, or give the urgent reason.",
    "academies_only": "This school is maintained by the authority, so its own statutory powers apply. "
    "Choose the statutory route instead.",
    "copied_by_law": "The law requires copies of this notice for more people. Add them to the recipients.",
    "compliance_period_over": "The compliance period has not ended, so the school is not eligible yet.",
    "not_complied_with": "The warning notice was complied with, so the school is not eligible for intervention by it.",
    "secretary_permits": "The Secretary of State has given a warning notice. "
    "Record first that they permit one of the authority.",
    "no_board": "An interim executive board is in place. Governors cannot be added to it in this way.",
    "powers_lapsed": "The powers that follow the warning notice have lapsed. Give a new warning notice first.",
    "escalation_is_open": "This escalation is closed. Reopen it first.",
    "ck_ledger_account_floor": (
        "provider_pence",
        "The fund cannot pay this: it is more than the fund has left. Enter less, or select another fund",
    ),
    "fund_of_this_year": ("fund", "This fund is not for the present financial year. Select another fund"),
}
"""The message for each constraint, with the field to which it belongs, if any."""


class Clock(TypedDict):
    """The columns of an escalation's clock: what is due next, since when, and by when."""

    deadline_kind: str | None
    clock_began_at: datetime | None
    due_at: datetime | None


NOTHING_DUE: Clock = {"deadline_kind": None, "clock_began_at": None, "due_at": None}

NEXT_STEP = {
    "raised": "acknowledge",
    "acknowledged": "decide",
    "triaged": "plan",
    "active": "review",
}
"""The deadline that comes next in each state."""


async def move(
    session: AsyncSession,
    person: Principal,
    row: EscalationRow,
    step: Transition,
    *,
    note: str = "",
    for_school: bool = True,
    **values: object,
) -> None:
    """Apply a transition to an escalation, which the caller has locked.

    `note` is the reason, kept in the activity; `for_school` is whether the headteacher sees it there. Raises
    ActionRefused if the person has an interest in the school, or if PostgreSQL refuses the transition.
    """
    await refuse_interest(session, person, row)
    with explain_constraints(CONSTRAINT_MESSAGES, row.state):
        await apply_transition(session, person, Escalation, row, step, note=note, written=values)
    await record_event(session, person, row.id, step.verb, note, for_school=for_school)


async def record_event(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    verb: str,
    note: str = "",
    *,
    for_school: bool = True,
) -> None:
    """Add a row to the activity of an escalation, with its reason."""
    await session.execute(
        insert(Event).values(
            authority_id=person.authority_id,
            escalation_id=escalation_id,
            verb=verb,
            note=note.strip(),
            for_school=for_school,
            person_id=person.id,
            person_name=person.name or "Alongside",
            role=person.role.value,
        )
    )


async def clock_from_now(
    session: AsyncSession, person: Principal, urn: int, urgency: str, state: str
) -> Clock:
    """The clock for the deadline that comes next in this state, starting now; all None if nothing is due."""
    deadline_kind = NEXT_STEP.get(state)
    if deadline_kind is None:
        return NOTHING_DUE
    began = datetime.now(UTC)
    days = days_for(settings_of(person.authority_id), urgency, deadline_kind)
    due = deadline_of(await calendar_of_school(session, person.authority_id, urn), began, days)
    return {"deadline_kind": deadline_kind, "clock_began_at": began, "due_at": due}


async def set_timers(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    urn: int,
    clock: Clock,
    *,
    first: bool = False,
) -> None:
    """Schedule the reminders of the next deadline, or cancel them if nothing is due.

    `first`: the escalation is new, so that there are none to cancel.
    """
    deadline_kind, due_at = clock["deadline_kind"], clock["due_at"]
    if not first:
        await cancel(session, person, escalation_id)
    if deadline_kind is not None and due_at is not None:
        calendar = await calendar_of_school(session, person.authority_id, urn)
        await schedule(session, person, escalation_id, deadline_kind, due_at, calendar)


async def notify_participants(
    session: AsyncSession,
    person: Principal,
    row: EscalationRow,
    event: str,
    turn: Turn | None = None,
    *,
    once: str = "",
) -> None:
    """Notify the participants of an escalation, except the person who acts, each by their part in it (`telling`).

    The headteacher is included only once notified of the escalation. If the owner has left the core team, or there is
    none, the whole core team is notified.
    """
    found = await participants_of(session, person, row.id, row)
    owner = [one for one in found.officers if one == row.owner_id]
    people = {
        Recipient.OWNER: owner,
        Recipient.OFFICER: [] if owner else list(found.officers),
        Recipient.LEAD: list(found.leads),
        Recipient.HEAD: list(found.heads) if row.is_notified else [],
        Recipient.READER: list(found.readers),
    }
    once = once or f"{event}:{row.id}:{row.version}"
    await notify_each(
        session, person, messages(event, people, turn), event, f"/escalations/{row.id}", once=once
    )
