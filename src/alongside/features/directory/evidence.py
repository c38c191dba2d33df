"""Evidence levels, shown as padlocks, and the rule by which use at other schools changes them.

Source: the padlocks of the Education Endowment Foundation, plus a level for no evidence yet; domain.md F38 and F41.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """One evidence level: its number of padlocks, its labels, and what it requires."""

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
"""All levels, from no evidence yet to the strongest."""

MOST = LEVELS[-1].number
OBSERVED = 2
"""The highest level to which the answers of other schools can raise an entry."""

ENOUGH_YES = 2
"""How many other schools must say that it worked before an entry counts as observed by peers."""

ENOUGH_ANSWERS = 3
"""How many schools must have answered before a majority of “no” lowers an entry by one level."""

ENOUGH_TRIES = 3
"""How many schools must have said that they would try an entry before their number is shown: fewer could be guessed."""

AFTER_USE = f"""
CASE
WHEN uses_yes + uses_partly + uses_no >= {ENOUGH_ANSWERS} AND uses_no * 2 > uses_yes + uses_partly + uses_no
THEN greatest(checked_level - 1, 0)
WHEN uses_yes >= {ENOUGH_YES} AND uses_no * 2 <= uses_yes + uses_partly + uses_no
THEN greatest(checked_level, {OBSERVED})
ELSE checked_level END
"""
"""SQL for the displayed level: the verified level, adjusted by the answers of other schools that use the entry.

“Too early to say” does not count. It is a generated column in PostgreSQL, so that every page shows the same level.
"""


def level_of(number: int) -> Level:
    """The level with this number."""
    return LEVELS[max(0, min(number, MOST))]
