"""Showing a need to the whole authority before its date, and asking its school to do so."""
