"""Message threads between the reader's school and another, on the page of the other school."""

from sqlalchemy import Text, bindparam, case, cast, func, select
from sqlalchemy.orm import aliased

from alongside.features.agreements.proposal import Proposal
from alongside.features.messages.models import Message, MessageThread
from alongside.features.schools.models import School
from alongside.features.visit_requests.models import VisitRequest
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import record_filter
from alongside.platform.school_sections import (
    NEVER,
    NO_STATE,
    SchoolSection,
    SectionRows,
    joined,
    of_schools,
    time_as_day,
)

Own = aliased(School, name="own")
Other = aliased(School, name="other")
ONE_SIDE = func.coalesce(Proposal.requesting_urn, VisitRequest.requesting_urn)
OTHER_SIDE = func.coalesce(Proposal.supporting_urn, VisitRequest.supporting_urn)
LAST_WRITTEN = (
    select(func.max(Message.written_at))
    .where(Message.authority_id == MessageThread.authority_id, Message.thread_id == MessageThread.id)
    .scalar_subquery()
)


def _threads(person: Principal) -> SectionRows:
    allowed = record_filter(person, Permission.VIEW_MESSAGES, Proposal) | record_filter(
        person, Permission.VIEW_MESSAGES, VisitRequest
    )
    return (
        select(
            Own.urn.label("urn"),
            joined("Messages with ", Other.name).label("title"),
            NO_STATE.label("state"),
            joined("Last message ", time_as_day(LAST_WRITTEN)).label("detail"),
            case(
                (Proposal.id.is_not(None), joined("/proposals/", cast(Proposal.id, Text), "/messages")),
                else_=joined("/visit-requests/", cast(VisitRequest.id, Text), "/messages"),
            ).label("path"),
            NEVER.label("changed_at"),
        )
        .select_from(MessageThread)
        .outerjoin(
            Proposal,
            (Proposal.authority_id == MessageThread.authority_id)
            & (Proposal.id == MessageThread.proposal_id),
        )
        .outerjoin(
            VisitRequest,
            (VisitRequest.authority_id == MessageThread.authority_id)
            & (VisitRequest.id == MessageThread.visit_request_id),
        )
        .join(
            Own,
            (Own.authority_id == MessageThread.authority_id)
            & ((Own.urn == ONE_SIDE) | (Own.urn == OTHER_SIDE)),
        )
        .join(
            Other,
            (Other.authority_id == MessageThread.authority_id)
            & (Other.urn != Own.urn)
            & ((Other.urn == ONE_SIDE) | (Other.urn == OTHER_SIDE)),
        )
        .where(
            MessageThread.authority_id == bindparam("authority_id"),
            of_schools(Own.urn),
            LAST_WRITTEN.is_not(None),
            allowed,
        )
        .order_by(LAST_WRITTEN.desc(), MessageThread.id)
    )


THREADS = SchoolSection("messages", "Messages", Permission.VIEW_MESSAGES, _threads)
