"""Escalations in the search over everything: only those that the requester may read, by school."""

from sqlalchemy import bindparam, func, literal_column, select

from alongside.features.consortia.models import Consortium
from alongside.features.escalations.access_policy import escalation_filter
from alongside.features.escalations.models import Escalation
from alongside.features.escalations.queries import NAMED
from alongside.features.escalations.requester import identify_requester
from alongside.features.schools.models import School
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.folding import matches_words
from alongside.platform.search_sources import SearchRows, SearchSource

FOUND = (
    select(
        func.concat(literal_column("'Escalation: '"), School.name).label("title"),
        func.concat(literal_column("'Raised by '"), Consortium.name).label("detail"),
        func.concat(literal_column("'/escalations/'"), Escalation.id).label("path"),
    )
    .join(School, (School.authority_id == Escalation.authority_id) & (School.urn == Escalation.school_urn))
    .join(
        Consortium,
        (Consortium.authority_id == Escalation.authority_id) & (Consortium.id == Escalation.consortium_id),
    )
    .where(
        Escalation.authority_id == bindparam("authority_id"),
        matches_words(School.folded_name),
    )
    .order_by(Escalation.id.desc())
)


def _escalations(person: Principal) -> SearchRows:
    return FOUND.where(escalation_filter(person, Escalation, NAMED))


ESCALATIONS = SearchSource(
    "escalations", "Escalations", Permission.VIEW_ESCALATION, _escalations, before=identify_requester
)
