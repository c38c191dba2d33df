"""Declares the feature: interests."""

from alongside.platform.feature import Feature

FEATURE = Feature(
    "interests",
    __package__,
    models=("models",),
    routes=("pages:routes",),
    personal_tables=("declared_interest",),
)
