"""Declares the feature: readings."""

from alongside.platform.feature import Feature

FEATURE = Feature("readings", __package__, models=("models",), retention=("retention:RULES",))
