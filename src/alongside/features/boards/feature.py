"""Declares the feature: boards that decide."""

from alongside.features.authorities import settings_of
from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "boards",
    __package__,
    models=("models", "rules"),
    routes=("pages:routes", "proposal_pages:routes"),
    calendar=("calendar:CALENDAR",),
    work_item_lists=("work_items:WORK_ITEM_LISTS",),
    retention=("retention:RULES",),
    navigation=(
        NavigationItem(
            "/boards",
            "Boards",
            Permission.VIEW_BOARD,
            73,
            shown=lambda person: bool(settings_of(person.authority_id).bodies),
        ),
    ),
)
