"""Declares the feature: funding."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "funding",
    __package__,
    models=("models", "rules"),
    routes=("pages:routes",),
    scheduled_jobs=("support_without_fund:JOBS",),
    navigation=(NavigationItem("/funds", "Funds", Permission.VIEW_FUNDS, 58),),
)
