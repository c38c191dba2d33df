"""Spelling correction: the likeliest words for a word that is in no visible entry."""

from collections.abc import Sequence

MOST = 3
"""Most words that are tried instead of a misspelt one."""

SLIPS = 5.0
"""Letters of a word per allowed edit."""

SHORTEST = 5
"""Fewest letters of a word that is corrected; an edit in a shorter word makes a different word."""


def likeliest(typed: str, alike: Sequence[str]) -> tuple[str, ...]:
    """The words of `alike` with the fewest edits, closest first, three at most, without those that are too far."""
    if len(typed) < SHORTEST:
        return ()
    begins = sounds(typed)[0]
    near = sorted(
        (slips(typed, word), place, word) for place, word in enumerate(alike) if sounds(word)[0] == begins
    )
    close = [one for one in near if one[0] <= len(typed) / SLIPS]
    return tuple(word for count, _, word in close[:MOST] if count <= close[0][0] + 0.5)


def slips(one: str, other: str) -> float:
    """The edit distance of two words: letters left out, added, changed or swapped; a different sound counts half.

    Source: Damerau (1964), optimal string alignment; the mean of the distances of the words and of their `sounds`.
    """
    return (_distance(one, other) + _distance(sounds(one), sounds(other))) / 2


def sounds(word: str) -> str:
    """A rough phonetic form of a word, because many misspellings sound right."""
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
"""Spellings and their sounds, replaced in this order."""


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
