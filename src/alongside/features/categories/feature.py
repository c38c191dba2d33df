"""Declares the feature: support categories."""

from alongside.features.authorities import settings_of
from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "categories",
    __package__,
    models=("models",),
    profile_facts=("profile_facts:FACTS",),
    routes=("pages:routes",),
    scheduled_jobs=("scheduled:JOBS",),
    calendar=("calendar:CALENDAR",),
    motion_effects=("motion_effect:AGREE_CATEGORIES",),
    work_item_lists=("work_items:WORK_ITEM_LISTS",),
    retention=("retention:RULES",),
    navigation=(
        NavigationItem(
            "/categories",
            "Support categories",
            Permission.VIEW_CATEGORY,
            72,
            shown=lambda person: settings_of(person.authority_id).categorisation.used,
        ),
    ),
    state_colours={
        "moderated": "blue",
        "notified": "yellow",
        "appealed": "orange",
        "heard": "turquoise",
        "in_force": "green",
    },
)
