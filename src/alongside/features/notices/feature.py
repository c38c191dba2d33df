"""Declares the feature: notices."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "notices",
    __package__,
    models=("models",),
    routes=("pages:routes",),
    calendar=("calendar:CALENDAR",),
    work_item_lists=("work_items:WORK_ITEM_LISTS",),
    retention=("retention:RULES",),
    navigation=(NavigationItem("/notices", "Notices", Permission.VIEW_NOTICE, 55),),
    state_colours={"posted": "blue", "discarded": "grey"},
)
