"""Declares the feature: consultations."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "consultations",
    __package__,
    models=("models",),
    routes=("pages:routes",),
    scheduled_jobs=("scheduled:JOBS",),
    calendar=("calendar:CALENDAR",),
    work_item_lists=("work_items:WORK_ITEM_LISTS",),
    retention=("retention:RULES",),
    navigation=(NavigationItem("/consultations", "Consultations", Permission.VIEW_CONSULTATION, 57),),
    state_colours={"decided": "green"},
)
