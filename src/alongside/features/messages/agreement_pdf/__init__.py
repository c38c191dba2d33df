"""A support agreement as a PDF: every signed version, the visits with both halves, and the list of attachments.

It stands above agreements because the attachments are those of the messages between the two schools.
"""
