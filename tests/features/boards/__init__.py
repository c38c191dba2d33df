"""Tests of bodies that decide."""
