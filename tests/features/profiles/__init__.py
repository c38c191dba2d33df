"""Tests of performance profiles."""
