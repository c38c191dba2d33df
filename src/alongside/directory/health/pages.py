"""The page of the directory's health, for those who verify entries."""

from typing import Any

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities.registry import settings_of
from alongside.authorities.settings import on_offer
from alongside.directory.health.queries import FEWEST, SOON_DAYS, health_of
from alongside.web.answers import Answer, Page
from alongside.web.gate import page


@page.get("/directory/health", permission=Permission.VERIFY_ENTRY)
async def show_health(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """What was searched for and not found, what is about to expire, where need and practice do not meet."""
    health = await health_of(session, person)
    by_theme = {row.theme: row for row in health["meeting"]}
    themes = [
        (key, one.label, getattr(by_theme.get(key), "needs", 0), getattr(by_theme.get(key), "entries", 0))
        for key, one in on_offer(settings_of(person.authority_id).themes).items()
    ]
    themes.sort(key=lambda one: (one[3] - one[2], one[1]))
    context = {**health, "themes": themes, "fewest": FEWEST, "soon_days": SOON_DAYS}
    return Page("directory/health/show.html", context)


routes = [show_health]
