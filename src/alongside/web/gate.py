"""The one gate: finds the authority and the person, opens the fenced transaction, asks the law, commits, answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar
from uuid import uuid4

import structlog
from litestar import Request, Response, route
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.types import Empty
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person, nobody
from alongside.access.policy import allowed_at_all
from alongside.database.session import DATABASE_TROUBLE, may_try_again, took_too_long
from alongside.errors import Alongside, NotThere, SignedOut, TooBusy
from alongside.journal.actions import request_id
from alongside.web.answers import AfterCommit, Answer, SeeOther
from alongside.web.bodies import close_files
from alongside.web.errors import answer_to
from alongside.web.health import ANSWERED, SECONDS
from alongside.web.house import SESSION_COOKIE, House, Tenant
from alongside.web.render import response_to
from alongside.web.security import refuse_other_sites, refuse_wrong_token
from alongside.web.submissions import begin_submission, end_submission
from alongside.web.typed import typed

TRIES = 5
NOBODYS = 0
"""Whose turn it is when a host is nobody's."""

PageFunction = Callable[..., Awaitable[Answer]]
Prepare = Callable[[Request[Any, Any, Any], Person], Awaitable[Any]]
Result = TypeVar("Result")
PREPARED = "alongside_prepared"
log = structlog.get_logger("alongside.web")


class _Page:
    """The decorators by which a page is declared; each must name its permission."""

    def get(
        self, path: str, *, permission: Permission, by_itself: bool = False
    ) -> Callable[[PageFunction], HTTPRouteHandler]:
        """A page to look at: its transaction is READ ONLY, so looking changes nothing.

        `by_itself` is what an open page asks without anybody's doing: it keeps nobody signed in.
        """
        return self._declare(path, permission, [HttpMethod.GET, HttpMethod.HEAD], by_itself=by_itself)

    def post(
        self,
        path: str,
        *,
        permission: Permission,
        largest: int | None = None,
        prepare: Prepare | None = None,
    ) -> Callable[[PageFunction], HTTPRouteHandler]:
        """An act: once per submission, committed before it is answered.

        `largest` is how many bytes a form with files may have, where the app's own limit is too small; such a form is
        read only from a person who has the permission. `prepare` does expensive work (see `process_pool`) before
        the transaction opens, once however often the transaction is tried; `prepared` gives its result.
        """
        return self._declare(path, permission, [HttpMethod.POST], largest=largest, prepare=prepare)

    def _declare(
        self,
        path: str,
        permission: Permission,
        methods: list[HttpMethod],
        *,
        by_itself: bool = False,
        largest: int | None = None,
        prepare: Prepare | None = None,
    ) -> Callable[[PageFunction], HTTPRouteHandler]:
        def declared(function: PageFunction) -> HTTPRouteHandler:
            async def endpoint(request: Request[Any, Any, Any]) -> Response[Any]:
                return await _answered(request, function, permission)

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
                    "ask_first": largest is not None or prepare is not None,
                    "prepare": prepare,
                },
                status_code=200,
                request_max_body_size=Empty if largest is None else largest,
            )
            made: HTTPRouteHandler = handler(endpoint)
            return made

        return declared


page = _Page()


async def _answered(
    request: Request[Any, Any, Any], function: PageFunction, permission: Permission
) -> Response[Any]:
    """One request from door to door, with its line in the log."""
    began = time.perf_counter()
    house: House = request.app.state.house
    name = request.headers.get("x-request-id", "")
    name = name if name.isalnum() and len(name) <= 64 else uuid4().hex
    request.scope["alongside_request_id"] = name  # type: ignore[typeddict-unknown-key]
    request_id.set(name)
    tenant: Tenant | None = None
    person: Person | None = None
    try:
        tenant = await house.find_tenant(request.headers.get("host", ""))
        if tenant is None:
            raise NotThere
        if request.method == "POST":
            refuse_other_sites(request.headers, request.headers.get("host", ""))
            await _before_transaction(request, house, tenant, permission)
        async with house.turns.turn(tenant.authority_id):
            answer, known = await _tried(lambda: _once(request, house, tenant, function, permission))
        person = known
        while isinstance(answer, AfterCommit):
            answer = await _acted(house, known, answer)
    except Exception as problem:
        person = getattr(problem, "alongside_person", None) or (
            nobody(tenant.authority_id, house.today()) if tenant else None
        )
        answer = await answer_to(problem, request, person)
    response = await _rendered(request, house, tenant, person, answer)
    await close_files(request)
    took = time.perf_counter() - began
    ANSWERED.labels(
        function.__name__, request.method, response.status_code, tenant.slug if tenant else ""
    ).inc()
    SECONDS.labels(function.__name__).observe(took)
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


async def _rendered(
    request: Request[Any, Any, Any],
    house: House,
    tenant: Tenant | None,
    person: Person | None,
    answer: Answer,
) -> Response[Any]:
    """The response, made when it is this authority's turn: a page takes the processor as a transaction does."""
    with suppress(TooBusy):  # the page that says so is not worth a second wait
        async with house.turns.turn(tenant.authority_id if tenant else NOBODYS):
            try:
                return response_to(request, house, tenant, person, answer)
            except Exception as problem:
                answer = await answer_to(problem, request, person)
    return response_to(request, house, tenant, person, answer)


async def _acted(house: House, person: Person, answer: AfterCommit) -> Answer:
    """What an answer still has to do; expensive work waits for its place."""
    if not answer.expensive:
        return await answer.act()
    async with house.pool.quotas.place(person.authority_id, person.id):
        return await answer.act()


def prepared(request: Request[Any, Any, Any]) -> Any:
    """What `prepare` of this page gave."""
    return request.scope[PREPARED]  # type: ignore[literal-required]


async def _before_transaction(
    request: Request[Any, Any, Any], house: House, tenant: Tenant, permission: Permission
) -> None:
    """Read the form, and do the expensive work of a page: with no connection held, and only for who may ask for it."""
    if not request.route_handler.opt["ask_first"]:
        await typed(request)
        return
    token = request.cookies.get(SESSION_COOKIE)
    async with house.turns.turn(tenant.authority_id):
        person = await _tried(lambda: _person_of(house, tenant, token))
    try:
        _refuse_not_allowed(person, permission)
        form = await typed(request)
        prepare: Prepare | None = request.route_handler.opt["prepare"]
        if prepare is None:
            return
        if person.signed_in:
            refuse_wrong_token(token, form.one("csrf_token"))
        request.scope[PREPARED] = await prepare(request, person)  # type: ignore[literal-required]
    except Alongside as problem:
        problem.alongside_person = person  # type: ignore[attr-defined]
        raise


async def _person_of(house: House, tenant: Tenant, token: str | None) -> Person:
    async with house.database.fenced(tenant.authority_id, read_only=True) as session:
        return await house.find_person(session, tenant, token, house.today())


def _refuse_not_allowed(person: Person, permission: Permission) -> None:
    if not allowed_at_all(person, permission):
        raise NotThere if person.signed_in else SignedOut


async def _tried(transaction: Callable[[], Awaitable[Result]]) -> Result:
    """Run a transaction, again from the start when the database asks for it.

    Running twice is harmless: a transaction that failed left nothing, and one whose commit was cut off after it
    took effect is recognised by its submission key.
    """
    for attempt in range(TRIES):
        try:
            return await transaction()
        except (*DATABASE_TROUBLE, PoolTimeout) as problem:
            waited_long_enough = isinstance(problem, PoolTimeout | TimeoutError) or took_too_long(problem)
            if not waited_long_enough and not may_try_again(problem):
                raise
            if waited_long_enough or attempt == TRIES - 1:
                raise TooBusy from problem
            await asyncio.sleep(0.05 * 2**attempt)
    raise TooBusy


async def _once(
    request: Request[Any, Any, Any],
    house: House,
    tenant: Tenant,
    function: PageFunction,
    permission: Permission,
) -> tuple[Answer, Person]:
    writes = request.method == "POST"
    token = request.cookies.get(SESSION_COOKIE)
    person = nobody(tenant.authority_id, house.today())
    try:
        async with house.database.fenced(tenant.authority_id, read_only=not writes) as session:
            person = await house.find_person(session, tenant, token, house.today())
            _refuse_not_allowed(person, permission)
            if writes:
                answer = await _write(request, session, person, token, function)
            else:
                answer = await function(request, session, person, **request.path_params)
    except Alongside as problem:
        problem.alongside_person = person  # type: ignore[attr-defined]
        raise
    if person.signed_in and not request.route_handler.opt["by_itself"]:
        await house.keep_awake(person)
    return answer, person


async def _write(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Person,
    token: str | None,
    function: PageFunction,
) -> Answer:
    form = await typed(request)
    if not person.signed_in:
        return await function(request, session, person, **request.path_params)
    refuse_wrong_token(token, form.one("csrf_token"))
    key, kept = await begin_submission(session, person, request.scope["path"], form)
    if kept is not None:
        return kept
    answer = await function(request, session, person, **request.path_params)
    if isinstance(answer, SeeOther):
        await end_submission(session, person, key, answer)
    else:
        await session.rollback()
    return answer
