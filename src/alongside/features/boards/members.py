"""The members of a body on a day, for motions and meetings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Date, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.body_settings import BodySettings
from alongside.platform.database.reads import Read, fetch_all


@dataclass(frozen=True, slots=True)
class SeatHolder:
    """A seat with its holder and substitutes on a day; a vacant seat has no person.

    `school_kind` is that of the register, `substitutes` are the ids of the people who may sit in.
    """

    seat_id: UUID
    constituency: str
    voting: bool
    appointment_id: UUID | None
    person_id: UUID | None
    name: str | None
    school_urn: int | None
    school_phase: str | None
    school_kind: str | None
    substitutes: Sequence[UUID]


ON_A_DAY = Read(
    text(
        """
        SELECT s.id, s.constituency, s.voting, t.id, t.person_id, p.name, t.school_urn, g.phase, g.kind,
               ARRAY(SELECT u.person_id FROM seat_substitute u
                      WHERE u.authority_id = s.authority_id AND u.seat_id = s.id AND u.from_on <= :day
                        AND (u.until_on IS NULL OR u.until_on > :day) ORDER BY u.id)
          FROM seat s
          LEFT JOIN seat_appointment t ON t.authority_id = s.authority_id AND t.seat_id = s.id
           AND t.from_on <= :day AND (t.until_on IS NULL OR t.until_on > :day)
          LEFT JOIN person p ON p.authority_id = t.authority_id AND p.id = t.person_id
          LEFT JOIN school g ON g.authority_id = t.authority_id AND g.urn = t.school_urn
         WHERE s.body_id = :body_id AND s.from_on <= :day AND (s.until_on IS NULL OR s.until_on > :day)
         ORDER BY s.voting DESC, s.constituency, s.number
        """
    ).bindparams(bindparam("day", type_=Date)),
    SeatHolder,
)


async def members_on(session: AsyncSession, body_id: UUID, day: date) -> list[SeatHolder]:
    """Return every seat of a body on a day with its holder, those that vote first."""
    return await fetch_all(session, ON_A_DAY, {"body_id": body_id, "day": day})


def body_settings(authority_id: int, key: str) -> BodySettings:
    """Return the rules of a body. Raises KeyError for one that the settings do not declare."""
    return settings_of(authority_id).bodies[key]
