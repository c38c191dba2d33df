"""Declares the feature: needs."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature, LiveEvent

FEATURE = Feature(
    "needs",
    __package__,
    models=("models",),
    school_sections=("school_section:NEEDS",),
    routes=("pages:routes",),
    search_sources=("search_source:NEEDS",),
    work_items=("work_items:WORK_ITEMS",),
    scheduled_jobs=("scheduled:JOBS",),
    live_events=(LiveEvent("need", "post", Permission.VIEW_NEEDS_AND_OFFERS),),
    state_colours={
        "draft": "grey",
        "to_confirm": "yellow",
        "open": "blue",
        "proposed": "purple",
        "agreed": "turquoise",
        "in_support": "turquoise",
        "met": "green",
        "part_met": "yellow",
        "not_met": "red",
        "unmet": "red",
        "withdrawn": "grey",
        "paused": "yellow",
    },
)
