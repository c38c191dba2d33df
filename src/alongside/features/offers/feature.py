"""Declares the feature: offers."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature, LiveEvent

FEATURE = Feature(
    "offers",
    __package__,
    models=("models",),
    school_sections=("school_section:OFFERS",),
    routes=("pages:routes",),
    search_sources=("search_source:OFFERS",),
    work_items=("work_items:WORK_ITEMS",),
    scheduled_jobs=("scheduled:JOBS",),
    live_events=(LiveEvent("offer", "post", Permission.VIEW_NEEDS_AND_OFFERS),),
    state_colours={
        "live": "green",
        "paused": "yellow",
        "exhausted": "grey",
        "ended": "grey",
    },
)
