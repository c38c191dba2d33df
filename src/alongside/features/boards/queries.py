"""Reads of bodies: their seats today, who holds them, earlier terms, substitutes, chairs and people to choose from."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Date, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.body_settings import BodySettings, Constituency
from alongside.features.boards.models import ENDED_BECAUSE, HOLDERS
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all, fetch_one

_TODAY = bindparam("today", type_=Date)
A_PAGE = 25


@dataclass(frozen=True, slots=True)
class StoredBody:
    """A body that is constituted, with its chair today and what needs attention by a day."""

    id: UUID
    key: str
    constituted_on: date
    ended_on: date | None
    chair_id: UUID | None
    chair: str | None
    chair_until: date | None
    seats: int
    filled: int
    next_end: date | None
    own: bool


@dataclass(frozen=True, slots=True)
class BodyRecord:
    """A body of the authority's settings, and its row once it is constituted."""

    key: str
    settings: BodySettings
    stored: StoredBody | None

    @property
    def state(self) -> str:
        """Whether the body can act: “declared”, “constituted” or “ended”."""
        if self.stored is None:
            return "declared"
        return "ended" if self.stored.ended_on is not None else "constituted"

    @property
    def id(self) -> UUID:
        """The id of the row. Raises NotFound before the body is constituted."""
        if self.stored is None:
            raise NotFound
        return self.stored.id


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat in force on a day with its holder on that day, and the first holder who follows."""

    id: UUID
    constituency: str
    number: int
    voting: bool
    holders: str
    phase: str | None
    appointment_id: UUID | None
    person_id: UUID | None
    name: str | None
    school_urn: int | None
    school: str | None
    from_on: date | None
    until_on: date | None
    next_name: str | None
    next_from: date | None

    @property
    def holder(self) -> str:
        """The holder with their school, or that the seat is vacant."""
        if self.name is None:
            return "Vacant"
        return f"{self.name}, {self.school}" if self.school else self.name

    @property
    def kind(self) -> str:
        """Who may hold the seat."""
        return HOLDERS[self.holders]


@dataclass(frozen=True, slots=True)
class SubstituteRow:
    """A substitute of a seat."""

    id: UUID
    seat_id: UUID
    person_id: UUID
    name: str
    from_on: date


@dataclass(frozen=True, slots=True)
class EndedTerm:
    """A term that has ended."""

    constituency: str
    number: int
    name: str
    from_on: date
    until_on: date
    reason: str | None

    @property
    def because(self) -> str:
        """Why it ended; a term that ran out has no reason."""
        return ENDED_BECAUSE[self.reason] if self.reason else "End of term"


class OwnEnd(NamedTuple):
    """The end of a person's own term on a board."""

    id: UUID
    key: str
    name: str
    until_on: date


@dataclass(frozen=True, slots=True)
class EligiblePerson:
    """A person who has the right to a seat, with the school for which they would hold it."""

    id: UUID
    name: str
    school_urn: int | None
    school: str | None

    @property
    def value(self) -> str:
        """The value of a form's choice."""
        return f"{self.id}:{self.school_urn or ''}"

    @property
    def label(self) -> str:
        """The name with the school."""
        return f"{self.name}, {self.school}" if self.school else self.name


_CURRENT = "from_on <= :today AND ({0}.until_on IS NULL OR {0}.until_on > :today)"
BODIES = Read(
    text(
        f"""
        SELECT b.id, b.key, b.constituted_on, b.ended_on, c.person_id, p.name, c.until_on,
               count(DISTINCT s.id), count(DISTINCT t.id), min(t.until_on),
               coalesce(bool_or(t.person_id = CAST(:person_id AS uuid)), false)
          FROM body b
          LEFT JOIN body_chair c ON c.authority_id = b.authority_id AND c.body_id = b.id
           AND c.{_CURRENT.format("c")}
          LEFT JOIN person p ON p.authority_id = c.authority_id AND p.id = c.person_id
          LEFT JOIN seat s ON s.authority_id = b.authority_id AND s.body_id = b.id AND s.{_CURRENT.format("s")}
          LEFT JOIN seat_appointment t ON t.authority_id = s.authority_id AND t.seat_id = s.id
           AND t.{_CURRENT.format("t")}
         WHERE b.authority_id = :authority_id AND (CAST(:key AS text) IS NULL OR b.key = :key)
         GROUP BY b.authority_id, b.id, c.person_id, p.name, c.until_on
         ORDER BY b.name, b.id
         LIMIT 100
        """  # noqa: S608  (only our own constants are put in)
    ).bindparams(_TODAY),
    StoredBody,
)
SEATS = Read(
    text(
        f"""
        SELECT s.id, s.constituency, s.number, s.voting, s.holders, s.phase, t.id, t.person_id, p.name,
               t.school_urn, g.name, t.from_on, t.until_on, n.name, n.from_on
          FROM seat s
          LEFT JOIN seat_appointment t ON t.authority_id = s.authority_id AND t.seat_id = s.id
           AND t.{_CURRENT.format("t")}
          LEFT JOIN person p ON p.authority_id = t.authority_id AND p.id = t.person_id
          LEFT JOIN school g ON g.authority_id = t.authority_id AND g.urn = t.school_urn
          LEFT JOIN LATERAL (
               SELECT q.name, f.from_on FROM seat_appointment f
                 JOIN person q ON q.authority_id = f.authority_id AND q.id = f.person_id
                WHERE f.authority_id = s.authority_id AND f.seat_id = s.id AND f.from_on > :today
                  AND (f.until_on IS NULL OR f.until_on > f.from_on)
                ORDER BY f.from_on LIMIT 1) n ON true
         WHERE s.authority_id = :authority_id AND s.body_id = :body_id AND s.{_CURRENT.format("s")}
           AND (CAST(:seat_id AS uuid) IS NULL OR s.id = :seat_id)
         ORDER BY s.voting DESC, s.constituency, s.number
         LIMIT 400
        """  # noqa: S608  (only our own constants are put in)
    ).bindparams(_TODAY),
    SeatRow,
)
SUBSTITUTES = Read(
    text(
        f"""
        SELECT u.id, u.seat_id, u.person_id, p.name, u.from_on FROM seat_substitute u
          JOIN seat s ON s.authority_id = u.authority_id AND s.id = u.seat_id
          JOIN person p ON p.authority_id = u.authority_id AND p.id = u.person_id
         WHERE u.authority_id = :authority_id AND s.body_id = :body_id AND u.{_CURRENT.format("u")}
         ORDER BY p.name, u.id LIMIT 400
        """  # noqa: S608  (only our own constants are put in)
    ).bindparams(_TODAY),
    SubstituteRow,
)
ENDED = Read(
    text(
        f"""
        SELECT s.constituency, s.number, p.name, t.from_on, t.until_on, t.ended_reason FROM seat_appointment t
          JOIN seat s ON s.authority_id = t.authority_id AND s.id = t.seat_id
          JOIN person p ON p.authority_id = t.authority_id AND p.id = t.person_id
         WHERE t.authority_id = :authority_id AND t.body_id = :body_id AND t.until_on <= :today
         ORDER BY t.until_on DESC, t.id DESC LIMIT {A_PAGE + 1} OFFSET :skipped
        """  # noqa: S608  (only our own constants are put in)
    ).bindparams(_TODAY),
    EndedTerm,
)
OWN_ENDS = Read(
    text(
        """
        SELECT t.id, b.key, b.name, t.until_on FROM seat_appointment t
          JOIN body b ON b.authority_id = t.authority_id AND b.id = t.body_id
         WHERE t.authority_id = :authority_id AND t.person_id = CAST(:person_id AS uuid)
           AND t.from_on <= :today AND t.until_on > :today
         ORDER BY t.until_on, t.id LIMIT 100
        """
    ).bindparams(_TODAY),
    OwnEnd,
)
ELIGIBLE = Read(
    text(
        """
        SELECT DISTINCT p.id, p.name, o.urn, g.name
          FROM seat s
          JOIN role_assignment a ON a.authority_id = s.authority_id
           AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
           AND CASE WHEN s.holders IN ('headteacher', 'chair_of_governors') THEN a.role = s.holders
                    WHEN s.holders = 'consortium_lead' THEN a.role IN ('consortium_lead', 'consortium_deputy')
                    WHEN s.holders = 'officer' THEN a.role IN ('core_officer', 'head_of_service')
                    ELSE a.role IN ('board_member', 'chair_of_governors') END
          JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
          CROSS JOIN LATERAL (SELECT CASE WHEN s.holders IN ('headteacher', 'chair_of_governors')
                                          THEN a.school_urn END AS urn) o
          LEFT JOIN school g ON g.authority_id = a.authority_id AND g.urn = o.urn
         WHERE s.authority_id = :authority_id AND s.id = :seat_id
           AND seat_obstacle(s.authority_id, s.id, p.id, o.urn, :today) IS NULL
         ORDER BY p.name, p.id, o.urn LIMIT 1000
        """
    ).bindparams(_TODAY),
    EligiblePerson,
)
MEMBERS = Read(
    text(
        f"""
        SELECT DISTINCT p.id, p.name, CAST(NULL AS integer), CAST(NULL AS text) FROM person p
         WHERE p.authority_id = :authority_id AND (p.left_on IS NULL OR p.left_on > :today) AND (
               EXISTS (SELECT FROM seat_appointment t WHERE t.authority_id = p.authority_id AND t.person_id = p.id
                          AND t.body_id = :body_id AND t.{_CURRENT.format("t")})
            OR CAST(:independent AS boolean) AND EXISTS (
               SELECT FROM role_assignment a WHERE a.authority_id = p.authority_id AND a.person_id = p.id
                  AND a.role = 'board_member' AND a.starts_on <= :today
                  AND (a.ends_on IS NULL OR a.ends_on > :today)))
         ORDER BY p.name, p.id LIMIT 400
        """  # noqa: S608  (only our own constants are put in)
    ).bindparams(_TODAY),
    EligiblePerson,
)
ROLLS = Read(
    text(
        """
        SELECT coalesce(sum(s.pupils), 0)::integer FROM school s
         WHERE s.authority_id = :authority_id AND s.status IN ('open', 'closing')
           AND CASE WHEN CAST(:phase AS text) = 'special' THEN s.kind <> 'mainstream'
                    ELSE s.kind = 'mainstream' AND (s.phase = :phase OR s.phase = 'middle_deemed_' || :phase) END
           AND (CAST(:sector AS text) IS NULL
                OR (s.type_group IN ('Academies', 'Free Schools')) = (:sector = 'academy'))
        """
    ),
    int,
)


async def bodies_of(session: AsyncSession, person: Principal) -> list[BodyRecord]:
    """Return the bodies of the settings, in their order, with those that are constituted."""
    stored = {one.key: one for one in await _stored(session, person, None)}
    declared = settings_of(person.authority_id).bodies
    return [BodyRecord(key, settings, stored.get(key)) for key, settings in declared.items()]


async def get_body(session: AsyncSession, person: Principal, _permission: Permission, key: str) -> BodyRecord:
    """Return a body by its key. Raises NotFound for one that the settings do not declare."""
    settings = settings_of(person.authority_id).bodies.get(key)
    if settings is None:
        raise NotFound
    stored = await _stored(session, person, key)
    return BodyRecord(key, settings, stored[0] if stored else None)


async def _stored(session: AsyncSession, person: Principal, key: str | None) -> list[StoredBody]:
    values = {
        "authority_id": person.authority_id,
        "key": key,
        "today": person.today,
        "person_id": None if person.id is None else str(person.id),
    }
    return await fetch_all(session, BODIES, values)


async def seats_of(session: AsyncSession, person: Principal, body_id: UUID) -> list[SeatRow]:
    """Return the seats of a body today, those that vote first."""
    values = {"authority_id": person.authority_id, "body_id": body_id, "today": person.today, "seat_id": None}
    return await fetch_all(session, SEATS, values)


async def get_seat(session: AsyncSession, person: Principal, body_id: UUID, seat_id: UUID) -> SeatRow:
    """Return one seat of a body. Raises NotFound."""
    values = {
        "authority_id": person.authority_id,
        "body_id": body_id,
        "today": person.today,
        "seat_id": seat_id,
    }
    found = await fetch_one(session, SEATS, values)
    if found is None:
        raise NotFound
    return found


async def substitutes_of(session: AsyncSession, person: Principal, body_id: UUID) -> list[SubstituteRow]:
    """Return the substitutes of a body's seats today, by name."""
    values = {"authority_id": person.authority_id, "body_id": body_id, "today": person.today}
    return await fetch_all(session, SUBSTITUTES, values)


async def ended_terms(
    session: AsyncSession, person: Principal, body_id: UUID, number: int
) -> tuple[list[EndedTerm], bool]:
    """Return one page of the terms that have ended, the latest first; and whether there are more."""
    values = {
        "authority_id": person.authority_id,
        "body_id": body_id,
        "today": person.today,
        "skipped": (number - 1) * A_PAGE,
    }
    rows = await fetch_all(session, ENDED, values)
    return rows[:A_PAGE], len(rows) > A_PAGE


async def own_ends(session: AsyncSession, person: Principal) -> list[OwnEnd]:
    """Return when the terms of a person end, the next first."""
    values = {
        "authority_id": person.authority_id,
        "today": person.today,
        "person_id": None if person.id is None else str(person.id),
    }
    return await fetch_all(session, OWN_ENDS, values)


async def eligible_for(session: AsyncSession, person: Principal, seat_id: UUID) -> list[EligiblePerson]:
    """Return the people with the right to a seat today, by the rule that PostgreSQL keeps."""
    values = {"authority_id": person.authority_id, "seat_id": seat_id, "today": person.today}
    return await fetch_all(session, ELIGIBLE, values)


async def possible_chairs(session: AsyncSession, person: Principal, body: BodyRecord) -> list[EligiblePerson]:
    """Return the members of a body; for an independent chair also board members without a seat."""
    values = {
        "authority_id": person.authority_id,
        "body_id": body.id,
        "today": person.today,
        "independent": body.settings.chair == "independent",
    }
    return await fetch_all(session, MEMBERS, values)


async def roll_of(session: AsyncSession, person: Principal, constituency: Constituency) -> int:
    """Return the pupils of the schools of a constituency by the register. All-through schools are in no phase."""
    values = {
        "authority_id": person.authority_id,
        "phase": constituency.phase,
        "sector": constituency.sector,
    }
    return await fetch_one(session, ROLLS, values) or 0
