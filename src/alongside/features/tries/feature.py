"""Declares the feature: tries."""

from alongside.platform.feature import Feature

FEATURE = Feature(
    "tries",
    __package__,
    models=("models",),
    routes=("pages:routes",),
    work_items=("work_items:WORK_ITEMS",),
    scheduled_jobs=("scheduled:JOBS",),
    retention=("retention:RULES",),
    state_colours={"intended": "blue", "did": "green", "did_not": "grey", "changed": "turquoise"},
)
