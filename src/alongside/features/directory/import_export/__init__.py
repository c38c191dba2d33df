"""Bringing what an authority has, and taking it along: CSV, XLSX and JSONL, in and out in one form."""
