"""Declares the feature: motions of boards that decide."""

from alongside.platform.feature import Feature

FEATURE = Feature(
    "motions",
    __package__,
    models=("models", "rules"),
    routes=("pages:routes",),
    scheduled_jobs=("scheduled:JOBS",),
    work_item_lists=("work_items:WORK_ITEM_LISTS",),
    body_sections=("body_section:MOTIONS",),
    calendar=("calendar:CALENDAR",),
    retention=("retention:RULES",),
    handovers=("handover:HANDOVERS",),
    state_colours={
        "tabled": "grey",
        "lost": "red",
        "tied": "yellow",
        "inquorate": "yellow",
        "deferred": "grey",
        "rescinded": "grey",
        "referred": "purple",
        "granted": "green",
        "refused": "red",
    },
)
