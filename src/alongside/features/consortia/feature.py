"""Declares the feature: consortia."""

from alongside.platform.feature import Feature

FEATURE = Feature(
    "consortia",
    __package__,
    models=("models",),
    school_sections=("school_section:CONSORTIA",),
    commands={"authority": "commands:authority", "consortia": "commands:consortia"},
)
