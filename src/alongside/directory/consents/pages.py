"""The page on which a headteacher reads an entry about a partnership and says yes to it."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.directory.consents import actions
from alongside.directory.queries import consents_of, entry_to
from alongside.directory.shown import version_of, words_for
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed


@page.get("/directory/{entry_id:uuid}/consent", permission=Permission.CONSENT_TO_ENTRY)
async def ask_for_consent(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """The text as it would go out, and the button that says yes."""
    entry = await entry_to(session, person, Permission.CONSENT_TO_ENTRY, entry_id)
    given = await consents_of(session, person, entry)
    context = {"entry": entry, "given": person.school_urn in given, **words_for(person)}
    return Page("directory/consent.html", context)


@page.post("/directory/{entry_id:uuid}/consent", permission=Permission.CONSENT_TO_ENTRY)
async def consent_to_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Keep a school's yes to the text it has read."""
    await entry_to(session, person, Permission.CONSENT_TO_ENTRY, entry_id)
    edition = version_of(await typed(request))
    both = await actions.consent_to_entry(session, person, entry_id, edition)
    said = (
        "Both schools have said yes." if both else "Your school has said yes. The other one is still asked."
    )
    return SeeOther(f"/directory/{entry_id}", said)


routes = [ask_for_consent, consent_to_entry]
