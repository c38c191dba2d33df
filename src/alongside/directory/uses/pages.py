"""The page on which a school says that it uses an entry, and how it went."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.directory.queries import entry_to
from alongside.directory.uses import actions, queries
from alongside.directory.uses.forms import UseForm
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed


@page.get("/directory/{entry_id:uuid}/use", permission=Permission.USE_ENTRY)
async def ask_how_it_went(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Ask whether an entry works for one's own school."""
    entry = await entry_to(session, person, Permission.USE_ENTRY, entry_id)
    said = await queries.own_use(session, person, entry)
    form = UseForm(data={"worked": said.worked, "notes": said.notes} if said else {})
    return Page("directory/use.html", {"form": form, "entry": entry, "said_before": said is not None})


@page.post("/directory/{entry_id:uuid}/use", permission=Permission.USE_ENTRY)
async def use_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Keep what a school says of an entry that it uses."""
    entry = await entry_to(session, person, Permission.USE_ENTRY, entry_id)
    form = UseForm(await typed(request))
    if not form.holds():
        said = await queries.own_use(session, person, entry)
        context = {"form": form, "entry": entry, "said_before": said is not None}
        return Page("directory/use.html", context, status=422)
    await actions.use_entry(session, person, entry_id, form.worked.data, form.notes.data)
    return SeeOther(f"/directory/{entry_id}", "Thank you: others see how it went for you.")


@page.post("/directory/{entry_id:uuid}/use/end", permission=Permission.USE_ENTRY)
async def end_use(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Take back what a school said of an entry."""
    await actions.end_use(session, person, entry_id)
    return SeeOther(f"/directory/{entry_id}", "Your school no longer counts as using this.")


routes = [ask_how_it_went, use_entry, end_use]
