"""The audiences of notices: their choices, labels, and the people in them now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Date, Integer, Uuid, bindparam, column, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.phases import consortium_phases
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.consortia.models import PHASES
from alongside.features.consortia.queries import consortium_names
from alongside.features.notices.access_policy import DECIDING_PHASE
from alongside.features.schools.phases import PHASES as SCHOOL_PHASES
from alongside.platform.access.principal import CONSORTIUM_ROLES, Principal
from alongside.platform.database.reads import Read, fetch_all

CONSORTIUM = "consortium-"


@dataclass(frozen=True, slots=True)
class Audience:
    """Heads or leads, of one phase, or heads of the schools of one consortium."""

    kind: str
    phase: str | None = None
    consortium_id: UUID | None = None

    @property
    def key(self) -> str:
        """The value of this audience in the form."""
        if self.consortium_id is not None:
            return f"{CONSORTIUM}{self.consortium_id}"
        return f"{self.kind}-{self.phase}" if self.phase else self.kind


def audience_of(key: str) -> Audience:
    """Return the audience of a choice."""
    if key.startswith(CONSORTIUM):
        return Audience("heads", consortium_id=UUID(key.removeprefix(CONSORTIUM)))
    kind, _, phase = key.partition("-")
    return Audience(kind, phase or None)


def label_of(kind: str, phase: str | None, consortium: str | None) -> str:
    """Return the name of an audience: “headteachers of primary schools”."""
    if kind == "leads":
        return f"leads of {phase} consortia" if phase else "leads of all consortia"
    if consortium:
        return f"headteachers in {consortium}"
    return f"headteachers of {phase} schools" if phase else "all headteachers"


async def audience_choices(session: AsyncSession, person: Principal) -> list[tuple[str, str]]:
    """Return the audiences that a person may choose: leads their own consortia, the core team all."""
    consortia = await consortium_names(session, person.authority_id)
    if person.role in CONSORTIUM_ROLES:
        consortia = [one for one in consortia if one.id in person.consortium_ids]
        wide = []
    else:
        wide = [Audience(kind, phase) for kind in ("heads", "leads") for phase in (None, *PHASES)]
    named = [(Audience("heads", consortium_id=one.id), one.name) for one in consortia]
    return [
        (
            one.key,
            label_of(one.kind, one.phase, name).capitalize() if name is None else f"Headteachers in {name}",
        )
        for one, name in (*((one, None) for one in wide), *named)
    ]


def school_phases(settings: AuthoritySettings, phase: str | None) -> list[str]:
    """Return the phases and kinds of school that the authority counts to a phase of consortia."""
    return [one for one in SCHOOL_PHASES if phase in consortium_phases(settings, one, one)]


def sender_of(authority_id: int, consortium: str | None) -> str:
    """Return who sends a notice, at the start of a sentence."""
    words = settings_of(authority_id).words
    return f"{consortium} {words.consortium}" if consortium else f"The {words.core_team}"


class Reader(msgspec.Struct, frozen=True):
    """A person in the audience of a notice now, with their school or consortium, and when they first opened it."""

    id: UUID
    name: str
    role: str
    place: str
    opened_at: datetime | None


_IN_AUDIENCE = text(
    f"""
    SELECT DISTINCT ON (p.id) p.id, p.name, a.role, coalesce(s.name, c.name) AS place, r.opened_at
      FROM notice n
      JOIN role_assignment a ON a.authority_id = n.authority_id
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
       AND (p.left_on IS NULL OR p.left_on > :today)
      LEFT JOIN school s ON s.authority_id = a.authority_id AND s.urn = a.school_urn
      LEFT JOIN consortium c ON c.authority_id = a.authority_id AND c.id = a.consortium_id
      LEFT JOIN notice_reading r ON r.authority_id = n.authority_id AND r.notice_id = n.id AND r.person_id = p.id
     WHERE n.authority_id = :authority_id AND n.id = :notice_id
       AND ((n.audience = 'heads' AND (a.role = 'headteacher' OR (a.role = 'delegate' AND n.with_delegates))
             AND (n.phase IS NULL OR {DECIDING_PHASE} = ANY (n.school_phases))
             AND (n.audience_consortium_id IS NULL OR EXISTS (
                  SELECT FROM consortium_membership m
                   WHERE m.authority_id = n.authority_id AND m.school_urn = a.school_urn
                     AND m.consortium_id = n.audience_consortium_id
                     AND m.starts_on <= :today AND (m.ends_on IS NULL OR m.ends_on > :today))))
            OR (n.audience = 'leads' AND a.role IN ('consortium_lead', 'consortium_deputy')
                AND (n.phase IS NULL OR c.phase = n.phase)))
     ORDER BY p.id, a.role DESC, place
    """  # noqa: S608  (only our own constants are put in)
)
_COLUMNS = ("id", "name", "role", "place", "opened_at")
_AUDIENCE = (
    _IN_AUDIENCE.bindparams(
        bindparam("today", type_=Date),
        bindparam("authority_id", type_=Integer),
        bindparam("notice_id", type_=Uuid),
    )
    .columns(*(column(name) for name in _COLUMNS))
    .subquery("audience")
)
READERS = Read(
    select(*(_AUDIENCE.c[name] for name in _COLUMNS))
    .order_by(_AUDIENCE.c.opened_at.is_not(None), func.lower(_AUDIENCE.c.name), _AUDIENCE.c.id)
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("skipped", type_=Integer)),
    Reader,
)


class ReaderCounts(msgspec.Struct, frozen=True):
    """How many people are in the audience of a notice, and how many of them have opened it."""

    people: int
    opened: int


COUNTS = Read(select(func.count(), func.count(_AUDIENCE.c.opened_at)).select_from(_AUDIENCE), ReaderCounts)
A_PAGE, ALL = 25, 10_000


def _values(person: Principal, notice_id: UUID) -> Mapping[str, object]:
    return {"authority_id": person.authority_id, "today": person.today, "notice_id": notice_id}


async def readers_of(
    session: AsyncSession, person: Principal, notice_id: UUID, page: int = 1
) -> tuple[list[Reader], bool]:
    """Return a page of the audience, those who have not opened the notice first, and whether there are more."""
    values = {**_values(person, notice_id), "most": A_PAGE + 1, "skipped": (page - 1) * A_PAGE}
    found = await fetch_all(session, READERS, values)
    return found[:A_PAGE], len(found) > A_PAGE


async def all_readers_of(session: AsyncSession, person: Principal, notice_id: UUID) -> list[Reader]:
    """Return the whole audience of a notice, 10,000 people at most."""
    return await fetch_all(session, READERS, {**_values(person, notice_id), "most": ALL, "skipped": 0})


async def reader_counts(session: AsyncSession, person: Principal, notice_id: UUID) -> ReaderCounts:
    """Return the size of the audience now, and how many have opened the notice."""
    (counts,) = await fetch_all(session, COUNTS, _values(person, notice_id))
    return counts
