"""A school's expertise: its verified entries by theme, for matching, school pages and related entries."""

import msgspec
from sqlalchemy import ColumnElement, Text, bindparam, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from alongside.features.directory.entry import Entry
from alongside.features.directory.models import LISTED, DirectoryEntry
from alongside.features.directory.queries import ENTRY_WITH_SCHOOL
from alongside.platform.access.authorisation import Query, filter_by_scope
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all, select_all


class ThemeEvidence(msgspec.Struct, frozen=True):
    """The strongest evidence level of a school's entries on one theme, and the number of entries."""

    school_urn: int
    theme: str
    level: int
    entries: int


_THEME = func.unnest(DirectoryEntry.themes).label("theme")
EVIDENCE = Read(
    select(
        DirectoryEntry.school_urn,
        _THEME,
        func.max(DirectoryEntry.evidence_level).label("level"),
        func.count().label("entries"),
    )
    .where(
        DirectoryEntry.authority_id == bindparam("authority_id"),
        or_(DirectoryEntry.state == "verified", DirectoryEntry.state == "reverified"),
        DirectoryEntry.kind == "practice",
        DirectoryEntry.school_urn.is_not(None),
    )
    .group_by(DirectoryEntry.school_urn, _THEME)
    .order_by(DirectoryEntry.school_urn, _THEME),
    ThemeEvidence,
)


def _overlaps(
    column: ColumnElement[list[str]] | InstrumentedAttribute[list[str]], name: str
) -> ColumnElement[bool]:
    """SQL condition: the array column has at least one value in common with the named parameter."""
    return column.op("&&", is_comparison=True)(bindparam(name, type_=ARRAY(Text)))


RELATED = (
    ENTRY_WITH_SCHOOL.where(
        DirectoryEntry.state.in_(LISTED),
        _overlaps(DirectoryEntry.themes, "themes"),
        DirectoryEntry.id != bindparam("entry_id"),
    )
    .order_by(
        _overlaps(DirectoryEntry.phases, "phases").desc(),
        DirectoryEntry.evidence_level.desc(),
        DirectoryEntry.listed_at.desc(),
        DirectoryEntry.id,
    )
    .limit(literal_column("4"))
)
OF_SCHOOL = (
    ENTRY_WITH_SCHOOL.where(DirectoryEntry.state.in_(LISTED), DirectoryEntry.school_urn == bindparam("urn"))
    .order_by(DirectoryEntry.evidence_level.desc(), DirectoryEntry.listed_at.desc(), DirectoryEntry.id)
    .limit(literal_column("100"))
)


async def evidence_of_schools(session: AsyncSession, authority_id: int) -> list[ThemeEvidence]:
    """For each school and theme: the strongest evidence level of its verified practice, and the number of entries.

    Levels go from 0 to 4. Entries that are due for review and work in progress do not count. This is for matching
    inside the product; it does not check who may read which entry.
    """
    return await fetch_all(session, EVIDENCE, {"authority_id": authority_id})


async def related_entries(session: AsyncSession, person: Principal, entry: Entry) -> list[Entry]:
    """Up to four entries on the same themes that this person may see: same phase and strongest evidence first."""
    values = {
        "authority_id": person.authority_id,
        "entry_id": entry.id,
        "themes": entry.themes,
        "phases": entry.phases,
    }
    return await select_all(session, _visible(RELATED, person), Entry, values)


async def entries_of_school(session: AsyncSession, person: Principal, urn: int) -> list[Entry]:
    """The school's listed entries that this person may see, strongest evidence first."""
    values = {"authority_id": person.authority_id, "urn": urn}
    return await select_all(session, _visible(OF_SCHOOL, person), Entry, values)


def _visible(statement: Query, person: Principal) -> Query:
    return filter_by_scope(
        statement,
        person,
        Permission.VIEW_ENTRY,
        DirectoryEntry.school_urn,
        DirectoryEntry.partner_urn,
        visible_to_authority_from=DirectoryEntry.visible_to_authority_from,
    )
