"""Declares the feature: calendar feeds."""

from alongside.platform.feature import Feature

FEATURE = Feature(
    "calendar_feeds",
    __package__,
    models=("models",),
    routes=("pages:routes",),
    personal_tables=("calendar_feed",),
)
