"""The route of an agreement's PDF."""

from uuid import UUID

from alongside.features.agreements.queries import get_agreement
from alongside.features.agreements.signed_versions.queries import signed_versions
from alongside.features.agreements.visits.queries import visits_of
from alongside.features.authorities import settings_of
from alongside.features.messages.agreement_pdf.context import agreement_values
from alongside.features.messages.agreement_pdf.queries import files_of_proposal
from alongside.platform.access.permissions import Permission
from alongside.platform.access.records import may_on
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.pdf import MEDIA_TYPE, pdf
from alongside.platform.web.responses import ContinueAfterCommit, Download, PageResult
from alongside.platform.web.routing import endpoint


@endpoint.get("/agreements/{agreement_id:uuid}/pdf", permission=Permission.VIEW_AGREEMENT, expensive=True)
async def print_agreement(ctx: PageRequest, agreement_id: UUID) -> PageResult:
    """Serve the agreement as a PDF, rendered after the transaction has ended."""
    person, session = ctx.person, ctx.session
    row = await get_agreement(session, person, Permission.VIEW_AGREEMENT, agreement_id)
    reads_messages = may_on(person, Permission.VIEW_MESSAGES, row)
    values = agreement_values(
        row,
        await signed_versions(session, person.authority_id, row.id),
        await visits_of(session, person.authority_id, row.id),
        await files_of_proposal(session, person.authority_id, row.proposal_id) if reads_messages else None,
        settings_of(person.authority_id),
        f"{ctx.request.headers.get('host', '')}/agreements/{row.id}",
        person.today,
    )

    async def printed() -> PageResult:
        return Download(await pdf("agreements/agreement.typ", values), f"agreement-{row.id}.pdf", MEDIA_TYPE)

    return ContinueAfterCommit(printed, expensive=True)


routes = [print_agreement]
