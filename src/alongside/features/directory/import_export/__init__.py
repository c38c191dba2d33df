"""Import and export of entries as CSV, XLSX and JSONL in one shared format."""
