"""Declares the feature: performance profiles."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "profiles",
    __package__,
    models=("models", "school_labels.models"),
    routes=("pages:routes", "school_labels.pages:routes"),
    school_sections=("school_labels.school_section:LABELS",),
    retention=("school_labels.retention:RULES",),
    work_item_lists=("work_items:WORK_ITEM_LISTS",),
    commands={"profiles": "commands:profiles"},
    navigation=(NavigationItem("/profiles", "Profiles", Permission.VIEW_PROFILE, 45),),
    state_colours={
        "calculated": "grey",
        "shared": "blue",
        "discussed": "green",
        "no_answer": "yellow",
        "final": "green",
        "in_force": "green",
        "superseded": "grey",
    },
)
