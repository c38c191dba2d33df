"""A school's expertise: its verified entries by theme, for matching, school pages and related entries."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Text, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.entry import Entry
from alongside.features.directory.models import LISTED, DirectoryEntry
from alongside.features.directory.queries import ENTRY_WITH_SCHOOL
from alongside.platform.access.authorisation import filter_by_scope
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal

_THEME = func.unnest(DirectoryEntry.themes).label("theme")
EVIDENCE: Any = (
    select(
        DirectoryEntry.school_urn,
        _THEME,
        func.max(DirectoryEntry.evidence_level).label("level"),
        func.count().label("entries"),
    )
    .where(
        DirectoryEntry.authority_id == bindparam("authority_id"),
        DirectoryEntry.state.in_(("verified", "reverified")),
        DirectoryEntry.kind == "practice",
        DirectoryEntry.school_urn.is_not(None),
    )
    .group_by(DirectoryEntry.school_urn, _THEME)
    .order_by(DirectoryEntry.school_urn, _THEME)
)


def _overlaps(column: Any, name: str) -> Any:
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


async def evidence_of_schools(session: AsyncSession, authority_id: int) -> Sequence[Row[Any]]:
    """For each school and theme: the strongest evidence level of its verified practice, and the number of entries.

    Levels go from 0 to 4. Entries that are due for review and work in progress do not count. This is for matching
    inside the product; it does not check who may read which entry.
    """
    found: Sequence[Row[Any]] = (await session.execute(EVIDENCE, {"authority_id": authority_id})).all()
    return found


async def related_entries(session: AsyncSession, person: Principal, entry: Entry) -> Sequence[Row[Any]]:
    """Up to four entries on the same themes that this person may see: same phase and strongest evidence first."""
    values = {
        "authority_id": person.authority_id,
        "entry_id": entry.id,
        "themes": entry.themes,
        "phases": entry.phases,
    }
    found: Sequence[Row[Any]] = (await session.execute(_visible(RELATED, person), values)).all()
    return found


async def entries_of_school(session: AsyncSession, person: Principal, urn: int) -> Sequence[Row[Any]]:
    """The school's listed entries that this person may see, strongest evidence first."""
    values = {"authority_id": person.authority_id, "urn": urn}
    found: Sequence[Row[Any]] = (await session.execute(_visible(OF_SCHOOL, person), values)).all()
    return found


def _visible(statement: Any, person: Principal) -> Any:
    return filter_by_scope(
        statement,
        person,
        Permission.VIEW_ENTRY,
        DirectoryEntry.school_urn,
        DirectoryEntry.partner_urn,
        visible_to_authority_from=DirectoryEntry.visible_to_authority_from,
    )
