"""Raising a case, and telling the school of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.errors import Invalid, NotThere, Refused
from alongside.escalations.asking import ask
from alongside.escalations.model import RAISE_CASE, Case
from alongside.escalations.moving import clock_from_now, heads_of, set_timers, tell_story
from alongside.escalations.queries import held_case, leads_with_a_seat, officers
from alongside.escalations.raising.model import LINKED, Tried, Untold
from alongside.escalations.raising.queries import school_to_raise_for, suggestions, tried_with
from alongside.journal.actions import write_journal
from alongside.notifications import tell
from alongside.people.queries import ids

TOLD = "A case about your school has been raised. You can read what it says and who will speak with you."


async def raise_case(
    session: AsyncSession,
    person: Person,
    urn: int,
    written: Mapping[str, Any],
    *,
    tried: Sequence[str] = (),
    why_wait: str = "",
) -> UUID:
    """Say that the consortium cannot challenge a school effectively. Nobody can refuse it.

    `tried` are links (“need:<id>”) or kinds. With `why_wait` the school is not told yet. Raises NotThere for a school
    out of reach, Invalid for a reason that goes by another route.
    """
    school = await school_to_raise_for(session, person, urn)
    reason = settings_of(person.authority_id).case_reasons.get(written["reason"])
    if reason is None or reason.to_safeguarding:
        raise Invalid({"reason": ["A child at risk is not recorded here. Use the safeguarding route."]})
    signs = [one.since_on for one in await suggestions(session, person) if one.urn == urn and one.since_on]
    await ask(session, person)
    made = Case(
        authority_id=person.authority_id,
        school_urn=urn,
        consortium_id=_own_consortium(person),
        state=RAISE_CASE.end,
        raised_by=person.id,
        told_at=None if why_wait else datetime.now(UTC),
        suggested_since_on=min(signs, default=None),
        **written,
    )
    clock = await clock_from_now(session, person, made, made.state)
    made.stage, made.stage_began_at, made.due_at = clock["stage"], clock["stage_began_at"], clock["due_at"]
    session.add(made)
    await session.flush()
    await write_journal(session, person, RAISE_CASE.verb, "escalation", made.id)
    await _keep_tried(session, person, made.id, urn, tried)
    await tell_story(session, person, made.id, RAISE_CASE.verb)
    if why_wait:
        await session.execute(
            insert(Untold).values(
                authority_id=person.authority_id, case_id=made.id, why=why_wait, decided_by=person.id
            )
        )
    await set_timers(session, person, made, clock)
    await _tell_of_raising(session, person, made, school.name)
    return made.id


async def tell_school(session: AsyncSession, person: Person, case_id: UUID) -> None:
    """Let the headteacher know of a case that was kept from the school until now. Raises Refused when it is known."""
    row = await held_case(session, person, Permission.WORK_ON_CASE, case_id)
    if row.told_at is not None:
        raise Refused("The headteacher has been told already.", row.state)
    await session.execute(
        update(Case)
        .where(Case.authority_id == person.authority_id, Case.id == case_id, Case.told_at.is_(None))
        .values(told_at=datetime.now(UTC), version=Case.version + 1)
        .execution_options(synchronize_session=False)
    )
    await write_journal(session, person, "tell_school", "escalation", case_id)
    await tell_story(session, person, case_id, "tell_school")
    await tell_head(session, person, row)


async def tell_head(session: AsyncSession, person: Person, row: Any) -> None:
    """A letter to the headteacher: that there is a case, and where to read it."""
    people = await heads_of(session, person, row.school_urn)
    await tell(session, person, people, "case_told", TOLD, f"/cases/{row.id}", once=f"case_told:{row.id}")


def _own_consortium(person: Person) -> UUID:
    if len(person.consortium_ids) != 1:
        raise NotThere
    return person.consortium_ids[0]


async def _keep_tried(
    session: AsyncSession, person: Person, case_id: UUID, urn: int, tried: Sequence[str]
) -> None:
    known = {f"{one.kind}:{one.id}" for one in await tried_with(session, person, urn)}
    rows = []
    for one in tried:
        kind, _, linked = one.partition(":")
        if linked and one not in known:
            raise NotThere
        columns = {f"{name}_id": UUID(linked) if name == kind and linked else None for name in LINKED}
        rows.append({"authority_id": person.authority_id, "case_id": case_id, "kind": kind, **columns})
    if rows:
        await session.execute(insert(Tried), rows)


async def _tell_of_raising(session: AsyncSession, person: Person, case: Case, school: str) -> None:
    to, where, once = await officers(session, person), f"/cases/{case.id}", f"case_raised:{case.id}"
    word = settings_of(person.authority_id).words.consortium
    said = f"A {word} has raised a case: it asks for help with challenge. It waits to be acknowledged."
    await tell(session, person, ids(to), "case_raised", said, where, once=once)
    leads = await leads_with_a_seat(session, person, case)
    own = f"{person.name} has raised a case for your {word}."
    await tell(session, person, leads, "case_raised", own, where, once=once)
    if case.told_at is not None:
        await tell_head(session, person, case)
