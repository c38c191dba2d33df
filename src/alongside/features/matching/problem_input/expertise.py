"""How strong an offer is in its themes: what it says, who gives it, and what its school has in the directory."""

from collections.abc import Mapping

SHOWN = 750
"""How strong an offer counts in a theme for which it says what shows it (0 to 1000)."""

DESIGNATED = 900
"""The same where a designation holds besides."""

PADLOCK = 25
"""What each level of evidence of the school's verified practice in the theme adds (`directory/evidence.py`)."""

STRONGEST = 1000


def strength_in(shown: bool, designated: bool, evidence: int) -> int | None:
    """How strong an offer is in one theme, 0 to 1000; None where nothing shows it.

    `shown` is whether the offer says what shows it, `evidence` the level (0 to 4) of its school's strongest
    verified practice in the theme. Practice whose level is 0 shows nothing yet.
    """
    if not shown and not evidence:
        return None
    said = DESIGNATED if shown and designated else SHOWN
    return min(said + PADLOCK * evidence, STRONGEST)


def strengths(
    themes: Mapping[str, bool], *, designated: bool, evidence: Mapping[str, int]
) -> dict[str, int | None]:
    """The same for all themes of an offer: `themes` says for each whether something shows it."""
    return {
        theme: strength_in(shown, designated, evidence.get(theme, 0))
        for theme, shown in sorted(themes.items())
    }
