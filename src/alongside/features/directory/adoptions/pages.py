"""The page on which a school says that it uses an entry, and how it went."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.adoptions import actions, queries
from alongside.features.directory.adoptions.forms import UseForm
from alongside.features.directory.queries import get_entry
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@endpoint.get("/directory/{entry_id:uuid}/use", permission=Permission.ADOPT_ENTRY)
async def ask_how_it_went(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Show the form that asks whether an entry works for the person's school."""
    entry = await get_entry(session, person, Permission.ADOPT_ENTRY, entry_id)
    said = await queries.own_use(session, person, entry)
    form = UseForm(data={"worked": said.worked, "notes": said.notes} if said else {})
    return Page("directory/use.html", {"form": form, "entry": entry, "said_before": said is not None})


@endpoint.post("/directory/{entry_id:uuid}/use", permission=Permission.ADOPT_ENTRY)
async def adopt_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Save the school's answer about an entry that it uses."""
    entry = await get_entry(session, person, Permission.ADOPT_ENTRY, entry_id)
    form = UseForm(await read_form_data(request))
    if not form.holds():
        said = await queries.own_use(session, person, entry)
        context = {"form": form, "entry": entry, "said_before": said is not None}
        return Page("directory/use.html", context, status=422)
    await actions.adopt_entry(session, person, entry_id, form.worked.data, form.notes.data)
    return Redirect(f"/directory/{entry_id}", "Thank you: others see how it went for you.")


@endpoint.post("/directory/{entry_id:uuid}/use/end", permission=Permission.ADOPT_ENTRY)
async def end_use(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Delete the school's answer about an entry."""
    await actions.end_use(session, person, entry_id)
    return Redirect(f"/directory/{entry_id}", "Your school no longer counts as using this.")


routes = [ask_how_it_went, adopt_entry, end_use]
