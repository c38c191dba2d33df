"""Reports on escalations: numbers, reasons, durations and results, with small numbers suppressed."""
