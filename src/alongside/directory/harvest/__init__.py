"""Entries that a partnership offers when it closes well: ready filled, and published only when both schools agree."""
