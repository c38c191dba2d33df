"""Queries for closed schools: remaining data, planned successions and open decisions."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Integer, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.phases import consortium_phases
from alongside.features.school_successions.families import Families
from alongside.features.schools.choices import SchoolName
from alongside.features.schools.record import SchoolFields
from alongside.platform.access.principal import Principal, Role
from alongside.platform.database.reads import Read, fetch_all, fetch_one
from alongside.platform.database.requester_context import RequesterContext, set_requester

A_PAGE = 25


class HeldRows(msgspec.Struct, frozen=True):
    """The number of rows of one kind that a school holds, and its places in consortia (phase and id)."""

    urn: int
    what: str
    number: int
    places: list[str] | None


class SuccessionTask(msgspec.Struct, frozen=True):
    """A succession that waits, or in which what the school held has ended."""

    old_urn: int
    kind: str
    state: str


class Succession(msgspec.Struct, frozen=True):
    """A succession with the names of its schools and of the person who decided."""

    id: UUID
    old_urn: int
    new_urn: int | None
    kind: str
    state: str
    version: int
    question: str | None
    candidates: list[int]
    made_at: datetime
    decided_at: datetime | None
    old_name: str
    new_name: str | None
    decided_by: str | None


HOLDINGS = Read(
    text(
        """
    SELECT urn, what, count(*) AS number, array_agg(DISTINCT place) FILTER (WHERE place IS NOT NULL) AS places FROM (
        SELECT school_urn AS urn, 'memberships' AS what, phase || ' ' || consortium_id AS place
          FROM consortium_membership
         WHERE authority_id = :authority_id AND (ends_on IS NULL OR ends_on > :today)
        UNION ALL
        SELECT school_urn, 'roles', NULL FROM role_assignment
         WHERE authority_id = :authority_id AND school_urn IS NOT NULL AND (ends_on IS NULL OR ends_on > :today)
        UNION ALL
        SELECT school_urn, 'needs', NULL FROM need
         WHERE authority_id = :authority_id
           AND state IN ('draft', 'to_confirm', 'open', 'proposed', 'paused', 'agreed', 'in_support')
        UNION ALL
        SELECT school_urn, 'offers', NULL FROM offer WHERE authority_id = :authority_id AND state <> 'ended'
        UNION ALL
        SELECT school_urn, 'entries', NULL FROM directory_entry
         WHERE authority_id = :authority_id AND state <> 'archived' AND school_urn IS NOT NULL
        UNION ALL
        SELECT unnest(ARRAY[requesting_urn, supporting_urn]), 'proposals', NULL FROM proposal
         WHERE authority_id = :authority_id AND state IN ('proposed', 'to_release')
        UNION ALL
        SELECT unnest(ARRAY[requesting_urn, supporting_urn]), 'support agreements', NULL FROM support_agreement
         WHERE authority_id = :authority_id AND state IN ('preparing', 'active')
        UNION ALL
        SELECT school_urn, 'escalations', NULL FROM escalation
         WHERE authority_id = :authority_id AND state NOT IN ('closed', 'withdrawn', 'merged')
    ) held WHERE urn = ANY (:urns) GROUP BY urn, what ORDER BY urn, what
    """
    ).bindparams(bindparam("urns", type_=ARRAY(Integer))),
    HeldRows,
)

TASKS = Read(
    text(
        "SELECT old_urn, kind, state FROM school_succession WHERE authority_id = :authority_id AND state <> 'carried'"
    ),
    SuccessionTask,
)

SUCCESSIONS = """
    SELECT s.id, s.old_urn, s.new_urn, s.kind, s.state, s.version, s.question, s.candidates, s.made_at,
           s.decided_at, old.name AS old_name, new.name AS new_name, p.name AS decided_by
      FROM school_succession s
      JOIN school old ON old.authority_id = s.authority_id AND old.urn = s.old_urn
      LEFT JOIN school new ON new.authority_id = s.authority_id AND new.urn = s.new_urn
      LEFT JOIN person p ON p.authority_id = s.authority_id AND p.id = s.decided_by
     WHERE s.authority_id = :authority_id
"""
LISTED = Read(
    text(f"{SUCCESSIONS} ORDER BY s.state = 'open' DESC, s.id DESC LIMIT {A_PAGE + 1} OFFSET :skipped"),
    Succession,
)
ONE = Read(text(f"{SUCCESSIONS} AND s.id = :id"), Succession)
NAMES = Read(
    text(
        "SELECT urn, name FROM school WHERE authority_id = :authority_id AND status IN ('open', 'closing')"
        " AND urn = ANY (:urns) ORDER BY name, urn"
    ).bindparams(bindparam("urns", type_=ARRAY(Integer))),
    SchoolName,
)


@dataclass(frozen=True, slots=True)
class Holdings:
    """The remaining data of a school: counts by kind, and the phases and consortia of its memberships."""

    counts: Mapping[str, int]
    consortia: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan for one closed school: move to `new_urn`, a question for an administrator, or both.

    With `people` its roles and memberships move too.
    """

    old_urn: int
    old_name: str
    kind: str
    new_urn: int | None
    new_name: str | None
    holdings: Mapping[str, int]
    people: bool
    question: str | None = None
    candidates: tuple[int, ...] = ()

    @property
    def outline(self) -> tuple[int, str, int | None, bool]:
        """The values that must be equal in the report and at the import; counts may differ."""
        return self.old_urn, self.kind, self.new_urn, self.people


async def plan_successions(session: AsyncSession, person: Principal, families: Families) -> list[Plan]:
    """Plan the succession of every closed school that has data left; `person` is the system principal."""
    closed = families.closed()
    holdings = await _holdings(session, person, closed)
    heirs = {urn: families.successors(urn) for urn in holdings}
    targets = {one.open[0] for one in heirs.values() if len(one.open) == 1}
    held_there = await _holdings(session, person, sorted(targets))
    into: dict[int, list[int]] = defaultdict(list)
    for urn, one in heirs.items():
        if len(one.open) == 1:
            into[one.open[0]].append(urn)
    tasks = await fetch_all(session, TASKS, {"authority_id": person.authority_id})
    ended = {row.old_urn for row in tasks if row.state == "ended"}
    asked = {(row.old_urn, row.kind) for row in tasks if row.state == "open"}
    plans = [_plan(person, families, urn, holdings, held_there, into) for urn in sorted(holdings)]
    return [plan for plan in plans if _is_news(plan, ended, asked)]


def _is_news(plan: Plan, ended: Collection[int], asked: Collection[tuple[int, str]]) -> bool:
    """Whether a plan moves data or asks a new question; answered and open questions are not repeated."""
    if plan.new_urn is None:
        asks = (plan.old_urn, plan.kind) not in asked and plan.old_urn not in ended
        return asks and bool(plan.holdings.keys() - {"entries"})
    return plan.people or (plan.old_urn, plan.kind) not in asked


def _plan(
    person: Principal,
    families: Families,
    urn: int,
    holdings: Mapping[int, Holdings],
    held_there: Mapping[int, Holdings],
    into: Mapping[int, Sequence[int]],
) -> Plan:
    successors, name, counts = families.successors(urn), families.name(urn), holdings[urn].counts
    if len(successors.open) > 1:
        names = ", ".join(families.name(one) for one in successors.open)
        question = (
            f"{name} has closed and several schools follow it: {names}. Choose the one that takes over."
        )
        return Plan(urn, name, "split", None, None, counts, False, question, successors.open)
    if not successors.open:
        if successors.waiting:
            question = (
                f"{name} has closed and its successor (URN {successors.waiting[0]}) is not open here yet. "
                "It is carried over by the import that opens it, or by your choice."
            )
            return Plan(urn, name, "waiting", None, None, counts, False, question)
        question = (
            f"{name} has closed and no school of this authority follows it. Choose one, or end what it held."
        )
        return Plan(urn, name, "closure", None, None, counts, False, question)
    new = successors.open[0]
    there = held_there.get(new, Holdings({}, {}))
    others = [one for one in into[new] if one != urn]
    has_people = bool({"roles", "memberships"} & there.counts.keys())
    if others or has_people:
        question = (
            f"{name} has merged into {families.name(new)}. Its posts and agreements were carried over. "
            "Decide whether its people and its place in a consortium are carried over too."
        )
        asks = question if {"roles", "memberships"} & counts.keys() else None
        return Plan(urn, name, "merger", new, families.name(new), counts, False, asks, (new,))
    no_place = _nowhere(person, families.schools[new], holdings[urn], families.name(new))
    return Plan(urn, name, "conversion", new, families.name(new), counts, True, no_place)


def _nowhere(person: Principal, new: SchoolFields, holdings: Holdings, name: str) -> str | None:
    """Why a membership cannot move (the new school has the wrong phase); None when it can."""
    allowed = consortium_phases(settings_of(person.authority_id), new["phase"], new["kind"])
    wrong = sorted(set(holdings.consortia) - set(allowed))
    if not wrong:
        return None
    return (
        f"{name} cannot belong to a {wrong[0]} consortium: its phase differs. Place it in another consortium."
    )


async def _holdings(session: AsyncSession, person: Principal, urns: Collection[int]) -> dict[int, Holdings]:
    if not urns:
        return {}
    await set_requester(session, RequesterContext(person.authority_id, Role.SYSTEM.value))
    values = {"authority_id": person.authority_id, "today": person.today, "urns": list(urns)}
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    consortia: dict[int, dict[str, str]] = defaultdict(dict)
    for row in await fetch_all(session, HOLDINGS, values):
        counts[row.urn][row.what] = row.number
        for place in row.places or ():
            phase, _, consortium = place.partition(" ")
            consortia[row.urn][phase] = consortium
    return {urn: Holdings(counts[urn], consortia.get(urn, {})) for urn in counts}


async def successions_of(
    session: AsyncSession, authority_id: int, page: int
) -> tuple[list[Succession], bool]:
    """One page of successions, open questions first; and whether there are more."""
    values = {"authority_id": authority_id, "skipped": (page - 1) * A_PAGE}
    rows = await fetch_all(session, LISTED, values)
    return rows[:A_PAGE], len(rows) > A_PAGE


async def succession_with(session: AsyncSession, authority_id: int, succession_id: UUID) -> Succession:
    """One succession. Raises NotFound."""
    values = {"authority_id": authority_id, "id": succession_id}
    row = await fetch_one(session, ONE, values)
    if row is None:
        raise NotFound
    return row


async def open_schools(session: AsyncSession, authority_id: int, urns: Sequence[int]) -> list[SchoolName]:
    """The open schools among these URNs, by name."""
    return await fetch_all(session, NAMES, {"authority_id": authority_id, "urns": list(urns)})
