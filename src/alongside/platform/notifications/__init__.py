"""Notifications on people's own pages, and email by an outbox written in the transaction of the action."""

from alongside.platform.notifications.actions import notify

__all__ = ["notify"]
