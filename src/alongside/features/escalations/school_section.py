"""Escalations about a school on its page: only those that the requester may read."""

# ruff: noqa: S608  (the words are our own)

from sqlalchemy import DateTime, Text, bindparam, cast, literal_column, select

from alongside.features.consortia.models import Consortium
from alongside.features.escalations.access_policy import escalation_filter
from alongside.features.escalations.labels import STATES
from alongside.features.escalations.models import FINALS, MOVES, Escalation
from alongside.features.escalations.queries import NAMED
from alongside.features.escalations.requester import identify_requester
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.base import one_of
from alongside.platform.school_sections import SchoolSection, SectionRows, joined, of_schools, time_as_day

LAST_MOVE = literal_column(
    "(SELECT e.at FROM audit_entry e WHERE e.authority_id = escalation.authority_id"
    " AND e.subject_kind = 'escalation' AND e.subject_id = escalation.id::text"
    f" AND {one_of('e.verb', {move.verb for move in MOVES if move.end not in move.starts})}"
    " ORDER BY e.id DESC LIMIT 1)",
    DateTime(timezone=True),
)
"""The time of the last change of state."""


def _escalations(person: Principal) -> SectionRows:
    return (
        select(
            Escalation.school_urn.label("urn"),
            joined("Raised ", time_as_day(Escalation.raised_at)).label("title"),
            Escalation.state,
            joined("By ", Consortium.name).label("detail"),
            joined("/escalations/", cast(Escalation.id, Text)).label("path"),
            LAST_MOVE.label("changed_at"),
        )
        .join(
            Consortium,
            (Consortium.authority_id == Escalation.authority_id)
            & (Consortium.id == Escalation.consortium_id),
        )
        .where(
            Escalation.authority_id == bindparam("authority_id"),
            of_schools(Escalation.school_urn),
            escalation_filter(person, Escalation, NAMED),
        )
        .order_by(Escalation.state.in_(FINALS), Escalation.raised_at.desc(), Escalation.id)
    )


ESCALATIONS = SchoolSection(
    "escalations",
    "Escalations",
    Permission.VIEW_ESCALATION,
    _escalations,
    before=identify_requester,
    labels=STATES,
    news="other change",
)
