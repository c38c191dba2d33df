"""Declares the feature: dashboards."""

from alongside.platform.access.permissions import Permission
from alongside.platform.feature import Feature
from alongside.platform.web.navigation import NavigationItem

FEATURE = Feature(
    "dashboards",
    __package__,
    routes=("pages:routes",),
    calendar=("calendar:CALENDAR",),
    navigation=(
        NavigationItem("/home", "Home", Permission.VIEW_OWN_HOME, 10),
        NavigationItem("/needs-and-offers", "Needs and offers", Permission.VIEW_NEEDS_AND_OFFERS, 20),
        NavigationItem("/consortium", "Consortium", Permission.VIEW_CONSORTIUM_DASHBOARD, 60),
    ),
)
