"""Queries of the tracker: one row per school in one statement; independent schools only as consortium members."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.categories.access_policy import identify_requester
from alongside.platform.access.authorisation import schools_within
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all

SORTS = {
    "school": "name",
    "needs": "open_needs",
    "age": "oldest_need_on",
    "in": "days_in",
    "out": "days_out",
    "left": "days_left",
    "contact": "last_contact_on",
    "ends": "proposal_due_on",
    "support": "agreements",
}
"""Sort keys of the tracker and their columns."""

TRACKER = """
    WITH member AS (
        SELECT s.urn, s.name, s.phase, s.kind, s.easting, s.northing,
               string_agg(c.name, ', ' ORDER BY c.name) AS consortium
          FROM school s
          LEFT JOIN consortium_membership m ON m.authority_id = :authority_id AND m.school_urn = s.urn
           AND m.starts_on <= :today AND (m.ends_on IS NULL OR m.ends_on > :today)
          LEFT JOIN consortium c ON c.authority_id = :authority_id AND c.id = m.consortium_id
         WHERE s.authority_id = :authority_id AND s.status IN ('open', 'closing')
           AND (s.type_group IS DISTINCT FROM 'Independent schools' OR m.consortium_id IS NOT NULL)
           AND (CAST(:urns AS integer[]) IS NULL OR s.urn = ANY(:urns))
           AND (CAST(:consortium AS uuid) IS NULL OR m.consortium_id = :consortium)
           AND (CAST(:phase AS text) IS NULL OR s.phase = :phase)
           AND (CAST(:q AS text) IS NULL OR folded_matches(s.folded_name, (SELECT folded(CAST(:q AS text)))))
         GROUP BY s.authority_id, s.urn
    ), needs AS (
        SELECT school_urn, count(*) AS open_needs, min(posted_at)::date AS oldest_need_on
          FROM need WHERE authority_id = :authority_id AND state IN ('open', 'proposed') GROUP BY school_urn
    ), offers AS (
        SELECT school_urn, sum(days_total - days_taken) AS days_left
          FROM offer WHERE authority_id = :authority_id AND state = 'live' GROUP BY school_urn
    ), support AS (
        SELECT urn, sum(days_in) AS days_in, sum(days_out) AS days_out FROM (
            SELECT side.urn, CASE WHEN side.urn = p.requesting_urn THEN v.days ELSE 0 END AS days_in,
                   CASE WHEN side.urn = p.supporting_urn THEN v.days ELSE 0 END AS days_out
              FROM visit v
              JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = v.agreement_id
             CROSS JOIN LATERAL unnest(ARRAY[p.requesting_urn, p.supporting_urn]) AS side (urn)
             WHERE v.authority_id = :authority_id AND v.state = 'recorded'
               AND v.visit_on >= :year_began AND v.visit_on <= :today
        ) visited GROUP BY urn
    ), proposed AS (
        SELECT side.urn, count(*) AS proposals, min(p.respond_by) AS due_on
          FROM proposal p CROSS JOIN LATERAL unnest(ARRAY[p.requesting_urn, p.supporting_urn]) AS side (urn)
         WHERE p.authority_id = :authority_id AND p.state IN ('proposed', 'to_release')
           AND p.respond_by >= :today GROUP BY side.urn
    ), agreed AS (
        SELECT side.urn, count(*) AS agreements, count(*) FILTER (WHERE p.state = 'preparing') AS unsigned,
               sum(p.days - p.days_used) FILTER (WHERE side.urn = p.requesting_urn) AS days_to_come
          FROM support_agreement p
         CROSS JOIN LATERAL unnest(ARRAY[p.requesting_urn, p.supporting_urn]) AS side (urn)
         WHERE p.authority_id = :authority_id AND p.state IN ('preparing', 'active') GROUP BY side.urn
    ), contact AS (
        SELECT member.urn, c.last_contact_on,
               c.last_active_on IS NULL OR c.last_active_on < coalesce(own.day, :day) AS quiet
          FROM member
          LEFT JOIN school_contact c ON c.authority_id = :authority_id AND c.urn = member.urn
          LEFT JOIN unnest(CAST(:own_urns AS integer[]), CAST(:own_days AS date[]))
               AS own (urn, day) ON own.urn = member.urn
    )
    , category AS (
        SELECT school_urn, string_agg(category, ',' ORDER BY phase) AS category
          FROM support_category WHERE authority_id = :authority_id AND state = 'in_force' GROUP BY school_urn
    )
    SELECT member.urn, member.name, member.phase, member.kind, member.consortium, category.category,
           member.easting, member.northing,
           coalesce(needs.open_needs, 0) AS open_needs, needs.oldest_need_on,
           coalesce(support.days_in, 0) AS days_in, coalesce(support.days_out, 0) AS days_out,
           coalesce(offers.days_left, 0) AS days_left, contact.last_contact_on, contact.quiet,
           coalesce(proposed.proposals, 0) AS proposals, proposed.due_on AS proposal_due_on,
           coalesce(agreed.agreements, 0) AS agreements, coalesce(agreed.unsigned, 0) AS unsigned,
           coalesce(support.days_in, 0) + coalesce(agreed.days_to_come, 0) AS days_agreed
      FROM member
      LEFT JOIN needs ON needs.school_urn = member.urn
      LEFT JOIN offers ON offers.school_urn = member.urn
      LEFT JOIN support ON support.urn = member.urn
      LEFT JOIN proposed ON proposed.urn = member.urn
      LEFT JOIN agreed ON agreed.urn = member.urn
      JOIN contact ON contact.urn = member.urn
      LEFT JOIN category ON category.school_urn = member.urn
     WHERE (NOT :quiet_only OR contact.quiet)
       AND (CAST(:category AS text) IS NULL OR :category = ANY (string_to_array(category.category, ',')))
     ORDER BY {column} {direction} NULLS LAST, name, urn
     LIMIT 1000
"""


class TrackedSchool(msgspec.Struct, frozen=True):
    """A row of the tracker, as TRACKER selects it; days of this school year, days left on live offers.

    `proposals` wait for an answer, the first until `proposal_due_on`; `unsigned` of the `agreements` are not signed.
    `category` are the keys of the support categories in force that the person can read. `days_agreed` are those
    received this year and those of agreements that are still to come.
    """

    urn: int
    name: str
    phase: str
    kind: str
    consortium: str | None
    category: str | None
    easting: int | None
    northing: int | None
    open_needs: int
    oldest_need_on: date | None
    days_in: Decimal
    days_out: Decimal
    days_left: Decimal
    last_contact_on: date | None
    quiet: bool
    proposals: int
    proposal_due_on: date | None
    agreements: int
    unsigned: int
    days_agreed: Decimal


TRACKERS = {
    (sort, down): Read(
        text(TRACKER.format(column=column, direction="DESC" if down else "ASC")),
        TrackedSchool,
        plan_each_time=True,  # a plan for any number of schools took 140 ms of an authority with 519, this one 26
    )
    for sort, column in SORTS.items()
    for down in (False, True)
}


def _scope(person: Principal) -> dict[str, object]:
    """Query parameters: the person's authority, today and schools."""
    return {"authority_id": person.authority_id, "today": person.today, "urns": _urns(person)}


def _urns(person: Principal) -> list[int] | None:
    """The URNs of the person's schools; None means all, for the core team."""
    schools = schools_within(person, Permission.VIEW_CONSORTIUM_DASHBOARD)
    return None if schools is None else sorted(schools)


async def tracked_schools(
    session: AsyncSession, person: Principal, sort: str, down: bool, values: dict[str, object]
) -> list[TrackedSchool]:
    """Schools in scope with needs, support received and given, days left, contact and category; 1,000 at most."""
    await identify_requester(session, person)
    return await fetch_all(session, TRACKERS[sort, down], _scope(person) | values)


async def selected_schools(
    session: AsyncSession, person: Principal, urns: Collection[int]
) -> list[TrackedSchool]:
    """Those of these schools that are in scope, by name, with what waits for them."""
    scope, within = _scope(person), _urns(person)
    wanted = sorted(urns) if within is None else [urn for urn in within if urn in urns]
    unfiltered: dict[str, object] = {
        **dict.fromkeys(("consortium", "phase", "q", "category")),
        "quiet_only": False,
        "year_began": person.today,
        "day": person.today,
        "own_urns": [],
        "own_days": [],
    }
    await identify_requester(session, person)
    return await fetch_all(session, TRACKERS["school", False], scope | unfiltered | {"urns": wanted})


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures above the tracker."""

    schools: int
    open_needs: int
    days_left: Decimal
    quiet: int


def totals_of(schools: Sequence[TrackedSchool]) -> Totals:
    """The figures of these schools."""
    return Totals(
        len(schools),
        sum(one.open_needs for one in schools),
        sum((one.days_left for one in schools), Decimal(0)),
        sum(one.quiet for one in schools),
    )
