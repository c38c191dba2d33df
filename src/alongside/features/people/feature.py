"""Declares the feature: people."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "people",
    __package__,
    models=("models", "unsent_forms"),
    school_sections=("school_section:PEOPLE",),
    routes=("pages:routes",),
    search_sources=("search_source:PEOPLE",),
    personal_tables=(
        "identity",
        "saved_view",
        "unsent_form",
    ),
    scheduled_jobs=("unsent_forms:JOBS",),
    retention=("retention:RULES",),
    navigation=(NavigationItem("/people", "People", Permission.VIEW_PEOPLE, 90),),
    commands={"people": "commands:people"},
)
