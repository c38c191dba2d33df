"""Tests of watched schools."""
