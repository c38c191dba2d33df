"""Which words somebody may have meant by one that nobody wrote."""

from collections.abc import Sequence

MOST = 3
"""Words that are tried instead of a misspelt one."""

SLIPS = 4.0
"""Letters of a word, for each of which there may be one slip."""

SHORTEST = 5
"""Letters of a word that may be corrected: in a shorter one, a slip makes another word."""


def likeliest(typed: str, alike: Sequence[str]) -> tuple[str, ...]:
    """The words of `alike` that are fewest slips away, closest first, three at most; none that is too far."""
    if len(typed) < SHORTEST:
        return ()
    begins = sounds(typed)[0]
    near = sorted(
        (slips(typed, word), place, word) for place, word in enumerate(alike) if sounds(word)[0] == begins
    )
    close = [one for one in near if one[0] <= len(typed) / SLIPS]
    return tuple(word for count, _, word in close[:MOST] if count <= close[0][0] + 0.5)


def slips(one: str, other: str) -> float:
    """How many letters are left out, added, changed or swapped between two words; another sound counts a half.

    Source: Damerau (1964), optimal string alignment; words are compared after `sounds`, half and half.
    """
    return (_distance(one, other) + _distance(sounds(one), sounds(other))) / 2


def sounds(word: str) -> str:
    """A word as it is heard, roughly: how children and busy people spell it."""
    for written, heard in SOUNDS:
        word = word.replace(written, heard)
    return word


SOUNDS = (
    ("ph", "f"),
    ("ck", "k"),
    ("ch", "k"),
    ("qu", "kw"),
    ("ough", "o"),
    ("tion", "shn"),
    ("sion", "shn"),
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
    ("c", "k"),
    ("y", "i"),
    ("z", "s"),
    ("ie", "i"),
    ("ei", "i"),
    ("ea", "e"),
    ("ou", "o"),
)
"""Spellings that sound alike, tried in this order."""


def _distance(one: str, other: str) -> int:
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        above, row = row, [i]
        for j, right in enumerate(other, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]
