"""How strong the evidence is, as padlocks with words; and the rule by which use elsewhere moves it.

Source: the padlocks of the Education Endowment Foundation, with an empty state; domain.md F38 and F41.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """One level: how many of the padlocks are closed, its words, and what it takes."""

    number: int
    key: str
    label: str
    meaning: str


LEVELS = (
    Level(0, "none_yet", "No evidence yet", "Nobody has said yet what it changed"),
    Level(1, "self_reported", "Self-reported", "The school itself says what it changed"),
    Level(2, "observed_by_peer", "Observed by a peer", "Somebody from another school has seen it work"),
    Level(3, "measured", "Measured", "Numbers from before and after show the change"),
    Level(
        4,
        "independently_evaluated",
        "Independently evaluated",
        "Somebody with no part in it has studied whether it works",
    ),
)
"""From the empty state to the strongest."""

MOST = LEVELS[-1].number
OBSERVED = 2
"""The level to which schools that use it and say that it works can raise an entry, and no further."""

ENOUGH_YES = 2
"""So many other schools have to say that it worked before an entry counts as seen by peers."""

ENOUGH_ANSWERS = 3
"""So many have to have said how it went before more than half of them can lower an entry by one level."""

AFTER_USE = f"""
CASE
WHEN uses_yes + uses_partly + uses_no >= {ENOUGH_ANSWERS} AND uses_no * 2 > uses_yes + uses_partly + uses_no
THEN greatest(checked_level - 1, 0)
WHEN uses_yes >= {ENOUGH_YES} AND uses_no * 2 <= uses_yes + uses_partly + uses_no
THEN greatest(checked_level, {OBSERVED})
ELSE checked_level END
"""
"""The level that is shown: what those who verified it found, moved by what other schools say that use it.

“Too early to say” counts for nothing. PostgreSQL computes it with the row, so that no page can show another.
"""


def level_of(number: int) -> Level:
    """The level of a number."""
    return LEVELS[max(0, min(number, MOST))]
