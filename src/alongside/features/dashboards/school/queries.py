"""Queries of a school's home page, one statement per list."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.reminders import due_after
from alongside.features.authorities.calendar import Calendar
from alongside.features.authorities.settings import Clocks
from alongside.platform.access.principal import Principal

WAITING = text(
    """
    SELECT * FROM (
        SELECT 'Answer a proposal' AS act, n.title, other.name AS school, p.respond_by AS due_on,
               '/proposals/' || p.id AS path
          FROM proposal p
          JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          JOIN school other ON other.authority_id = :authority_id
           AND other.urn = CASE WHEN p.requesting_urn = :urn THEN p.supporting_urn ELSE p.requesting_urn END
         WHERE p.authority_id = :authority_id AND p.state = 'proposed' AND p.respond_by >= :today
           AND ((p.requesting_urn = :urn AND p.requesting_accepted_at IS NULL)
                OR (p.supporting_urn = :urn AND p.supporting_accepted_at IS NULL))
        UNION ALL
        SELECT 'Release a leader', n.title, asking.name, p.respond_by, '/proposals/' || p.id
          FROM proposal p
          JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          JOIN school asking ON asking.authority_id = :authority_id AND asking.urn = p.requesting_urn
         WHERE p.authority_id = :authority_id AND p.state = 'to_release' AND p.supporting_urn = :urn
           AND p.respond_by >= :today
        UNION ALL
        SELECT 'Confirm a draft', n.title, 'drafted for your school', NULL, '/needs/' || n.id
          FROM need n
         WHERE n.authority_id = :authority_id AND n.school_urn = :urn AND n.state = 'to_confirm'
        UNION ALL
        SELECT 'Answer a need addressed to you', n.title, asking.name, NULL, '/needs/' || n.id
          FROM need n
          JOIN school asking ON asking.authority_id = :authority_id AND asking.urn = n.school_urn
         WHERE n.authority_id = :authority_id AND n.addressed_urn = :urn AND n.state = 'open'
        UNION ALL
        SELECT 'Write the aims and sign', n.title, other.name, p.agreed_on,
               '/agreements/' || p.id
          FROM support_agreement p
          JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          JOIN school other ON other.authority_id = :authority_id
           AND other.urn = CASE WHEN p.requesting_urn = :urn THEN p.supporting_urn ELSE p.requesting_urn END
         WHERE p.authority_id = :authority_id AND p.state = 'preparing'
           AND ((p.requesting_urn = :urn AND p.requesting_signed_at IS NULL)
                OR (p.supporting_urn = :urn AND p.supporting_signed_at IS NULL))
        UNION ALL
        SELECT 'Record a visit', n.title, asking.name, v.record_due_on, '/agreements/' || p.id
          FROM visit v
          JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = v.agreement_id
          JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          JOIN school asking ON asking.authority_id = :authority_id AND asking.urn = p.requesting_urn
         WHERE v.authority_id = :authority_id AND v.state = 'planned' AND v.visit_on <= :today
           AND :urn IN (p.requesting_urn, p.supporting_urn)
        UNION ALL
        SELECT 'Give your closing review', n.title, other.name, p.ends_on, '/agreements/' || p.id
          FROM support_agreement p
          JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          JOIN school other ON other.authority_id = :authority_id
           AND other.urn = CASE WHEN p.requesting_urn = :urn THEN p.supporting_urn ELSE p.requesting_urn END
         WHERE p.authority_id = :authority_id AND p.state = 'active' AND p.ends_on <= :today
           AND :urn IN (p.requesting_urn, p.supporting_urn)
           AND NOT EXISTS (SELECT FROM review r WHERE r.authority_id = :authority_id
                            AND r.agreement_id = p.id AND r.kind = 'closing'
                            AND r.side = CASE WHEN p.requesting_urn = :urn THEN 'requesting' ELSE 'supporting' END)
        UNION ALL
        SELECT 'Put an entry right', e.title, 'came back with a reason', NULL, '/directory/' || e.id
          FROM directory_entry e
         WHERE e.authority_id = :authority_id AND e.school_urn = :urn AND e.state = 'returned'
        UNION ALL
        SELECT 'Say yes to an entry about your agreement', e.title, other.name, NULL,
               '/directory/' || e.id || '/consent'
          FROM directory_entry e
          JOIN school other ON other.authority_id = :authority_id
           AND other.urn = CASE WHEN e.school_urn = :urn THEN e.partner_urn ELSE e.school_urn END
         WHERE e.authority_id = :authority_id AND e.state IN ('draft', 'returned', 'review_due')
           AND e.partner_urn IS NOT NULL AND :urn IN (e.school_urn, e.partner_urn)
           AND NOT EXISTS (SELECT FROM entry_consent c WHERE c.authority_id = :authority_id
                            AND c.entry_id = e.id AND c.school_urn = :urn AND c.edition >= e.edition)
           AND (e.partner_urn = :urn OR e.edition > 1)
        UNION ALL
        SELECT 'Say whether your offer still holds', o.title, 'nobody sees it until you do', NULL,
               '/offers/' || o.id
          FROM offer o
         WHERE o.authority_id = :authority_id AND o.school_urn = :urn AND o.appetite <> 'no'
           AND (o.state = 'paused' OR (o.state = 'live' AND o.confirmed_on < :fresh_since))
        UNION ALL
        SELECT 'Say whether you can offer this again', o.title, 'not this year, you said', o.ask_again_on,
               '/offers/' || o.id
          FROM offer o
         WHERE o.authority_id = :authority_id AND o.school_urn = :urn AND o.appetite = 'no'
           AND o.state IN ('live', 'paused', 'exhausted') AND o.ask_again_on <= :today
    ) waiting ORDER BY due_on NULLS LAST, act LIMIT 50
    """
)

GIVEN_AND_GOT = text(
    """
    SELECT coalesce(sum(visited.days) FILTER (WHERE p.supporting_urn = :urn), 0) AS given,
           coalesce(sum(visited.days) FILTER (WHERE p.requesting_urn = :urn), 0) AS got,
           count(*) FILTER (WHERE p.state IN ('preparing', 'active')) AS running,
           (SELECT count(*) FROM need n WHERE n.authority_id = :authority_id AND n.school_urn = :urn
             AND n.state IN ('open', 'proposed', 'paused')) AS open_needs,
           (SELECT coalesce(sum(o.days_total - o.days_taken), 0) FROM offer o
             WHERE o.authority_id = :authority_id AND o.school_urn = :urn AND o.state = 'live') AS days_left
      FROM support_agreement p
      LEFT JOIN LATERAL (
          SELECT sum(v.days) AS days FROM visit v
           WHERE v.authority_id = :authority_id AND v.agreement_id = p.id AND v.state = 'recorded'
             AND v.visit_on >= :year_began AND v.visit_on <= :today) visited ON true
     WHERE p.authority_id = :authority_id AND (p.supporting_urn = :urn OR p.requesting_urn = :urn)
    """
)

RUNNING = text(
    """
    SELECT p.id, p.state, p.days, p.days_used, p.ends_on, n.title, other.name AS school,
           p.supporting_urn = :urn AS giving
      FROM support_agreement p
      JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
      JOIN school other ON other.authority_id = :authority_id
       AND other.urn = CASE WHEN p.requesting_urn = :urn THEN p.supporting_urn ELSE p.requesting_urn END
     WHERE p.authority_id = :authority_id AND (p.supporting_urn = :urn OR p.requesting_urn = :urn)
       AND p.state IN ('preparing', 'active')
     ORDER BY p.ends_on, p.id LIMIT 20
    """
)


class Waiting(NamedTuple):
    """A task of a school: what, about what, with whom, due date (None: no deadline) and path."""

    act: str
    title: str
    school: str
    due_on: date | None
    path: str


async def waiting_for(
    session: AsyncSession, person: Principal, fresh_since: date, calendar: Calendar, clocks: Clocks
) -> list[Waiting]:
    """The tasks of this school, soonest first.

    Signatures and reviews are due some school days after the row's date, by the authority's settings.
    """
    found = (await session.execute(WAITING, _own(person) | {"fresh_since": fresh_since})).all()
    days = {"Write the aims and sign": clocks.agreement_due, "Give your closing review": clocks.review_due}
    waiting = [
        Waiting(
            row.act,
            row.title,
            row.school,
            due_after(calendar, row.due_on, days[row.act]) if row.act in days else row.due_on,
            row.path,
        )
        for row in found
    ]
    return sorted(waiting, key=lambda one: (one.due_on is None, one.due_on or date.max, one.act))


async def given_and_got(session: AsyncSession, person: Principal, year_began: date) -> Row[Any]:
    """Days of visits given and received since a day, running agreements, open needs, and days still offered."""
    return (await session.execute(GIVEN_AND_GOT, _own(person) | {"year_began": year_began})).one()


async def running_agreements(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """This school's agreements that are in preparation or running."""
    return (await session.execute(RUNNING, _own(person))).all()


def _own(person: Principal) -> dict[str, Any]:
    return {"authority_id": person.authority_id, "urn": person.school_urn, "today": person.today}
