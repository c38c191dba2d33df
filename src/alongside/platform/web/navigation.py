"""Entries of the main navigation, declared by the features."""

from collections.abc import Callable
from dataclasses import dataclass

from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """An entry of the main navigation, shown to people whose role has the permission.

    `position` sorts the entries: those of people's daily work come before those of administration. `counter` returns
    the number of things that wait there for a person, shown as `count`. `shown` leaves the entry out where the
    authority does without it.
    """

    href: str
    text: str
    permission: Permission
    position: int = 0
    counter: Callable[[Principal], int] | None = None
    current: bool = False
    count: int = 0
    shown: Callable[[Principal], bool] | None = None
