"""Queries of escalations: one, lists, and their participants. Row policies limit them to what the requester may
see.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, Row, bindparam, exists, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import EditConflict, NotFound
from alongside.features.consortia.models import Consortium
from alongside.features.escalations.access_log.models import NamedReader
from alongside.features.escalations.access_policy import escalation_filter, scope_of_escalation
from alongside.features.escalations.events import Event
from alongside.features.escalations.labels import STATES
from alongside.features.escalations.models import FINALS, Escalation
from alongside.features.escalations.pauses import ClockPause
from alongside.features.escalations.raising.models import DeferredNotification
from alongside.features.escalations.requester import identify_requester, refuse_interest
from alongside.features.escalations.tasks.models import Criterion, Task
from alongside.features.people.models import Person
from alongside.features.schools.models import School
from alongside.platform.access.permissions import ROLE_PERMISSIONS, Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.requester_context import INTERESTS, is_among

AUTHORITY: Any = bindparam("authority_id")
A_PAGE = 25

Handling = aliased(Consortium, name="handling")
Owner = aliased(Person, name="owner")
Raiser = aliased(Person, name="raiser")
Other = aliased(Escalation, name="other")

NAMED: Any = exists(
    select(literal_column("1"))
    .select_from(NamedReader)
    .where(
        NamedReader.authority_id == AUTHORITY,
        NamedReader.escalation_id == Escalation.id,
        NamedReader.person_id == bindparam("person_id"),
        NamedReader.ended_at.is_(None),
    )
)
CASE: Any = (
    select(
        *Escalation.__table__.columns,
        School.name.label("school"),
        School.phase.label("phase"),
        Consortium.name.label("consortium"),
        Handling.name.label("handling_consortium"),
        Owner.name.label("owner"),
        Raiser.name.label("raiser"),
        func.is_maintained(Escalation.authority_id, Escalation.school_urn).label("maintained"),
        NAMED.label("named"),
        literal_column(is_among("escalation.school_urn", INTERESTS), Boolean).label("interest"),
    )
    .join(School, (School.authority_id == AUTHORITY) & (School.urn == Escalation.school_urn))
    .join(Consortium, (Consortium.authority_id == AUTHORITY) & (Consortium.id == Escalation.consortium_id))
    .outerjoin(
        Handling, (Handling.authority_id == AUTHORITY) & (Handling.id == Escalation.handling_consortium_id)
    )
    .outerjoin(Owner, (Owner.authority_id == AUTHORITY) & (Owner.id == Escalation.owner_id))
    .outerjoin(Raiser, (Raiser.authority_id == AUTHORITY) & (Raiser.id == Escalation.raised_by))
    .where(Escalation.authority_id == AUTHORITY)
)
OPEN_TASK: Any = exists(
    select(Task.id).where(
        Task.authority_id == AUTHORITY, Task.escalation_id == Escalation.id, Task.state == "open"
    )
)
UNMET_CRITERION: Any = exists(
    select(Criterion.id).where(
        Criterion.authority_id == AUTHORITY,
        Criterion.escalation_id == Escalation.id,
        Criterion.met_on.is_(None),
        Criterion.dropped_at.is_(None),
    )
)
OTHER_OPEN_ONE: Any = exists(
    select(Other.id).where(
        Other.authority_id == AUTHORITY,
        Other.school_urn == Escalation.school_urn,
        Other.id != Escalation.id,
        Other.state.not_in(FINALS),
    )
)
ONE_ESCALATION: Any = CASE.add_columns(
    OPEN_TASK.label("open_task"), UNMET_CRITERION.label("unmet_criterion"), OTHER_OPEN_ONE.label("other_open")
).where(Escalation.id == bindparam("escalation_id"))
HELD_ESCALATION: Any = ONE_ESCALATION.with_for_update(key_share=True, of=Escalation)
WAITS: Any = (
    select(ClockPause.waiting_on, ClockPause.why, ClockPause.since_at, ClockPause.until_at)
    .where(ClockPause.authority_id == AUTHORITY, ClockPause.escalation_id == bindparam("escalation_id"))
    .order_by(ClockPause.since_at)
)
EVENTS: Any = (
    select(Event.at, Event.verb, Event.note, Event.person_name, Event.role)
    .where(Event.authority_id == AUTHORITY, Event.escalation_id == bindparam("escalation_id"))
    .order_by(Event.id.desc())
    .limit(literal_column("200"))
)
DEFERRED: Any = select(DeferredNotification.why, DeferredNotification.decided_at).where(
    DeferredNotification.authority_id == AUTHORITY,
    DeferredNotification.escalation_id == bindparam("escalation_id"),
)


class Part(NamedTuple):
    """A part of an escalation that has actions of its own, such as a task, with the escalation."""

    row: Row[Any]
    escalation: Row[Any]

    @property
    def id(self) -> UUID:
        """The id of the part."""
        found: UUID = self.row.id
        return found

    @property
    def state(self) -> str | None:
        """The state of the part, if it has one."""
        return getattr(self.row, "state", None)


def of_person(person: Principal, **more: Any) -> Mapping[str, Any]:
    """The bind parameters that every escalation query needs."""
    return {"authority_id": person.authority_id, "person_id": person.id, **more}


async def get_escalation(
    session: AsyncSession, person: Principal, permission: Permission, escalation_id: UUID
) -> Row[Any]:
    """Return an escalation if this person has this permission on it. Raises NotFound."""
    await identify_requester(session, person)
    found: Row[Any] | None = (
        await session.execute(ONE_ESCALATION, of_person(person, escalation_id=escalation_id))
    ).one_or_none()
    if found is None:
        raise NotFound
    scope_of_escalation(person, permission, found)
    return found


async def lock_escalation(
    session: AsyncSession,
    person: Principal,
    permission: Permission,
    escalation_id: UUID,
    *,
    version: int | None = None,
    typed: Mapping[str, tuple[str, str]] | None = None,
) -> Row[Any]:
    """Return an escalation with a row lock until the transaction ends, so that actions on it run one after
    another.

    `version` is the one that the form was made from; `typed` the user's texts, as {column: (label, text)}, to
    show after a conflict. Raises NotFound, ActionRefused if the permission is only for people without an
    interest in the school and this person has one, or EditConflict if the escalation has changed since.
    """
    await get_escalation(session, person, permission, escalation_id)
    row: Row[Any] | None = (
        await session.execute(HELD_ESCALATION, of_person(person, escalation_id=escalation_id))
    ).one_or_none()
    if row is None:
        raise NotFound
    if (granted := ROLE_PERMISSIONS[permission].get(person.role)) is not None and granted.without_interest:
        await refuse_interest(session, person, row)
    if version is not None and row.version != version:
        differences = [
            (label, words, str(getattr(row, column, "") or ""))
            for column, (label, words) in (typed or {}).items()
        ]
        raise EditConflict(differences, row.version, now=f"The state is now: {STATES[row.state]}.")
    return row


async def escalations_of(
    session: AsyncSession, person: Principal, *, over: bool = False, page: int = 1
) -> tuple[Sequence[Row[Any]], bool]:
    """One page of the escalations this person can see, earliest due date first, and whether there are more
    pages.
    """
    await identify_requester(session, person)
    statement = CASE.where(Escalation.state.in_(FINALS) if over else Escalation.state.not_in(FINALS))
    statement = statement.where(escalation_filter(person, Escalation, NAMED))
    order = (Escalation.closed_at.desc().nulls_last(),) if over else (Escalation.due_at.asc().nulls_last(),)
    statement = statement.order_by(*order, Escalation.id.desc()).limit(A_PAGE + 1).offset((page - 1) * A_PAGE)
    found = (await session.execute(statement, of_person(person))).all()
    return found[:A_PAGE], len(found) > A_PAGE


async def all_escalations_of(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """All escalations this person can see, at most 2,000, for the CSV export."""
    await identify_requester(session, person)
    statement = (
        CASE.where(escalation_filter(person, Escalation, NAMED)).order_by(Escalation.id.desc()).limit(2000)
    )
    return (await session.execute(statement, of_person(person))).all()


async def others_of_school(session: AsyncSession, person: Principal, row: Any) -> Sequence[Row[Any]]:
    """The school's other escalations that are not over and that this person can see."""
    statement = CASE.where(
        Escalation.school_urn == row.school_urn, Escalation.id != row.id, Escalation.state.not_in(FINALS)
    ).order_by(Escalation.id)
    return (await session.execute(statement, of_person(person))).all()


async def of_escalation(
    session: AsyncSession, person: Principal, statement: Any, escalation_id: UUID
) -> Sequence[Row[Any]]:
    """The rows of one part of an escalation; call `get_escalation` or `lock_escalation` first."""
    found: Sequence[Row[Any]] = (
        await session.execute(
            statement, {"authority_id": person.authority_id, "escalation_id": escalation_id}
        )
    ).all()
    return found
