"""The personas: the same people in every test, and their twins in another authority."""

from dataclasses import dataclass, replace
from uuid import UUID

from alongside.platform.access.principal import Role

NORTHSHIRE = 901
SOUTHSHIRE = 902
"""The authority of the twins: it has the same URNs and ids, and shares nothing."""

MILL, PARK, QUAY, LOCK, FORD = 990001, 990002, 990003, 990004, 990005
"""Mill and Park are primaries of the north consortium, Quay and Lock of the south; Ford is in none."""

NORTH = UUID("00000000-0000-7000-8000-000000000001")
SOUTH = UUID("00000000-0000-7000-8000-000000000002")

SCHOOLS = {
    MILL: "Mill Primary School",
    PARK: "Park Primary School",
    QUAY: "Quay Primary School",
    LOCK: "Lock Primary School",
    FORD: "Ford Primary School",
}
CONSORTIA = {NORTH: "North", SOUTH: "South"}
DIOCESES = {QUAY: "Diocese of South", LOCK: "Diocese of South"}
MEMBERS = {MILL: NORTH, PARK: NORTH, QUAY: SOUTH, LOCK: SOUTH}


@dataclass(frozen=True)
class Persona:
    """A person with one role assignment and a signed-in browser."""

    name: str
    role: Role
    number: int
    authority_id: int = NORTHSHIRE
    school_urn: int | None = None
    consortium_id: UUID | None = None
    organisation: str | None = None

    @property
    def person_id(self) -> UUID:
        """The id of the person; the twin has the same."""
        return UUID(f"00000000-0000-7000-8000-0000000001{self.number:02d}")

    @property
    def role_assignment_id(self) -> UUID:
        """The id of the role assignment; the twin has the same."""
        return UUID(f"00000000-0000-7000-8000-0000000002{self.number:02d}")

    @property
    def token(self) -> str:
        """The session cookie."""
        return f"token-of-{self.authority_id}-{self.number:02d}-{'x' * 24}"

    @property
    def host(self) -> str:
        """The host on which this person uses the product."""
        return "northshire.localhost" if self.authority_id == NORTHSHIRE else "southshire.localhost"

    @property
    def twin(self) -> "Persona":
        """The persona with the same ids in the other authority."""
        return replace(self, authority_id=SOUTHSHIRE)


HEAD_OF_MILL = Persona("Mina Mill", Role.HEADTEACHER, 1, school_urn=MILL)
DELEGATE_OF_MILL = Persona("Dele Mill", Role.DELEGATE, 2, school_urn=MILL)
HEAD_OF_PARK = Persona("Pat Park", Role.HEADTEACHER, 3, school_urn=PARK)
HEAD_OF_QUAY = Persona("Quinn Quay", Role.HEADTEACHER, 4, school_urn=QUAY)
HEAD_OF_LOCK = Persona("Lou Lock", Role.HEADTEACHER, 5, school_urn=LOCK)
HEAD_OF_FORD = Persona("Fay Ford", Role.HEADTEACHER, 6, school_urn=FORD)
LEAD_OF_NORTH = Persona("Lee North", Role.CONSORTIUM_LEAD, 7, consortium_id=NORTH)
DEPUTY_OF_NORTH = Persona("Dee North", Role.CONSORTIUM_DEPUTY, 8, consortium_id=NORTH)
LEAD_OF_SOUTH = Persona("Lea South", Role.CONSORTIUM_LEAD, 9, consortium_id=SOUTH)
OFFICER = Persona("Ola Officer", Role.CORE_OFFICER, 10)
HEAD_OF_SERVICE = Persona("Hal Service", Role.HEAD_OF_SERVICE, 11)
ADMINISTRATOR = Persona("Ada Admin", Role.AUTHORITY_ADMINISTRATOR, 12)
CHAIR_OF_MILL = Persona("Chai Mill", Role.CHAIR_OF_GOVERNORS, 13, school_urn=MILL)
DIOCESE_OFFICER = Persona("Dio South", Role.DIOCESE_OFFICER, 14, organisation="Diocese of South")
"""Of the diocese of Quay and Lock; a trust has the same mechanism, and hard rules of matching besides."""
MEMBER_OF_BOARD = Persona("Bo Board", Role.BOARD_MEMBER, 15)
CLERK = Persona("Cleo Clerk", Role.CLERK, 16)

PERSONAS = (
    HEAD_OF_MILL,
    DELEGATE_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    HEAD_OF_LOCK,
    HEAD_OF_FORD,
    LEAD_OF_NORTH,
    DEPUTY_OF_NORTH,
    LEAD_OF_SOUTH,
    OFFICER,
    HEAD_OF_SERVICE,
    ADMINISTRATOR,
    CHAIR_OF_MILL,
    DIOCESE_OFFICER,
    MEMBER_OF_BOARD,
    CLERK,
)
TWINS = tuple(one.twin for one in PERSONAS)
TWIN_HEAD_OF_MILL = HEAD_OF_MILL.twin
TWIN_OFFICER = OFFICER.twin
