"""Entries that an agreement offers when it closes well: ready filled, and published only when both schools agree."""
