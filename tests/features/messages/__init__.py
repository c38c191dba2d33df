"""Tests of messages between two schools."""
