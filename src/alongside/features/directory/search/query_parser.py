"""Parse a search into groups of terms, each of which should be found: a word, or an expression with synonyms.

Nothing in the text is an operator: punctuation is dropped, so no search can be malformed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

MOST_WORDS = 24
"""Most words of a search; the rest is cut off."""

SYNONYM, SPELLING, BEGINNING = 0.85, 0.8, 0.6
"""The share that a synonym, a corrected word or a prefix counts, where the word itself counts 1."""

SHORT = 5
"""Most letters of a jargon word that may be an abbreviation."""

DOTTED = re.compile(r"\b(?:[a-z]\.){1,}[a-z]\b\.?")
"""An abbreviation with full stops: P.E., S.E.N.D."""

COMPUTING = re.compile(r"\bIT\b")
"""IT in capitals among other words means information technology; “it” is a stop word."""

SPELT = (
    *((f"year {year}", f"y{year}", f"yr {year}", f"yr{year}", f"year-{year}") for year in range(1, 14)),
    ("catch-up", "catchup", "catch up"),
    ("wellbeing", "well-being", "well being"),
    ("pre-school", "preschool", "pre school"),
    ("after-school", "afterschool", "after school"),
    ("one-to-one", "1:1", "1-to-1", "one to one"),
    ("e-safety", "esafety", "online safety"),
    ("timetable", "time-table"),
)
"""Spelling variants of one word, beside the authority's own jargon."""

WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['-][^\W_]+)*")
"""A word; a number with a decimal point is one word, not two numbers."""


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One way to match a group: `text` in the syntax of to_tsquery, and its share of the score (0 to 1)."""

    group: int
    text: str
    share: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known of a typed word in the person's scope: a stop word, present in an entry, or similar words."""

    stop: bool
    known: bool
    alike: tuple[str, ...] = ()


KNOWN = Vocabulary(stop=False, known=True)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A parsed search: `names` maps each group to the words that were typed.

    `sentence` is the text to embed: with corrected words, and abbreviations in full. `corrected` maps a word that is
    in no visible entry to the words searched instead; a page shows those that are in its results
    (`highlighting.corrections`).
    """

    parts: tuple[QueryTerm, ...]
    corrected: Mapping[str, tuple[str, ...]]
    names: Mapping[int, str]
    sentence: str

    @property
    def empty(self) -> bool:
        """Whether nothing is left to search for: only punctuation or stop words."""
        return not self.parts


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """Which techniques a search uses.

    The product uses all; the benchmark switches some off to measure their effect.
    """

    jargon: bool = True
    beginnings: bool = True
    spelling: bool = True
    weights: bool = True
    meaning: bool = True


ALL_OPTIONS = SearchOptions()


def words_in(typed: str) -> tuple[str, ...]:
    """The words of a search in lower case and without punctuation, each once, 24 at most."""
    plain = unicodedata.normalize("NFKC", typed).replace("’", "'")
    if plain.strip().lower() == "it" or not plain.isupper():
        plain = COMPUTING.sub("ICT", plain) if plain.strip().lower() != "it" else "ICT"
    plain = DOTTED.sub(lambda found: found[0].replace(".", ""), plain.lower())
    return tuple(dict.fromkeys(WORD.findall(plain)))[:MOST_WORDS]


def parse_query(
    words: Sequence[str],
    known: Mapping[str, Vocabulary],
    jargon: Iterable[Sequence[str]] = (),
    recipe: SearchOptions = ALL_OPTIONS,
) -> SearchQuery:
    """Parse words into groups: the words of one jargon expression together, each other word alone."""
    parts: list[QueryTerm] = []
    corrected: dict[str, tuple[str, ...]] = {}
    names: dict[int, str] = {}
    sentence: list[str] = []
    meanings = _meanings((*(tuple(one) for one in jargon), *SPELT)) if recipe.jargon else {}
    at = 0
    while at < len(words):
        length, others = _expression(words, at, meanings)
        if length:
            ways = [(_phrase(words[at : at + length]), 1.0), *((_phrase(other), SYNONYM) for other in others)]
            sentence.append(_in_full(words[at : at + length], others))
        else:
            length, alone = 1, known.get(words[at], KNOWN)
            ways = list(_ways(words[at], alone, recipe, corrected))
            sentence.append(corrected.get(words[at], (words[at],))[0])
        if ways:
            parts += [QueryTerm(len(names), text, share) for text, share in ways]
            names[len(names)] = " ".join(words[at : at + length])
        at += length
    return SearchQuery(tuple(parts), corrected, names, " ".join(sentence))


def _ways(
    word: str, known: Vocabulary, recipe: SearchOptions, corrected: dict[str, tuple[str, ...]]
) -> Iterable[tuple[str, float]]:
    """The ways to match one word: as it is and, if no visible entry has it, as a prefix or with corrected spelling."""
    if known.stop:
        return
    yield _phrase((word,)), 1.0
    if known.known:
        return
    if recipe.beginnings and len(word) >= 3:
        yield f"{_quoted(word)}:*", BEGINNING
    if recipe.spelling and known.alike:
        corrected[word] = known.alike
        yield from ((_quoted(one), SPELLING / (1 + place / 2)) for place, one in enumerate(known.alike))


def _in_full(said: Sequence[str], others: Sequence[Sequence[str]]) -> str:
    """A jargon expression as a person outside education would say it: an abbreviation becomes its longest synonym."""
    short = len(said) == 1 and len(said[0]) <= SHORT
    return " ".join(max((said, *others), key=lambda one: sum(map(len, one))) if short else said)


Meanings = Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]


@lru_cache(maxsize=256)
def _meanings(jargon: tuple[tuple[str, ...], ...]) -> Meanings:
    """For each jargon expression, all its synonyms."""
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for same in jargon:
        expressions = [expression for expression in (words_in(one) for one in same) if expression]
        for expression in expressions:
            others = [other for other in expressions if other != expression]
            found[expression] = list(dict.fromkeys([*found.get(expression, ()), *others]))
    return {expression: tuple(others) for expression, others in found.items()}


def _expression(words: Sequence[str], at: int, meanings: Meanings) -> tuple[int, tuple[tuple[str, ...], ...]]:
    """The longest jargon expression that begins here: its number of words, and its synonyms."""
    for length in range(min(6, len(words) - at), 0, -1):
        others = meanings.get(tuple(words[at : at + length]))
        if others is not None:
            return length, others
    return 0, ()


def _phrase(words: Sequence[str]) -> str:
    return " <-> ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """Quote a word so that to_tsquery reads it as a word, whatever characters it has."""
    return "'" + word.replace("\\", "").replace("'", "''") + "'"
