"""The page of a signed agreement: the latest version, or an earlier one, to read and to print."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import NotThere
from alongside.partnerships.agreements.queries import signed_versions
from alongside.partnerships.queries import partnership_to
from alongside.web.answers import Answer, Page
from alongside.web.gate import page
from alongside.web.typed import asked


@page.get("/partnerships/{partnership_id:uuid}/agreement", permission=Permission.SEE_PARTNERSHIP)
async def show_agreement(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID
) -> Answer:
    """One signed version of the agreement, the latest unless another is asked for, and the list of all."""
    row = await partnership_to(session, person, Permission.SEE_PARTNERSHIP, partnership_id)
    versions = await signed_versions(session, person.authority_id, partnership_id)
    wanted = asked(request).one("version")
    shown = next((one for one in versions if wanted in ("", str(one.agreement_version))), None)
    if wanted and shown is None:
        raise NotThere
    return Page("partnerships/agreement.html", {"partnership": row, "versions": versions, "shown": shown})


routes = [show_agreement]
