"""The claims of a school on its page."""

from sqlalchemy import ColumnElement, Text, bindparam, cast, func, literal_column, select
from sqlalchemy.orm import aliased

from alongside.features.agreements.models import SupportAgreement
from alongside.features.claims.models import Claim
from alongside.features.claims.row import STATES
from alongside.features.schools.models import School
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import record_filter
from alongside.platform.school_sections import (
    NEVER,
    SchoolSection,
    SectionRows,
    joined,
    of_schools,
    time_as_day,
)

Asking = aliased(School, name="asking")
POUNDS: ColumnElement[str] = literal_column("'FM£999,999,990.00'")


def _claims(person: Principal) -> SectionRows:
    return (
        select(
            SupportAgreement.supporting_urn.label("urn"),
            joined("Claim for support of ", Asking.name).label("title"),
            Claim.state,
            joined(
                func.to_char(Claim.pence / literal_column("100.0"), POUNDS),
                ", claimed ",
                time_as_day(Claim.claimed_at),
            ).label("detail"),
            joined("/claims/", cast(Claim.id, Text)).label("path"),
            NEVER.label("changed_at"),
        )
        .select_from(Claim)
        .join(
            SupportAgreement,
            (SupportAgreement.authority_id == Claim.authority_id)
            & (SupportAgreement.id == Claim.agreement_id),
        )
        .join(
            Asking,
            (Asking.authority_id == Claim.authority_id) & (Asking.urn == SupportAgreement.requesting_urn),
        )
        .where(
            Claim.authority_id == bindparam("authority_id"),
            of_schools(SupportAgreement.supporting_urn),
            record_filter(person, Permission.VIEW_CLAIM, SupportAgreement),
        )
        .order_by(Claim.claimed_at.desc(), Claim.id)
    )


CLAIMS = SchoolSection("claims", "Claims", Permission.VIEW_CLAIM, _claims, labels=STATES)
