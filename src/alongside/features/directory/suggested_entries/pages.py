"""The page that suggests an entry for each agreement that met its need."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.directory.suggested_entries import actions, queries
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@endpoint.get("/directory/suggested-entries", permission=Permission.WRITE_ENTRY)
async def list_suggested_entries(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """List the agreements of the person's schools that others could learn from."""
    found = await queries.agreements_to_suggest_from(session, person)
    return Page("directory/suggested_entries.html", {"agreements": found})


@endpoint.post("/directory/suggested-entries", permission=Permission.WRITE_ENTRY)
async def suggest_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Create the entry of one agreement; it is edited like any other."""
    try:
        agreement_id = UUID((await read_form_data(request)).one("agreement_id"))
    except ValueError:
        raise NotFound from None
    entry_id = await actions.suggest_entry(session, person, agreement_id)
    said = "The entry is begun from what you both recorded. Read it as others would, and write on."
    return Redirect(f"/directory/{entry_id}/edit", said)


routes = [list_suggested_entries, suggest_entry]
