"""What would go, what is held, and whom a request may be about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Row, bindparam, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.access.person import Person, Role
from alongside.authorities.settings import AuthoritySettings
from alongside.database.asker import Asker, let_ask
from alongside.errors import NotThere
from alongside.people.model import PersonRow
from alongside.records.kind import Kind
from alongside.records.kinds import kinds
from alongside.records.model import LegalHold, SubjectRequest
from alongside.schools.model import School

Placer = aliased(PersonRow, name="placer")

HOLDS: Any = (
    select(
        LegalHold.id,
        LegalHold.kind,
        LegalHold.why,
        LegalHold.until_on,
        LegalHold.placed_at,
        LegalHold.lifted_at,
        School.name.label("school"),
        PersonRow.name.label("person"),
        Placer.name.label("placer"),
    )
    .outerjoin(School, (School.authority_id == LegalHold.authority_id) & (School.urn == LegalHold.school_urn))
    .outerjoin(
        PersonRow, (PersonRow.authority_id == LegalHold.authority_id) & (PersonRow.id == LegalHold.person_id)
    )
    .join(Placer, (Placer.authority_id == LegalHold.authority_id) & (Placer.id == LegalHold.placed_by))
    .order_by(LegalHold.lifted_at.is_not(None), LegalHold.placed_at.desc())
    .limit(literal_column("200"))
)
JOURNAL = text(
    """
    SELECT count(*) FROM journal_entry
     WHERE authority_id = :authority_id AND at < now() - make_interval(days => :days)
       AND NOT EXISTS (SELECT FROM legal_hold WHERE authority_id = :authority_id AND lifted_at IS NULL
                       AND (until_on IS NULL OR until_on >= :today))
    """
).bindparams(bindparam("today", type_=Date))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What of one class would go today: its words, how many days it is kept, how many rows have had their time."""

    words: str
    days: int
    due: int


async def outlook(session: AsyncSession, person: Person, settings: AuthoritySettings) -> list[Outlook]:
    """What the next run lets go, class by class: counted by the statement that chooses.

    Counts alone, so they are read as the product itself; who may ask is asked before.
    """
    await let_ask(session, Asker(person.authority_id, Role.SYSTEM.value))
    found = [
        Outlook(one.words, days_of(settings, one), len(await chosen(session, person, settings, one)))
        for one in kinds()
    ]
    kept = settings.retention.journal
    values = {"authority_id": person.authority_id, "days": kept, "today": person.today}
    due = await session.scalar(JOURNAL, values) or 0
    return [*found, Outlook("The journal, from its oldest entries on", kept, due)]


async def chosen(
    session: AsyncSession, person: Person, settings: AuthoritySettings, kind: Kind, most: int | None = None
) -> Sequence[UUID]:
    """The rows of a class that have had their time and are not held, oldest first."""
    values = {
        "authority_id": person.authority_id,
        "before": person.today - timedelta(days=days_of(settings, kind)),
        "today": person.today,
    }
    found = (await session.scalars(kind.chosen, values)).all()
    return found[:most]


def days_of(settings: AuthoritySettings, kind: Kind) -> int:
    """For how many days a class is kept after it has come to its end."""
    days: int = getattr(settings.retention, kind.key)
    return days


async def holds_of(session: AsyncSession, authority_id: int) -> Sequence[Row[Any]]:
    """The legal holds, standing ones first."""
    return (await session.execute(HOLDS.where(LegalHold.authority_id == authority_id))).all()


async def standing_holds(session: AsyncSession, person: Person) -> int:
    """How many legal holds stand today."""
    count = select(func.count()).where(
        LegalHold.authority_id == person.authority_id,
        LegalHold.lifted_at.is_(None),
        LegalHold.until_on.is_(None) | (LegalHold.until_on >= person.today),
    )
    return await session.scalar(count) or 0


async def people_of(
    session: AsyncSession, authority_id: int, wanted: str = "", chosen: Iterable[UUID] = ()
) -> Sequence[Row[Any]]:
    """Up to 100 people by name whose name or email holds this text, those who left among them; and those chosen."""
    fits = PersonRow.name.icontains(wanted, autoescape=True) | PersonRow.email.icontains(
        wanted, autoescape=True
    )
    ids = list(chosen)
    statement: Any = (
        select(PersonRow.id, PersonRow.name, PersonRow.left_on)
        .where(PersonRow.authority_id == authority_id, fits | PersonRow.id.in_(ids))
        .order_by(PersonRow.id.in_(ids).desc(), PersonRow.name, PersonRow.id)
        .limit(literal_column("100"))
    )
    return list((await session.execute(statement)).all())


async def schools_of(session: AsyncSession, authority_id: int) -> Sequence[Row[Any]]:
    """Every school that is known here, by name."""
    statement: Any = (
        select(School.urn, School.name)
        .where(School.authority_id == authority_id)
        .order_by(School.name, School.urn)
        .limit(literal_column("5000"))
    )
    return list((await session.execute(statement)).all())


async def request_of(session: AsyncSession, authority_id: int, request_id: UUID) -> Row[Any]:
    """A request for what is held about somebody, with their name. Raises NotThere."""
    statement: Any = (
        select(
            SubjectRequest.id,
            SubjectRequest.person_id,
            SubjectRequest.asked_at,
            SubjectRequest.why,
            PersonRow.name,
        )
        .join(
            PersonRow,
            (PersonRow.authority_id == SubjectRequest.authority_id)
            & (PersonRow.id == SubjectRequest.person_id),
        )
        .where(SubjectRequest.authority_id == authority_id, SubjectRequest.id == request_id)
    )
    found: Row[Any] | None = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotThere
    return found
