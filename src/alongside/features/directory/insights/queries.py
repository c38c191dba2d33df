"""The four lists of the health page, each limited to the scope of the person who verifies."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Date, Integer, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.insights.models import KEPT_DAYS
from alongside.features.directory.models import LISTED
from alongside.platform.access.authorisation import schools_within
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all

FEWEST = 3
"""Fewest people before a search is shown: fewer would reveal who searched."""

SOON_DAYS = 60


class MissedSearch(msgspec.Struct, frozen=True):
    """Words of searches without results, the number of people who looked for them, and the last date."""

    words: str
    people: int
    last_on: date


class ExpiringEntry(msgspec.Struct, frozen=True):
    """A listed entry that is due for review, or must be finished, on a date; `school` is None for a resource."""

    id: UUID
    title: str
    school: str | None
    kind: str
    state: str
    ends_on: date | None


class ThemeBalance(msgspec.Struct, frozen=True):
    """The numbers of open needs and of entries on a theme."""

    theme: str
    needs: int
    entries: int


class EntryResult(msgspec.Struct, frozen=True):
    """The needs, agreements and visits that followed an entry, and how many schools say that it worked."""

    id: UUID
    title: str
    school: str
    needs: int
    agreements: int
    visits: int
    uses_yes: int


@dataclass(frozen=True, slots=True)
class Health:
    """The four lists of the health page."""

    missed: list[MissedSearch]
    expiring: list[ExpiringEntry]
    by_theme: list[ThemeBalance]
    results: list[EntryResult]


MISSES = Read(
    text(
        f"""
    SELECT words, count(*) AS people, max(last_on) AS last_on FROM zero_result_search
     WHERE authority_id = :authority_id AND last_on > :since
     GROUP BY words HAVING count(*) >= {FEWEST} ORDER BY people DESC, words LIMIT 25
    """  # noqa: S608  (a constant number)
    ).bindparams(bindparam("since", type_=Date)),
    MissedSearch,
)

EXPIRING = Read(
    text(
        f"""
    SELECT e.id, e.title, s.name AS school, e.kind, e.state,
           CASE WHEN e.kind = 'work_in_progress' THEN least(e.convert_by_on, e.review_due_on)
                ELSE e.review_due_on END AS ends_on
      FROM directory_entry e LEFT JOIN school s ON s.authority_id = :authority_id AND s.urn = e.school_urn
     WHERE e.authority_id = :authority_id AND e.state IN {LISTED}
       AND (CAST(:urns AS integer[]) IS NULL OR e.school_urn = ANY (:urns))
       AND (e.state = 'review_due' OR e.review_due_on <= :soon OR e.convert_by_on <= :soon)
     ORDER BY ends_on, e.id LIMIT 25
    """  # noqa: S608  (constant states)
    ).bindparams(bindparam("urns", type_=ARRAY(Integer)), bindparam("soon", type_=Date)),
    ExpiringEntry,
)

MEETING = Read(
    text(
        f"""
    WITH needs AS (
        SELECT theme, count(*) AS needs FROM need
         WHERE authority_id = :authority_id AND state IN ('open', 'proposed', 'unmet')
           AND (CAST(:urns AS integer[]) IS NULL OR school_urn = ANY (:urns)) GROUP BY theme
    ), practice AS (
        SELECT theme, count(*) AS entries FROM directory_entry, unnest(themes) AS theme
         WHERE authority_id = :authority_id AND state IN {LISTED}
           AND (CAST(:urns AS integer[]) IS NULL OR school_urn = ANY (:urns) OR partner_urn = ANY (:urns)
                OR visible_to_authority_from <= :today) GROUP BY theme
    )
    SELECT theme, coalesce(needs, 0) AS needs, coalesce(entries, 0) AS entries
      FROM needs FULL JOIN practice USING (theme)
    """  # noqa: S608  (constant states)
    ).bindparams(bindparam("urns", type_=ARRAY(Integer)), bindparam("today", type_=Date)),
    ThemeBalance,
)

CAME_OF = Read(
    text(
        f"""
    SELECT e.id, e.title, s.name AS school, count(DISTINCT n.id) AS needs, count(DISTINCT p.id) AS agreements,
           count(DISTINCT v.id) AS visits, e.uses_yes
      FROM directory_entry e
      JOIN school s ON s.authority_id = :authority_id AND s.urn = e.school_urn
      LEFT JOIN need n ON n.authority_id = :authority_id AND n.addressed_urn = e.school_urn
       AND n.theme = ANY (e.themes) AND n.created_at >= e.listed_at
      LEFT JOIN support_agreement p ON p.authority_id = :authority_id AND p.need_id = n.id AND p.supporting_urn =
      e.school_urn
      LEFT JOIN visit v ON v.authority_id = :authority_id AND v.agreement_id = p.id AND v.state = 'recorded'
     WHERE e.authority_id = :authority_id AND e.state IN {LISTED}
       AND (CAST(:urns AS integer[]) IS NULL OR e.school_urn = ANY (:urns))
     GROUP BY e.id, e.title, s.name, e.uses_yes
    HAVING count(n.id) > 0 OR e.uses_yes > 0
     ORDER BY visits DESC, agreements DESC, needs DESC, e.uses_yes DESC, e.title LIMIT 25
    """  # noqa: S608  (constant states)
    ).bindparams(bindparam("urns", type_=ARRAY(Integer))),
    EntryResult,
)


async def health_of(session: AsyncSession, person: Principal) -> Health:
    """Searches with no results, entries about to expire, need and practice by theme, and results of entries."""
    schools = schools_within(person, Permission.VERIFY_ENTRY)
    today, here = person.today, {"authority_id": person.authority_id}
    scope = {**here, "urns": None if schools is None else sorted(schools)}
    return Health(
        await fetch_all(session, MISSES, {**here, "since": today - timedelta(days=KEPT_DAYS)}),
        await fetch_all(session, EXPIRING, {**scope, "soon": today + timedelta(days=SOON_DAYS)}),
        await fetch_all(session, MEETING, {**scope, "today": today}),
        await fetch_all(session, CAME_OF, scope),
    )
