"""Requests for visits between the reader's school and another, on the page of the other school."""

from sqlalchemy import Text, bindparam, case, cast, select
from sqlalchemy.orm import aliased

from alongside.features.schools.models import School
from alongside.features.visit_requests.models import VisitRequest
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import record_filter
from alongside.platform.school_sections import (
    NEVER,
    SchoolSection,
    SectionRows,
    day_words,
    joined,
    of_schools,
    time_as_day,
)

Own = aliased(School, name="own")
Requesting = aliased(School, name="requesting")
Supporting = aliased(School, name="supporting")


def _visits(person: Principal) -> SectionRows:
    return (
        select(
            Own.urn.label("urn"),
            joined(Requesting.name, " visits ", Supporting.name).label("title"),
            VisitRequest.state,
            case(
                (VisitRequest.visit_on.is_not(None), joined("On ", day_words(VisitRequest.visit_on))),
                else_=joined("Asked ", time_as_day(VisitRequest.asked_at)),
            ).label("detail"),
            joined("/visit-requests/", cast(VisitRequest.id, Text)).label("path"),
            NEVER.label("changed_at"),
        )
        .select_from(Own)
        .join(
            VisitRequest,
            (VisitRequest.authority_id == Own.authority_id)
            & ((VisitRequest.requesting_urn == Own.urn) | (VisitRequest.supporting_urn == Own.urn)),
        )
        .join(
            Requesting,
            (Requesting.authority_id == Own.authority_id) & (Requesting.urn == VisitRequest.requesting_urn),
        )
        .join(
            Supporting,
            (Supporting.authority_id == Own.authority_id) & (Supporting.urn == VisitRequest.supporting_urn),
        )
        .where(
            Own.authority_id == bindparam("authority_id"),
            of_schools(Own.urn),
            record_filter(person, Permission.VIEW_VISIT_REQUEST, VisitRequest),
        )
        .order_by(VisitRequest.asked_at.desc(), VisitRequest.id)
    )


VISITS = SchoolSection("visits", "Visits", Permission.VIEW_VISIT_REQUEST, _visits)
