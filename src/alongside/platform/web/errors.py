"""Error pages: the status and the template for each error."""

from dataclasses import replace
from urllib.parse import quote

import structlog
from litestar.exceptions.http_exceptions import ClientException

from alongside.errors import (
    ActionRefused,
    AlongsideError,
    AuthenticationRequired,
    CsrfError,
    EditConflict,
    NotFound,
    ServiceUnavailable,
    TooManyRequests,
    TooManyWaiting,
    ValidationFailed,
)
from alongside.platform.database.retries import is_unavailable
from alongside.platform.web.error_contexts import (
    BrokenContext,
    BusyContext,
    ErrorContext,
    ForbiddenContext,
    InvalidContext,
    NotFoundContext,
    RefusedContext,
    StaleContext,
    TooLargeContext,
    TooManyContext,
    TooSlowContext,
    UnreadableContext,
)
from alongside.platform.web.form_data import BodyRefused, receive_body, typed_text
from alongside.platform.web.http import HttpRequest
from alongside.platform.web.responses import RETRY_AFTER, Page, PageResult, Redirect
from alongside.platform.web.uploads import largest_of

log = structlog.get_logger("alongside.platform.web")


async def with_typed_text(answer: Page, request: HttpRequest) -> Page:
    """Return the page for an error with the text that was typed, which is parsed for it."""
    shown = answer.context
    if isinstance(shown, ErrorContext | StaleContext):
        return replace(answer, context=shown.with_typed(await typed_text(request)))
    return answer


async def cheaply_with_typed_text(answer: Page, request: HttpRequest) -> Page:
    """Return the same page where it costs next to nothing, otherwise a page that says where the text is."""
    if (await receive_body(request, keep_files=False)).costs_little():
        return await with_typed_text(answer, request)
    shown = BusyContext(kept_too_long=True)
    return Page(shown, 503, headers=RETRY_AFTER)


def error_page(problem: Exception, request: HttpRequest) -> PageResult:
    """Return the page for an error, still without the typed text.

    An unexpected error is logged in full, with a reference number.
    """
    match problem:
        case NotFound():
            return Page(NotFoundContext(), status=404)
        case AuthenticationRequired() if request.method == "POST":
            return Page(ForbiddenContext(sentence="You have been signed out."), 403)
        case AuthenticationRequired():
            query = request.scope.get("query_string", b"").decode("latin-1")
            here = request.scope["path"] + (f"?{query}" if query else "")
            return Redirect(f"/sign-in?next={quote(here, safe='')}")
        case CsrfError():
            return Page(ForbiddenContext(sentence=str(problem)), 403)
        case ActionRefused():
            return Page(
                RefusedContext(sentence=problem.sentence, state=problem.state, page=problem.page),
                409,
            )
        case EditConflict():
            return Page(StaleContext(stale=problem), 409)
        case ValidationFailed():
            return Page(InvalidContext(mistakes=problem.mistakes), 422)
        case _:
            return _other_page_for(problem, request)


def _other_page_for(problem: Exception, request: HttpRequest) -> Page:
    match problem:
        case TooManyRequests():
            return Page(TooManyContext(sentence=str(problem)), 429, headers=RETRY_AFTER)
        case ServiceUnavailable():
            log.warning("too busy", exc_info=None if isinstance(problem, TooManyWaiting) else problem)
            return Page(BusyContext(), 503, headers=RETRY_AFTER)
        case BodyRefused():
            return _refused_body(problem, request)
        case AlongsideError():
            return Page(RefusedContext(sentence=str(problem)), 409)
        case ClientException():
            return Page(UnreadableContext(), 400)
        case _ if is_unavailable(problem):  # in work after the transaction, which is not run again
            log.warning("database unavailable", exc_info=problem)
            return Page(BusyContext(), 503)
        case _:
            log.error("unforeseen", error=type(problem).__name__, exc_info=problem)
            return Page(BrokenContext(), status=500)


def _refused_body(problem: BodyRefused, request: HttpRequest) -> Page:
    match problem.problem:
        case "slow":
            return Page(TooSlowContext(), 408)
        case "unreadable":
            return Page(UnreadableContext(), 400)
        case _:
            too_many = problem.problem == "fields"
            return Page(TooLargeContext(largest=largest_of(request), too_many_fields=too_many), 413)
