"""Pages that show a case write an entry in its access log before they are shown."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.escalations.reading.actions import note_reading
from alongside.web.answers import AfterCommit, Answer, Page

PageFunction = Callable[..., Awaitable[Answer]]


def logs_reading_of(part: str) -> Callable[[PageFunction], PageFunction]:
    """Have a page that shows a case, under `case` in its context, write that this part was read before it is shown.

    For pages to look at and for acts alike: a form that is refused shows the case again.
    """

    def decorated(function: PageFunction) -> PageFunction:
        @wraps(function)
        async def logged(request: Any, session: AsyncSession, person: Person, **params: Any) -> Answer:
            answer = await function(request, session, person, **params)
            case = answer.context.get("case") if isinstance(answer, Page) else None
            if case is None:
                return answer
            database = request.app.state.house.database

            async def note_and_show() -> Answer:
                await note_reading(database, person, case.id, part)
                return answer

            return AfterCommit(note_and_show)

        return logged

    return decorated


logs_reading = logs_reading_of("case")
