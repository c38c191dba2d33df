"""Offers in the search over everything: those whose page the person may open."""

from sqlalchemy import ColumnElement, Text, and_, bindparam, func, literal_column, or_, select

from alongside.features.offers.models import Offer
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import scope_filter
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.folding import matches_words
from alongside.platform.search_sources import SearchRows, SearchSource

WORDS = bindparam("words", type_=Text)
NEVER_POSTED = or_(Offer.state == "draft", and_(Offer.state == "ended", Offer.posted_at.is_(None)))
"""A draft, or withdrawn as a draft (`queries.never_posted`)."""

FOUND = (
    select(
        Offer.title.label("title"),
        School.name.label("detail"),
        func.concat(literal_column("'/offers/'"), Offer.id).label("path"),
    )
    .join(School, (School.authority_id == Offer.authority_id) & (School.urn == Offer.school_urn))
    .where(Offer.authority_id == bindparam("authority_id"))
    .where(
        or_(
            Offer.words.op("@@")(func.websearch_to_tsquery(literal_column("'english'"), WORDS)),
            matches_words(Offer.folded_title, School.folded_name),
        )
    )
    .order_by(func.coalesce(Offer.posted_at, Offer.created_at).desc(), Offer.id)
)


def visible_offers(person: Principal) -> ColumnElement[bool]:
    """SQL condition for the offers whose page this person may open."""
    own = scope_filter(person, Permission.POST_OFFER, Offer.school_urn)
    shown = scope_filter(
        person,
        Permission.VIEW_POST,
        Offer.school_urn,
        visible_to_authority_from=Offer.visible_to_authority_from,
    )
    return or_(and_(NEVER_POSTED, own), and_(~NEVER_POSTED, shown))


def _offers(person: Principal) -> SearchRows:
    return FOUND.where(visible_offers(person))


OFFERS = SearchSource("offers", "Offers", Permission.VIEW_POST, _offers)
