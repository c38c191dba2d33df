"""The page of what a school is known for, and whether it can help now."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.directory.availability import available_from
from alongside.directory.known_for import entries_of_school
from alongside.directory.shown import words_for
from alongside.errors import NotThere
from alongside.schools.model import LARGEST_URN
from alongside.schools.queries import school_with
from alongside.web.answers import Answer, Page
from alongside.web.gate import page


@page.get("/directory/schools/{urn:int}", permission=Permission.SEE_SCHOOLS)
async def show_known_for(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, urn: int
) -> Answer:
    """A school by its themes, each with its strongest evidence, as far as whoever asks may see its entries."""
    if not 0 < urn <= LARGEST_URN:
        raise NotThere
    school = await school_with(session, person.authority_id, urn)
    entries = await entries_of_school(session, person, urn)
    strongest: dict[str, int] = {}
    for entry in entries:
        for theme in entry.themes:
            strongest[theme] = max(strongest.get(theme, 0), entry.evidence_level)
    context = {
        "school": school,
        "entries": entries,
        "known_for": sorted(strongest.items(), key=lambda one: (-one[1], one[0])),
        "available": await available_from(session, person, urn),
        "ask": urlencode({"addressed": urn}),
        "own": person.school_urn == urn,
        **words_for(person),
    }
    return Page("directory/school.html", context)


routes = [show_known_for]
