"""Tests of who reads and signs documents."""
