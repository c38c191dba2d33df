"""Entries of the main navigation, declared by the features."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """An entry of the main navigation, shown to people whose role has the permission.

    `position` sorts the entries: those of people's daily work come before those of administration. `counter` returns
    the number of things that wait there for a person, shown as `count`. `shown` leaves the entry out where the
    authority does without it. `place` is where it stands: "" in the row on every screen, "wide" in the row of a wide
    screen and under “More” on a phone, "more" under “More” everywhere; a current one is in the row of a wide screen.
    """

    href: str
    text: str
    permission: Permission
    position: int = 0
    counter: Callable[[Principal], int] | None = None
    current: bool = False
    count: int = 0
    shown: Callable[[Principal], bool] | None = None
    place: Literal["", "wide", "more"] = ""


ON_A_PHONE, IN_A_ROW = 2, 6
"""The entries in the row of a phone and of a wide screen; the others stand under “More”."""


def placed(items: Sequence[NavigationItem]) -> list[NavigationItem]:
    """Return the entries with their places, from their order."""
    return [
        replace(one, place="" if number < ON_A_PHONE else "wide" if number < IN_A_ROW else "more")
        for number, one in enumerate(items)
    ]
