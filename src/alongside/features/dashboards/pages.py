"""The routes of all dashboards."""

from alongside.features.dashboards.consortium import pages as consortium_pages
from alongside.features.dashboards.consortium import reminding
from alongside.features.dashboards.governors import pages as governors_pages
from alongside.features.dashboards.help import pages as help_pages
from alongside.features.dashboards.needs_and_offers import pages as board_pages
from alongside.features.dashboards.school import first_steps
from alongside.features.dashboards.school import pages as school_pages

routes = [
    *board_pages.routes,
    *school_pages.routes,
    *first_steps.routes,
    *consortium_pages.routes,
    *reminding.routes,
    *governors_pages.routes,
    *help_pages.routes,
]
