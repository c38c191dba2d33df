"""A school's support needs on its page: those whose page the reader may open."""

from sqlalchemy import Text, bindparam, case, cast, func, literal_column, select

from alongside.features.needs.models import NEED_WORKFLOW, Need
from alongside.features.needs.search_source import visible_needs
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

OVER = tuple(sorted(NEED_WORKFLOW.finals))


def _needs(person: Principal) -> SectionRows:
    since = shown_since(
        person, Permission.VIEW_POST, Need.school_urn, Need.posted_at, Need.visible_to_authority_from
    )
    return (
        select(
            Need.school_urn.label("urn"),
            Need.title,
            Need.state,
            case(
                (Need.posted_at.is_(None), literal_column("'Not posted'")),
                else_=joined("Posted ", time_as_day(Need.posted_at)),
            ).label("detail"),
            joined("/needs/", cast(Need.id, Text)).label("path"),
            since.label("changed_at"),
        )
        .where(
            Need.authority_id == bindparam("authority_id"), of_schools(Need.school_urn), visible_needs(person)
        )
        .order_by(Need.state.in_(OVER), func.coalesce(Need.posted_at, Need.created_at).desc(), Need.id)
    )


NEEDS = SchoolSection("needs", "Support needs", Permission.VIEW_POST, _needs, news="new support need")
