"""Decorator that writes an entry in the access log before a page with an escalation is shown."""

from collections.abc import Awaitable, Callable
from functools import wraps

from alongside.features.escalations.access_log.actions import note_reading
from alongside.features.escalations.rows import EscalationRow, Part
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import ContinueAfterCommit, Page, PageResult

PageFunction = Callable[..., Awaitable[PageResult]]


def logs_reading_of(part: str) -> Callable[[PageFunction], PageFunction]:
    """Decorate a page handler so that it logs access to this part of the escalation before the page is shown.

    The page has the escalation under `escalation` in its context, or a part of one under `part`. Use it for GET
    and POST handlers alike: a form that is refused shows the escalation again.
    """

    def decorated(function: PageFunction) -> PageFunction:
        @wraps(function)
        async def logged(ctx: PageRequest, **params: object) -> PageResult:
            answer = await function(ctx, **params)
            if not isinstance(answer, Page):
                return answer
            shown = answer.context.variables()
            record = shown.get("part", shown.get("escalation"))
            escalation = record.escalation if isinstance(record, Part) else record
            assert isinstance(escalation, EscalationRow)
            escalation_id = escalation.id

            async def note_and_show() -> PageResult:
                await note_reading(ctx.app.database, ctx.person, escalation_id, part)
                return answer

            return ContinueAfterCommit(note_and_show, in_turn=True)

        return logged

    return decorated


logs_reading = logs_reading_of("escalation")
