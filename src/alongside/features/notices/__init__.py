"""Notices: what the core team or a consortium's leads tell an audience, with questions, attachments and events."""
