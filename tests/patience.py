"""How long tests wait for something that must happen: long enough for a busy machine, never a measure of speed."""

PATIENCE = 300.0
"""Seconds. A test that waits this long has failed; speed is measured in `tests/benchmarks`."""
