"""Builds the web app; the only module that imports the pages of every feature."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any

from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.static_files import create_static_files_router

import alongside.models_registry  # noqa: F401  (declares every table before a database is opened)
from alongside.features.agreements import pages as agreements_pages
from alongside.features.authorities import pages as authorities_pages
from alongside.features.authorities.queries import Tenants
from alongside.features.dashboards import pages as desks_pages
from alongside.features.data_retention import pages as records_pages
from alongside.features.directory import pages as directory_pages
from alongside.features.escalations import pages as escalations_pages
from alongside.features.matching import pages as matching_pages
from alongside.features.needs import pages as needs_pages
from alongside.features.offers import pages as offers_pages
from alongside.features.people import pages as people_pages
from alongside.features.people.sessions import load_principal, touch_session
from alongside.features.school_successions import pages as succession_pages
from alongside.features.schools import pages as schools_pages
from alongside.platform.access.permissions import Permission
from alongside.platform.database.session import Database, check_database_role
from alongside.platform.notifications import pages as notifications_pages
from alongside.platform.web import health, problems, server_sent_events
from alongside.platform.web.caching import with_versions
from alongside.platform.web.context import AppContext, NavigationItem
from alongside.platform.web.logs import start_logs
from alongside.platform.web.render import response_to
from alongside.platform.web.responses import Page
from alongside.platform.web.security import HEADERS, with_security_headers
from alongside.platform.web.templates import ASSETS, make_environment
from alongside.settings import Settings, bundled

FEATURE_PAGES: tuple[ModuleType, ...] = (
    authorities_pages,
    people_pages,
    schools_pages,
    needs_pages,
    offers_pages,
    agreements_pages,
    matching_pages,
    directory_pages,
    escalations_pages,
    notifications_pages,
    records_pages,
    succession_pages,
    desks_pages,
    health,
    server_sent_events,
    problems,
)

DESTINATIONS = (
    NavigationItem("/home", "My desk", Permission.VIEW_OWN_HOME),
    NavigationItem("/needs-and-offers", "Needs and offers", Permission.VIEW_NEEDS_AND_OFFERS),
    NavigationItem("/agreements", "Agreements", Permission.VIEW_AGREEMENT),
    NavigationItem("/directory", "Good practice", Permission.VIEW_ENTRY),
    NavigationItem("/plans", "Plans", Permission.VIEW_PLAN),
    NavigationItem("/consortium", "Consortium", Permission.VIEW_CONSORTIUM_DASHBOARD),
    NavigationItem("/escalations", "Escalations", Permission.CONTRIBUTE_TO_ESCALATION),
    NavigationItem("/schools", "Schools", Permission.VIEW_SCHOOLS),
    NavigationItem("/people", "People", Permission.VIEW_PEOPLE),
    NavigationItem("/successions", "Closed schools", Permission.DECIDE_SUCCESSION),
    NavigationItem("/data-protection", "Records", Permission.MANAGE_RETENTION),
)


def build_context(settings: Settings) -> AppContext:
    """Build the objects that every request needs, from the settings of this installation."""
    database = Database.of(settings, pool_size=settings.pool_size)
    tenants = Tenants(database)
    return AppContext(
        database=database,
        environment=make_environment(bundled("templates")),
        find_tenant=tenants.of_host,
        find_person=load_principal,
        keep_awake=touch_session(database),
        destinations=DESTINATIONS,
        demonstration=settings.demonstration,
        secret=settings.secret,
        metrics_token=settings.metrics_token,
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

    def not_served(request: Request[Any, Any, Any], problem: HTTPException) -> Response[Any]:
        """Answer what Litestar refuses before our routes: an unknown address, another method, too large a body."""
        name = {400: "400", 404: "404", 405: "404", 413: "413", 429: "429"}.get(problem.status_code, "422")
        status = 404 if problem.status_code == 405 else problem.status_code
        answer = response_to(
            request,
            request.app.state.app_context,
            None,
            None,
            Page(f"errors/{name}.html", {"mistakes": {}}, status),
        )
        answer.headers.update(HEADERS)  # unknown addresses do not pass through the middleware
        return answer

    assets = create_static_files_router(
        path="/assets",
        directories=[ASSETS],
        middleware=[with_versions],
        opt={"permission": Permission.VIEW_PUBLIC_PAGES},
    )
    return Litestar(
        route_handlers=[*(handler for module in FEATURE_PAGES for handler in module.routes), assets],
        lifespan=[open_context],
        middleware=[with_security_headers],
        exception_handlers={HTTPException: not_served},
        request_max_body_size=1_000_000,
        openapi_config=None,
        debug=False,
    )


def create_app() -> Litestar:
    """Create the app with the settings from the environment."""
    settings = Settings.from_environment()
    start_logs(settings)
    return make_app(build_context(settings))
