"""Uploaded files: limits, file types detected from the content, archives, pictures and workbooks.

The checks run in the process pool, because they parse what anybody sent. Refusals are ValueErrors with a sentence for
the user. `platform/web/uploads.py` declares the upload of a page.
"""
