"""A school's support agreements and their visits on its page: those whose page the reader may open."""

from sqlalchemy import ColumnElement, Text, bindparam, case, cast, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.proposal import Proposal
from alongside.features.agreements.queries import LIVE, shown_state
from alongside.features.agreements.visit import Visit
from alongside.features.needs.models import Need
from alongside.features.schools.models import School
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
)

Other = aliased(School, name="other")
Own = aliased(School, name="own")
PATH: ColumnElement[str] = joined("/agreements/", cast(SupportAgreement.id, Text))


def _agreements(
    person: Principal,
    own: InstrumentedAttribute[int],
    other: InstrumentedAttribute[int],
    words: str,
) -> SectionRows:
    return (
        select(
            own.label("urn"),
            Need.title,
            shown_state(person).label("state"),
            joined(
                words,
                Other.name,
                ", ",
                day_words(SupportAgreement.starts_on),
                " to ",
                day_words(SupportAgreement.ends_on),
            ).label("detail"),
            PATH.label("path"),
            SupportAgreement.agreed_at.label("changed_at"),
        )
        .select_from(SupportAgreement)
        .join(
            Need, (Need.authority_id == SupportAgreement.authority_id) & (Need.id == SupportAgreement.need_id)
        )
        .join(Other, (Other.authority_id == SupportAgreement.authority_id) & (Other.urn == other))
        .where(
            SupportAgreement.authority_id == bindparam("authority_id"),
            of_schools(own),
            record_filter(person, Permission.VIEW_AGREEMENT, SupportAgreement),
        )
        .order_by(shown_state(person).not_in(LIVE), SupportAgreement.ends_on.desc(), SupportAgreement.id)
    )


def _given(person: Principal) -> SectionRows:
    return _agreements(person, SupportAgreement.supporting_urn, SupportAgreement.requesting_urn, "Supports ")


def _received(person: Principal) -> SectionRows:
    return _agreements(
        person, SupportAgreement.requesting_urn, SupportAgreement.supporting_urn, "Supported by "
    )


def _visits(person: Principal) -> SectionRows:
    return (
        select(
            Own.urn.label("urn"),
            joined("Visit of ", day_words(Visit.visit_on)).label("title"),
            Visit.state,
            joined(
                case(
                    (SupportAgreement.supporting_urn == Own.urn, literal_column("'Supports '")),
                    else_=literal_column("'Supported by '"),
                ),
                Other.name,
            ).label("detail"),
            PATH.label("path"),
            NEVER.label("changed_at"),
        )
        .select_from(Own)
        .join(
            SupportAgreement,
            (SupportAgreement.authority_id == Own.authority_id)
            & ((SupportAgreement.supporting_urn == Own.urn) | (SupportAgreement.requesting_urn == Own.urn)),
        )
        .join(Visit, (Visit.authority_id == Own.authority_id) & (Visit.agreement_id == SupportAgreement.id))
        .join(
            Other,
            (Other.authority_id == Own.authority_id)
            & (Other.urn != Own.urn)
            & (
                (Other.urn == SupportAgreement.supporting_urn)
                | (Other.urn == SupportAgreement.requesting_urn)
            ),
        )
        .where(
            Own.authority_id == bindparam("authority_id"),
            of_schools(Own.urn),
            Visit.state != "cancelled",
            record_filter(person, Permission.VIEW_AGREEMENT, SupportAgreement),
        )
        .order_by(Visit.visit_on.desc(), Visit.id)
    )


def _proposals(person: Principal) -> SectionRows:
    return (
        select(
            Own.urn.label("urn"),
            joined("Proposal with ", Other.name).label("title"),
            Proposal.state,
            joined("Answer by ", day_words(Proposal.respond_by)).label("detail"),
            joined("/proposals/", cast(Proposal.id, Text)).label("path"),
            NEVER.label("changed_at"),
        )
        .select_from(Own)
        .join(
            Proposal,
            (Proposal.authority_id == Own.authority_id)
            & ((Proposal.supporting_urn == Own.urn) | (Proposal.requesting_urn == Own.urn)),
        )
        .join(
            Other,
            (Other.authority_id == Own.authority_id)
            & (Other.urn != Own.urn)
            & ((Other.urn == Proposal.supporting_urn) | (Other.urn == Proposal.requesting_urn)),
        )
        .where(
            Own.authority_id == bindparam("authority_id"),
            of_schools(Own.urn),
            Proposal.state.in_(("proposed", "to_release")),
            record_filter(person, Permission.VIEW_PROPOSAL, Proposal),
        )
        .order_by(Proposal.respond_by, Proposal.id)
    )


SECTIONS = (
    SchoolSection("proposals", "Proposals that wait for an answer", Permission.VIEW_PROPOSAL, _proposals),
    SchoolSection("given", "Support given", Permission.VIEW_AGREEMENT, _given, news="new support agreement"),
    SchoolSection(
        "received", "Support received", Permission.VIEW_AGREEMENT, _received, news="new support agreement"
    ),
    SchoolSection("support-visits", "Support visits", Permission.VIEW_AGREEMENT, _visits),
)
