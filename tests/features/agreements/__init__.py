"""Tests of proposals, agreements, visits, reviews and amendments on PostgreSQL."""
