"""Worker job that sends due reminders: a lease on each timer, and effect and mark in one transaction.

If a worker is killed, its lease expires and another worker takes over. If a worker is suspended past its lease,
the row has a new attempt number and PostgreSQL rejects its write (`fired_by_who_claimed_last`,
`within_its_lease`). So a reminder is neither lost nor sent twice.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import bindparam, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as insert_unless_present
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.sending_hours import hours_now
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.escalations.deadlines import REMINDED_OF
from alongside.features.escalations.models import Escalation
from alongside.features.escalations.participants import leads_with_a_seat
from alongside.features.escalations.reminders.models import Reminder
from alongside.features.escalations.reminders.queries import covers, holders
from alongside.features.escalations.rows import Parties
from alongside.features.escalations.telling import NEWS, act_by
from alongside.platform.access.principal import Principal, Role, system
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.reads import Read, columns_of, fetch_all
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.database.retries import DATABASE_ERRORS
from alongside.platform.database.session import Database
from alongside.platform.jobs.queue import LeaseQueue, claim, fail, finish
from alongside.platform.notifications.actions import NOTHING_TO_DO, Message, notify_each
from alongside.platform.notifications.models import EmailOutbox, Notification
from alongside.platform.queue_handler import QueueHandler, WorkerContext
from alongside.platform.school_calendar.calendar import LONDON
from alongside.platform.web.formatting import format_deadline

REMINDER_QUEUE = LeaseQueue(
    "escalation_timer",
    waiting="armed",
    running="claimed",
    done="fired",
    dead="failed",
    lease_seconds=10,
    batch=20,
    only_within_lease=True,
)

log = structlog.get_logger("alongside.timers")

LET_GO_WHEN_STOPPED = text(
    "SELECT now(), set_config('transaction_timeout', '0', true),"
    f" set_config('transaction_timeout', '{REMINDER_QUEUE.lease_seconds}s', true)"
)
"""A transaction ends after the length of a lease, so that a worker that was stopped keeps no row locks.

An idle limit would not do: PostgreSQL takes a connection as busy between the two messages of one statement. A limit
that is already running, as that of the role is, only changes by way of zero.
"""

PARTIES = Read(
    select(*columns_of(Parties, Escalation)).where(
        Escalation.authority_id == bindparam("authority_id"), Escalation.id == bindparam("escalation_id")
    ),
    Parties,
)
OVERTAKEN = text(
    """
    SELECT EXISTS (
        SELECT FROM escalation_timer later
         WHERE later.authority_id = :authority_id AND later.escalation_id = :escalation_id
           AND later.deadline_kind = :deadline_kind
           AND later.due_at = :due_at AND later.step = 'owner_on_the_day' AND later.run_at <= now()
           AND later.state IN ('armed', 'claimed', 'fired'))
    """
)
"""Whether the owner's reminder of the due day is due as well; after a downtime one email covers both."""


class ClaimedTimer(msgspec.Struct, frozen=True):
    """A timer that this worker has claimed (`models.Timer` describes the columns)."""

    id: UUID
    attempt: int
    max_attempts: int
    generation: int
    escalation_id: UUID
    deadline_kind: str
    step: str
    due_at: datetime


Open = Callable[[datetime], bool]
"""Whether reminders may be sent at a moment: not at night and not on days without school."""


async def dispatch_reminders(database: Database, settings: AuthoritySettings, is_open: Open) -> int:
    """Send the due reminders of an authority, at most twenty; return how many timers were claimed.

    The current time is the database's, not this machine's.
    """
    authority_id = settings.dfe_code
    async with database.transaction(authority_id) as session:
        now = (await session.execute(LET_GO_WHEN_STOPPED)).one()[0]
        if not is_open(now):
            return 0
        await set_requester(session, RequesterContext(authority_id, Role.SYSTEM.value))
        claimed = await claim(session, REMINDER_QUEUE, authority_id)
    timers = msgspec.convert(claimed, list[ClaimedTimer], from_attributes=True)
    for timer in timers:
        try:
            async with database.transaction(authority_id) as session:
                await fire(session, authority_id, timer)
        except DATABASE_ERRORS as problem:
            await _record_failure(database, authority_id, timer, type(problem).__name__)
    return len(timers)


async def _record_failure(database: Database, authority_id: int, timer: ClaimedTimer, error: str) -> None:
    """Have a timer tried again after a pause; if the database is unavailable, the lease expires instead."""
    dead = False
    try:
        async with database.transaction(authority_id) as session:
            await set_requester(session, RequesterContext(authority_id, Role.SYSTEM.value))
            dead = await fail(session, REMINDER_QUEUE, authority_id, timer, error)
    except DATABASE_ERRORS as problem:
        log.warning("failure not recorded", timer=str(timer.id), error=type(problem).__name__)
    tell = log.error if dead else log.warning
    tell("reminder given up" if dead else "reminder not given", timer=str(timer.id), error=error)


async def fire(session: AsyncSession, authority_id: int, timer: ClaimedTimer) -> bool:
    """Send one reminder and mark its timer. Returns False, without writing, if the lease is lost."""
    now = (await session.execute(LET_GO_WHEN_STOPPED)).one()[0]
    await set_requester(session, RequesterContext(authority_id, Role.SYSTEM.value))
    marks = {"fired_at": func.now(), "fired_attempt": timer.attempt}
    if not await finish(session, REMINDER_QUEUE, authority_id, timer, **marks):
        return False
    of_timer = {"authority_id": authority_id, "escalation_id": timer.escalation_id}
    [escalation] = await fetch_all(session, PARTIES, of_timer)
    person = system(authority_id, now.astimezone(LONDON).date())
    overtaken = timer.step == "owner_before" and await session.scalar(
        OVERTAKEN,
        {
            "authority_id": authority_id,
            "escalation_id": timer.escalation_id,
            "deadline_kind": timer.deadline_kind,
            "due_at": timer.due_at,
        },
    )
    people_notified = (
        0 if overtaken else await _remind(session, person, escalation, timer, late=now > timer.due_at)
    )
    await session.execute(
        insert(Reminder).values(
            authority_id=authority_id,
            escalation_id=timer.escalation_id,
            timer_id=timer.id,
            generation=timer.generation,
            deadline_kind=timer.deadline_kind,
            step=timer.step,
            due_at=timer.due_at,
            people_notified=people_notified,
        )
    )
    if not overtaken:
        await record_audit(session, person, f"remind_{timer.step}", "escalation", timer.escalation_id)
    return True


async def _remind(
    session: AsyncSession, person: Principal, escalation: Parties, timer: ClaimedTimer, *, late: bool
) -> int:
    """Notify the people of one level; return how many. The text names neither the school nor the reason."""
    due = format_deadline(timer.due_at)
    if timer.step == "director":
        await _write_to_director(session, person, timer)
        return 0
    people = await _whose_turn(session, person, escalation, timer.step)
    late = late or timer.step not in {"owner_before", "owner_on_the_day"}
    what = REMINDED_OF[timer.deadline_kind].lower()
    words = (
        f"An escalation has passed its date: {what}, by {due}."
        if late
        else f"An escalation is due: {what}, by {due}."
    )
    people = await _not_notified_yet(session, person, people, timer, words)
    await _tell(session, person, people, timer, words, act_by(due))
    if timer.step == "core_team":
        leads = await leads_with_a_seat(session, person, escalation)
        said = f"The core team is late with an escalation that you raised ({what}, by {due}) and has been reminded."
        await _tell(session, person, leads, timer, said, NEWS, f"{said} {NOTHING_TO_DO}")
        people = [*people, *leads]
    return len(set(people))


async def _tell(
    session: AsyncSession,
    person: Principal,
    people: Sequence[UUID],
    timer: ClaimedTimer,
    words: str,
    subject: str,
    body: str = "",
) -> None:
    once = f"escalation_timer:{timer.id}:{timer.generation}"
    to_send = [Message(one, words, subject, body or words) for one in people]
    await notify_each(
        session, person, to_send, "escalation_due", f"/escalations/{timer.escalation_id}", once=once
    )


async def _not_notified_yet(
    session: AsyncSession, person: Principal, people: Sequence[UUID], timer: ClaimedTimer, words: str
) -> list[UUID]:
    """The people who have not had the same reminder of this escalation from an earlier level (after a
    downtime).
    """
    notified = await session.scalars(
        select(Notification.person_id).where(
            Notification.authority_id == person.authority_id,
            Notification.person_id.in_(people),
            Notification.path == f"/escalations/{timer.escalation_id}",
            Notification.text == words,
        )
    )
    before = set(notified)
    return [one for one in people if one not in before]


async def _whose_turn(session: AsyncSession, person: Principal, escalation: Parties, step: str) -> list[UUID]:
    """The people to remind at a level: the owner or their cover; without an owner, the whole core team.

    An owner who has left the core team does not count.
    """
    inside = (session, person.authority_id, person.today)
    officers = await holders(*inside, Role.CORE_OFFICER)
    if step == "head_of_service":
        return await holders(*inside, Role.HEAD_OF_SERVICE)
    owner = escalation.owner_id
    team = await holders(*inside, Role.CORE_OFFICER, Role.HEAD_OF_SERVICE)
    if step == "core_team" or owner not in team:
        return [one for one in officers if one != owner] or officers
    return [owner, *(one for one in await covers(*inside, owner) if one in team)]


async def _write_to_director(session: AsyncSession, person: Principal, timer: ClaimedTimer) -> None:
    """Email the director's mailbox that an escalation waits, once for each deadline, and whom to ask.

    The director has no account. The link tells two escalations with the same date apart, and the head of service can
    open it.
    """
    settings = settings_of(person.authority_id)
    what, asked = REMINDED_OF[timer.deadline_kind].lower(), settings.words.head_of_service
    await session.execute(
        insert_unless_present(EmailOutbox)
        .values(
            authority_id=person.authority_id,
            to_address=settings.escalation_reminders.director_mailbox,
            subject=f"Please act in Alongside: it was due by {format_deadline(timer.due_at)}",
            body=f"An escalation that a {settings.words.consortium} raised has passed its date ({what}, by "
            f"{format_deadline(timer.due_at)}). The {asked} can tell you more. Forward this email to them: they can "
            "open the escalation.",
            path=f"/escalations/{timer.escalation_id}",
            hours="school_hours",
            message_id=f"case-{timer.escalation_id}-{timer.deadline_kind}-{timer.due_at:%Y%m%d%H%M}",
        )
        .on_conflict_do_nothing(index_elements=["authority_id", "message_id"])
    )


async def send_due_reminders(context: WorkerContext, authority_id: int) -> int:
    """Send a batch of the due reminders of an authority's escalations, in its hours for email.

    Returns how many were claimed.
    """
    settings = settings_of(authority_id)

    def is_open(moment: datetime) -> bool:
        return "school_hours" in hours_now(settings, moment, always=context.settings.demonstration)

    return await dispatch_reminders(context.database, settings, is_open)


QUEUE_HANDLERS = (QueueHandler(send_due_reminders),)
