"""The open work of a role that ends: who acts for its school or consortium then, and who takes over."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Date, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import Form, SelectField, ValidationError

from alongside.features.people.queries import ids, leaders_of_schools
from alongside.features.people.role_assignments import HeldRole, roles_of_person
from alongside.platform.access.principal import CONSORTIUM_ROLES, ROLE_NAMES, SCHOOL_ROLES, Principal, Role
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.feature import installed_features
from alongside.platform.handovers import Handover
from alongside.platform.notifications import notify
from alongside.platform.web.formatting import format_count

NOBODY = ""
CORE_TEAM = [Role.CORE_OFFICER.value, Role.HEAD_OF_SERVICE.value]
CORE_TEAM_DECIDES = "Nobody yet: the core team assigns it"


class Colleague(msgspec.Struct, frozen=True):
    """A person with a role."""

    id: UUID
    name: str
    role: str


_PEOPLE = """
    SELECT DISTINCT p.id, p.name, a.role
      FROM role_assignment a
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
     WHERE a.authority_id = :authority_id AND p.id <> :person_id
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
"""
_TODAY = bindparam("today", type_=Date)
COLLEAGUES = Read(
    text(
        f"{_PEOPLE} AND (a.school_urn = :school_urn OR a.consortium_id = :consortium_id)"
        " AND a.role <> 'chair_of_governors' ORDER BY p.name, p.id"
    ).bindparams(_TODAY),
    Colleague,
)
IN_ROLES = Read(
    text(f"{_PEOPLE} AND a.role = ANY(:roles) ORDER BY p.name, p.id LIMIT 200").bindparams(
        _TODAY, bindparam("roles", type_=ARRAY(Text))
    ),
    Colleague,
)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What is open when roles end: kinds of work by name, and who acts for each school or consortium then."""

    kinds: Sequence[tuple[Handover, int]]
    offices: Sequence[tuple[HeldRole, Sequence[Colleague]]]

    @property
    def words(self) -> list[str]:
        """The kinds with their numbers: “3 escalations”."""
        return [
            format_count(
                number, one.label, one.label.replace(one.label.split()[0], one.label.split()[0] + "s", 1)
            )
            for one, number in self.kinds
        ]


class HandoverForm(Form):
    """Who takes over what is assigned to somebody whose role ends."""

    successor = SelectField(
        "Who takes this over?", choices=[(NOBODY, CORE_TEAM_DECIDES)], default=NOBODY, validate_choice=False
    )

    def validate_successor(self, field: SelectField) -> None:
        """Require a person from the list, or nobody."""
        if field.data not in {value for value, *_ in field.iter_choices()}:
            raise ValidationError("Select who takes this over from the list")


@cache
def _handovers() -> tuple[Handover, ...]:
    return tuple(one for feature in installed_features() for one in feature.load(feature.handovers, Handover))


async def open_work(session: AsyncSession, person: Principal, ending: Sequence[HeldRole]) -> OpenWork:
    """Return what is open when these roles of one person end."""
    person_id = ending[0].person_id
    held = await roles_of_person(session, person.authority_id, person_id, person.today)
    ended = {one.id for one in ending}
    left = {Role(one.role) for one in held if one.id not in ended}
    kinds = [
        (one, number)
        for one in _handovers()
        if not one.roles & left and (number := await one.count(session, person, person_id))
    ]
    offices = []
    for role in ending:
        if role.role in SCHOOL_ROLES | CONSORTIUM_ROLES:
            values = _values(person, person_id) | {
                "school_urn": role.school_urn,
                "consortium_id": role.consortium_id,
            }
            offices.append((role, await fetch_all(session, COLLEAGUES, values)))
    return OpenWork(kinds, offices)


async def possible_successors(
    session: AsyncSession, person: Principal, work: OpenWork, person_id: UUID
) -> list[tuple[str, str]]:
    """Return who may take over all of this work, as choices: colleagues of the role that ends, and the core team."""
    choices = {NOBODY: CORE_TEAM_DECIDES}
    if work.kinds:
        roles = frozenset.intersection(*(one.roles for one, _ in work.kinds))
        team = await fetch_all(session, IN_ROLES, _values(person, person_id) | {"roles": CORE_TEAM})
        for one in [*(one for _, others in work.offices for one in others), *team]:
            if Role(one.role) in roles:
                choices.setdefault(str(one.id), f"{one.name}, {ROLE_NAMES[Role(one.role)]}")
    return list(choices.items())


async def hand_over(
    session: AsyncSession, person: Principal, ending: Sequence[HeldRole], successor_id: UUID | None
) -> None:
    """Hand over what is assigned to the person, and tell who answers for a place where nobody acts any longer.

    Call it before the roles end.
    """
    work = await open_work(session, person, ending)
    for one, _ in work.kinds:
        await one.hand_over(session, person, ending[0].person_id, successor_id)
    for role, others in work.offices:
        if not others:
            await _tell_that_nobody_acts(session, person, role)


async def _tell_that_nobody_acts(session: AsyncSession, person: Principal, role: HeldRole) -> None:
    team = _values(person, role.person_id) | {"roles": CORE_TEAM}
    people = [one.id for one in await fetch_all(session, IN_ROLES, team)]
    path = "/people"
    if role.school_urn is not None:
        leaders = await leaders_of_schools(session, person.authority_id, person.today, [role.school_urn])
        people, path = ids(leaders) or people, f"/schools/{role.school_urn}"
    said = (
        f"Nobody acts for {role.school_or_consortium} now. Its open work waits until somebody is appointed."
    )
    await notify(session, person, people, "nobody_acts", said, path, once=f"nobody_acts:{role.id}")


def _values(person: Principal, person_id: UUID) -> dict[str, object]:
    return {"authority_id": person.authority_id, "person_id": person_id, "today": person.today}


def continuity_sentences(work: OpenWork) -> list[str]:
    """Return one sentence for each school or consortium of the roles that end: who does its open work then."""
    sentences = []
    for role, others in work.offices:
        name = role.school_or_consortium
        if others:
            acting = ", ".join(dict.fromkeys(one.name for one in others))
            sentences.append(f"Open work of {name} stays with {name}. {acting} can do it.")
        else:
            sentences.append(f"Nobody else acts for {name}. We tell those who answer for it.")
    return sentences
