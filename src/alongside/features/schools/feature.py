"""Declares the feature: schools."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "schools",
    __package__,
    models=("contact", "history", "models", "term_dates.models"),
    routes=("pages:routes",),
    search_sources=("search_source:SCHOOLS",),
    retention=("retention:RULES",),
    navigation=(NavigationItem("/schools", "Schools", Permission.VIEW_SCHOOLS, 80),),
)
