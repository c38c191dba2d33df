"""The web app put together: the only module that knows every room's pages."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any

from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.static_files import create_static_files_router

import alongside.tables  # noqa: F401  (every table is declared before a database is opened)
from alongside.access.permissions import Permission
from alongside.authorities import pages as authorities_pages
from alongside.authorities.queries import Tenants
from alongside.database.session import Database, refuse_wrong_role
from alongside.desks import pages as desks_pages
from alongside.directory import pages as directory_pages
from alongside.escalations import pages as escalations_pages
from alongside.matching import pages as matching_pages
from alongside.needs import pages as needs_pages
from alongside.notifications import pages as notifications_pages
from alongside.offers import pages as offers_pages
from alongside.partnerships import pages as partnerships_pages
from alongside.people import pages as people_pages
from alongside.people.sessions import find_person, keep_awake
from alongside.records import pages as records_pages
from alongside.schools import pages as schools_pages
from alongside.settings import Settings, bundled
from alongside.succession import pages as succession_pages
from alongside.web import health, live, problems
from alongside.web.answers import Page
from alongside.web.caching import with_versions
from alongside.web.house import Destination, House
from alongside.web.logs import start_logs
from alongside.web.render import response_to
from alongside.web.security import HEADERS, with_security_headers
from alongside.web.templates import ASSETS, make_environment

ROOMS: tuple[ModuleType, ...] = (
    authorities_pages,
    people_pages,
    schools_pages,
    needs_pages,
    offers_pages,
    partnerships_pages,
    matching_pages,
    directory_pages,
    escalations_pages,
    notifications_pages,
    records_pages,
    succession_pages,
    desks_pages,
    health,
    live,
    problems,
)

DESTINATIONS = (
    Destination("/desk", "My desk", Permission.SEE_OWN_DESK),
    Destination("/board", "Needs and offers", Permission.SEE_BOARD),
    Destination("/partnerships", "Partnerships", Permission.SEE_PARTNERSHIP),
    Destination("/directory", "Good practice", Permission.SEE_ENTRY),
    Destination("/plans", "Plans", Permission.SEE_PLAN),
    Destination("/consortium", "Consortium", Permission.SEE_CONSORTIUM_DESK),
    Destination("/cases", "Cases", Permission.WORK_ON_CASE),
    Destination("/schools", "Schools", Permission.SEE_SCHOOLS),
    Destination("/people", "People", Permission.SEE_PEOPLE),
    Destination("/successions", "Closed schools", Permission.DECIDE_SUCCESSION),
    Destination("/records", "Records", Permission.KEEP_RECORDS),
)


def make_house(settings: Settings) -> House:
    """The parts that every request needs, from the settings of this installation."""
    database = Database.of(settings, pool_size=settings.pool_size)
    tenants = Tenants(database)
    return House(
        database=database,
        environment=make_environment(bundled("templates")),
        find_tenant=tenants.of_host,
        find_person=find_person,
        keep_awake=keep_awake(database),
        destinations=DESTINATIONS,
        demonstration=settings.demonstration,
        secret=settings.secret,
        metrics_token=settings.metrics_token,
    )


def make_app(house: House) -> Litestar:
    """The app over a house: every room's pages, the assets, and pages for what goes wrong outside the gate."""

    @asynccontextmanager
    async def open_house(app: Litestar) -> AsyncIterator[None]:
        await refuse_wrong_role(house.database)
        app.state.house = house
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000)
        gc.enable()
        yield
        await house.pool.close()
        await house.database.close()

    def not_served(request: Request[Any, Any, Any], problem: HTTPException) -> Response[Any]:
        """What Litestar refused before the gate: an unknown address, another method, too large a body."""
        name = {400: "400", 404: "404", 405: "404", 413: "413", 429: "429"}.get(problem.status_code, "422")
        status = 404 if problem.status_code == 405 else problem.status_code
        answer = response_to(
            request,
            request.app.state.house,
            None,
            None,
            Page(f"errors/{name}.html", {"mistakes": {}}, status),
        )
        answer.headers.update(HEADERS)  # an address that no route has never comes through the middleware
        return answer

    assets = create_static_files_router(
        path="/assets",
        directories=[ASSETS],
        middleware=[with_versions],
        opt={"permission": Permission.OPEN_FRONT_DOOR},
    )
    return Litestar(
        route_handlers=[*(handler for room in ROOMS for handler in room.routes), assets],
        lifespan=[open_house],
        middleware=[with_security_headers],
        exception_handlers={HTTPException: not_served},
        request_max_body_size=1_000_000,
        openapi_config=None,
        debug=False,
    )


def create_app() -> Litestar:
    """The app as a server starts it: settings from the environment."""
    settings = Settings.from_environment()
    start_logs(settings)
    return make_app(make_house(settings))
