"""The person who makes a request, in the one role in which they act now."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """The roles of the product. A person may hold several and acts in one at a time."""

    HEADTEACHER = "headteacher"
    DELEGATE = "delegate"
    CONSORTIUM_LEAD = "consortium_lead"
    CONSORTIUM_DEPUTY = "consortium_deputy"
    CORE_OFFICER = "core_officer"
    HEAD_OF_SERVICE = "head_of_service"
    AUTHORITY_ADMINISTRATOR = "authority_administrator"
    CHAIR_OF_GOVERNORS = "chair_of_governors"
    TRUST_OFFICER = "trust_officer"
    DIOCESE_OFFICER = "diocese_officer"
    BOARD_MEMBER = "board_member"
    CLERK = "clerk"
    NOBODY = "nobody"
    SYSTEM = "system"


ROLE_NAMES = {
    Role.HEADTEACHER: "Headteacher",
    Role.DELEGATE: "Headteacher’s delegate",
    Role.CONSORTIUM_LEAD: "Consortium lead",
    Role.CONSORTIUM_DEPUTY: "Deputy consortium lead",
    Role.CORE_OFFICER: "Core team officer",
    Role.HEAD_OF_SERVICE: "Head of service",
    Role.AUTHORITY_ADMINISTRATOR: "Authority administrator",
    Role.CHAIR_OF_GOVERNORS: "Chair of governors",
    Role.TRUST_OFFICER: "Trust officer",
    Role.DIOCESE_OFFICER: "Diocese officer",
    Role.BOARD_MEMBER: "Board member",
    Role.CLERK: "Clerk to the board",
    Role.NOBODY: "Signed out",
    Role.SYSTEM: "Alongside",
}

SCHOOL_ROLES = frozenset({Role.HEADTEACHER, Role.DELEGATE})
CONSORTIUM_ROLES = frozenset({Role.CONSORTIUM_LEAD, Role.CONSORTIUM_DEPUTY})
AUTHORITY_ROLES = frozenset({Role.CORE_OFFICER, Role.HEAD_OF_SERVICE, Role.AUTHORITY_ADMINISTRATOR})
ORGANISATION_ROLES = frozenset({Role.TRUST_OFFICER, Role.DIOCESE_OFFICER})
"""Roles for the schools of a trust or diocese, as the register names them."""

GOVERNING_ROLES = ORGANISATION_ROLES | {Role.CHAIR_OF_GOVERNORS}
"""Roles that read and sign what concerns their schools, and do nothing else."""

BOARD_ROLES = frozenset({Role.BOARD_MEMBER, Role.CLERK})
"""Roles on the authority’s boards; PostgreSQL gives a person the first one while they hold a seat."""

ROLES_OF_ONE_SCHOOL = SCHOOL_ROLES | {Role.CHAIR_OF_GOVERNORS}
WORKING_ROLES = SCHOOL_ROLES | CONSORTIUM_ROLES | AUTHORITY_ROLES
SIGNED_IN_ROLES = WORKING_ROLES | GOVERNING_ROLES | BOARD_ROLES


@dataclass(frozen=True, slots=True)
class OwnSchool:
    """The school for which a person acts: its coordinates on the National Grid in metres, its phase and kind."""

    easting: int | None
    northing: int | None
    phase: str
    kind: str


@dataclass(frozen=True, slots=True)
class Principal:
    """The person who makes the request, loaded from the database on each request, so that a lost role takes effect at
    once.

    `school_urn` is the school they act for, and `own_school` what a session reads of it; `organisation_schools` the
    URNs of the open schools of their trust or diocese; `consortium_ids` the consortia
    that they lead or that their school belongs to; `consortium_schools` the URNs of all current members of those;
    `today` the date in London by which deadlines are counted;
    `unread` how many notifications are not marked as done, 100 at most.
    """

    authority_id: int
    role: Role
    today: date
    id: UUID | None = None
    name: str | None = None
    email: str | None = None
    role_assignment_id: UUID | None = None
    school_urn: int | None = None
    consortium_ids: tuple[UUID, ...] = ()
    consortium_schools: frozenset[int] = field(default_factory=frozenset)
    organisation_schools: frozenset[int] = field(default_factory=frozenset)
    session_id: UUID | None = None
    csrf_token: str | None = None
    other_roles: int = 0
    settings_version: int = 0
    own_school: OwnSchool | None = None
    unread: int = 0

    @property
    def signed_in(self) -> bool:
        """Whether the person has signed in."""
        return self.id is not None

    @property
    def own_schools(self) -> frozenset[int]:
        """The URN of the school that they act for, or those of their trust or diocese."""
        return self.organisation_schools if self.school_urn is None else frozenset({self.school_urn})

    @property
    def role_name(self) -> str:
        """The name of the role, as people read it."""
        return ROLE_NAMES[self.role]


def anonymous(authority_id: int, today: date) -> Principal:
    """Return the principal of a visitor who has not signed in."""
    return Principal(authority_id=authority_id, role=Role.NOBODY, today=today)


def system(authority_id: int, today: date) -> Principal:
    """Return the principal of the product itself, which acts on a schedule or a rule."""
    return Principal(authority_id=authority_id, role=Role.SYSTEM, today=today, name="Alongside")
