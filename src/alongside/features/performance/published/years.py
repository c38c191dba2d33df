"""Academic years and releases, from the name of a file and from the cells of a table."""

import re

from alongside.features.performance.statuses import FINAL, PROVISIONAL, REVISED

SPANS = re.compile(r"(?<![0-9])20([0-9]{2})[-_/ ]?(?:20)?([0-9]{2})(?![0-9])")
ENDS_IN = re.compile(r"20[0-9]{2}(?:\.0)?")
RELEASE_WORDS = ((PROVISIONAL, ("provisional", "prov")), (REVISED, ("revised", "rev")), (FINAL, ("final",)))


def year_in(text: str) -> str | None:
    """Return the academic year that a text names (“2024-25”, “2024-2025”, “202425”); None for none or several."""
    found = {
        f"20{first}-{last}" for first, last in SPANS.findall(text) if (int(first) + 1) % 100 == int(last)
    }
    return found.pop() if len(found) == 1 else None


def year_of_cell(cell: str) -> str | None:
    """Return the academic year of a cell; a single year (“2018”) is the one in which it ends."""
    text = cell.strip()
    if ENDS_IN.fullmatch(text):
        last = int(text[:4])
        return f"{last - 1}-{last % 100:02d}"
    return year_in(text)


def release_in(text: str) -> str | None:
    """Return the release that a text names; None if it names none or several."""
    words = text.lower()
    found = {
        key for key, some in RELEASE_WORDS if any(re.search(rf"{word}(?![a-z])", words) for word in some)
    }
    return found.pop() if len(found) == 1 else None
