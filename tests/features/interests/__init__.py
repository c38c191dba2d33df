"""Tests of declarations of interest."""
