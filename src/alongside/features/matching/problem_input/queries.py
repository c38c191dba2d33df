"""Queries that load the inputs of a plan, one for each kind of row, whatever the size of the scope."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import BindParameter, Date, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.database.reads import Read, fetch_all

SCOPE = """
    scope AS (
        SELECT s.urn FROM school s
         WHERE s.authority_id = :authority_id AND s.status IN ('open', 'closing')
           AND (:consortium_id IS NULL OR EXISTS (
                SELECT FROM consortium_membership m
                 WHERE m.authority_id = :authority_id AND m.school_urn = s.urn
                   AND m.consortium_id = :consortium_id AND m.starts_on <= :today
                   AND (m.ends_on IS NULL OR m.ends_on > :today)))
    )
"""
"""The schools whose needs are planned: members of the consortium, or all schools of the authority."""

SCHOOLS = """
    WITH $scope
    SELECT s.urn, s.trust_uid, s.federation_uid, s.easting, s.northing, s.pupils, s.percentage_fsm, s.urban_rural,
           scope.urn IS NOT NULL AS inside,
           ARRAY(SELECT m.consortium_id::text FROM consortium_membership m
                  WHERE m.authority_id = :authority_id AND m.school_urn = s.urn AND m.starts_on <= :today
                    AND (m.ends_on IS NULL OR m.ends_on > :today) ORDER BY 1) AS consortia
      FROM school s LEFT JOIN scope ON scope.urn = s.urn
     WHERE s.authority_id = :authority_id AND s.status IN ('open', 'closing')
     ORDER BY s.urn
"""

NEEDS = """
    WITH $scope
    SELECT n.id, n.school_urn, n.phase, n.theme, n.urgency, n.days, n.starts_on, n.ends_on, n.terms,
           n.posted_at, n.visible_to_authority_from IS NOT NULL AND n.visible_to_authority_from <= :today AS
           shown_to_all,
           (SELECT count(*) FROM proposal p
             WHERE p.authority_id = :authority_id AND p.need_id = n.id AND p.state IN ('declined', 'lapsed')
               AND NOT EXISTS (SELECT FROM proposal later
                                WHERE later.authority_id = :authority_id AND later.need_id = n.id
                                  AND later.state = 'agreed' AND later.proposed_at > p.proposed_at)) AS declines
      FROM need n JOIN scope ON scope.urn = n.school_urn
     WHERE n.authority_id = :authority_id AND n.state IN ('open', 'proposed') AND n.posted_at IS NOT NULL
     ORDER BY n.id
"""

OFFERS = """
    WITH $scope, reviewed AS (
        SELECT p.supporting_urn AS urn, count(*) AS reviews, count(*) FILTER (WHERE r.again = 'yes') AS good
          FROM review r JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = r.agreement_id
         WHERE r.authority_id = :authority_id AND r.side = 'requesting' GROUP BY p.supporting_urn
    ), carried AS (
        SELECT urn, sum(days) AS days FROM (
            SELECT p.supporting_urn AS urn, v.days FROM visit v
              JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = v.agreement_id
             WHERE v.authority_id = :authority_id AND v.state = 'recorded' AND v.visit_on >= :burden_since
            UNION ALL
            SELECT supporting_urn, days - days_used FROM support_agreement
             WHERE authority_id = :authority_id AND state IN ('preparing', 'active')
        ) given GROUP BY urn
    ), asked AS (
        SELECT supporting_urn AS urn, max(proposed_at)::date AS on_day
          FROM proposal WHERE authority_id = :authority_id GROUP BY supporting_urn
    ), others AS (
        SELECT p.offer_id, sum(p.days) AS days, count(*) AS places
          FROM proposal p JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
         WHERE p.authority_id = :authority_id
           AND p.state IN ('proposed', 'to_release') AND p.respond_by >= :today
           AND n.school_urn NOT IN (SELECT urn FROM scope) GROUP BY p.offer_id
    )
    SELECT o.id, o.school_urn, o.phases, o.starts_on, o.ends_on, o.terms, o.travel_miles, o.designation,
           o.designation_until, o.confirmed_on, o.appetite, o.state,
           greatest(o.days_total - o.days_taken - coalesce(others.days, 0), 0) AS days_left,
           greatest(o.engagements_max - o.engagements_taken - coalesce(others.places, 0), 0) AS places_left,
           o.visible_to_authority_from IS NOT NULL AND o.visible_to_authority_from <= :today AS shown_to_all,
           scope.urn IS NOT NULL AS inside, asked.on_day AS last_asked_on, carried.days AS carried,
           coalesce(reviewed.reviews, 0) AS reviews, coalesce(reviewed.good, 0) AS reviews_good,
           (SELECT jsonb_object_agg(t.theme, btrim(t.evidence) <> '') FROM offer_theme t
             WHERE t.authority_id = :authority_id AND t.offer_id = o.id) AS themes
      FROM offer o
      LEFT JOIN scope ON scope.urn = o.school_urn
      LEFT JOIN reviewed ON reviewed.urn = o.school_urn
      LEFT JOIN carried ON carried.urn = o.school_urn
      LEFT JOIN asked ON asked.urn = o.school_urn
      LEFT JOIN others ON others.offer_id = o.id
      JOIN school s ON s.authority_id = :authority_id AND s.urn = o.school_urn AND s.status IN ('open', 'closing')
     WHERE o.authority_id = :authority_id AND o.posted_at IS NOT NULL
       AND (o.state = 'live' AND o.appetite <> 'no' AND (:consortium_id IS NULL OR scope.urn IS NOT NULL
            OR (o.visible_to_authority_from IS NOT NULL AND o.visible_to_authority_from <= :today))
            OR o.id IN (SELECT p.offer_id FROM proposal p
                         WHERE p.authority_id = :authority_id
                           AND p.state IN ('proposed', 'to_release') AND p.respond_by >= :today
                           AND p.requesting_urn IN (SELECT urn FROM scope)))
     ORDER BY o.id
"""
"""The offers that leads of the scope may see, and those already proposed for its needs.

Days in use by proposals for needs outside the scope are subtracted, so that no day is planned twice.
"""

UNDER_WAY = """
    WITH $scope
    SELECT p.need_id, p.offer_id, p.days,
           p.proposed_as <> 'leader' OR p.state = 'to_release' OR p.requesting_accepted_at IS NOT NULL
           OR p.supporting_accepted_at IS NOT NULL AS said_yes,
           pair_obstacles(:authority_id, p.need_id, p.offer_id, :today, p.starts_on, NULL, NULL)
           <@ CASE WHEN p.interest_reason IS NULL THEN '{}'::text[] ELSE ARRAY['interest'] END AS possible
      FROM proposal p JOIN scope ON scope.urn = p.requesting_urn
     WHERE p.authority_id = :authority_id
       AND p.state IN ('proposed', 'to_release') AND p.respond_by >= :today
     ORDER BY p.need_id, p.state = 'to_release' DESC,
              (p.requesting_accepted_at IS NOT NULL)::int + (p.supporting_accepted_at IS NOT NULL)::int DESC,
              p.proposed_at, p.id
"""
"""Proposals in progress; for each need the one closest to acceptance first.

A pair stays if a school accepted or proposed it. A pair that leads proposed and nobody has answered may be
moved.
"""

DECLINED = """
    WITH $scope
    SELECT DISTINCT p.need_id, p.offer_id
      FROM proposal p JOIN scope ON scope.urn = p.requesting_urn
     WHERE p.authority_id = :authority_id
       AND ((p.state IN ('declined', 'lapsed') OR p.state IN ('proposed', 'to_release') AND p.respond_by < :today)
            AND p.proposed_at >= :term_began OR p.not_again_before > :today)
     ORDER BY 1, 2
"""

CONSTRAINTS = """
    WITH $scope
    SELECT w.need_id, w.offer_id, w.kind
      FROM plan_constraint w
      JOIN need n ON n.authority_id = :authority_id AND n.id = w.need_id
      JOIN scope ON scope.urn = n.school_urn
     WHERE w.authority_id = :authority_id AND w.lifted_at IS NULL
       AND (w.kind <> 'pin' OR NOT EXISTS (
            SELECT FROM proposal said
             WHERE said.authority_id = :authority_id AND said.need_id = w.need_id AND said.offer_id = w.offer_id
               AND said.state IN ('declined', 'lapsed') AND said.proposed_at >= w.made_at))
     ORDER BY w.need_id, w.offer_id
"""
"""Pins and forbids in force. A pin ends when its partner declines."""

CURRENT = """
    SELECT place.need_id, place.offer_id
      FROM plan_assignment place
     WHERE place.authority_id = :authority_id AND place.run_id = :starts_from AND place.offer_id IS NOT NULL
     ORDER BY place.need_id
"""

BARRIERS = """
    SELECT school_urn, other_urn, 'excluded' AS what FROM school_exclusion
     WHERE authority_id = :authority_id AND lifted_at IS NULL
    UNION
    SELECT school_urn, other_urn, 'interest' FROM declared_interest
     WHERE authority_id = :authority_id AND ended_at IS NULL AND school_urn IS NOT NULL
    UNION
    SELECT a.school_urn, i.other_urn, 'interest'
      FROM declared_interest i JOIN role_assignment a ON a.authority_id = :authority_id AND a.person_id = i.person_id
     WHERE i.authority_id = :authority_id AND i.ended_at IS NULL AND a.school_urn <> i.other_urn
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
    ORDER BY 1, 2, 3
"""

SUSPENSION = """
    SELECT school_urn FROM school_support_suspension
     WHERE authority_id = :authority_id AND lifted_at IS NULL AND (until_on IS NULL OR until_on >= :today)
"""


class SchoolInput(msgspec.Struct, frozen=True):
    """An open school of the authority; `inside` if its needs are planned. `consortia` are ids as text."""

    urn: int
    trust_uid: str | None
    federation_uid: str | None
    easting: int | None
    northing: int | None
    pupils: int | None
    percentage_fsm: Decimal | None
    urban_rural: str | None
    inside: bool
    consortia: list[str]


class NeedInput(msgspec.Struct, frozen=True):
    """An open need; `declines` counts the partners that declined in a row."""

    id: UUID
    school_urn: int
    phase: str
    theme: str
    urgency: str
    days: Decimal | None
    starts_on: date | None
    ends_on: date | None
    terms: list[str]
    posted_at: datetime
    shown_to_all: bool
    declines: int


class OfferInput(msgspec.Struct, frozen=True):
    """An offer with what is left of it, what its school gave lately (`carried`), and its reviews."""

    id: UUID
    school_urn: int
    phases: list[str]
    starts_on: date | None
    ends_on: date | None
    terms: list[str]
    travel_miles: int | None
    designation: str | None
    designation_until: date | None
    confirmed_on: date | None
    appetite: str
    state: str
    days_left: Decimal
    places_left: int
    shown_to_all: bool
    inside: bool
    last_asked_on: date | None
    carried: Decimal | None
    reviews: int
    reviews_good: int
    themes: dict[str, bool] | None


class ProposalInput(msgspec.Struct, frozen=True):
    """A proposal in progress: whether a school has accepted it, and whether it could still be agreed."""

    need_id: UUID
    offer_id: UUID
    days: Decimal
    said_yes: bool
    possible: bool


class PairInput(msgspec.Struct, frozen=True):
    """A need and an offer."""

    need_id: UUID
    offer_id: UUID


class ConstraintInput(PairInput, frozen=True):
    """A pin or forbid in force."""

    kind: Literal["pin", "forbid"]


class BarrierInput(msgspec.Struct, frozen=True):
    """Two schools that are kept apart."""

    school_urn: int
    other_urn: int
    what: Literal["excluded", "interest"]


@dataclass(frozen=True, slots=True)
class ProblemScope:
    """What a plan is made for (None: the whole authority), from which plan it starts, and the dates that count."""

    authority_id: int
    consortium_id: UUID | None
    starts_from: UUID | None
    today: date
    burden_since: date
    term_began: date

    def values(self) -> dict[str, object]:
        """The parameters of the statements."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class ProblemRows:
    """All input rows of a plan."""

    schools: list[SchoolInput]
    needs: list[NeedInput]
    offers: list[OfferInput]
    under_way: list[ProposalInput]
    declined: list[PairInput]
    wishes: list[ConstraintInput]
    standing: list[PairInput]
    barriers: list[BarrierInput]
    suspension: list[int]


TYPED: tuple[BindParameter[UUID] | BindParameter[date], ...] = (
    *(bindparam(name, type_=Uuid) for name in ("consortium_id", "starts_from")),
    *(bindparam(name, type_=Date) for name in ("today", "burden_since", "term_began")),
)
InputRow = TypeVar("InputRow")


def _read(sql: str, row: Callable[..., InputRow]) -> Read[InputRow]:
    statement = text(sql.replace("$scope", SCOPE.strip()))
    return Read(statement.bindparams(*(one for one in TYPED if f":{one.key}" in statement.text)), row)


READ_SCHOOLS = _read(SCHOOLS, SchoolInput)
READ_NEEDS = _read(NEEDS, NeedInput)
READ_OFFERS = _read(OFFERS, OfferInput)
READ_UNDER_WAY = _read(UNDER_WAY, ProposalInput)
READ_DECLINED = _read(DECLINED, PairInput)
READ_CONSTRAINTS = _read(CONSTRAINTS, ConstraintInput)
READ_CURRENT = _read(CURRENT, PairInput)
READ_BARRIERS = _read(BARRIERS, BarrierInput)
READ_SUSPENSION = _read(SUSPENSION, int)


async def load_problem_rows(session: AsyncSession, scope: ProblemScope) -> ProblemRows:
    """Load all input rows of a plan, in nine statements."""
    values = scope.values()
    return ProblemRows(
        schools=await fetch_all(session, READ_SCHOOLS, values),
        needs=await fetch_all(session, READ_NEEDS, values),
        offers=await fetch_all(session, READ_OFFERS, values),
        under_way=await fetch_all(session, READ_UNDER_WAY, values),
        declined=await fetch_all(session, READ_DECLINED, values),
        wishes=await fetch_all(session, READ_CONSTRAINTS, values),
        standing=await fetch_all(session, READ_CURRENT, values),
        barriers=await fetch_all(session, READ_BARRIERS, values),
        suspension=await fetch_all(session, READ_SUSPENSION, values),
    )
