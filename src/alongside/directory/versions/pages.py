"""The page that lists the texts of an entry and shows what differs between two of them."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.directory.queries import entry_to, sees_its_story
from alongside.directory.shown import words_for
from alongside.directory.versions.queries import version_to, versions_of
from alongside.directory.words import difference
from alongside.errors import NotThere
from alongside.web.answers import Answer, Page
from alongside.web.gate import page
from alongside.web.typed import Typed, asked


@page.get("/directory/{entry_id:uuid}/versions", permission=Permission.SEE_ENTRY)
async def compare_versions(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Two texts of an entry side by side, for its schools and those who look after them."""
    entry = await entry_to(session, person, Permission.SEE_ENTRY, entry_id)
    if not sees_its_story(person, entry):
        raise NotThere
    question = asked(request)
    later = _number(question, "later", entry.edition)
    earlier = _number(question, "earlier", entry.verified_edition or 0)
    if earlier in (0, later):
        earlier = max(1, later - 1)
    old = await version_to(session, person, entry, earlier)
    new = await version_to(session, person, entry, later)
    settings = settings_of(person.authority_id)
    context = {
        "entry": entry,
        "versions": await versions_of(session, person, entry),
        "old": old,
        "new": new,
        "differences": difference(settings, old.written, new.written) if old.edition != new.edition else [],
        **words_for(person),
    }
    return Page("directory/versions.html", context)


def _number(question: Typed, name: str, usual: int) -> int:
    """A text's number from the address; the usual one for anything that is none."""
    text = question.one(name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else usual


routes = [compare_versions]
