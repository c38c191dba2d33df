"""Declares the feature: claims."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "claims",
    __package__,
    models=("models", "rules", "ledger_rules"),
    routes=("pages:routes",),
    school_sections=("school_section:CLAIMS",),
    work_items=("work_items:WORK_ITEMS",),
    retention=("retention:RULES",),
    navigation=(NavigationItem("/claims", "Claims", Permission.VIEW_CLAIM, 59),),
    state_colours={"approved": "turquoise", "paid": "green", "credited": "grey"},
)
