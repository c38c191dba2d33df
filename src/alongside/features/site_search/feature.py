"""Declares the feature: search over everything."""

from alongside.platform.feature import Feature

FEATURE = Feature("site_search", __package__, routes=("pages:routes",))
