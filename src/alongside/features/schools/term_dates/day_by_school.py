"""One day for each school, where some schools have a calendar of their own: in Python and as SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Integer,
    SQLColumnExpression,
    bindparam,
    func,
    literal,
    select,
)


@dataclass(frozen=True, slots=True)
class DayBySchool:
    """One day for each school: `shared` by the authority's calendar, `own` where a school's own calendar differs."""

    shared: date
    own: Mapping[int, date]

    def of(self, urn: int) -> date:
        """The day for this school."""
        return self.own.get(urn, self.shared)

    def parameters(self, prefix: str = "") -> dict[str, object]:
        """The parameters of `day_of_school`."""
        own = {"own_urns": list(self.own), "own_days": list(self.own.values())}
        return {f"{prefix}{name}": value for name, value in {"day": self.shared, **own}.items()}

    def in_sql(self, urn: SQLColumnExpression[int | None]) -> ColumnElement[date]:
        """The day of the school with this URN as an SQL expression."""
        own_urns, own_days = list(self.own), list(self.own.values())
        return _own_or_shared(
            urn,
            literal(self.shared, Date),
            literal(own_urns, ARRAY(Integer)),
            literal(own_days, ARRAY(Date)),
        )


def day_of_school(urn: SQLColumnExpression[int | None], prefix: str = "") -> ColumnElement[date]:
    """SQL expression for the day of the school with this URN, from the parameters of a DayBySchool."""
    return _own_or_shared(
        urn,
        bindparam(f"{prefix}day", type_=Date),
        bindparam(f"{prefix}own_urns", type_=ARRAY(Integer)),
        bindparam(f"{prefix}own_days", type_=ARRAY(Date)),
    )


def _own_or_shared(
    urn: SQLColumnExpression[int | None],
    shared: ColumnElement[date],
    own_urns: ColumnElement[Sequence[int]],
    own_days: ColumnElement[Sequence[date]],
) -> ColumnElement[date]:
    own = func.unnest(own_urns, own_days).table_valued("urn", "day").render_derived("own")
    return func.coalesce(select(own.c.day).where(own.c.urn == urn).scalar_subquery(), shared)
