"""Declares the feature: visit requests."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "visit_requests",
    __package__,
    models=("models",),
    school_sections=("school_section:VISITS",),
    routes=("pages:routes",),
    scheduled_jobs=("scheduled:JOBS",),
    work_items=("work_items:WORK_ITEMS",),
    retention=("retention:RULES",),
    calendar=("calendar:CALENDAR",),
    search_sources=("search_source:VISITS",),
    navigation=(NavigationItem("/visit-requests", "Visits", Permission.VIEW_VISIT_REQUEST, 35),),
    state_colours={
        "asked": "purple",
        "dates_offered": "purple",
        "not_now": "yellow",
        "other_school": "yellow",
        "took_place": "green",
    },
)
