"""Declares the feature: watched schools."""

from alongside.platform.feature import Feature

FEATURE = Feature(
    "watched_schools",
    __package__,
    models=("models",),
    routes=("pages:routes",),
    school_buttons=("pages:BUTTONS",),
    scheduled_jobs=("scheduled:JOBS",),
    personal_tables=("watched_school",),
)
