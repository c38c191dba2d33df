"""Reports on a year’s categories: distribution by phase and consortium, movement since the year before, differences."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Integer, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.categories.access_policy import identify_requester
from alongside.features.categories.labels import category_label
from alongside.features.categories.row import CategoryRow
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all

DECIDED = "('notified', 'appealed', 'heard', 'in_force', 'superseded')"


class Counted(msgspec.Struct, frozen=True):
    """How many schools of one phase and consortium have one category."""

    phase: str
    consortium: str
    category: str | None
    schools: int


class Moved(msgspec.Struct, frozen=True):
    """How many schools went from one category to another since the year before."""

    phase: str
    before: str | None
    after: str | None
    schools: int


_CATEGORY = "CASE WHEN {0}.narrative THEN NULL ELSE coalesce({0}.category, {0}.category_heard, {0}.category_agreed) END"
DISTRIBUTION = Read(
    text(
        f"""
        SELECT s.phase, coalesce(c.name, 'No consortium') AS consortium, {_CATEGORY.format("s")} AS category, count(*)
          FROM support_category s
          LEFT JOIN consortium c ON c.authority_id = s.authority_id AND c.id = s.consortium_id
         WHERE s.authority_id = :authority_id AND s.academic_year = :year AND s.state IN {DECIDED}
         GROUP BY 1, 2, 3 ORDER BY 1, 2
        """  # noqa: S608  (only our own constants are put in)
    ).bindparams(bindparam("authority_id", type_=Integer), bindparam("year", type_=Text)),
    Counted,
)
MOVEMENT = Read(
    text(
        f"""
        SELECT now.phase, {_CATEGORY.format("before")} AS before, {_CATEGORY.format("now")} AS after, count(*)
          FROM support_category now
          JOIN support_category before ON before.authority_id = now.authority_id AND before.phase = now.phase
           AND before.school_urn = now.school_urn AND before.academic_year = :earlier AND before.state IN {DECIDED}
         WHERE now.authority_id = :authority_id AND now.academic_year = :year AND now.state IN {DECIDED}
         GROUP BY 1, 2, 3 ORDER BY 1
        """  # noqa: S608  (only our own constants are put in)
    ).bindparams(
        bindparam("authority_id", type_=Integer),
        bindparam("year", type_=Text),
        bindparam("earlier", type_=Text),
    ),
    Moved,
)


@dataclass(frozen=True, slots=True)
class Distribution:
    """A table: a row for each phase and consortium, a column for each category."""

    heads: Sequence[str]
    rows: Sequence[tuple[str, str, Sequence[int]]]


def earlier_year(year: str) -> str:
    """Return the academic year before another: 2025-26 before 2026-27."""
    first = int(year[:4]) - 1
    return f"{first}-{(first + 1) % 100:02d}"


def next_year(year: str) -> str:
    """Return the academic year after another: 2026-27 after 2025-26."""
    first = int(year[:4]) + 1
    return f"{first}-{(first + 1) % 100:02d}"


async def distribution(session: AsyncSession, person: Principal, year: str) -> Distribution:
    """Return how many schools have each category, by phase and consortium, as far as a person reads them."""
    await identify_requester(session, person)
    found = await fetch_all(session, DISTRIBUTION, {"authority_id": person.authority_id, "year": year})
    keys: list[str | None] = [*ordered_keys(person.authority_id), None]
    counts = {(one.phase, one.consortium, one.category): one.schools for one in found}
    groups = sorted({(one.phase, one.consortium) for one in found})
    return Distribution(
        [category_label(person.authority_id, key) for key in keys],
        [(phase, name, [counts.get((phase, name, key), 0) for key in keys]) for phase, name in groups],
    )


async def movement(
    session: AsyncSession, person: Principal, year: str
) -> list[tuple[str, str, str, str, int]]:
    """Return phase, category before, category now, direction and number of schools, largest group first."""
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "year": year, "earlier": earlier_year(year)}
    found = await fetch_all(session, MOVEMENT, values)
    entries = settings_of(person.authority_id).categories
    order = {key: one.order for key, one in entries.items()}

    def direction(one: Moved) -> str:
        if one.before is None or one.after is None:
            return "In words"
        change = order.get(one.after, 0) - order.get(one.before, 0)
        return "Unchanged" if one.before == one.after else "More support" if change > 0 else "Less support"

    return [
        (
            one.phase,
            category_label(person.authority_id, one.before),
            category_label(person.authority_id, one.after),
            direction(one),
            one.schools,
        )
        for one in sorted(found, key=lambda one: (one.phase, -one.schools, str(one.before), str(one.after)))
    ]


def ordered_keys(authority_id: int) -> list[str]:
    """Return the keys of all categories, least support first."""
    entries = settings_of(authority_id).categories
    return sorted(entries, key=lambda key: entries[key].order)


DIFFERENCE_HEADS = (
    "URN",
    "School",
    "Phase",
    "Proposed",
    "Moderated",
    "Reason of the panel",
    "Agreed",
    "Reason of the board",
    "After appeal",
    "Reason after appeal",
)


def difference_cells(row: CategoryRow) -> tuple[object, ...]:
    """Return a row of the list of differences, in the order of its headings."""
    return (
        row.school_urn,
        row.school,
        row.phase,
        row.named(row.category_proposed),
        row.named(row.category_moderated) if row.moderated_on else "",
        row.reasons_moderated,
        row.named(row.category_agreed) if row.agreed_on else "",
        row.reasons_agreed,
        row.named(row.category_heard) if row.heard_on else "",
        row.reasons_heard,
    )


LIST_HEADS = (
    "URN",
    "School",
    "Phase",
    "Consortium",
    "Year",
    "State",
    "Category",
    "Advisory",
    "Notified",
    "In force",
)


def list_cells(row: CategoryRow) -> tuple[object, ...]:
    """Return a row of the list of categories, in the order of its headings."""
    return (
        row.school_urn,
        row.school,
        row.phase,
        row.consortium or "",
        row.academic_year,
        row.state_label,
        row.label,
        "yes" if row.advisory else "no",
        row.notified_on or "",
        row.in_force_on or "",
    )
