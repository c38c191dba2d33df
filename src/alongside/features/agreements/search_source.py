"""Support agreements in the search over everything, by need and by school."""

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.orm import aliased

from alongside.features.agreements.models import SupportAgreement
from alongside.features.needs.models import Need
from alongside.features.schools.models import School
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import record_filter
from alongside.platform.database.folding import matches_words
from alongside.platform.search_sources import SearchRows, SearchSource

Requesting = aliased(School, name="requesting")
Supporting = aliased(School, name="supporting")
FOUND = (
    select(
        Need.title.label("title"),
        func.concat(Supporting.name, literal_column("' supports '"), Requesting.name).label("detail"),
        func.concat(literal_column("'/agreements/'"), SupportAgreement.id).label("path"),
    )
    .select_from(SupportAgreement)
    .join(Need, (Need.authority_id == SupportAgreement.authority_id) & (Need.id == SupportAgreement.need_id))
    .join(
        Requesting,
        (Requesting.authority_id == SupportAgreement.authority_id)
        & (Requesting.urn == SupportAgreement.requesting_urn),
    )
    .join(
        Supporting,
        (Supporting.authority_id == SupportAgreement.authority_id)
        & (Supporting.urn == SupportAgreement.supporting_urn),
    )
    .where(
        SupportAgreement.authority_id == bindparam("authority_id"),
        matches_words(Need.folded_title, Requesting.folded_name, Supporting.folded_name),
    )
    .order_by(SupportAgreement.id.desc())
)


def _agreements(person: Principal) -> SearchRows:
    return FOUND.where(record_filter(person, Permission.VIEW_AGREEMENT, SupportAgreement))


AGREEMENTS = SearchSource("agreements", "Support agreements", Permission.VIEW_AGREEMENT, _agreements)
