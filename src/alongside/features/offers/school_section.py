"""A school's offers on its page, with the days that are left: those whose page the reader may open."""

from sqlalchemy import Text, bindparam, case, cast, func, literal_column, select

from alongside.features.offers.models import Offer
from alongside.features.offers.search_source import visible_offers
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.school_sections import SchoolSection, SectionRows, joined, of_schools, shown_since

LEFT = func.trim_scale(Offer.days_total - Offer.days_taken)
DAYS = joined(
    cast(LEFT, Text),
    " of ",
    cast(func.trim_scale(Offer.days_total), Text),
    case((Offer.days_total == 1, literal_column("' day left'")), else_=literal_column("' days left'")),
)


def _offers(person: Principal) -> SectionRows:
    since = shown_since(
        person, Permission.VIEW_POST, Offer.school_urn, Offer.posted_at, Offer.visible_to_authority_from
    )
    return (
        select(
            Offer.school_urn.label("urn"),
            Offer.title,
            Offer.state,
            DAYS.label("detail"),
            joined("/offers/", cast(Offer.id, Text)).label("path"),
            since.label("changed_at"),
        )
        .where(
            Offer.authority_id == bindparam("authority_id"),
            of_schools(Offer.school_urn),
            visible_offers(person),
        )
        .order_by(Offer.state != "live", func.coalesce(Offer.posted_at, Offer.created_at).desc(), Offer.id)
    )


OFFERS = SchoolSection(
    "offers", "Offers of support", Permission.VIEW_POST, _offers, news="new offer", news_for_schools=True
)
