"""Builds the web app from what the features declare; only this loads their pages."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp

import alongside.models_registry  # noqa: F401  (declares every table before a database is opened)
from alongside.feature_list import FEATURES
from alongside.features.authorities.queries import Tenants
from alongside.features.authorities.settings_cache import settings_for_host
from alongside.features.people.role_assignments import own_and_other_roles
from alongside.features.people.sessions import load_principal, touch_session
from alongside.features.people.unsent_forms import SealedForms
from alongside.platform.access.permissions import Permission
from alongside.platform.database.session import Database, check_database_role
from alongside.platform.feature import state_colours
from alongside.platform.web.busy import refusing_when_busy
from alongside.platform.web.caching import with_versions
from alongside.platform.web.context import AppContext
from alongside.platform.web.http import HttpRequest
from alongside.platform.web.logs import start_logs
from alongside.platform.web.refusals import Refusals, delaying_refusals
from alongside.platform.web.render import plain_response
from alongside.platform.web.security import HEADERS, with_security_headers
from alongside.platform.web.server_timing import observe_statements
from alongside.platform.web.templates import ASSETS, make_environment
from alongside.platform.web.turns import Turns
from alongside.settings import Settings, bundled


def page_routes() -> list[HTTPRouteHandler]:
    """Return the route handlers of every feature."""
    return [handler for one in FEATURES for handler in one.load(one.routes, HTTPRouteHandler)]


def build_context(settings: Settings) -> AppContext:
    """Build the objects that every request needs, from the settings of this installation."""
    database = Database.of(settings, pool_size=settings.pool_size)
    if settings.demonstration:
        observe_statements(database)
    tenants = Tenants(database)
    return AppContext(
        database=database,
        environment=make_environment(bundled("templates"), state_colours()),
        find_tenant=tenants.of_host,
        known_tenant=settings_for_host,
        find_person=load_principal,
        keep_awake=touch_session(database),
        unsent=SealedForms(settings.secret),
        roles_of=own_and_other_roles,
        navigation=tuple(
            sorted((item for one in FEATURES for item in one.navigation), key=lambda item: item.position)
        ),
        live_events={
            event.payload: (event.name, event.permission) for one in FEATURES for event in one.live_events
        },
        demonstration=settings.demonstration,
        secret=settings.secret,
        metrics_token=settings.metrics_token,
        turns=Turns(in_all=max(1, settings.pool_size - 2)),
    )


def make_app(app_context: AppContext) -> Litestar:
    """Build the app: the pages of all features, the assets, and pages for errors outside of routes."""

    @asynccontextmanager
    async def open_context(app: Litestar) -> AsyncIterator[None]:
        await check_database_role(app_context.database)
        app.state.app_context = app_context
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000)
        gc.enable()
        yield
        await app_context.pool.close()
        await app_context.database.close()

    def not_served(request: HttpRequest, problem: HTTPException) -> Response[bytes]:
        """Answer what Litestar refuses before our routes: an unknown address, another method, too large a body."""
        status = problem.status_code if problem.status_code in (400, 413, 429, 500) else 404
        answer = plain_response(app_context.environment, status)
        answer.headers.update(HEADERS)  # unknown addresses do not pass through the middleware
        return answer

    assets = create_static_files_router(
        path="/assets",
        directories=[ASSETS],
        middleware=[with_versions],
        opt={"permission": Permission.VIEW_PUBLIC_PAGES},
    )
    return Litestar(
        route_handlers=[*page_routes(), assets],
        lifespan=[open_context],
        middleware=[with_security_headers],
        exception_handlers={HTTPException: not_served},
        request_max_body_size=1_000_000,
        openapi_config=None,
        debug=False,
    )


def create_app() -> ASGIApp:
    """Create the app with the settings from the environment."""
    settings = Settings.from_environment()
    start_logs(settings)
    app_context = build_context(settings)
    app = refusing_when_busy(make_app(app_context), app_context)
    return delaying_refusals(app, app_context, Refusals())
