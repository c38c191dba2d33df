"""A school's good-practice entries on its page: those whose page the reader may open."""

from sqlalchemy import Text, bindparam, case, cast, literal_column, select

from alongside.features.directory.models import LISTED, DirectoryEntry
from alongside.features.directory.search_source import visible_entries
from alongside.features.schools.models import School
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.school_sections import (
    SchoolSection,
    SectionRows,
    joined,
    of_schools,
    shown_since,
    time_as_day,
)


def _entries(person: Principal) -> SectionRows:
    since = shown_since(
        person,
        Permission.VIEW_ENTRY,
        School.urn,
        DirectoryEntry.listed_at,
        DirectoryEntry.visible_to_authority_from,
    )
    return (
        select(
            School.urn.label("urn"),
            DirectoryEntry.title,
            DirectoryEntry.state,
            case(
                (DirectoryEntry.partner_urn == School.urn, literal_column("'Written with another school'")),
                else_=joined("Changed ", time_as_day(DirectoryEntry.changed_at)),
            ).label("detail"),
            joined("/directory/", cast(DirectoryEntry.id, Text)).label("path"),
            case((DirectoryEntry.state.in_(LISTED), since)).label("changed_at"),
        )
        .join(
            School,
            (School.authority_id == DirectoryEntry.authority_id)
            & ((School.urn == DirectoryEntry.school_urn) | (School.urn == DirectoryEntry.partner_urn)),
        )
        .where(
            DirectoryEntry.authority_id == bindparam("authority_id"),
            of_schools(School.urn),
            visible_entries(person),
        )
        .order_by(DirectoryEntry.state.not_in(LISTED), DirectoryEntry.changed_at.desc(), DirectoryEntry.id)
    )


ENTRIES = SchoolSection(
    "entries",
    "Good practice",
    Permission.VIEW_ENTRY,
    _entries,
    news="new good-practice entry",
    news_for_schools=True,
)
