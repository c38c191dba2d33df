"""The consortia of a school on its page: the reader's own, or all for the core team."""

from sqlalchemy import Date, Text, bindparam, cast, literal_column, select

from alongside.features.consortia.models import Consortium, ConsortiumMembership
from alongside.features.consortia.queries import in_force
from alongside.platform.access.authorisation import consortium_filter, has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.school_sections import (
    NEVER,
    NO_STATE,
    SchoolSection,
    SectionRows,
    day_words,
    joined,
    of_schools,
)


def _consortia(person: Principal) -> SectionRows:
    opens = has_permission(person, Permission.VIEW_CONSORTIUM_DASHBOARD)
    path = joined("/consortium?consortium=", cast(Consortium.id, Text)) if opens else literal_column("''")
    return (
        select(
            ConsortiumMembership.school_urn.label("urn"),
            Consortium.name.label("title"),
            NO_STATE.label("state"),
            joined("Member since ", day_words(ConsortiumMembership.starts_on)).label("detail"),
            path.label("path"),
            NEVER.label("changed_at"),
        )
        .select_from(ConsortiumMembership)
        .join(
            Consortium,
            (Consortium.authority_id == ConsortiumMembership.authority_id)
            & (Consortium.id == ConsortiumMembership.consortium_id),
        )
        .where(
            ConsortiumMembership.authority_id == bindparam("authority_id"),
            of_schools(ConsortiumMembership.school_urn),
            in_force(bindparam("today", type_=Date)),
            consortium_filter(person, Permission.VIEW_NOTICE, ConsortiumMembership.consortium_id),
        )
        .order_by(Consortium.name, ConsortiumMembership.id)
    )


CONSORTIA = SchoolSection("consortia", "Consortia", Permission.VIEW_NOTICE, _consortia)
