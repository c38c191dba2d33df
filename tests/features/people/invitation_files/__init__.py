"""Tests of invitations from a file."""
