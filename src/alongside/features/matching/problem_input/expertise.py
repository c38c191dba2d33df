"""The strength of an offer in its themes, from its evidence, designations and directory entries."""

from collections.abc import Mapping

STRENGTH_WITH_EVIDENCE = 750
"""The strength (0 to 1000) in a theme for which the offer gives evidence."""

STRENGTH_WITH_DESIGNATION = 900
"""The strength if the leader also holds a designation."""

POINTS_FOR_EVIDENCE_LEVEL = 25
"""What each evidence level of verified practice in the theme adds (`directory/evidence.py`)."""

STRONGEST = 1000


def strength_in(shown: bool, designated: bool, evidence: int) -> int | None:
    """The strength of an offer in one theme, 0 to 1000; None without evidence.

    `shown` says whether the offer gives evidence, `evidence` is the level (0 to 4) of its school's strongest
    verified practice in the theme. Practice of level 0 counts as no evidence.
    """
    if not shown and not evidence:
        return None
    said = STRENGTH_WITH_DESIGNATION if shown and designated else STRENGTH_WITH_EVIDENCE
    return min(said + POINTS_FOR_EVIDENCE_LEVEL * evidence, STRONGEST)


def strengths(
    themes: Mapping[str, bool], *, designated: bool, evidence: Mapping[str, int]
) -> dict[str, int | None]:
    """The strengths in all themes of an offer; `themes` says for each whether the offer gives evidence."""
    return {
        theme: strength_in(shown, designated, evidence.get(theme, 0))
        for theme, shown in sorted(themes.items())
    }
