"""Declares the feature: performance."""

from alongside.platform.feature import Feature

FEATURE = Feature(
    "performance",
    __package__,
    models=("models",),
    commands={"performance": "commands:performance"},
)
