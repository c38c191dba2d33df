"""Facts that features add to the performance profile of a school, each as a label with lines of text."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal


@dataclass(frozen=True, slots=True)
class ProfileFact:
    """One fact: its label, and a function that returns the lines which this person may read.

    The function gets the URN and the phase of the profile. Without lines the fact is left out. `order` is its place.
    """

    order: int
    label: Callable[[Principal], str]
    lines: Callable[[AsyncSession, Principal, int, str], Awaitable[Sequence[str]]]
