"""The page on which a headteacher reads an entry about an agreement and consents to it."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.consents import actions
from alongside.features.directory.queries import consents_of, get_entry
from alongside.features.directory.view_context import version_of, words_for
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@endpoint.get("/directory/{entry_id:uuid}/consent", permission=Permission.CONSENT_TO_ENTRY)
async def ask_for_consent(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Show the text as it would be published, with the button to consent."""
    entry = await get_entry(session, person, Permission.CONSENT_TO_ENTRY, entry_id)
    given = await consents_of(session, person, entry)
    context = {"entry": entry, "given": person.school_urn in given, **words_for(person)}
    return Page("directory/consent.html", context)


@endpoint.post("/directory/{entry_id:uuid}/consent", permission=Permission.CONSENT_TO_ENTRY)
async def consent_to_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Record the school's consent to the text it has read."""
    await get_entry(session, person, Permission.CONSENT_TO_ENTRY, entry_id)
    edition = version_of(await read_form_data(request))
    both = await actions.consent_to_entry(session, person, entry_id, edition)
    said = (
        "Both schools have said yes." if both else "Your school has said yes. The other one is still asked."
    )
    return Redirect(f"/directory/{entry_id}", said)


routes = [ask_for_consent, consent_to_entry]
