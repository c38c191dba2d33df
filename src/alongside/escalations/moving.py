"""How a case moves: the guard, the one door, its story, its clock, and who is told; all in the act's transaction."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.authorities.calendar import Calendar
from alongside.errors import Invalid, Refused
from alongside.escalations.asking import refuse_interest
from alongside.escalations.clock import Pause, days_for, deadline_of
from alongside.escalations.model import Case
from alongside.escalations.queries import WAITS, leads_with_a_seat, named_readers, of_case, officers
from alongside.escalations.story import Event
from alongside.escalations.timers.actions import arm, cancel
from alongside.notifications import tell
from alongside.people.queries import ids, people_of_schools
from alongside.schools.dates.queries import calendar_of_school
from alongside.workflow import Move, take

TELL_TALES = {
    "no_open_actions": "There are actions that are still open. Finish or drop them first.",
    "has_criteria": "Say first what must be so before the consortium takes the school back.",
    "criteria_met": "Not every criterion is met yet. Mark those that are, or drop those that no longer matter.",
    "maintained_only": "This school is not maintained by the authority, so its statutory powers do not reach it. "
    "Refer the matter to the DfE regions group.",
    "step_in_turn": "The step that must come before this one is not recorded. Record it, or give the urgent reason.",
    "academies_only": "This school is maintained by the authority, so its own statutory powers reach it. "
    "Choose the statutory route instead.",
    "copied_by_law": "The law names more people who get a copy of this notice. Add them to the recipients.",
    "compliance_period_over": "The compliance period has not ended, so the school is not eligible yet.",
    "not_complied_with": "The warning notice was complied with, so the school is not eligible for intervention by it.",
    "powers_lapsed": "The powers that follow the warning notice have lapsed. Give a new warning notice first.",
    "case_is_open": "This case is over, so nothing can be added to it. Open it again first.",
}
"""What a promise of the database means to the person who met it."""

OF_A_FIELD = {
    "ck_fund_balance_within_the_fund": (
        "provider_pence",
        "The fund cannot pay this: it is more than the fund has left. Enter less, or select another fund",
    ),
    "fund_of_this_year": ("fund", "This fund is not for the present financial year. Select another fund"),
}
"""What a promise of the database means beside the field that broke it."""

NEXT_STAGE = {
    "raised": "acknowledge",
    "acknowledged": "decide",
    "triaged": "plan",
    "active": "review",
}
"""What is due next in each state."""


def in_words(error: IntegrityError, state: str | None = None) -> Exception:
    """A broken promise as a refusal that says what to do; any other error as it is."""
    name = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)
    if name in OF_A_FIELD:
        column, sentence = OF_A_FIELD[name]
        return Invalid({column: [sentence]})
    return Refused(TELL_TALES[name], state) if name in TELL_TALES else error


async def move(
    session: AsyncSession,
    person: Person,
    row: Any,
    step: Move,
    *,
    note: str = "",
    for_school: bool = True,
    **values: Any,
) -> None:
    """Take a case from one state to another; the case must be held.

    `note` is the reason, kept in the story; `for_school` whether the headteacher reads it there. Raises Refused for who
    has an interest in the school, and for what PostgreSQL does not allow.
    """
    await refuse_interest(session, person, row)
    try:
        await take(session, person, Case, row, step, note=note, **values)
    except IntegrityError as error:
        raise in_words(error, row.state) from error
    await tell_story(session, person, row.id, step.verb, note, for_school=for_school)


async def tell_story(
    session: AsyncSession,
    person: Person,
    case_id: UUID,
    verb: str,
    note: str = "",
    *,
    for_school: bool = True,
) -> None:
    """Add a line to the story of a case, with its reason."""
    await session.execute(
        insert(Event).values(
            authority_id=person.authority_id,
            case_id=case_id,
            verb=verb,
            note=note.strip(),
            for_school=for_school,
            person_id=person.id,
            person_name=person.name or "Alongside",
            role=person.role.value,
        )
    )


async def calendar_of_case(session: AsyncSession, person: Person, row: Any) -> Calendar:
    """The calendar by which a case's clock runs: the school's own, where it has one."""
    return await calendar_of_school(session, person.authority_id, row.school_urn)


async def pauses_of(session: AsyncSession, person: Person, case_id: UUID) -> list[Pause]:
    """The times in which a case's clock stood still."""
    waits = await of_case(session, person, WAITS, case_id)
    return [Pause(one.waiting_on, one.since_at, one.until_at) for one in waits]


async def clock_from_now(session: AsyncSession, person: Person, row: Any, state: str) -> dict[str, Any]:
    """The columns of a clock that begins now, for what is due next in this state; of none, where nothing is."""
    stage = NEXT_STAGE.get(state)
    if stage is None:
        return {"stage": None, "stage_began_at": None, "due_at": None}
    began = datetime.now(UTC)
    days = days_for(settings_of(person.authority_id), row.urgency, stage)
    due = deadline_of(await calendar_of_case(session, person, row), began, days)
    return {"stage": stage, "stage_began_at": began, "due_at": due}


async def set_timers(session: AsyncSession, person: Person, row: Any, clock: Mapping[str, Any]) -> None:
    """Arm the reminders of what is due next in a case, or cancel them where nothing is."""
    stage, due_at = clock.get("stage"), clock.get("due_at")
    if stage is None or due_at is None:
        await cancel(session, person, row.id)
    else:
        await arm(session, person, row.id, stage, due_at, await calendar_of_case(session, person, row))


async def tell_seats(
    session: AsyncSession, person: Person, row: Any, kind: str, words: str, *, school: bool = True
) -> None:
    """Tell everybody who has a seat at a case, but for who acts: never of which school, nor why.

    The headteacher is told only when the school has been told of the case, and with `school`. An owner who has left the
    core team is no owner: then all of it are told.
    """
    people = [*await leads_with_a_seat(session, person, row), *await named_readers(session, person, row.id)]
    team = ids(await officers(session, person))
    people += [row.owner_id] if row.owner_id in team else team
    if school and row.told_at is not None:
        people += await heads_of(session, person, row.school_urn)
    once = f"{kind}:{row.id}:{getattr(row, 'version', 0)}"
    await tell(session, person, people, kind, words, f"/cases/{row.id}", once=once)


async def heads_of(session: AsyncSession, person: Person, urn: int) -> list[UUID]:
    """The headteacher of a school; delegates have no part in a case."""
    people = await people_of_schools(session, person.authority_id, person.today, [urn])
    return ids([one for one in people if one.role == "headteacher"])
