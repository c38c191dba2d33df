"""Declares the feature: authorities."""

from alongside.platform.feature import Feature

FEATURE = Feature(
    "authorities",
    __package__,
    models=("models",),
    routes=("pages:routes",),
    scheduled_jobs=("scheduled:JOBS",),
)
