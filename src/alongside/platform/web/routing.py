"""Routes: finds the authority and the person, opens the transaction, checks the permission, commits, and responds."""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import uuid4

import structlog
from litestar import route
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.types import Empty

from alongside.errors import (
    AlongsideError,
    AuthenticationRequired,
    CsrfError,
    NotFound,
    TooManyRequests,
    TooManyWaiting,
)
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, anonymous
from alongside.platform.audit.actions import request_id
from alongside.platform.database.retries import DATABASE_ERRORS, run_with_retries
from alongside.platform.web.bodies import close_files
from alongside.platform.web.context import SESSION_COOKIE, AppContext, Tenant
from alongside.platform.web.errors import cheaply_with_typed_text, error_page, with_typed_text
from alongside.platform.web.form_data import is_received, read_form_data, receive_body
from alongside.platform.web.health import REQUEST_SECONDS, REQUESTS_TOTAL
from alongside.platform.web.http import HttpRequest, HttpResponse
from alongside.platform.web.idempotency import claim_idempotency_key, store_response
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.recovery import may_recover, recovered
from alongside.platform.web.render import plain_response, response_to
from alongside.platform.web.responses import ContinueAfterCommit, Page, PageResult, Redirect
from alongside.platform.web.security import refuse_other_sites, refuse_wrong_token
from alongside.platform.web.server_timing import begin_timing, rendering
from alongside.platform.web.uploads import BYTES_FOR_FIELDS, Upload, checked_upload

PageFunction = Callable[..., Awaitable[PageResult]]
Prepare = Callable[[HttpRequest, Principal], Awaitable[object]]
PREPARED = "alongside_prepared"
log = structlog.get_logger("alongside.platform.web")


class Routes:
    """The decorators that declare a page; each must name its permission."""

    def get(
        self,
        path: str,
        *,
        permission: Permission,
        by_itself: bool = False,
        expensive: bool = False,
        action: object = None,
    ) -> Callable[[PageFunction], HTTPRouteHandler]:
        """Declare a page: its transaction is READ ONLY. `action` is the declared action whose form it shows.

        `by_itself` marks requests that an open page sends without user action: they do not extend the session. An
        `expensive` page waits for a slot (`ContinueAfterCommit`); who has too many is refused before it is read.
        """
        methods = [HttpMethod.GET, HttpMethod.HEAD]
        return self._declare(
            path, permission, methods, by_itself=by_itself, expensive=expensive, action=action
        )

    def post(
        self,
        path: str,
        *,
        permission: Permission,
        upload: Upload | None = None,
        prepare: Prepare | None = None,
        action: object = None,
    ) -> Callable[[PageFunction], HTTPRouteHandler]:
        """Declare an action: it runs once per submission and is committed before the response.

        `upload` is the file of the form; such a form is read only if the person has the permission, and `prepared`
        returns its UploadedFile or a refusal. `prepare` does other expensive work (see `process_pool`) before the
        transaction opens, once even if the transaction is retried; `prepared` returns its result. `action` is the
        declared action that it runs, whose form is shown again if the request is refused (`recovery`).
        """
        return self._declare(
            path, permission, [HttpMethod.POST], upload=upload, prepare=prepare, action=action
        )

    def _declare(
        self,
        path: str,
        permission: Permission,
        methods: list[HttpMethod],
        *,
        by_itself: bool = False,
        expensive: bool = False,
        upload: Upload | None = None,
        prepare: Prepare | None = None,
        action: object = None,
    ) -> Callable[[PageFunction], HTTPRouteHandler]:
        def declared(function: PageFunction) -> HTTPRouteHandler:
            async def endpoint(request: HttpRequest) -> HttpResponse:
                return await _handle_request(request, function, permission)

            endpoint.__name__ = function.__name__
            endpoint.__doc__ = function.__doc__
            handler = route(
                path,
                http_method=methods,
                name=f"{function.__module__}.{function.__name__}",
                opt={
                    "permission": permission,
                    "function": function,
                    "by_itself": by_itself,
                    "expensive": expensive,
                    "ask_first": upload is not None or prepare is not None,
                    "upload": upload,
                    "prepare": prepare,
                    "action": action,
                },
                status_code=200,
                request_max_body_size=Empty if upload is None else upload.largest + BYTES_FOR_FIELDS,
            )
            made: HTTPRouteHandler = handler(endpoint)
            return made

        return declared


endpoint = Routes()


async def _handle_request(
    request: HttpRequest, function: PageFunction, permission: Permission
) -> HttpResponse:
    """Handle one request and log it."""
    timing = begin_timing()
    app_context: AppContext = request.app.state.app_context
    name = request.headers.get("x-request-id", "")
    name = name if name.isalnum() and len(name) <= 64 else uuid4().hex
    request.scope["alongside_request_id"] = name  # type: ignore[typeddict-unknown-key]
    request_id.set(name)
    tenant: Tenant | None = None
    person: Principal | None = None
    try:
        tenant = await app_context.find_tenant(request.headers.get("host", ""))
        if tenant is None:
            raise NotFound
        opt = request.route_handler.opt
        with app_context.turns.present(tenant.authority_id):
            if opt["ask_first"] or opt["expensive"]:
                app_context.pool.quotas.refuse_again(request.cookies.get(SESSION_COOKIE))
            if request.method == "POST":
                refuse_other_sites(request.headers, request.headers.get("host", ""))
                await _before_transaction(request, app_context, tenant, permission)
            response, person = await _respond(request, app_context, tenant, function, permission)
    except Exception as problem:
        person = getattr(problem, "alongside_principal", None) or (
            anonymous(tenant.authority_id, app_context.today()) if tenant else None
        )
        response = await _recover(request, app_context, tenant, person, problem) or await _refuse(
            request, app_context, tenant, person, problem
        )
    timing.add_header(response, app_context, person)
    await close_files(request)
    took = time.perf_counter() - timing.began
    REQUESTS_TOTAL.labels(
        function.__name__, request.method, response.status_code, tenant.slug if tenant else ""
    ).inc()
    REQUEST_SECONDS.labels(function.__name__).observe(took)
    log.info(
        "answered",
        request_id=name,
        authority=tenant.slug if tenant else None,
        person=str(person.id) if person and person.id else None,
        role=person.role.value if person else None,
        act=function.__name__,
        method=request.method,
        status=response.status_code,
        milliseconds=round(took * 1000, 1),
    )
    return response


async def _respond(
    request: HttpRequest,
    app_context: AppContext,
    tenant: Tenant,
    function: PageFunction,
    permission: Permission,
) -> tuple[HttpResponse, Principal]:
    """Run the handler and render its result in one turn of the authority: both use the processor."""
    turns, authority_id = app_context.turns, tenant.authority_id
    async with turns.turn(authority_id, _address(request)):
        if request.method == "POST":
            await read_form_data(request)  # it arrived before; this takes it apart
        answer, person = await run_with_retries(
            lambda: _run_handler(request, app_context, tenant, function, permission)
        )
        if not isinstance(answer, ContinueAfterCommit):
            return _rendered(request, app_context, tenant, person, answer), person
    while isinstance(answer, ContinueAfterCommit):
        answer = await _acted(request, app_context, person, answer)
    async with turns.turn(authority_id, _address(request), admitted=True):
        return _rendered(request, app_context, tenant, person, answer), person


def _rendered(
    request: HttpRequest, app_context: AppContext, tenant: Tenant, person: Principal, answer: PageResult
) -> HttpResponse:
    """Render a result; an error says for whom, so that its page has their navigation."""
    try:
        with rendering():
            return response_to(request, app_context, tenant, person, answer)
    except Exception as problem:
        problem.alongside_principal = person  # type: ignore[attr-defined]
        raise


async def _recover(
    request: HttpRequest,
    app_context: AppContext,
    tenant: Tenant | None,
    person: Principal | None,
    problem: Exception,
) -> HttpResponse | None:
    """Return the refused form again, or an offer to change role, where there is one; otherwise None."""
    if tenant is None or person is None or not may_recover(request, person, problem):
        return None
    had_a_turn = hasattr(problem, "alongside_principal")
    with suppress(AlongsideError, *DATABASE_ERRORS):
        if request.method == "POST" and not is_received(request):
            body = await receive_body(request, keep_files=False)
            app_context.turns.charge(tenant.authority_id, body.seconds)
        async with app_context.turns.turn(tenant.authority_id, _address(request), admitted=had_a_turn):
            if request.method == "POST":
                await read_form_data(request)
            answer = await run_with_retries(lambda: recovered(request, app_context, tenant, person, problem))
        while isinstance(answer, ContinueAfterCommit):
            answer = await _acted(request, app_context, person, answer)
        if answer is not None:
            return _rendered(request, app_context, tenant, person, answer)
    return None


async def _refuse(
    request: HttpRequest,
    app_context: AppContext,
    tenant: Tenant | None,
    person: Principal | None,
    problem: Exception,
) -> HttpResponse:
    """Return the page for an error, made in a turn; what is answered without a turn costs next to nothing."""
    if tenant is None and isinstance(problem, NotFound):
        return plain_response(app_context.environment, 404)
    had_a_turn = hasattr(problem, "alongside_principal")
    if isinstance(problem, TooManyRequests) and not had_a_turn and request.method != "POST":
        return plain_response(app_context.environment, 429)
    answer = error_page(problem, request)
    typed = await _wait_for_text(request, app_context, tenant, problem)
    if tenant is not None and not isinstance(problem, TooManyWaiting):
        with suppress(TooManyWaiting):
            async with app_context.turns.turn(tenant.authority_id, _address(request), admitted=had_a_turn):
                if typed and isinstance(answer, Page):
                    answer = await with_typed_text(answer, request)
                return response_to(request, app_context, tenant, person, answer)
    if typed and isinstance(answer, Page):
        answer = await cheaply_with_typed_text(answer, request)
    elif tenant is not None:
        return plain_response(app_context.environment, 503)
    return response_to(request, app_context, tenant, person, answer)


async def _wait_for_text(
    request: HttpRequest, app_context: AppContext, tenant: Tenant | None, problem: Exception
) -> bool:
    """Wait until a form has arrived; return whether its text must be shown again."""
    if request.method != "POST":
        return False
    if not is_received(request):
        if isinstance(problem, CsrfError):
            return False  # sent by another website, so its body is not read
        body = await receive_body(request, keep_files=False)
        if tenant is not None:
            app_context.turns.charge(tenant.authority_id, body.seconds)
    return True


def _address(request: HttpRequest) -> str:
    """Return the address of the browser, as the trusted proxy names it."""
    return request.client.host if request.client else ""


async def _acted(
    request: HttpRequest, app_context: AppContext, person: Principal, answer: ContinueAfterCommit
) -> PageResult:
    """Run the work that a result still needs; expensive work waits for a slot."""
    if answer.in_turn:
        async with app_context.turns.turn(person.authority_id, _address(request), admitted=True):
            return await answer.act()
    if not answer.expensive:
        return await answer.act()
    async with app_context.pool.quotas.slot(person.authority_id, person.id):
        return await answer.act()


def prepared(request: HttpRequest) -> object:
    """Return the result of `prepare` or the checked upload for this page."""
    return request.scope[PREPARED]  # type: ignore[literal-required]


async def _before_transaction(
    request: HttpRequest, app_context: AppContext, tenant: Tenant, permission: Permission
) -> None:
    """Read the form and run `prepare`: without a connection, and only if the person has the permission."""
    if not request.route_handler.opt["ask_first"]:
        app_context.turns.charge(tenant.authority_id, (await receive_body(request)).seconds)
        return
    token = request.cookies.get(SESSION_COOKIE)
    async with app_context.turns.turn(tenant.authority_id, _address(request)):
        person = await run_with_retries(lambda: _person_of(app_context, tenant, token))
    try:
        _refuse_not_allowed(person, permission)
        app_context.pool.quotas.refuse_too_many(person.authority_id, person.id, token)
        app_context.turns.charge(tenant.authority_id, (await receive_body(request)).seconds)
        async with app_context.turns.turn(tenant.authority_id, _address(request), admitted=True):
            form = await read_form_data(request)
        upload: Upload | None = request.route_handler.opt["upload"]
        prepare: Prepare | None = request.route_handler.opt["prepare"]
        if person.signed_in:
            refuse_wrong_token(token, form.one("csrf_token"))
        if upload is not None:
            request.scope[PREPARED] = await checked_upload(request, person, upload)  # type: ignore[literal-required]
        elif prepare is not None:
            request.scope[PREPARED] = await prepare(request, person)  # type: ignore[literal-required]
    except AlongsideError as problem:
        problem.alongside_principal = person  # type: ignore[attr-defined]
        raise


async def _person_of(app_context: AppContext, tenant: Tenant, token: str | None) -> Principal:
    async with app_context.database.transaction(tenant.authority_id, read_only=True) as session:
        return await app_context.find_person(session, tenant, token, app_context.today())


def _refuse_not_allowed(person: Principal, permission: Permission) -> None:
    if not has_permission(person, permission):
        raise NotFound if person.signed_in else AuthenticationRequired


async def _run_handler(
    request: HttpRequest,
    app_context: AppContext,
    tenant: Tenant,
    function: PageFunction,
    permission: Permission,
) -> tuple[PageResult, Principal]:
    writes = request.method == "POST"
    token = request.cookies.get(SESSION_COOKIE)
    person = anonymous(tenant.authority_id, app_context.today())
    try:
        async with app_context.database.transaction(tenant.authority_id, read_only=not writes) as session:
            person = await app_context.find_person(session, tenant, token, app_context.today())
            _refuse_not_allowed(person, permission)
            if request.route_handler.opt["expensive"]:
                app_context.pool.quotas.refuse_too_many(person.authority_id, person.id, token)
            if writes:
                answer = await _run_write(PageRequest(request, session, person), token, function)
            else:
                answer = await function(PageRequest(request, session, person), **request.path_params)
    except AlongsideError as problem:
        problem.alongside_principal = person  # type: ignore[attr-defined]
        raise
    if person.signed_in and not request.route_handler.opt["by_itself"]:
        await app_context.keep_awake(person)
    return answer, person


async def _run_write(ctx: PageRequest, token: str | None, function: PageFunction) -> PageResult:
    form = await ctx.submitted()
    if not ctx.person.signed_in:
        return await function(ctx, **ctx.request.path_params)
    refuse_wrong_token(token, form.one("csrf_token"))
    key, kept = await claim_idempotency_key(ctx.session, ctx.person, ctx.request.scope["path"], form)
    if kept is not None:
        return kept
    answer = await function(ctx, **ctx.request.path_params)
    if isinstance(answer, Redirect):
        await store_response(ctx.session, ctx.person, key, answer)
    else:
        await ctx.session.rollback()
    return answer
