"""Telling people: notices on their page, and mail by an outbox that is written in the transaction of the act."""

from alongside.notifications.actions import tell

__all__ = ["tell"]
