"""Queries for profiles and their parts. Each sets the requester first: without one, no profile is visible."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Boolean, Integer, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.performance.access_policy import identify_requester
from alongside.features.profiles.results import Outputs, read_outputs
from alongside.features.schools.models import OPEN_STATUSES
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import AUTHORITY_ROLES, SCHOOL_ROLES, Principal, Role
from alongside.platform.access.records import require_on
from alongside.platform.database.reads import Read, fetch_all, fetch_one

A_PAGE = 25
AUTHORITY = bindparam("authority_id", type_=Integer)
YEAR, PHASE = bindparam("year", type_=Text), bindparam("phase", type_=Text)
PROFILE_ID = bindparam("profile_id", type_=Uuid)


class OpenSchool(msgspec.Struct, frozen=True):
    """An open school with what decides its phase."""

    urn: int
    phase: str
    kind: str


class StoredProfile(msgspec.Struct, frozen=True):
    """A profile with the digest and the bytes of its latest result, for the core team."""

    authority_id: int
    id: UUID
    school_urn: int
    state: str
    method_id: UUID
    snapshot_number: int
    direction: str | None
    direction_reason: str
    outputs_digest: str
    outputs: bytes
    inputs_digest: str


class ProfileProposal(msgspec.Struct, frozen=True):
    """What categories need of a profile that was shared with its school: the proposal of the method."""

    id: UUID
    school_urn: int
    phase: str
    academic_year: str
    state: str
    proposed_category: str | None
    proposed_reasons: list[str]
    snapshot_number: int


class DisputeRow(msgspec.Struct, frozen=True):
    """A disputed figure and its answer."""

    id: UUID
    measure: str
    reason: str
    raised_at: datetime
    answer: str
    answered_at: datetime | None


class StateCount(msgspec.Struct, frozen=True):
    """How many profiles of a year are in a state."""

    year: str
    state: str
    count: int


class ProfileRow(msgspec.Struct, frozen=True):
    """A profile with the names of its school and consortium, and the number of open disputes."""

    authority_id: int
    id: UUID
    school_urn: int
    phase: str
    academic_year: str
    state: str
    version: int
    method_id: UUID
    snapshot_number: int
    proposed_category: str | None
    proposed_reasons: list[str]
    proposed_direction: str
    direction: str | None
    direction_reason: str
    shared_at: datetime | None
    governors_from: datetime | None
    invited_on: date | None
    invited_again_on: date | None
    answer_by: date | None
    discussed_on: date | None
    discussed_with: str
    agreed_points: str
    declined_on: date | None
    declined_because: str
    school: str
    school_status: str
    consortium: str | None
    open_disputes: int

    @property
    def shown_direction(self) -> str:
        """The direction of travel: a person's, or else that of the method."""
        return self.direction or self.proposed_direction


_PROFILE = ", ".join(f"p.{name}" for name in ProfileRow.__struct_fields__[:24])
_FROM = """
      FROM profile p
      JOIN school s ON s.authority_id = :authority_id AND s.urn = p.school_urn
      LEFT JOIN consortium_membership m ON m.authority_id = :authority_id AND m.school_urn = p.school_urn
           AND m.phase = p.phase AND m.starts_on <= london_today() AND (m.ends_on IS NULL OR m.ends_on > london_today())
      LEFT JOIN consortium c ON c.authority_id = :authority_id AND c.id = m.consortium_id
     WHERE p.authority_id = :authority_id"""
_SHOWN = f"""
    SELECT {_PROFILE}, s.name, s.status, c.name,
           (SELECT count(*) FROM profile_dispute d WHERE d.authority_id = :authority_id AND d.profile_id = p.id
              AND d.answered_at IS NULL)
    {_FROM}"""  # noqa: S608  (names of our own)
JOIN_SNAPSHOT = """
      JOIN profile_snapshot n ON n.authority_id = :authority_id AND n.profile_id = p.id
           AND n.number = p.snapshot_number AND n.audience = CASE WHEN :whole THEN 'school' ELSE 'others' END
    """
_WITHIN = """
       AND p.academic_year = :year AND (:phase = '' OR p.phase = :phase)
       AND (:name = '' OR folded_matches(s.folded_name, (SELECT folded(:name))))"""
_FILTERS = f"{_WITHIN} AND (:state = '' OR p.state = :state)"
_OF_LIST = (AUTHORITY, YEAR, PHASE, bindparam("state", type_=Text), bindparam("name", type_=Text))
ONE = Read(text(f"{_SHOWN} AND p.id = :profile_id").bindparams(AUTHORITY, PROFILE_ID), ProfileRow)
LIST = Read(
    text(f"{_SHOWN} {_FILTERS} ORDER BY s.name, s.urn, p.phase LIMIT :most OFFSET :skipped").bindparams(
        *_OF_LIST, bindparam("most", type_=Integer), bindparam("skipped", type_=Integer)
    ),
    ProfileRow,
)
COUNTS = Read(
    text(
        f"""
    SELECT p.academic_year, p.state,
           count(*) FILTER (WHERE (:phase = '' OR p.phase = :phase)
               AND (:name = '' OR folded_matches(s.folded_name, (SELECT folded(:name)))))
    {_FROM} GROUP BY p.academic_year, p.state ORDER BY p.academic_year DESC, p.state
    """
    ).bindparams(AUTHORITY, PHASE, bindparam("name", type_=Text)),
    StateCount,
)
OPEN_SCHOOLS = Read(
    text(
        "SELECT urn, phase, kind FROM school WHERE authority_id = :authority_id AND status = ANY (:open) ORDER BY urn"
    ).bindparams(AUTHORITY, bindparam("open", list(OPEN_STATUSES), type_=ARRAY(Text))),
    OpenSchool,
)
STORED = Read(
    text(
        """
    SELECT p.authority_id, p.id, p.school_urn, p.state, p.method_id, p.snapshot_number, p.direction,
           p.direction_reason, coalesce(n.outputs_digest, ''), coalesce(n.outputs, ''), coalesce(n.inputs_digest, '')
      FROM profile p
      LEFT JOIN profile_snapshot n ON n.authority_id = :authority_id AND n.profile_id = p.id
           AND n.number = p.snapshot_number AND n.audience = 'school'
     WHERE p.authority_id = :authority_id AND p.academic_year = :year AND p.phase = :phase
     ORDER BY p.school_urn
    """
    ).bindparams(AUTHORITY, YEAR, PHASE),
    StoredProfile,
)
PROPOSALS = Read(
    text(
        """
    SELECT p.id, p.school_urn, p.phase, p.academic_year, p.state, p.proposed_category, p.proposed_reasons,
           p.snapshot_number
      FROM profile p
     WHERE p.authority_id = :authority_id AND p.academic_year = :year AND (:phase = '' OR p.phase = :phase)
       AND p.shared_at IS NOT NULL
     ORDER BY p.school_urn, p.phase
    """
    ).bindparams(AUTHORITY, YEAR, PHASE),
    ProfileProposal,
)
SNAPSHOT = Read(
    text(
        """
    SELECT n.outputs, n.calculated_at
      FROM profile_snapshot n
     WHERE n.authority_id = :authority_id AND n.profile_id = :profile_id AND n.number = :number
       AND n.audience = CASE WHEN :whole THEN 'school' ELSE 'others' END
    """
    ).bindparams(
        AUTHORITY, PROFILE_ID, bindparam("number", type_=Integer), bindparam("whole", type_=Boolean)
    ),
    lambda outputs, at: (bytes(outputs), at),
)


async def open_schools(session: AsyncSession, person: Principal) -> list[OpenSchool]:
    """Return the open schools of the authority."""
    return await fetch_all(session, OPEN_SCHOOLS, {"authority_id": person.authority_id})


async def stored_profiles(
    session: AsyncSession, person: Principal, year: str, phase: str
) -> list[StoredProfile]:
    """Return the profiles of a phase and year with their latest results, in the order of the URN."""
    await identify_requester(session, person)
    return await fetch_all(
        session, STORED, {"authority_id": person.authority_id, "year": year, "phase": phase}
    )


async def proposals_for(
    session: AsyncSession, person: Principal, academic_year: str, phase: str
) -> list[ProfileProposal]:
    """Return the proposals of shared profiles that this person can read, by URN; an empty phase is both."""
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "year": academic_year, "phase": phase}
    return await fetch_all(session, PROPOSALS, values)


async def get_profile(
    session: AsyncSession, person: Principal, permission: Permission, profile_id: UUID
) -> ProfileRow:
    """Return a profile. Raises NotFound unless this person has the permission on it."""
    await identify_requester(session, person)
    found = await fetch_one(session, ONE, {"authority_id": person.authority_id, "profile_id": profile_id})
    if found is None:
        raise NotFound
    require_on(person, permission, found)
    return found


async def profiles_for(
    session: AsyncSession, person: Principal, filters: dict[str, str], page: int
) -> tuple[list[ProfileRow], bool]:
    """Return a page of the profiles that this person can read, and whether there are more.

    `filters` are year, phase, state and name; an empty text is no filter.
    """
    await identify_requester(session, person)
    values: dict[str, object] = {
        "authority_id": person.authority_id,
        **filters,
        "most": A_PAGE + 1,
        "skipped": (page - 1) * A_PAGE,
    }
    found = await fetch_all(session, LIST, values)
    return found[:A_PAGE], len(found) > A_PAGE


async def all_profiles_for(
    session: AsyncSession, person: Principal, filters: dict[str, str]
) -> list[ProfileRow]:
    """Return all profiles that this person can read, for an export."""
    await identify_requester(session, person)
    values: dict[str, object] = {"authority_id": person.authority_id, **filters, "most": 5000, "skipped": 0}
    return await fetch_all(session, LIST, values)


async def state_counts(
    session: AsyncSession, person: Principal, phase: str, name: str
) -> dict[str, dict[str, int]]:
    """Return the number of profiles in each state that this person can read, by academic year, newest first.

    `phase` and `name` limit what is counted, not the years.
    """
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "phase": phase, "name": name}
    found: dict[str, dict[str, int]] = {}
    for one in await fetch_all(session, COUNTS, values):
        found.setdefault(one.year, {})[one.state] = one.count
    return found


def reads_everything(person: Principal) -> bool:
    """Return whether a person reads figures about fewer than six pupils: the school and the core team."""
    return person.role in SCHOOL_ROLES | AUTHORITY_ROLES | {Role.SYSTEM}


async def outputs_of(session: AsyncSession, person: Principal, row: ProfileRow) -> tuple[Outputs, datetime]:
    """Return the latest result of a profile, as this person may read it, and when it was calculated."""
    await identify_requester(session, person)
    values = {
        "authority_id": person.authority_id,
        "profile_id": row.id,
        "number": row.snapshot_number,
        "whole": reads_everything(person),
    }
    found = await fetch_one(session, SNAPSHOT, values)
    if found is None:
        raise NotFound
    stored, at = found
    return read_outputs(stored), at


class ProfileToSign(msgspec.Struct, frozen=True):
    """A profile that its reader has not signed in its latest version."""

    id: UUID
    school: str
    academic_year: str
    phase: str
    answer_by: date | None


TO_SIGN = Read(
    text(
        """
    SELECT p.id, s.name, p.academic_year, p.phase, CASE WHEN p.state = 'shared' THEN p.answer_by END
      FROM profile p
      JOIN school s ON s.authority_id = :authority_id AND s.urn = p.school_urn
     WHERE p.authority_id = :authority_id AND p.governors_from IS NOT NULL
       AND NOT EXISTS (SELECT FROM document_reading r WHERE r.authority_id = :authority_id AND r.document_id = p.id
                          AND r.number = p.snapshot_number AND r.person_id = :person_id AND r.role = :role
                          AND r.act = 'signed')
       AND p.academic_year = (SELECT max(l.academic_year) FROM profile l WHERE l.authority_id = :authority_id
                                 AND l.school_urn = p.school_urn AND l.phase = p.phase)
     ORDER BY 5 NULLS LAST, s.name, p.phase LIMIT 200
    """
    ).bindparams(AUTHORITY, bindparam("person_id", type_=Uuid)),
    ProfileToSign,
)


async def profiles_to_sign(session: AsyncSession, person: Principal) -> list[ProfileToSign]:
    """Return the latest profile of each school that this chair or officer has not signed."""
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "person_id": person.id, "role": person.role.value}
    return await fetch_all(session, TO_SIGN, values)


class StoredExport(msgspec.Struct, frozen=True):
    """A profile for an export: its result as the person may read it, and the last comment of the school."""

    school: str
    school_urn: int
    phase: str
    academic_year: str
    state: str
    direction: str | None
    outputs: bytes
    comment: str


EXPORT = Read(
    text(
        f"""
    SELECT s.name, p.school_urn, p.phase, p.academic_year, p.state, p.direction, n.outputs,
           coalesce((SELECT o.body FROM profile_comment o WHERE o.authority_id = :authority_id AND o.profile_id = p.id
                      ORDER BY o.written_at DESC, o.id DESC LIMIT 1), '')
    {_FROM.replace("WHERE p.auth", JOIN_SNAPSHOT + " WHERE p.auth")} {_FILTERS}
     ORDER BY s.name, s.urn, p.phase LIMIT 5000
    """  # noqa: S608  (names of our own)
    ).bindparams(*_OF_LIST, bindparam("whole", type_=Boolean)),
    StoredExport,
)
NAMES = Read(
    text("SELECT urn, name FROM school WHERE authority_id = :authority_id AND urn = ANY (:urns)").bindparams(
        AUTHORITY, bindparam("urns", type_=ARRAY(Integer))
    ),
    lambda urn, name: (int(urn), str(name)),
)


async def export_of(session: AsyncSession, person: Principal, filters: dict[str, str]) -> list[StoredExport]:
    """Return all profiles that this person can read with their results."""
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "whole": reads_everything(person), **filters}
    return await fetch_all(session, EXPORT, values)


async def school_names(session: AsyncSession, person: Principal, urns: list[int]) -> dict[int, str]:
    """Return the names of schools by URN."""
    return dict(await fetch_all(session, NAMES, {"authority_id": person.authority_id, "urns": urns}))
