"""What I was told; letters that did not arrive; the letters of the demonstration, to be read."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import NotThere
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


@page.get("/mail-failures", permission=Permission.SEE_FAILED_MAIL)
async def list_failures(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Letters that were given up, each with the reason."""
    return Page("notifications/failures.html", {"failures": await queries.letters_given_up(session, person)})


@page.post("/mail-failures/{mail_id:uuid}/sending", permission=Permission.SEE_FAILED_MAIL)
async def send_again(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, mail_id: UUID
) -> Answer:
    """Have such a letter tried anew."""
    await actions.send_again(session, person, mail_id)
    return SeeOther("/mail-failures", "The letter will be tried again.")


@page.get("/outbox", permission=Permission.SEE_OWN_DESK)
async def show_outbox(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The letters of this authority, whoever they are for; there is no such page outside the demonstration."""
    if not request.app.state.house.demonstration:
        raise NotThere
    return Page("notifications/outbox.html", {"letters": await queries.latest_letters(session, person)})


def _page_number(written: str) -> int:
    """The number of a page as an address has it; 1 for anything else."""
    return (
        int(written)
        if written.isascii() and written.isdigit() and 0 < len(written) < 6 and int(written)
        else 1
    )


routes = [list_notices, read_notices, list_failures, send_again, show_outbox]
