"""Attachments of an escalation: type detected from the content, served only as downloads."""
