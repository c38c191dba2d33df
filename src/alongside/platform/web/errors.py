"""Error pages: the status and the template for each error."""

import re
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
from alongside.platform.web.form_data import TOKENS, BodyRefused, receive_body, typed_text
from alongside.platform.web.http import HttpRequest
from alongside.platform.web.responses import RETRY_AFTER, Page, PageResult, Redirect, TemplateVariables
from alongside.platform.web.uploads import largest_of

REFUSED_BODIES = {"large": 413, "fields": 413, "slow": 408, "unreadable": 400}
NO_TEXT = re.compile(r"[0-9a-f-]{32,}|[\w.:-]{0,19}")
"""Ids, numbers, keys and single words, which are not worth showing again."""

ID_IN_NAME = re.compile(r"_?[0-9a-f]{32}")
"""An id in the name of a field, which is not part of its label."""

log = structlog.get_logger("alongside.platform.web")


async def with_typed_text(answer: Page, request: HttpRequest) -> Page:
    """Return the page for an error with the text that was typed, which is parsed for it."""
    shown = {**await _retained_text(request), **answer.context.variables()}
    return replace(answer, context=TemplateVariables(answer.context.template, shown))


async def cheaply_with_typed_text(answer: Page, request: HttpRequest) -> Page:
    """Return the same page where it costs next to nothing, otherwise a page that says where the text is."""
    if (await receive_body(request, keep_files=False)).costs_little():
        return await with_typed_text(answer, request)
    shown = TemplateVariables("errors/503.html", {"kept_too_long": True})
    return Page(shown, 503, headers=RETRY_AFTER)


def error_page(problem: Exception, request: HttpRequest) -> PageResult:
    """Return the page for an error, still without the typed text.

    An unexpected error is logged in full, with a reference number.
    """
    match problem:
        case NotFound():
            return Page(TemplateVariables("errors/404.html", {}), status=404)
        case AuthenticationRequired() if request.method == "POST":
            return Page(TemplateVariables("errors/403.html", {"sentence": "You have been signed out."}), 403)
        case AuthenticationRequired():
            query = request.scope.get("query_string", b"").decode("latin-1")
            here = request.scope["path"] + (f"?{query}" if query else "")
            return Redirect(f"/sign-in?next={quote(here, safe='')}")
        case CsrfError():
            return Page(TemplateVariables("errors/403.html", {"sentence": str(problem)}), 403)
        case ActionRefused():
            return Page(
                TemplateVariables("errors/409.html", {"sentence": problem.sentence, "state": problem.state}),
                409,
            )
        case EditConflict():
            return Page(TemplateVariables("errors/stale.html", {"stale": problem}), 409)
        case ValidationFailed():
            return Page(TemplateVariables("errors/422.html", {"mistakes": problem.mistakes}), 422)
        case _:
            return _other_page_for(problem, request)


def _other_page_for(problem: Exception, request: HttpRequest) -> Page:
    match problem:
        case TooManyRequests():
            return Page(
                TemplateVariables("errors/429.html", {"sentence": str(problem)}), 429, headers=RETRY_AFTER
            )
        case ServiceUnavailable():
            log.warning("too busy", exc_info=None if isinstance(problem, TooManyWaiting) else problem)
            return Page(TemplateVariables("errors/503.html", {}), 503, headers=RETRY_AFTER)
        case BodyRefused():
            status = REFUSED_BODIES[problem.problem]
            context = {"largest": largest_of(request), "too_many_fields": problem.problem == "fields"}
            return Page(TemplateVariables(f"errors/{status}.html", context), status)
        case AlongsideError():
            return Page(TemplateVariables("errors/409.html", {"sentence": str(problem), "state": None}), 409)
        case ClientException():
            return Page(TemplateVariables("errors/400.html", {}), 400)
        case _ if is_unavailable(problem):  # in work after the transaction, which is not run again
            log.warning("database unavailable", exc_info=problem)
            return Page(TemplateVariables("errors/503.html", {}), 503)
        case _:
            log.error("unforeseen", error=type(problem).__name__, exc_info=problem)
            return Page(TemplateVariables("errors/500.html", {}), status=500)


async def _retained_text(request: HttpRequest) -> dict[str, object]:
    """Return the typed text and its idempotency key, so that the user can read it and send it again.

    `kept` is every text, `kept_text` the texts that a person would want back, `kept_files` whether files must be chosen
    again.
    """
    form = await typed_text(request)
    texts = form.texts()
    return {
        "kept": texts,
        "kept_text": [
            (ID_IN_NAME.sub("", name), value) for name, value in texts if not NO_TEXT.fullmatch(value)
        ],
        "kept_files": form.has_files(),
        "kept_tokens": {name: "".join(form.getlist(name)[:1]) for name in TOKENS},
    }
