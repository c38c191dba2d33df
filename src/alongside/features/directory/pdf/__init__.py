"""An entry as a PDF, to read or print."""
