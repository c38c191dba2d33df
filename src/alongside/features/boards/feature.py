"""Declares the feature: boards that decide."""

from alongside.platform.feature import Feature

FEATURE = Feature("boards", __package__, models=("models", "rules"))
