"""Declares the feature: performance."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "performance",
    __package__,
    models=("models",),
    routes=("importing.mapping_pages:routes", "importing.pages:routes", "schools.pages:routes"),
    navigation=(NavigationItem("/performance/imports", "Performance", Permission.IMPORT_PERFORMANCE, 65),),
    commands={"performance": "commands:performance"},
)
