"""The page that offers an entry for each partnership that met its need."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.directory.harvest import actions, queries
from alongside.errors import NotThere
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed


@page.get("/directory/harvest", permission=Permission.WRITE_ENTRY)
async def list_harvest(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The partnerships of one's school that others could learn from."""
    found = await queries.partnerships_to_harvest(session, person)
    return Page("directory/harvest.html", {"partnerships": found})


@page.post("/directory/harvest", permission=Permission.WRITE_ENTRY)
async def harvest_partnership(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person
) -> Answer:
    """Begin the entry of one partnership; it is written on like any other."""
    try:
        partnership_id = UUID((await typed(request)).one("partnership_id"))
    except ValueError:
        raise NotThere from None
    entry_id = await actions.harvest_partnership(session, person, partnership_id)
    said = "The entry is begun from what you both recorded. Read it as others would, and write on."
    return SeeOther(f"/directory/{entry_id}/edition", said)


routes = [list_harvest, harvest_partnership]
