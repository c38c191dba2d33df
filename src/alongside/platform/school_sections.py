"""Sections of a school's page: each feature declares what it shows of a school, and to whom."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    SQLColumnExpression,
    Text,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
)
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.authorisation import schools_within
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionButton

LONDON: ColumnElement[str] = literal_column("'Europe/London'")
DAY_FORMAT: ColumnElement[str] = literal_column("'FMDD FMMonth YYYY'")

URNS: BindParameter[Sequence[int]] = bindparam("urns", type_=ARRAY(Integer))
"""The schools whose records are selected."""

NEVER: ColumnElement[datetime | None] = literal_column("CAST(NULL AS timestamptz)", DateTime(timezone=True))
"""The time of the last change of a record whose changes nobody is told of."""

NO_STATE: ColumnElement[str | None] = literal_column("CAST(NULL AS text)", Text)

SectionRows = Select[int, str, str | None, str, str, datetime | None]
"""A SELECT of URN, title, state (or NULL), detail, path (or an empty text) and the time of the change."""


@dataclass(frozen=True, slots=True)
class SchoolSection:
    """Records of one kind on a school's page.

    `statement` returns a SELECT of the records of the schools :urns that this person may open, in the order in which
    they are shown: URN, title, state, detail, path and the time at which they last changed so that people who watch the
    school are told. Its other parameters are :authority_id, :person_id and :today. It applies the same scope as the
    page of the record. The statements of all sections run as one. `before` runs first, such as what sets the requester
    of the transaction. `labels` are the words of the states, and `news` is what people who watch the school are told
    ("a new need"); without it they are told nothing.
    """

    name: str
    heading: str
    permission: Permission
    statement: Callable[[Principal], SectionRows]
    before: Callable[[AsyncSession, Principal], Awaitable[None]] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    news: str = ""
    news_for_schools: bool = False


@dataclass(frozen=True, slots=True)
class SchoolButtons:
    """A function that returns buttons for a school's page."""

    buttons: Callable[[AsyncSession, Principal, int], Awaitable[Sequence[ActionButton]]]


def of_schools(column: SQLColumnExpression[int | None]) -> ColumnElement[bool]:
    """Return the SQL condition that a record belongs to one of the schools asked for."""
    return column == any_(URNS)


def shown_since(
    person: Principal,
    permission: Permission,
    urn: SQLColumnExpression[int],
    posted_at: SQLColumnExpression[datetime | None],
    visible_from: SQLColumnExpression[date | None],
) -> ColumnElement[datetime | None]:
    """Return when a record is news to this person: when it was posted, or after the first day the authority sees it.

    The day ends first, because a school may widen the audience in the course of it.
    """
    near = schools_within(person, permission)
    if near is None:
        return func.coalesce(posted_at)
    day_after = cast(visible_from.op("+")(literal_column("1")), DateTime())
    widened = func.timezone(LONDON, day_after, type_=DateTime(timezone=True))
    return case((urn.in_(sorted(near)), posted_at), else_=func.greatest(posted_at, widened))


def day_words(day: SQLColumnExpression[date] | SQLColumnExpression[date | None]) -> ColumnElement[str]:
    """Return a day as people read it: 3 December 2026."""
    return func.to_char(day, DAY_FORMAT)


def time_as_day(
    at: SQLColumnExpression[datetime] | SQLColumnExpression[datetime | None],
) -> ColumnElement[str]:
    """Return the day of a time, in London, as people read it."""
    return func.to_char(func.timezone(LONDON, at), DAY_FORMAT)


def joined(*parts: SQLColumnExpression[str] | str) -> ColumnElement[str]:
    """Return texts one after another."""
    return func.concat(*(literal_column(f"'{one}'") if isinstance(one, str) else one for one in parts))
