"""Raise an escalation, and notify the headteacher."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound, ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.escalations.models import RAISE_ESCALATION, Escalation
from alongside.features.escalations.participants import heads_of, participants_of
from alongside.features.escalations.queries import lock_escalation
from alongside.features.escalations.raising.forms import RecordedSupport, WrittenEscalation
from alongside.features.escalations.raising.models import LINKED, AttemptedSupport, DeferredNotification
from alongside.features.escalations.raising.queries import school_to_raise_for
from alongside.features.escalations.raising.suggestions import suggestions_for
from alongside.features.escalations.rows import Parties
from alongside.features.escalations.telling import (
    NEWS,
    RAISED_FOR_HEAD,
    Recipient,
    messages,
    officers_turn,
)
from alongside.features.escalations.transitions import clock_from_now, record_event, set_timers
from alongside.features.schools.term_dates.hard_news import message_goes_out
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.notifications.actions import Message, notify_each, release_held


async def raise_escalation(
    session: AsyncSession,
    person: Principal,
    urn: int,
    written: WrittenEscalation,
    *,
    tried: Sequence[str] = (),
    why_wait: str = "",
    call: str = "",
) -> UUID:
    """Raise an escalation of a school. Nobody can refuse it.

    `tried` are links (“need:<id>”) or kinds of attempted support. With `why_wait` the school is not notified yet;
    otherwise the message waits for a school morning if now is no time for bad news. `call` says when they speak with
    the headteacher.

    Raises NotFound for a school of another consortium, and ValidationFailed for a reason that belongs to safeguarding.
    """
    school = await school_to_raise_for(session, person, urn)
    reason = settings_of(person.authority_id).escalation_reasons.get(written["reason"])
    if reason is None or reason.to_safeguarding:
        raise ValidationFailed(
            {"reason": ["Do not record a child at risk here. Use the safeguarding route."]}
        )
    signs = [one.since_on for one in await suggestions_for(session, person, [urn]) if one.since_on]
    clock = await clock_from_now(session, person, urn, written["urgency"], RAISE_ESCALATION.end)
    held = await message_goes_out(session, person.authority_id, urn)
    made = Escalation(
        authority_id=person.authority_id,
        school_urn=urn,
        consortium_id=_own_consortium(person),
        state=RAISE_ESCALATION.end,
        raised_by=person.id,
        notified_at=None if why_wait else held or datetime.now(UTC),
        suggested_since_on=min(signs, default=None),
        **written,
        **clock,
    )
    session.add(made)
    await session.flush()
    await record_audit(session, person, RAISE_ESCALATION.verb, "escalation", made.id)
    await _save_attempts(session, person, made.id, school.recorded, tried)
    await record_event(session, person, made.id, RAISE_ESCALATION.verb, call)
    if why_wait:
        await session.execute(
            insert(DeferredNotification).values(
                authority_id=person.authority_id, escalation_id=made.id, why=why_wait, decided_by=person.id
            )
        )
    await set_timers(session, person, made.id, urn, clock, first=True)
    await _tell_of_raising(session, person, made, held)
    return made.id


async def notify_school(
    session: AsyncSession, person: Principal, escalation_id: UUID, call: str = ""
) -> None:
    """Notify the headteacher of an escalation whose notification was deferred; the message waits as for a new one.

    Raises ActionRefused if the headteacher was notified before.
    """
    row = await lock_escalation(session, person, Permission.CONTRIBUTE_TO_ESCALATION, escalation_id)
    if row.notified_at is not None:
        raise ActionRefused("The headteacher has already been told.", row.state)
    held = await message_goes_out(session, person.authority_id, row.school_urn)
    await _set_notified(session, person, escalation_id, held or datetime.now(UTC))
    await record_audit(session, person, "tell_school", "escalation", escalation_id)
    await record_event(session, person, escalation_id, "tell_school", call)
    heads = await heads_of(session, person, row.school_urn)
    await _tell_heads(session, person, row.id, row.school_urn, heads, held)


async def send_held_message(
    session: AsyncSession, person: Principal, escalation_id: UUID, reason: str
) -> None:
    """Tell the headteacher at once, whose message waits for a school morning.

    Raises ActionRefused if no message waits.
    """
    row = await lock_escalation(session, person, Permission.MANAGE_ESCALATION, escalation_id)
    if not row.held:
        raise ActionRefused("No message to the headteacher is waiting.", row.state)
    await _set_notified(session, person, escalation_id, datetime.now(UTC))
    await release_held(session, person, f"/escalations/{escalation_id}")
    await record_audit(session, person, "send_held_message", "escalation", escalation_id)
    await record_event(session, person, escalation_id, "send_held_message", reason, for_school=False)


async def _set_notified(
    session: AsyncSession, person: Principal, escalation_id: UUID, notified_at: datetime
) -> None:
    await session.execute(
        update(Escalation)
        .where(Escalation.authority_id == person.authority_id, Escalation.id == escalation_id)
        .values(notified_at=notified_at, version=Escalation.version + 1)
        .execution_options(synchronize_session=False)
    )


async def _tell_heads(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    urn: int,
    heads: Sequence[UUID],
    held: datetime | None,
) -> None:
    """Email the headteacher that there is an escalation and where to read it."""
    once = f"escalation_told:{escalation_id}:{urn}"
    where = f"/escalations/{escalation_id}"
    to_send = [Message(one, RAISED_FOR_HEAD, NEWS, RAISED_FOR_HEAD) for one in heads]
    await notify_each(session, person, to_send, "escalation_told", where, once=once, not_before=held)


def _own_consortium(person: Principal) -> UUID:
    if len(person.consortium_ids) != 1:
        raise NotFound
    return person.consortium_ids[0]


async def _save_attempts(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    recorded: Sequence[RecordedSupport],
    tried: Sequence[str],
) -> None:
    known = {f"{one.kind}:{one.id}" for one in recorded}
    rows = []
    for one in tried:
        kind, _, linked = one.partition(":")
        if linked and one not in known:
            raise NotFound
        columns = {f"{name}_id": UUID(linked) if name == kind and linked else None for name in LINKED}
        rows.append(
            {"authority_id": person.authority_id, "escalation_id": escalation_id, "kind": kind, **columns}
        )
    if rows:
        await session.execute(insert(AttemptedSupport), rows)


async def _tell_of_raising(
    session: AsyncSession, person: Principal, made: Escalation, held: datetime | None
) -> None:
    parties = Parties(made.school_urn, made.consortium_id, None, made.raised_by, None)
    found = await participants_of(session, person, made.id, parties)
    people = {Recipient.OFFICER: found.officers, Recipient.LEAD: found.leads}
    raised = messages("escalation_raised", people, officers_turn(made.deadline_kind, made.due_at))
    where, once = f"/escalations/{made.id}", f"escalation_raised:{made.id}"
    await notify_each(session, person, raised, "escalation_raised", where, once=once)
    if made.notified_at is not None:
        await _tell_heads(session, person, made.id, made.school_urn, found.heads, held)
