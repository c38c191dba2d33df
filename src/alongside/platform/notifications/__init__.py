"""Telling people: notices on their page, and mail by an outbox that is written in the transaction of the act."""

from alongside.platform.notifications.actions import notify

__all__ = ["notify"]
