"""Tests of visit requests."""
