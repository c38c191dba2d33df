"""Declares the feature: consortia."""

from alongside.platform.feature import Feature

FEATURE = Feature(
    "consortia",
    __package__,
    models=("models",),
    commands={"authority": "commands:authority", "consortia": "commands:consortia"},
)
