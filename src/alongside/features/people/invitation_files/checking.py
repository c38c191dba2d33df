"""Checks the rows of a file of invitations: each names one person to invite, or the cells to correct."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from alongside.features.people.addresses import EMAIL_CURE, NAME_CURE, is_email, is_name
from alongside.features.people.invitation_files.queries import KnownAddress
from alongside.features.people.invitations.invitee import Invitee
from alongside.features.people.models import MOST_IN_A_BATCH
from alongside.features.people.role_assignments import ConsortiumChoice, SchoolChoice
from alongside.platform.access.principal import (
    CONSORTIUM_ROLES,
    ORGANISATION_ROLES,
    ROLE_NAMES,
    ROLES_OF_ONE_SCHOOL,
    SIGNED_IN_ROLES,
    Role,
)
from alongside.platform.database.folding import fold_text
from alongside.platform.uploads.lists import ListRow, list_rows

LARGEST = 2_000_000
"""Bytes of one file."""

COLUMNS = ("school", "name", "email", "role")
OTHER_HEADINGS = {
    "urn": "school",
    "school or consortium": "school",
    "full name": "name",
    "email address": "email",
}
LONGEST_NAME = 120
ROLES = {fold_text(name): role for role, name in ROLE_NAMES.items() if role in SIGNED_IN_ROLES} | {
    fold_text(role.value.replace("_", " ")): role for role in SIGNED_IN_ROLES
}
"""The roles by their names and keys."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell, and what to do."""

    column: str
    reason: str
    cure: str


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row with its cells and its place; `invitee` if it can be sent, otherwise `problems`."""

    line: int
    cells: Mapping[str, str]
    invitee: Invitee | None
    problems: Sequence[Problem]


@dataclass(slots=True)
class Register:
    """The schools and consortia of an authority by what people write for them, and the addresses that are in use."""

    urns: set[int]
    schools: dict[str, list[int]] = field(default_factory=dict)
    consortia: dict[str, ConsortiumChoice] = field(default_factory=dict)
    known: set[tuple[str, str, str]] = field(default_factory=set)

    @classmethod
    def of(
        cls,
        schools: Iterable[SchoolChoice],
        consortia: Iterable[ConsortiumChoice],
        known: Iterable[KnownAddress],
    ) -> "Register":
        """Return the register of these schools, consortia, and people with a role or an open invitation."""
        found = cls(set())
        for school in schools:
            found.urns.add(school.urn)
            found.schools.setdefault(fold_text(school.name), []).append(school.urn)
        found.consortia = {fold_text(one.name): one for one in consortia}
        found.known = {(one.email.casefold(), one.role, one.place) for one in known}
        return found


def rows_of_file(name: str, body: bytes) -> list[ListRow]:
    """Return the rows of a file. Raises ValueError, with what to do, if it has not the four columns."""
    rows = list_rows(name, body, largest=LARGEST, most=MOST_IN_A_BATCH)
    named = [ListRow(row.line, {_column(head): cell for head, cell in row.cells.items()}) for row in rows]
    missing = [column for column in COLUMNS if column not in named[0].cells]
    if missing:
        raise ValueError(
            f"The file has no column called {' or '.join(missing)}. Use the headings of the example file."
        )
    return named


def _column(head: str) -> str:
    return OTHER_HEADINGS.get(head, head)


def check_rows(rows: Sequence[ListRow], register: Register) -> list[CheckedRow]:
    """Return each row with the person to invite, or with what must be corrected."""
    seen: dict[str, int] = {}
    checked = []
    for row in rows:
        cells = {column: row.cells.get(column, "") for column in COLUMNS}
        invitee, problems = _checked(cells, register)
        email = cells["email"].casefold()
        if email and (first := seen.setdefault(email, row.line)) != row.line:
            reason = f"Line {first} has the same address"
            problems.append(Problem("email", reason, "Keep one line for each address"))
        checked.append(CheckedRow(row.line, cells, None if problems else invitee, problems))
    return checked


def _checked(cells: Mapping[str, str], register: Register) -> tuple[Invitee | None, list[Problem]]:
    problems = []
    name = " ".join(cells["name"].split())
    if not is_name(name) or len(name) > LONGEST_NAME:
        problems.append(Problem("name", "This is not a name" if name else "The name is missing", NAME_CURE))
    if not is_email(cells["email"]):
        reason = "This is not an email address" if cells["email"] else "The email address is missing"
        problems.append(Problem("email", reason, EMAIL_CURE))
    role = ROLES.get(fold_text(cells["role"]))
    if role is None:
        reason = "There is no such role" if cells["role"] else "The role is missing"
        problems.append(Problem("role", reason, f"Enter a role, like {ROLE_NAMES[Role.HEADTEACHER]}"))
        return None, problems
    urn, consortium, problem = _school_or_consortium(cells["school"], role, register)
    if problem is not None:
        problems.append(problem)
    place = str(urn or (consortium.id if consortium else ""))
    if (cells["email"].casefold(), role.value, place) in register.known:
        reason = "This person has the role, or was invited to it"
        problems.append(
            Problem("email", reason, "Remove the line. You can send an invitation again on the list")
        )
    if problems:
        return None, problems
    return Invitee(name, cells["email"], role.value, urn, consortium.id if consortium else None), problems


def _school_or_consortium(
    written: str, role: Role, register: Register
) -> tuple[int | None, ConsortiumChoice | None, Problem | None]:
    if role in ROLES_OF_ONE_SCHOOL:
        urn, problem = _school(written, register)
        return urn, None, problem
    if role in CONSORTIUM_ROLES:
        consortium = register.consortia.get(fold_text(written))
        if consortium is None:
            reason = "There is no such consortium" if written else "The consortium is missing"
            return None, None, Problem("school", reason, "Enter the name of their consortium")
        return None, consortium, None
    if role in ORGANISATION_ROLES:
        cure = "Remove the line, and invite them on the page of invitations"
        return None, None, Problem("role", "A file cannot name a trust or diocese", cure)
    if written:
        return None, None, Problem("school", "This role has no school", "Leave the cell empty")
    return None, None, None


def _school(written: str, register: Register) -> tuple[int | None, Problem | None]:
    if not written:
        return None, Problem("school", "The school is missing", "Enter the URN or the name of their school")
    if written.isascii() and written.isdigit():
        urn = int(written[:9])
        if urn not in register.urns:
            return None, Problem(
                "school", "No open school has this URN", "Look up the URN in the list of schools"
            )
        return urn, None
    found = register.schools.get(fold_text(written), [])
    if not found:
        return None, Problem("school", "No open school has this name", "Enter the URN of their school")
    if len(found) > 1:
        return None, Problem(
            "school", f"{len(found)} schools have this name", "Enter the URN of their school"
        )
    return found[0], None
