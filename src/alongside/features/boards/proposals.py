"""Proposals to share the seats of a body by numbers of pupils: made from the register, kept, and read again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound, ValidationFailed
from alongside.features.authorities.body_settings import Constituency
from alongside.features.boards.apportioning import TieError, apportion
from alongside.features.boards.models import Apportionment
from alongside.features.boards.queries import BodyRecord, get_body, roll_of
from alongside.features.people.models import Person
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.reads import Read, fetch_all


class Proposal(NamedTuple):
    """A stored proposal: what was shared, by which method, and who won a seat by lot."""

    id: UUID
    method: str
    rolls_on: date
    seats: int
    numbers: Mapping[str, int]
    guaranteed: Mapping[str, int]
    result: Mapping[str, int]
    drawn: Sequence[str]
    proposer: str


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks for: a method, the number of seats, and the winners of a lot."""

    method: str
    seats: int
    drawn: Sequence[str]


_ROW = Apportionment.__table__.c
PROPOSALS = Read(
    select(
        _ROW.id,
        _ROW.method,
        _ROW.rolls_on,
        _ROW.seats,
        _ROW.numbers,
        _ROW.guaranteed,
        _ROW.result,
        _ROW.drawn,
        Person.name,
    )
    .join(Person, and_(Person.authority_id == _ROW.authority_id, Person.id == _ROW.proposed_by))
    .where(_ROW.authority_id == bindparam("authority_id"), _ROW.body_id == bindparam("body_id"))
    .order_by(_ROW.proposed_at.desc(), _ROW.id.desc())
    .limit(2)
    .offset(bindparam("skipped")),
    Proposal,
)


def apportioned(body: BodyRecord) -> dict[str, Constituency]:
    """Return the constituencies of a body that share their seats by numbers of pupils."""
    return {key: one for key, one in body.settings.constituencies.items() if one.apportioned}


async def get_apportioned(
    session: AsyncSession, person: Principal, permission: Permission, key: str
) -> BodyRecord:
    """Return a body that shares seats by numbers of pupils. Raises NotFound for another one."""
    body = await get_body(session, person, permission, key)
    if not apportioned(body):
        raise NotFound
    return body


async def two_proposals(
    session: AsyncSession, person: Principal, body_id: UUID, number: int
) -> Sequence[Proposal]:
    """Return the proposal of a body with this number, the newest first, and the one before it."""
    values = {"authority_id": person.authority_id, "body_id": body_id, "skipped": number - 1}
    return await fetch_all(session, PROPOSALS, values)


async def rolls_of(session: AsyncSession, person: Principal, body: BodyRecord) -> dict[str, int]:
    """Return the pupils of each constituency that shares seats, by the register."""
    return {key: await roll_of(session, person, one) for key, one in apportioned(body).items()}


async def propose_apportionment(
    session: AsyncSession, person: Principal, body: BodyRecord, asked: Question
) -> None:
    """Share the seats by the register of today and keep the result. Raises ValidationFailed for an open tie."""
    numbers = await rolls_of(session, person, body)
    first = {key: one.guaranteed for key, one in apportioned(body).items()}
    result = _result(body, asked, numbers, first)
    values = {
        "body_id": body.id,
        "method": asked.method,
        "rolls_on": person.today,
        "seats": asked.seats,
        "numbers": numbers,
        "guaranteed": first,
        "result": result,
        "drawn": list(asked.drawn),
        "drawn_by": person.id if asked.drawn else None,
        "drawn_at": func.now() if asked.drawn else None,
        "proposed_by": person.id,
    }
    made: UUID | None = await session.scalar(
        insert(Apportionment).values(authority_id=person.authority_id, **values).returning(Apportionment.id)
    )
    assert made is not None
    await record_audit(session, person, "propose_apportionment", "apportionment", made)


def _result(
    body: BodyRecord, asked: Question, numbers: Mapping[str, int], first: Mapping[str, int]
) -> dict[str, int]:
    labels = {key: one.label for key, one in apportioned(body).items()}
    if sum(first.values()) > asked.seats:
        fewest = sum(first.values())
        raise ValidationFailed({"seats": [f"{fewest} seats are guaranteed. Enter at least {fewest}"]})
    if not sum(numbers.values()):
        raise ValidationFailed(
            {"method": ["The register has no numbers of pupils. Import the schools first"]}
        )
    try:
        shares = apportion(asked.method, numbers, asked.seats, first)
    except TieError as tie:
        return _decided_by_lot(asked, numbers, first, tie, labels)
    if asked.drawn:
        raise ValidationFailed({"drawn": ["There is no tie. Clear this list"]})
    return {one.key: one.seats for one in shares}


def _decided_by_lot(
    asked: Question,
    numbers: Mapping[str, int],
    first: Mapping[str, int],
    tie: TieError,
    labels: Mapping[str, str],
) -> dict[str, int]:
    if len(asked.drawn) != tie.seats or not set(asked.drawn) <= set(tie.tied):
        tied = ", ".join(labels[one] for one in tie.tied)
        sentence = f"There is a tie for the last seats: {tied}. Draw the lot, then select {tie.seats} of them"
        raise ValidationFailed({"drawn": [sentence]})
    shares = apportion(asked.method, numbers, asked.seats, first, asked.drawn)
    return {one.key: one.seats for one in shares}
