"""Seats by numbers of pupils, against a library of another author in exact mode."""

from collections.abc import Mapping
from random import Random

import pytest

from alongside.features.boards.apportioning import (
    LARGEST_REMAINDER,
    SAINTE_LAGUE,
    TieError,
    apportion,
    one_more_or_fewer,
)

OTHER = {LARGEST_REMAINDER: ("hamilton", 16_000, 24), SAINTE_LAGUE: ("saintelague", 4_000, 12)}
"""The name that the library has for a method, the number of rolls, and the most seats: its divisors are slow."""


def seats_of(
    method: str, numbers: Mapping[str, int], seats: int, guaranteed: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Return the seats of each constituency."""
    return {one.key: one.seats for one in apportion(method, numbers, seats, guaranteed)}


@pytest.mark.parametrize("method", [LARGEST_REMAINDER, SAINTE_LAGUE])
def test_the_rolls_of_york_give_eight_primary_and_six_secondary_seats(method: str) -> None:
    assert seats_of(method, {"primary": 12_500, "secondary": 9_400}, 14) == {"primary": 8, "secondary": 6}


@pytest.mark.parametrize("method", [LARGEST_REMAINDER, SAINTE_LAGUE])
def test_it_agrees_with_an_independent_library_and_raises_its_ties(method: str) -> None:
    """On 20,000 rolls; many are small, so that ties are frequent."""
    name, rolls, most = OTHER[method]
    library = pytest.importorskip("apportionment.methods")
    dice = Random(15)
    ties = 0
    for _ in range(rolls):
        numbers = [dice.randint(1, dice.choice((12, 400, 30_000))) for _ in range(dice.randint(2, 6))]
        seats = dice.randint(1, most)
        named = {str(place): number for place, number in enumerate(numbers)}
        try:
            theirs: list[int] | None = library.compute(
                name, numbers, seats, fractions=True, tiesallowed=False, verbose=False
            )
        except library.TiesException:
            theirs = None
        try:
            ours: list[int] | None = list(seats_of(method, named, seats).values())
        except TieError:
            ours = None
        assert ours == theirs, (numbers, seats)
        ties += theirs is None
    assert ties > 20


def test_a_tie_is_raised_and_decided_by_the_lot_that_is_drawn() -> None:
    numbers = {"a": 100, "b": 100, "c": 100}
    with pytest.raises(TieError) as found:
        apportion(LARGEST_REMAINDER, numbers, 4)
    assert found.value.tied == ("a", "b", "c") and found.value.seats == 1
    drawn = {one.key: one.seats for one in apportion(LARGEST_REMAINDER, numbers, 4, drawn=["c"])}
    assert drawn == {"a": 1, "b": 1, "c": 2}
    with pytest.raises(TieError):
        apportion(LARGEST_REMAINDER, numbers, 5, drawn=["c"])


def test_guaranteed_seats_are_given_first() -> None:
    numbers = {"primary": 12_000, "secondary": 9_000, "special": 200}
    assert seats_of(LARGEST_REMAINDER, numbers, 10)["special"] == 0
    assert seats_of(LARGEST_REMAINDER, numbers, 10, guaranteed={"special": 1}) == {
        "primary": 5,
        "secondary": 4,
        "special": 1,
    }
    with pytest.raises(ValueError, match="guaranteed"):
        apportion(LARGEST_REMAINDER, numbers, 2, {"special": 3})


def test_the_paradox_of_one_more_seat_is_shown() -> None:
    """Six, six and two: two seats of ten for the smallest, one of eleven. Sainte-Laguë has no such case."""
    numbers = {"a": 6, "b": 6, "c": 2}
    shares = apportion(LARGEST_REMAINDER, numbers, 10)
    more = one_more_or_fewer(LARGEST_REMAINDER, shares, {}, 10)[1]
    assert (more.seats, more.result, more.loses) == (11, {"a": 5, "b": 5, "c": 1}, ["c"])
    numbers = {"a": 613, "b": 604, "c": 197}
    shares = apportion(SAINTE_LAGUE, numbers, 11)
    assert all(not one.loses for one in one_more_or_fewer(SAINTE_LAGUE, shares, {}, 11))
