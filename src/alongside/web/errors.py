"""Pages for what went wrong: which error answers with which status, and what it offers to do next."""

from typing import Any
from urllib.parse import quote

import structlog
from litestar import Request
from litestar.exceptions.http_exceptions import ClientException, RequestEntityTooLarge

from alongside.access.person import Person
from alongside.errors import (
    Alongside,
    Forged,
    Invalid,
    NotThere,
    Refused,
    SignedOut,
    Stale,
    TooBusy,
    TooManyRequests,
)
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.typed import typed
from alongside.web.uploads import largest_of, let_go

log = structlog.get_logger("alongside.web")


async def answer_to(problem: Exception, request: Request[Any, Any, Any], person: Person | None) -> Answer:
    """The page for an error. What nobody foresaw is logged in full and shown as a number to quote."""
    match problem:
        case NotThere():
            return Page("errors/404.html", status=404)
        case SignedOut() if request.method == "POST":
            return Page("errors/403.html", {"sentence": "You have been signed out."}, 403)
        case SignedOut():
            query = request.scope.get("query_string", b"").decode("latin-1")
            here = request.scope["path"] + (f"?{query}" if query else "")
            return SeeOther(f"/sign-in?next={quote(here, safe='')}")
        case Forged():
            return Page("errors/403.html", {"sentence": str(problem)}, 403)
        case Refused():
            return Page("errors/409.html", {"sentence": problem.sentence, "state": problem.state}, 409)
        case Stale():
            kept = (await typed(request)).fingerprint_parts()
            return Page("errors/stale.html", {"stale": problem, "kept": kept}, 409)
        case Invalid():
            return Page("errors/422.html", {"mistakes": problem.mistakes}, 422)
        case TooManyRequests() | TooBusy():
            return await _later(problem, request)
        case Alongside():
            return Page("errors/409.html", {"sentence": str(problem), "state": None}, 409)
        case _:
            return await _unforeseen(problem, request)


async def _later(problem: TooManyRequests | TooBusy, request: Request[Any, Any, Any]) -> Page:
    """The page for what may be sent again in a while, with a button that does."""
    if isinstance(problem, TooManyRequests):
        return Page("errors/429.html", {"sentence": str(problem), **await _kept(request)}, 429)
    log.warning("too busy", exc_info=problem)
    return Page("errors/503.html", await _kept(request), 503)


async def _unforeseen(problem: Exception, request: Request[Any, Any, Any]) -> Page:
    """The page for a body that is too large, for one that is no form at all, and for what nobody thought of."""
    if isinstance(problem, RequestEntityTooLarge):
        await let_go(request)
        return Page("errors/413.html", {"largest": largest_of(request)}, 413)
    if isinstance(problem, ClientException):
        return Page("errors/422.html", {"mistakes": {}}, 422)
    log.error("unforeseen", error=type(problem).__name__, exc_info=problem)
    return Page("errors/500.html", status=500)


async def _kept(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What was typed, and under which key, so that it can be sent again without doing the thing twice."""
    if request.method != "POST":
        return {"kept": [], "kept_tokens": {}}
    form = await typed(request)
    tokens = {name: form.one(name) for name in ("csrf_token", "idempotency_key")}
    return {"kept": form.fingerprint_parts(), "kept_tokens": tokens}
