"""What I was told."""

from typing import Any

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.notifications import actions, queries
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import asked


@page.get("/notices", permission=Permission.SEE_OWN_DESK)
async def list_notices(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Everything that I was told, newest first."""
    number = _page_number(asked(request).one("page"))
    notices, more = await queries.notices_to(session, person, number)
    unread = await queries.unread_notices(session, person)
    context = {"notices": notices, "unread": unread, "number": number, "more": more}
    return Page("notifications/list.html", context)


@page.post("/notices/reading", permission=Permission.SEE_OWN_DESK)
async def read_notices(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """I have read them all."""
    count = await actions.read_notices(session, person)
    return SeeOther("/notices", "All are marked as read." if count else None)


def _page_number(written: str) -> int:
    return min(int(written), 10_000) if written.isascii() and written.isdigit() and int(written) > 0 else 1


routes = [list_notices, read_notices]
