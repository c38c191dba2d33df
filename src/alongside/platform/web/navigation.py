"""Entries of the main navigation, declared by the features."""

from dataclasses import dataclass

from alongside.platform.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """An entry of the main navigation, shown to people whose role has the permission.

    `position` sorts the entries: those of people's daily work come before those of administration.
    """

    href: str
    text: str
    permission: Permission
    position: int = 0
    current: bool = False
