"""Live figures of schools, and the published national and authority figures beside them."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.database.reads import Read, fetch_all


@dataclass(frozen=True, slots=True)
class Figure:
    """The live figure of one school, measure and academic year.

    `status` is a key of `statuses.STATUSES`; `value` is None unless it is published. `numerator` and `denominator` are
    numbers of pupils where the table has them. `from_urn` is the URN of the predecessor to which it was published.
    """

    school_urn: int
    measure: str
    academic_year: str
    status: str
    provisional: bool
    value: Decimal | None
    numerator: int | None
    denominator: int | None
    from_urn: int | None
    import_id: UUID


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A published figure of the country (`level` “national”) or the authority (“authority”).

    `phase` says of which schools: all, primary, secondary or special.
    """

    level: str
    phase: str
    measure: str
    academic_year: str
    status: str
    provisional: bool
    value: Decimal | None
    import_id: UUID


FIGURES = Read(
    text(
        """
    SELECT f.school_urn, f.measure, f.academic_year, f.status, i.release = 'provisional', f.value, f.numerator,
           f.denominator, nullif(f.published_urn, f.school_urn), f.import_id
      FROM performance_figure f
      JOIN performance_import i ON i.authority_id = f.authority_id AND i.id = f.import_id
     WHERE f.authority_id = (SELECT security.authority_id()) AND f.superseded_by IS NULL
       AND (:urns IS NULL OR f.school_urn = ANY (:urns))
       AND f.measure = ANY (:measures) AND f.academic_year = ANY (:years)
     ORDER BY f.school_urn, f.measure, f.academic_year
    """
    ).bindparams(
        bindparam("urns", type_=ARRAY(Integer)),
        bindparam("measures", type_=ARRAY(Text)),
        bindparam("years", type_=ARRAY(Text)),
    ),
    Figure,
    plan_each_time=True,
)

BENCHMARKS = Read(
    text(
        """
    SELECT b.level, b.phase, b.measure, b.academic_year, b.status, i.release = 'provisional', b.value, b.import_id
      FROM performance_benchmark b
      JOIN performance_import i ON i.authority_id = b.authority_id AND i.id = b.import_id
     WHERE b.authority_id = (SELECT security.authority_id()) AND b.superseded_by IS NULL
       AND b.measure = ANY (:measures) AND b.academic_year = ANY (:years)
     ORDER BY b.measure, b.academic_year, b.level, b.phase
    """
    ).bindparams(bindparam("measures", type_=ARRAY(Text)), bindparam("years", type_=ARRAY(Text))),
    Benchmark,
)


async def figures_of(
    session: AsyncSession,
    *,
    urns: Collection[int] | None,
    measures: Collection[str],
    years: Collection[str],
) -> list[Figure]:
    """Return the live figures that the requester may read (`access_policy.identify_requester` comes first).

    `urns` are schools, None for all; `measures` keys of the catalogue; `years` academic years (“2024-25”). The order
    is that of URN, measure and year.
    """
    values = {
        "urns": None if urns is None else sorted(urns),
        "measures": sorted(measures),
        "years": sorted(years),
    }
    return await fetch_all(session, FIGURES, values)


async def benchmarks_of(
    session: AsyncSession, *, measures: Collection[str], years: Collection[str]
) -> list[Benchmark]:
    """Return the live national and authority figures of these measures and academic years."""
    return await fetch_all(session, BENCHMARKS, {"measures": sorted(measures), "years": sorted(years)})
