"""Declares the feature: data retention."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "data_retention",
    __package__,
    models=("models",),
    routes=("pages:routes",),
    retention=("retention_rules:RULES",),
    scheduled_jobs=("actions:JOBS",),
    navigation=(NavigationItem("/data-protection", "Records", Permission.MANAGE_RETENTION, 110),),
)
