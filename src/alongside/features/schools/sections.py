"""The sections of a school's page, which the features declare, as one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Integer,
    Text,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import select_all
from alongside.platform.feature import installed_features
from alongside.platform.forms.action import ActionButton
from alongside.platform.school_sections import URNS, SchoolButtons, SchoolSection

FIRST_ROWS = 5
"""Rows of each section on the page of all sections."""

PAGE_LENGTH = 25
"""Rows on a page of one section."""


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A record on a school's page; `total` is the number of records in its section."""

    section: str
    title: str
    state: str | None
    detail: str
    path: str
    total: int


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with its first rows, or one page of them."""

    section: SchoolSection
    rows: Sequence[SectionRow]

    @property
    def total(self) -> int:
        """The number of records in the section."""
        return self.rows[0].total if self.rows else 0


@dataclass(frozen=True, slots=True)
class NewsRow:
    """A record of a school that changed, and when."""

    section: str
    urn: int
    title: str
    path: str
    changed_at: datetime


@cache
def _all_sections() -> tuple[SchoolSection, ...]:
    return tuple(
        section
        for feature in installed_features()
        for section in feature.load(feature.school_sections, SchoolSection)
    )


def sections_for(person: Principal) -> list[SchoolSection]:
    """Return the sections that this person may see, in the order of the features."""
    return [section for section in _all_sections() if has_permission(person, section.permission)]


async def rows_of_school(
    session: AsyncSession, person: Principal, urn: int, sections: Sequence[SchoolSection], page: int = 1
) -> list[ShownSection]:
    """Return the sections of a school that have records: the first few of each, or with one section a page of 25."""
    if not sections:
        return []
    most = PAGE_LENGTH if len(sections) == 1 else FIRST_ROWS
    await _prepare(session, person, sections)
    arms = []
    for section in sections:
        counted = section.statement(person).add_columns(func.count().over().label("total"))
        found = counted.limit(most).offset((page - 1) * most).subquery(_alias(section))
        columns = (found.c.title, found.c.state, found.c.detail, found.c.path, found.c.total)
        arms.append(select(_named(section), *columns))
    rows = await select_all(session, union_all(*arms), SectionRow, _values(person, [urn]))
    shown = [
        ShownSection(section, [row for row in rows if row.section == section.name]) for section in sections
    ]
    return [section for section in shown if section.rows]


async def news_of_schools(
    session: AsyncSession,
    person: Principal,
    sections: Sequence[SchoolSection],
    since: Mapping[int, datetime],
    until: datetime | None,
    most: int,
) -> list[NewsRow]:
    """Return the records of these schools that changed after a time (by URN) until another (if given), newest first.

    A record that the person sees only later is news when they see it first.
    """
    if not sections or not since:
        return []
    await _prepare(session, person, sections)
    arms = [
        select(_named(section), found.c.urn, found.c.title, found.c.path, found.c.changed_at)
        for section in sections
        for found in (section.statement(person).order_by(None).subquery(_alias(section)),)
    ]
    news = union_all(*arms).subquery("news")
    times = bindparam("times", type_=ARRAY(DateTime(timezone=True)))
    last = bindparam("until", type_=DateTime(timezone=True))
    asked = func.unnest(URNS, times).table_valued("urn", "since").render_derived()
    statement = (
        select(news)
        .join(asked, asked.c.urn == news.c.urn)
        .where(
            news.c.changed_at > asked.c.since,
            or_(last.is_(None), news.c.changed_at <= last),
        )
        .order_by(news.c.changed_at.desc(), news.c.path)
        .limit(bindparam("most", type_=Integer))
    )
    values = _values(person, list(since)) | {"times": list(since.values()), "until": until, "most": most}
    return await select_all(session, statement, NewsRow, values)


async def buttons_of_school(session: AsyncSession, person: Principal, urn: int) -> list[ActionButton]:
    """Return the buttons that features add to a school's page for this person."""
    return [
        button
        for feature in installed_features()
        for declared in feature.load(feature.school_buttons, SchoolButtons)
        for button in await declared.buttons(session, person, urn)
    ]


async def _prepare(session: AsyncSession, person: Principal, sections: Sequence[SchoolSection]) -> None:
    for section in sections:
        if section.before is not None:
            await section.before(session, person)


def _named(section: SchoolSection) -> ColumnElement[str]:
    return literal_column(f"'{section.name}'", Text).label("section")


def _alias(section: SchoolSection) -> str:
    return f"of_{section.name.replace('-', '_')}"


def _values(person: Principal, urns: Sequence[int]) -> dict[str, object]:
    return {
        "authority_id": person.authority_id,
        "person_id": person.id,
        "today": person.today,
        "urns": list(urns),
    }
