"""Tests of support categories."""
