"""The fenced transaction, isolation from the metadata, legal moves and the embedded server."""
