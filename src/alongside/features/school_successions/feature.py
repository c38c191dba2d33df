"""Declares the feature: school successions."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "school_successions",
    __package__,
    models=("models",),
    routes=("pages:routes",),
    navigation=(NavigationItem("/successions", "Closed schools", Permission.DECIDE_SUCCESSION, 100),),
    commands={"schools": "commands:schools"},
    state_colours={
        "open": "blue",
        "carried": "grey",
        "ended": "grey",
    },
)
