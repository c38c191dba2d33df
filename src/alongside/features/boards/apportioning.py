"""Share seats by numbers of pupils in exact fractions: largest remainder (Hare quota) or Sainte-Laguë.

A tie is raised, never decided silently: the lot is drawn by people and recorded. Guaranteed seats are given first, and
the rest is shared by numbers. Source: the report on York (YO9); Gallagher and Mitchell, The Politics of Electoral
Systems, appendix A.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

LARGEST_REMAINDER, SAINTE_LAGUE = "largest_remainder", "sainte_lague"


class TieError(Exception):
    """Several constituencies have the same right to the last seats: `seats` of them win, by lot."""

    def __init__(self, tied: Sequence[str], seats: int) -> None:
        """Keep the constituencies and the number of seats to draw."""
        super().__init__(f"{seats} of {len(tied)} by lot")
        self.tied = tuple(tied)
        self.seats = seats


@dataclass(frozen=True, slots=True)
class Share:
    """One constituency: its number of pupils, guaranteed seats, exact share of the other seats, and all its seats."""

    key: str
    number: int
    guaranteed: int
    exact: Fraction
    seats: int

    @property
    def whole(self) -> int:
        """The whole seats of its share."""
        return int(self.exact)

    @property
    def remainder(self) -> Fraction:
        """What remains of its share."""
        return self.exact - self.whole


def apportion(
    method: str,
    numbers: Mapping[str, int],
    seats: int,
    guaranteed: Mapping[str, int] | None = None,
    drawn: Sequence[str] = (),
) -> list[Share]:
    """Return the share of each constituency. `drawn` are those that won a tied seat by lot.

    Raises TieError for a tie that `drawn` does not decide, ValueError without pupils or with more guaranteed seats
    than there are.
    """
    first = {key: (guaranteed or {}).get(key, 0) for key in numbers}
    rest = seats - sum(first.values())
    total = sum(numbers.values())
    if rest < 0 or total <= 0 or min(numbers.values()) < 0:
        raise ValueError("there are more guaranteed seats than seats, or no pupils")
    exact = {key: Fraction(rest * number, total) for key, number in numbers.items()}
    if method == LARGEST_REMAINDER:
        given = _by_largest_remainder(exact, rest, drawn)
    else:
        given = _by_sainte_lague(numbers, rest, drawn)
    return [Share(key, numbers[key], first[key], exact[key], first[key] + given[key]) for key in numbers]


def _by_largest_remainder(exact: Mapping[str, Fraction], seats: int, drawn: Sequence[str]) -> dict[str, int]:
    given = {key: int(one) for key, one in exact.items()}
    remainders = {key: one - given[key] for key, one in exact.items()}
    for key in _winners(remainders, seats - sum(given.values()), drawn):
        given[key] += 1
    return given


def _by_sainte_lague(numbers: Mapping[str, int], seats: int, drawn: Sequence[str]) -> dict[str, int]:
    given = dict.fromkeys(numbers, 0)
    while (left := seats - sum(given.values())) > 0:
        quotients = {key: Fraction(number, 2 * given[key] + 1) for key, number in numbers.items()}
        highest = max(quotients.values())
        level = {key: one for key, one in quotients.items() if one == highest}
        for key in _winners(level, min(left, len(level)), drawn):
            given[key] += 1
    return given


def _winners(rights: Mapping[str, Fraction], seats: int, drawn: Sequence[str]) -> list[str]:
    if seats <= 0:
        return []
    last = sorted(rights.values(), reverse=True)[seats - 1]
    clear = [key for key, one in rights.items() if one > last]
    tied = [key for key, one in rights.items() if one == last]
    open_seats = seats - len(clear)
    if open_seats < len(tied):
        lucky = [key for key in drawn if key in tied]
        if len(lucky) != open_seats:
            raise TieError(tied, open_seats)
        tied = lucky
    return clear + tied


@dataclass(frozen=True, slots=True)
class Comparison:
    """The seats of each constituency with one seat fewer or more; None where a lot would decide."""

    seats: int
    result: Mapping[str, int] | None
    loses: Sequence[str]
    """Constituencies that lose a seat although there is one more, or win one although there is one fewer."""


def one_more_or_fewer(
    method: str, shares: Sequence[Share], guaranteed: Mapping[str, int], seats: int
) -> list[Comparison]:
    """Return the results with one seat fewer and one more, with the constituencies for which that is a paradox."""
    numbers = {one.key: one.number for one in shares}
    now = {one.key: one.seats for one in shares}
    found = []
    for count in (seats - 1, seats + 1):
        if count < max(1, sum(guaranteed.values())):
            continue
        try:
            result = {one.key: one.seats for one in apportion(method, numbers, count, guaranteed)}
        except TieError:
            found.append(Comparison(count, None, ()))
            continue
        odd = [key for key in numbers if (result[key] - now[key]) * (count - seats) < 0]
        found.append(Comparison(count, result, odd))
    return found
