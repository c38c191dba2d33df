"""Pictures and attachments of an entry: upload, display, download and removal."""
