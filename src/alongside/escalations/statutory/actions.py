"""Recording statutory steps, and overruling heads: what PostgreSQL refuses is never half done."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities.calendar import end_of_school_day
from alongside.errors import Invalid, Refused
from alongside.escalations.asking import refuse_interest
from alongside.escalations.clock import last_school_day_by
from alongside.escalations.moving import calendar_of_case, heads_of, in_words, tell_seats, tell_story
from alongside.escalations.queries import held_case, leads_with_a_seat, named_readers, officers
from alongside.escalations.statutory.ladder import (
    MISMANAGEMENT,
    POWERS,
    STEPS,
    is_open,
    last_notice,
    powers_lapse_on,
)
from alongside.escalations.statutory.model import Overruling, StatutoryStep
from alongside.escalations.statutory.queries import steps_taken
from alongside.escalations.timers.actions import arm_statutory, cancel_statutory
from alongside.journal.actions import write_journal
from alongside.notifications import tell
from alongside.people.queries import ids

ON_THE_LADDER = ("triaged", "active", "stepped_up")
OVERRULED = "The authority has overruled a decision of heads in a case. You can read on which ground."


async def take_statutory_step(
    session: AsyncSession, person: Person, case_id: UUID, written: Mapping[str, Any]
) -> UUID:
    """Record a step of the statutory ladder. The product sends nothing.

    Raises Refused for a school that is not maintained, and for a step out of its turn without an urgent reason.
    """
    row = await held_case(session, person, Permission.TAKE_STATUTORY_STEP, case_id)
    await refuse_interest(session, person, row)
    if row.outcome != "statutory" and row.state != "stepped_up":
        raise Refused("Step the case up first, or decide on the statutory route.", row.state)
    if row.state not in ON_THE_LADDER:
        raise Refused("Statutory steps belong to a case that is under way.", row.state)
    if written["taken_on"] > person.today:
        raise Invalid({"taken_on": ["This day lies ahead. Record a step when it has been taken."]})
    taken = await steps_taken(session, person, case_id)
    hasty = written["urgent_because"] and STEPS[written["kind"]].urgent
    mismanaged = written["kind"] == "suspend_delegation" and written["eligible_by"] == MISMANAGEMENT
    if not (is_open(written["kind"], {one.kind for one in taken}) or hasty or mismanaged):
        raise Refused(
            "The step that must come before this one is not recorded. Record it, or give the urgent reason.",
            row.state,
        )
    made = StatutoryStep(authority_id=person.authority_id, case_id=case_id, recorded_by=person.id, **written)
    session.add(made)
    try:
        await session.flush()
    except IntegrityError as error:
        raise in_words(error, row.state) from error
    await set_statutory_timers(session, person, row, [*taken, made])
    await write_journal(session, person, "take_statutory_step", "escalation", case_id)
    await tell_story(session, person, case_id, "take_statutory_step", STEPS[made.kind].label)
    await tell_seats(
        session, person, row, f"case_step_{made.id}", "A statutory step has been recorded in a case."
    )
    return made.id


async def set_statutory_timers(session: AsyncSession, person: Person, row: Any, steps: Sequence[Any]) -> None:
    """Arm the reminders of the end of a compliance period and of the day on which powers lapse, or cancel them."""
    notice = last_notice(steps)
    over = notice is None or any(
        one.kind in ("complied", "ended", *POWERS) and one.taken_on >= notice.taken_on for one in steps
    )
    if notice is None or over:
        await cancel_statutory(session, person, row.id)
        return
    calendar = await calendar_of_case(session, person, row)
    days = {"comply": notice.comply_by_on, "powers": powers_lapse_on(notice.comply_by_on)}
    for stage, day in days.items():
        due_at = end_of_school_day(calendar, last_school_day_by(calendar, day))
        await arm_statutory(session, person, row.id, stage, due_at, calendar)


async def overrule_heads(
    session: AsyncSession, person: Person, case_id: UUID, written: Mapping[str, Any]
) -> UUID:
    """Set a decision of heads aside, on a statutory ground; everybody with a seat is told at once.

    A headteacher who has not been told of the case has none. The officer is who acts. PostgreSQL refuses the row
    without ground, law, reason, officer or time.
    """
    row = await held_case(session, person, Permission.OVERRULE_HEADS, case_id)
    await refuse_interest(session, person, row)
    made = Overruling(authority_id=person.authority_id, case_id=case_id, officer_id=person.id, **written)
    session.add(made)
    await session.flush()
    await write_journal(session, person, "overrule_heads", "escalation", case_id)
    await tell_story(session, person, case_id, "overrule_heads", written["reason"])
    everybody = [
        *await leads_with_a_seat(session, person, row),
        *await named_readers(session, person, case_id),
        *ids(await officers(session, person)),
    ]
    if row.told_at is not None:
        everybody += await heads_of(session, person, row.school_urn)
    where, once = f"/cases/{case_id}", f"case_overruled:{made.id}"
    await tell(session, person, everybody, "case_overruled", OVERRULED, where, once=once)
    return made.id
