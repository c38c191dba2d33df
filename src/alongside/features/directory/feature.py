"""Declares the feature: directory."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "directory",
    __package__,
    models=(
        "models",
        "adoptions.models",
        "attachments.models",
        "consents.models",
        "insights.models",
        "public_site.models",
        "search.embeddings",
        "search.index_schema",
        "subscriptions.models",
        "versions.models",
    ),
    school_sections=("school_section:ENTRIES",),
    routes=("pages:routes",),
    search_sources=("search_source:ENTRIES",),
    personal_tables=("directory_subscription",),
    queue_handlers=("search.actions:QUEUE_HANDLERS",),
    work_items=("work_items:WORK_ITEMS",),
    work_item_lists=("work_items:WORK_ITEM_LISTS",),
    scheduled_jobs=("scheduled:JOBS",),
    navigation=(NavigationItem("/directory", "Good practice", Permission.VIEW_ENTRY, 40),),
    commands={"directory": "import_export.commands:directory"},
    state_colours={
        "draft": "grey",
        "submitted": "blue",
        "peer_check": "purple",
        "verified": "green",
        "reverified": "green",
        "review_due": "yellow",
        "returned": "orange",
        "archived": "grey",
    },
)
