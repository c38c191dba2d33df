"""Ledger: append-only double entry for pence and credits, which imports no feature."""
