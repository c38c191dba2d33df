"""Turns results of page functions into HTTP responses; the only place that renders templates."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from urllib.parse import quote, unquote
from uuid import uuid4

from jinja2 import Environment
from litestar import Response
from litestar.datastructures import Cookie
from litestar.response import Stream

from alongside.platform.access.authorisation import has_permission, may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.context import AppContext, Tenant
from alongside.platform.web.http import HttpRequest, HttpResponse
from alongside.platform.web.navigation import NavigationItem, placed
from alongside.platform.web.paging import Pager
from alongside.platform.web.responses import (
    RETRY_AFTER,
    ContinueAfterCommit,
    Download,
    InlineImage,
    Page,
    PageResult,
    Redirect,
    TextResponse,
)

SAID_COOKIE = "__Host-said"
HTML = "text/html"


class NewIdempotencyKey:
    """A new idempotency key each time a template shows it, so that every form on a page has its own."""

    def __html__(self) -> str:
        """Return 32 random hexadecimal digits."""
        return uuid4().hex

    __str__ = __html__


def navigation_for(app_context: AppContext, person: Principal, path: str) -> list[NavigationItem]:
    """Return the main navigation for this person, with the current entry marked."""
    return placed(
        [
            replace(
                one,
                current=_within(path, one.href),
                count=one.counter(person) if one.counter is not None else 0,
            )
            for one in app_context.navigation
            if person.signed_in
            and has_permission(person, one.permission)
            and (one.shown is None or one.shown(person))
        ]
    )


def _within(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href + "/"))


def wants_part(request: HttpRequest) -> bool:
    """Return whether htmx asks for a fragment only."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-request-type", "partial") == "partial"


def cookie(name: str, value: str | None, max_age: int | None = None) -> Cookie:
    """Return a cookie for this host only, which scripts cannot read; None deletes it."""
    return Cookie(
        key=name,
        value=value or "",
        max_age=0 if value is None else max_age,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def response_to(
    request: HttpRequest,
    app_context: AppContext,
    tenant: Tenant | None,
    person: Principal | None,
    answer: PageResult,
) -> HttpResponse:
    """Return the response for a result. It reads nothing from the database, because the transaction has ended."""
    match answer:
        case Redirect():
            cookies = [cookie(name, value) for name, value in answer.cookies.items()]
            if answer.said:
                cookies.append(cookie(SAID_COOKIE, quote(answer.said[:300]), 60))
            return Response(
                content=b"",
                status_code=303,
                headers={**answer.headers, "location": answer.location},
                cookies=cookies,
            )
        case Download():
            name = quote(answer.filename)
            headers = {**answer.headers, "content-disposition": f"attachment; filename*=UTF-8''{name}"}
            if isinstance(answer.body, bytes):
                return Response(answer.body, status_code=200, media_type=answer.media_type, headers=headers)
            return Stream(answer.body, status_code=200, media_type=answer.media_type, headers=headers)
        case InlineImage():
            kept = f"private, max-age={answer.seconds}, immutable" if answer.seconds else "no-store"
            headers = {"content-disposition": "inline", "cache-control": kept}
            return Response(answer.body, status_code=200, media_type=answer.media_type, headers=headers)
        case TextResponse():
            return Response(
                content=answer.body.encode(),
                status_code=answer.status,
                media_type=answer.media_type,
                headers=dict(answer.headers),
            )
        case ContinueAfterCommit():
            raise TypeError("The gate acts on AfterCommit before it renders.")
        case Page():
            return _page(request, app_context, tenant, person, answer)


@lru_cache(maxsize=64)
def plain_page(environment: Environment, template: str) -> bytes:
    """Return a page for a request without any context, not even an authority; it is rendered once."""
    return environment.get_template(template).render(surroundings()).encode()


def plain_response(environment: Environment, status: int) -> Response[bytes]:
    """Return the error page of a status that is the same for everybody, because it must cost next to nothing."""
    headers = RETRY_AFTER if status in (429, 503) else {}
    page = plain_page(environment, f"errors/{status}.html")
    return Response(page, status_code=status, media_type=HTML, headers=headers)


def surroundings(**known: object) -> dict[str, object]:
    """Return the variables that every template may use."""
    nothing: dict[str, object] = {
        "authority": None,
        "person": None,
        "navigation": [],
        "said": None,
        "csrf_token": None,
        "idempotency_key": NewIdempotencyKey(),
        "demonstration": False,
        "path": "/",
        "paged": Pager("/", ()),
        "request_id": "",
        "may": may,
        "Permission": Permission,
    }
    return nothing | known


def _page(
    request: HttpRequest,
    app_context: AppContext,
    tenant: Tenant | None,
    person: Principal | None,
    answer: Page,
) -> Response[bytes]:
    said = request.cookies.get(SAID_COOKIE)
    shown = answer.context
    template = shown.fragment if shown.fragment and wants_part(request) else shown.template
    path = request.scope["path"]
    body = app_context.environment.get_template(template).render(
        surroundings(
            authority=tenant,
            person=person,
            navigation=navigation_for(app_context, person, path) if person else [],
            said=unquote(said) if said else None,
            csrf_token=person.csrf_token if person else None,
            demonstration=app_context.demonstration,
            path=path,
            paged=Pager(path, tuple(request.query_params.multi_items())),
            request_id=request.scope.get("alongside_request_id", ""),
            may=may if person is None else _requester(person),
        )
        | shown.variables()
    )
    cookies = [cookie(name, value) for name, value in answer.cookies.items()]
    if said and template == shown.template:
        cookies.append(cookie(SAID_COOKIE, None))
    return Response(
        content=body.encode(),
        status_code=answer.status,
        media_type=HTML,
        headers=dict(answer.headers),
        cookies=cookies,
    )


def _requester(person: Principal) -> Callable[..., bool]:
    def requester(
        permission: Permission, *school_urns: int | None, visible_to_authority_from: date | None = None
    ) -> bool:
        return may(person, permission, *school_urns, visible_to_authority_from=visible_to_authority_from)

    return requester
