"""Which ways a journey is walked: with JavaScript or without, wide or narrow. A run takes a sample."""

from collections.abc import Sequence
from typing import TypeVar

from tests.sampling import sampled

T = TypeVar("T")
JOURNEYS = ("the whole journey", "an escalation", "a plan")
COMPARED = sampled(JOURNEYS, 1 / 3, "journeys that are compared")


def ways_of(journey: str, ways: Sequence[T]) -> Sequence[T]:
    """Return all ways of a journey whose ends are compared in this run, and one way of each other journey."""
    assert journey in JOURNEYS
    return ways if journey in COMPARED else sampled(ways, 0, journey)
