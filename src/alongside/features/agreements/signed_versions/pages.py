"""Page of a signed agreement version, for reading and printing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.errors import NotFound
from alongside.features.agreements.queries import AgreementRow, get_agreement
from alongside.features.agreements.signed_versions.queries import SignedVersion, signed_versions
from alongside.platform.access.permissions import Permission
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, kw_only=True)
class SignedAgreementPage(PageContext):
    """One signed version of an agreement, and all versions, newest first."""

    template = "agreements/agreement.html"

    agreement: AgreementRow
    versions: Sequence[SignedVersion]
    shown: SignedVersion | None


@endpoint.get("/agreements/{agreement_id:uuid}/agreement", permission=Permission.VIEW_AGREEMENT)
async def show_agreement(ctx: PageRequest, agreement_id: UUID) -> PageResult:
    """Show one signed version, the latest by default, and the list of all versions."""
    row = await get_agreement(ctx.session, ctx.person, Permission.VIEW_AGREEMENT, agreement_id)
    versions = await signed_versions(ctx.session, ctx.person.authority_id, agreement_id)
    wanted = ctx.query.one("version")
    shown = next((one for one in versions if wanted in ("", str(one.agreement_version))), None)
    if wanted and shown is None:
        raise NotFound
    return Page(SignedAgreementPage(agreement=row, versions=versions, shown=shown))


routes = [show_agreement]
