"""Declares the feature: performance profiles."""

from alongside.platform.feature import Feature

FEATURE = Feature("profiles", __package__, models=("models",))
