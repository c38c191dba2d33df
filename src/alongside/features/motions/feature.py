"""Declares the feature: motions of boards that decide."""

from alongside.platform.feature import Feature

FEATURE = Feature("motions", __package__, models=("models", "rules"))
