"""Proposals and support agreements: terms, signatures, aims, visits, reviews and amendments."""
