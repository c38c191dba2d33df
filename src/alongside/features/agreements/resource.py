"""Proposals, support agreements, aims, visits and amendments as resources: what the actions of each share."""

from alongside.features.agreements.aims.queries import AimRow, get_aim
from alongside.features.agreements.amendments.queries import AmendmentRow, amendment_to
from alongside.features.agreements.proposals.queries import ProposalRow, get_proposal
from alongside.features.agreements.queries import AgreementRow, get_agreement
from alongside.features.agreements.visits.queries import VisitRow, visit_to
from alongside.platform.forms.action import Resource
from alongside.platform.web.formatting import format_date

PROPOSAL: Resource[ProposalRow] = Resource(
    name="proposal",
    path="/proposals/{proposal_id:uuid}",
    load=get_proposal,
    url=lambda proposal: f"/proposals/{proposal.id}",
    caption=lambda _, proposal: f"{proposal.supporting_name} for {proposal.requesting_name}",
)
AGREEMENT: Resource[AgreementRow] = Resource(
    name="agreement",
    path="/agreements/{agreement_id:uuid}",
    load=get_agreement,
    url=lambda agreement: f"/agreements/{agreement.id}",
    caption=lambda _, agreement: f"{agreement.supporting_name} supports {agreement.requesting_name}",
)
AIM: Resource[AimRow] = Resource(
    name="aim",
    path="/agreements/{agreement_id:uuid}/aims/{aim_id:uuid}",
    load=get_aim,
    url=lambda aim: f"/agreements/{aim.agreement_id}/aims/{aim.id}",
    page=lambda aim: f"/agreements/{aim.agreement_id}",
    caption="Support agreement",
)
VISIT: Resource[VisitRow] = Resource(
    name="visit",
    path="/visits/{visit_id:uuid}",
    load=visit_to,
    url=lambda visit: f"/visits/{visit.id}",
    page=lambda visit: f"/agreements/{visit.agreement_id}",
    caption=lambda _, visit: f"{format_date(visit.visit_on)}: {visit.focus}",
)
AMENDMENT: Resource[AmendmentRow] = Resource(
    name="amendment",
    path="/amendments/{amendment_id:uuid}",
    load=amendment_to,
    url=lambda amendment: f"/amendments/{amendment.id}",
    page=lambda amendment: f"/agreements/{amendment.agreement_id}",
    caption="Support agreement",
)
