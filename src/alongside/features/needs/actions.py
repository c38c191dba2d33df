"""Commands that create and change support needs."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict, ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.features.authorities.visibility import shown_after_change, widening
from alongside.features.needs import queries
from alongside.features.needs.labels import difference
from alongside.features.needs.models import (
    CONFIRM_NEED,
    DRAFT_NEED,
    PAUSE_NEED,
    POST_NEED,
    REOPEN_NEED,
    SEND_TO_HEAD,
    WITHDRAW_NEED,
    Need,
)
from alongside.features.needs.reopening import may_reopen_until
from alongside.features.people.queries import ids, leaders_of_schools, people_of_schools
from alongside.features.schools.actions import refuse_closed
from alongside.features.schools.queries import get_school
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.audit.changes import plain_changes
from alongside.platform.notifications import notify
from alongside.platform.web.formatting import format_date
from alongside.platform.workflow import apply_transition

EDITABLE = ("draft", "to_confirm", "open", "paused")
"""States in which the text of a need can change. Later, other schools have answered that text."""


async def draft_need(
    session: AsyncSession,
    person: Principal,
    urn: int,
    written: Mapping[str, Any],
    addressed_urn: int | None = None,
) -> UUID:
    """Create a draft need for a school, optionally addressed to one other school.

    Raises NotFound for a school outside the person's scope.
    """
    school = await get_school(session, person, Permission.DRAFT_NEED, urn)
    refuse_closed(school.name, school.status)
    added = await session.execute(
        insert(Need)
        .values(
            authority_id=person.authority_id,
            school_urn=urn,
            addressed_urn=addressed_urn,
            state=DRAFT_NEED.end,
            drafted_by=person.id,
            **written,
        )
        .returning(Need.id)
    )
    need_id: UUID = added.scalar_one()
    await record_audit(session, person, DRAFT_NEED.verb, "need", need_id, schools=(urn,))
    return need_id


async def send_need_to_head(session: AsyncSession, person: Principal, need_id: UUID) -> None:
    """Send a draft to the headteacher, who must confirm it before it is posted."""
    need = await queries.get_need(session, person, Permission.DRAFT_NEED, need_id)
    refuse_closed(need.school, need.school_status)
    await apply_transition(session, person, Need, need, SEND_TO_HEAD)
    heads = await people_of_schools(session, person.authority_id, person.today, [need.school_urn])
    text = f"{person.name} has drafted a need for {need.school}. It waits for you to confirm it."
    once = _idempotency_key("to_confirm", need)
    await notify(session, person, ids(heads), "need_to_confirm", text, f"/needs/{need.id}", once=once)


async def post_need(session: AsyncSession, person: Principal, need_id: UUID) -> None:
    """Post a draft need, so that other schools can see and answer it."""
    need = await queries.get_need(session, person, Permission.POST_NEED, need_id)
    refuse_closed(need.school, need.school_status)
    await apply_transition(
        session, person, Need, need, POST_NEED, **await _values_when_opened(session, person, need)
    )
    await _notify_of_posting(session, person, need)


async def change_need(
    session: AsyncSession, person: Principal, need_id: UUID, written: Mapping[str, Any], version: int
) -> None:
    """Change the fields of a need.

    Raises EditConflict when the need has changed since `version`, ActionRefused when its state allows no change.
    """
    need = await queries.get_need(session, person, Permission.EDIT_NEED, need_id)
    if refusal := why_not_editable(need):
        raise ActionRefused(refusal, need.state)
    changed = {name: value for name, value in written.items() if value != getattr(need, name)}
    if not changed:
        return
    values = dict(changed)
    if need.posted_at is not None and changed.keys() & {"audience", "urgency"}:
        audience, urgency = (changed.get(name, getattr(need, name)) for name in ("audience", "urgency"))
        calendar = await calendar_of_school(session, person.authority_id, need.school_urn)
        values |= shown_after_change(
            need, audience, person.today, settings_of(person.authority_id), calendar, urgency
        )
    moved = await session.execute(
        update(Need)
        .where(
            Need.authority_id == person.authority_id,
            Need.id == need.id,
            Need.version == version,
            Need.state.in_(EDITABLE),
        )
        .values(version=Need.version + 1, **values)
        .returning(Need.version)
    )
    if moved.first() is None:
        present = await queries.get_need(session, person, Permission.DRAFT_NEED, need_id)
        raise EditConflict(difference(settings_of(person.authority_id), written, present), present.version)
    await record_audit(
        session,
        person,
        "change_need",
        "need",
        need.id,
        schools=(need.school_urn,),
        changes=plain_changes(need, values),
    )


async def withdraw_need(
    session: AsyncSession, person: Principal, need_id: UUID, reason: str, words: str
) -> None:
    """Withdraw a need, with a reason from the authority's list and, where the reason requires it, an explanation."""
    note = checked_reason(person.authority_id, reason, words)
    need = await queries.get_need(
        session, person, WITHDRAW_NEED.permission or Permission.CHANGE_NEED, need_id
    )
    await apply_transition(session, person, Need, need, WITHDRAW_NEED, note=note)
    if not queries.never_posted(need):
        await _notify_leaders(session, person, need, "need_withdrawn", f"{need.school} has withdrawn a need.")


async def pause_need(session: AsyncSession, person: Principal, need_id: UUID) -> None:
    """Pause a need: it is hidden from the list of needs and offers."""
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    await apply_transition(session, person, Need, need, PAUSE_NEED)


async def confirm_need(session: AsyncSession, person: Principal, need_id: UUID) -> None:
    """Confirm that a need is still current. A paused need becomes open again."""
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    refuse_closed(need.school, need.school_status)
    await apply_transition(session, person, Need, need, CONFIRM_NEED, confirmed_on=person.today)


async def reopen_need(session: AsyncSession, person: Principal, need_id: UUID, note: str) -> None:
    """Reopen a closed need, with a reason, within the period that the authority sets."""
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    refuse_closed(need.school, need.school_status)
    if need.state in REOPEN_NEED.starts:
        if queries.never_posted(need):
            raise ActionRefused(
                "This was withdrawn before it was posted: write a new need instead.", need.state
            )
        until = await may_reopen_until(session, person, need)
        if until < person.today:
            raise ActionRefused(
                f"This could be reopened until {format_date(until)}: write a new need instead.", need.state
            )
    await apply_transition(
        session,
        person,
        Need,
        need,
        REOPEN_NEED,
        note=note,
        **await _values_when_opened(session, person, need),
    )
    await _notify_of_posting(session, person, need)


def why_not_editable(need: Any) -> str | None:
    """Return why the text of a need cannot be changed: other schools have answered it, or it is closed."""
    if need.state in ("proposed", "agreed", "in_support"):
        return "Other schools have answered this need, so it cannot be edited. Answer the proposal first."
    return None if need.state in EDITABLE else "This need is closed. Reopen it, or write a new one."


def checked_reason(authority_id: int, reason: str, words: str) -> str:
    """The label of a reason from the authority's list and its explanation, as stored in the audit log.

    Raises ValidationFailed for an unknown reason or a missing explanation.
    """
    entry = settings_of(authority_id).withdrawal_reasons.get(reason)
    if entry is None:
        raise ValidationFailed({"reason": ["Select a reason"]})
    if entry.needs_words and not words.strip():
        raise ValidationFailed({"words": ["Enter details of the reason"]})
    return f"{entry.label}: {words.strip()}" if words.strip() else entry.label


async def _values_when_opened(session: AsyncSession, person: Principal, need: Any) -> dict[str, Any]:
    """Column values for a need that is posted or reopened today."""
    settings = settings_of(person.authority_id)
    calendar = await calendar_of_school(session, person.authority_id, need.school_urn)
    return {
        "posted_at": func.now(),
        "confirmed_on": person.today,
        **widening(need.audience, person.today, settings, calendar, need.urgency),
    }


async def _notify_of_posting(session: AsyncSession, person: Principal, need: Any) -> None:
    theme = label_of(settings_of(person.authority_id).themes, need.theme)
    text = f"{need.school} has posted a need: {theme.lower()}."
    drafter = [need.drafted_by] if need.drafted_by and need.state == "to_confirm" else []
    await _notify_leaders(session, person, need, "need_posted", text, *drafter)
    if need.addressed_urn is not None:
        people = await people_of_schools(session, person.authority_id, person.today, [need.addressed_urn])
        text = f"{need.school} asks your school for help: {theme.lower()}."
        await notify(
            session,
            person,
            ids(people),
            "need_addressed",
            text,
            f"/needs/{need.id}",
            once=_idempotency_key("need_addressed", need),
        )


async def _notify_leaders(
    session: AsyncSession, person: Principal, need: Any, kind: str, text: str, *others: UUID
) -> None:
    """Notify the leads of the school's consortium. The notification links to the need and contains no typed text."""
    leaders: Sequence[Any] = await leaders_of_schools(
        session, person.authority_id, person.today, [need.school_urn]
    )
    to = [*ids(leaders), *others]
    await notify(session, person, to, kind, text, f"/needs/{need.id}", once=_idempotency_key(kind, need))


def _idempotency_key(kind: str, need: Any) -> str:
    return f"{kind}:{need.id}:{need.version}"
