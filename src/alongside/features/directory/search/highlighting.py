"""Highlighting of search terms in results, and the reason why each entry was found."""

import re

from markupsafe import Markup

from alongside.features.directory.search.queries import SearchHit
from alongside.features.directory.search.statements import FROM, TO, FoundEntry

MARKED = re.compile(f"{FROM}([^{FROM}{TO}]*){TO}")
STRAY = re.compile(f"[{FROM}{TO}]")
LINK = re.compile(r"\[([^\]\[]*)\]\([^)\s]*\)")
SIGNS = re.compile(r"[*_`#>|~]+|^\s*[-+]\s+", re.MULTILINE)
"""Markdown markup, removed because a fragment of a text would show it as stray characters."""


def marked(text: str) -> Markup:
    """A text with its search terms in <mark>, and everything else escaped."""
    plain = SIGNS.sub(" ", LINK.sub(r"\1", text))
    made, at = Markup(), 0
    for found in MARKED.finditer(plain):
        made += STRAY.sub("", plain[at : found.start()]) + Markup("<mark>{}</mark>").format(found[1])
        at = found.end()
    return made + STRAY.sub("", plain[at:])


def reason(found: SearchHit, entry: FoundEntry) -> str:
    """The search terms that an entry holds, or that it was found by meaning."""
    question = found.question
    groups = set(found.matched_groups.get(entry.id, ()))
    if not groups:
        return "Close in meaning to what you typed"
    return "Found by: " + ", ".join(question.names[group] for group in sorted(groups))


def corrections(found: SearchHit) -> list[tuple[str, str]]:
    """(typed, searched) for each corrected word, only with words that occur in entries on this page."""
    there = {
        word.lower()
        for entry in found.entries
        for text in (entry.title_marked, entry.marked)
        for word in MARKED.findall(text or "")
    }
    right = []
    for typed, others in found.question.corrected.items():
        written = [one for one in others if one in there]
        if written:
            right.append((typed, " or ".join(written)))
    return right
