"""Queries for motions: one, those of a body, and the interests and votes of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import Date, Integer, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.boards.models import Body
from alongside.features.motions.electorate import Interest
from alongside.features.motions.models import Motion
from alongside.platform.database.reads import Read, columns_of, fetch_all, fetch_one


class MotionRow(msgspec.Struct, frozen=True):
    """A motion with the key of its body and its result."""

    authority_id: int
    id: UUID
    reference: str
    body_id: UUID
    body_key: str
    remit: str
    kind: str
    phase: str | None
    line: str
    financial_year: str
    title: str
    text: str
    how: str
    state: str
    closes_at: datetime | None
    majority: str
    casting_vote: bool
    overruling: bool
    referable: bool
    quorum_needed: int | None
    tabled_by: UUID
    tabled_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    votes_for: int | None
    votes_against: int | None
    abstained: int | None
    casting_choice: str | None
    casting_by: UUID | None
    result_reason: str
    conditions: str
    review_on: date | None
    owner_id: UUID | None
    ended_reason: str


@dataclass(frozen=True, slots=True)
class DerivedInterest:
    """The first school that a motion concerns and in which the holder of a seat has an interest."""

    seat_id: UUID
    person_id: UUID
    school: str


@dataclass(frozen=True, slots=True)
class Count:
    """The live votes of a motion, and the seats that are present and did not withdraw."""

    votes_for: int
    votes_against: int
    abstained: int
    present: int

    def quorate(self, how: str, needed: int) -> bool:
        """Whether the quorum is reached: by presence in a meeting, by votes between meetings."""
        cast = self.votes_for + self.votes_against + self.abstained
        return (self.present if how == "meeting" else cast) >= needed


_AUTHORITY = bindparam("authority_id", type_=Integer)
_MOTION = Motion.__table__.c
_SHOWN = (
    select(*columns_of(MotionRow, Motion, body_key=Body.key))
    .join(Body, (Body.authority_id == _AUTHORITY) & (Body.id == _MOTION.body_id))
    .where(_MOTION.authority_id == _AUTHORITY)
)
ONE = Read(_SHOWN.where(_MOTION.id == bindparam("motion_id", type_=Uuid)), MotionRow)
OF_BODY = Read(
    _SHOWN.where(_MOTION.body_id == bindparam("body_id", type_=Uuid))
    .order_by(_MOTION.tabled_at.desc(), _MOTION.id.desc())
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("skipped", type_=Integer)),
    MotionRow,
)
INTERESTS = Read(
    text(
        "SELECT seat_id, followed, label, dispensed_by IS NOT NULL, source = 'derived' FROM motion_interest"
        " WHERE authority_id = :authority_id AND motion_id = :motion_id ORDER BY source DESC, id"
    ).bindparams(bindparam("authority_id", type_=Integer), bindparam("motion_id", type_=Uuid)),
    Interest,
)
DERIVED = Read(
    text(
        """
        SELECT t.seat_id, t.person_id, min(g.name)
          FROM motion_subject s
          JOIN motion m ON m.authority_id = s.authority_id AND m.id = s.motion_id
          JOIN seat_appointment t ON t.authority_id = m.authority_id AND t.body_id = m.body_id
           AND t.from_on <= :today AND (t.until_on IS NULL OR t.until_on > :today)
          JOIN school g ON g.authority_id = s.authority_id AND g.urn = s.school_urn
         WHERE s.authority_id = :authority_id AND s.motion_id = :motion_id
           AND s.school_urn IN (SELECT interests_of(:authority_id, t.person_id, :today))
         GROUP BY t.seat_id, t.person_id ORDER BY t.seat_id
        """
    ).bindparams(bindparam("today", type_=Date)),
    DerivedInterest,
)
COUNT = Read(text("SELECT * FROM count_of_motion(:authority_id, :motion_id)"), Count)


async def get_motion(session: AsyncSession, authority_id: int, motion_id: UUID) -> MotionRow:
    """Return a motion. Raises NotFound."""
    found = await fetch_one(session, ONE, {"authority_id": authority_id, "motion_id": motion_id})
    if found is None:
        raise NotFound
    return found


async def motions_of_body(
    session: AsyncSession, authority_id: int, body_id: UUID, page: int = 1, size: int = 25
) -> tuple[Sequence[MotionRow], bool]:
    """Return a page of the motions of a body, newest first, and whether there are more."""
    values = {
        "authority_id": authority_id,
        "body_id": body_id,
        "most": size + 1,
        "skipped": (page - 1) * size,
    }
    found = await fetch_all(session, OF_BODY, values)
    return found[:size], len(found) > size


async def derived_interests(
    session: AsyncSession, authority_id: int, motion_id: UUID, today: date
) -> list[DerivedInterest]:
    """Return the seats whose holder has an interest in a school that the motion concerns."""
    values = {"authority_id": authority_id, "motion_id": motion_id, "today": today}
    return await fetch_all(session, DERIVED, values)


async def interests_in(session: AsyncSession, authority_id: int, motion_id: UUID) -> list[Interest]:
    """Return the interests in the subject of a motion, the derived ones first."""
    return await fetch_all(session, INTERESTS, {"authority_id": authority_id, "motion_id": motion_id})


async def count_votes(session: AsyncSession, authority_id: int, motion_id: UUID) -> Count:
    """Count the live votes of a motion."""
    found = await fetch_one(session, COUNT, {"authority_id": authority_id, "motion_id": motion_id})
    assert found is not None
    return found
