"""Support needs in the search over everything: those whose page the person may open."""

from sqlalchemy import ColumnElement, Text, and_, bindparam, func, literal_column, or_, select

from alongside.features.needs.models import Need
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import scope_filter
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.folding import matches_words
from alongside.platform.search_sources import SearchRows, SearchSource

WORDS = bindparam("words", type_=Text)
NEVER_POSTED = or_(
    Need.state.in_(("draft", "to_confirm")), and_(Need.state == "withdrawn", Need.posted_at.is_(None))
)
"""A draft, or withdrawn as a draft (`queries.never_posted`)."""

FOUND = (
    select(
        Need.title.label("title"),
        School.name.label("detail"),
        func.concat(literal_column("'/needs/'"), Need.id).label("path"),
    )
    .join(School, (School.authority_id == Need.authority_id) & (School.urn == Need.school_urn))
    .where(Need.authority_id == bindparam("authority_id"))
    .where(
        or_(
            Need.words.op("@@")(func.websearch_to_tsquery(literal_column("'english'"), WORDS)),
            matches_words(Need.folded_title, School.folded_name),
        )
    )
    .order_by(func.coalesce(Need.posted_at, Need.created_at).desc(), Need.id)
)


def visible_needs(person: Principal) -> ColumnElement[bool]:
    """SQL condition for the needs whose page this person may open (`queries.see`)."""
    drafted = scope_filter(person, Permission.DRAFT_NEED, Need.school_urn)
    shown = scope_filter(
        person,
        Permission.VIEW_POST,
        Need.school_urn,
        visible_to_authority_from=Need.visible_to_authority_from,
    )
    if person.school_urn is not None:
        shown = or_(shown, Need.addressed_urn == person.school_urn)
    return or_(and_(NEVER_POSTED, drafted), and_(~NEVER_POSTED, shown))


def _needs(person: Principal) -> SearchRows:
    return FOUND.where(visible_needs(person))


NEEDS = SearchSource("needs", "Support needs", Permission.VIEW_POST, _needs)
