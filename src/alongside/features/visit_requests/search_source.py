"""Visit requests in the search over everything, by what the visit is about and by school."""

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.orm import aliased

from alongside.features.directory.models import DirectoryEntry
from alongside.features.schools.models import School
from alongside.features.visit_requests.models import VisitRequest
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import record_filter
from alongside.platform.database.folding import matches_words
from alongside.platform.search_sources import SearchRows, SearchSource

Requesting = aliased(School, name="requesting")
Supporting = aliased(School, name="supporting")
SUBJECT = func.coalesce(DirectoryEntry.title, Supporting.name)
FOUND = (
    select(
        SUBJECT.label("title"),
        func.concat(Requesting.name, literal_column("' visits '"), Supporting.name).label("detail"),
        func.concat(literal_column("'/visit-requests/'"), VisitRequest.id).label("path"),
    )
    .select_from(VisitRequest)
    .join(
        Requesting,
        (Requesting.authority_id == VisitRequest.authority_id)
        & (Requesting.urn == VisitRequest.requesting_urn),
    )
    .join(
        Supporting,
        (Supporting.authority_id == VisitRequest.authority_id)
        & (Supporting.urn == VisitRequest.supporting_urn),
    )
    .outerjoin(
        DirectoryEntry,
        (DirectoryEntry.authority_id == VisitRequest.authority_id)
        & (DirectoryEntry.id == VisitRequest.entry_id),
    )
    .where(
        VisitRequest.authority_id == bindparam("authority_id"),
        matches_words(
            DirectoryEntry.folded_title,
            VisitRequest.folded_wanted,
            Requesting.folded_name,
            Supporting.folded_name,
        ),
    )
    .order_by(VisitRequest.id.desc())
)


def _visits(person: Principal) -> SearchRows:
    return FOUND.where(record_filter(person, Permission.VIEW_VISIT_REQUEST, VisitRequest))


VISITS = SearchSource("visits", "Visits", Permission.VIEW_VISIT_REQUEST, _visits)
