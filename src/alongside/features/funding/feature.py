"""Declares the feature: funding."""

from alongside.platform.feature import Feature

FEATURE = Feature(
    "funding",
    __package__,
    models=("models", "rules"),
)
