"""Declares the feature: matching."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "matching",
    __package__,
    models=("constraints", "pins", "models"),
    routes=("pages:routes",),
    queue_handlers=("plans.job:QUEUE_HANDLERS",),
    work_item_lists=("work_items:WORK_ITEM_LISTS",),
    navigation=(NavigationItem("/plans", "Plans", Permission.VIEW_PLAN, 50),),
    state_colours={
        "queued": "blue",
        "running": "blue",
        "done": "green",
        "offered": "yellow",
        "sent": "purple",
        "set_aside": "grey",
        "failed": "red",
        "cancelled": "grey",
        "superseded": "grey",
    },
)
