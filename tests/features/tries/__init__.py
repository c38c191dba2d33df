"""Tests of what schools will try."""
