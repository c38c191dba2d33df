"""Good-practice entries in the search over everything, by title and school. The directory's own search finds more."""

from sqlalchemy import ColumnElement, and_, bindparam, func, literal_column, or_, select

from alongside.features.directory.models import LISTED, DirectoryEntry
from alongside.features.directory.queries import WAITING_FOR_CHECK
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import scope_filter
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import record_filter
from alongside.platform.database.folding import matches_words
from alongside.platform.search_sources import SearchRows, SearchSource

SCHOOL = func.coalesce(School.name, DirectoryEntry.source_name)
FOUND = (
    select(
        DirectoryEntry.title.label("title"),
        SCHOOL.label("detail"),
        func.concat(literal_column("'/directory/'"), DirectoryEntry.id).label("path"),
    )
    .outerjoin(
        School,
        (School.authority_id == DirectoryEntry.authority_id) & (School.urn == DirectoryEntry.school_urn),
    )
    .where(
        DirectoryEntry.authority_id == bindparam("authority_id"),
        matches_words(DirectoryEntry.folded_title, School.folded_name),
    )
    .order_by(DirectoryEntry.changed_at.desc(), DirectoryEntry.id)
)


def visible_entries(person: Principal) -> ColumnElement[bool]:
    """SQL condition for the entries whose page this person may open."""
    own = scope_filter(person, Permission.WRITE_ENTRY, DirectoryEntry.school_urn, DirectoryEntry.partner_urn)
    verified = record_filter(person, Permission.VERIFY_ENTRY, DirectoryEntry)
    checked = record_filter(person, Permission.PEER_CHECK_ENTRY, DirectoryEntry)
    shown = record_filter(person, Permission.VIEW_ENTRY, DirectoryEntry)
    return or_(
        own,
        verified,
        and_(DirectoryEntry.state.in_(WAITING_FOR_CHECK), checked),
        and_(DirectoryEntry.state.in_(LISTED), shown),
    )


def _entries(person: Principal) -> SearchRows:
    return FOUND.where(visible_entries(person))


ENTRIES = SearchSource("entries", "Good practice", Permission.VIEW_ENTRY, _entries)
