"""What somebody typed into the box, as groups of which each should be found: a word, and what means the same.

Nothing that is typed is an operator: signs fall away, so no search can be malformed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

MOST_WORDS = 24
"""Words of a search that are looked at; a longer one is cut."""

SYNONYM, SPELLING, BEGINNING = 0.85, 0.8, 0.6
"""What finding another word of the trade, a corrected one, or a beginning counts, beside 1 for the word itself."""

SHORT = 5
"""Letters of a word of the trade that may be an abbreviation."""

DOTTED = re.compile(r"\b(?:[a-z]\.){1,}[a-z]\b\.?")
"""An abbreviation with full stops: P.E., S.E.N.D."""

COMPUTING = re.compile(r"\bIT\b")
"""In capitals among other words it is information technology; “it” is a word that is left out."""

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
"""The same word in other spellings, whatever the authority's own words of the trade are."""

WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One way to find a group: `text` in the language of PostgreSQL's to_tsquery, and what that way counts (0 to 1)."""

    group: int
    text: str
    share: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known of a typed word within somebody's reach: left out as a stop word, in a text, or like these."""

    stop: bool
    known: bool
    alike: tuple[str, ...] = ()


KNOWN = Vocabulary(stop=False, known=True)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A search as it is understood: `names` says for each group which of the typed words it is.

    `sentence` is what is read for its meaning: slips put right, short words of the trade in full. `corrected` maps a
    word that stands nowhere within reach to what was looked for instead, of which a page shows what it found
    (`why.corrections`).
    """

    parts: tuple[QueryTerm, ...]
    corrected: Mapping[str, tuple[str, ...]]
    names: Mapping[int, str]
    sentence: str

    @property
    def empty(self) -> bool:
        """Whether nothing is left to look for: only signs, or words that stand in every text."""
        return not self.parts


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Which ingredients a search has; the product uses all, the benchmark leaves some out to see what they pay."""

    jargon: bool = True
    beginnings: bool = True
    spelling: bool = True
    weights: bool = True
    meaning: bool = True


WHOLE = Synonyms()


def words_in(typed: str) -> tuple[str, ...]:
    """The words of a search in small letters and without signs, each once, 24 at most."""
    plain = unicodedata.normalize("NFKC", typed).replace("’", "'")
    if plain.strip().lower() == "it" or not plain.isupper():
        plain = COMPUTING.sub("ICT", plain) if plain.strip().lower() != "it" else "ICT"
    plain = DOTTED.sub(lambda found: found[0].replace(".", ""), plain.lower())
    return tuple(dict.fromkeys(WORD.findall(plain)))[:MOST_WORDS]


def parse_query(
    words: Sequence[str],
    known: Mapping[str, Vocabulary],
    jargon: Iterable[Sequence[str]] = (),
    recipe: Synonyms = WHOLE,
) -> SearchQuery:
    """The groups that words make: those of one expression of the trade together, each other word alone."""
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
    word: str, known: Vocabulary, recipe: Synonyms, corrected: dict[str, tuple[str, ...]]
) -> Iterable[tuple[str, float]]:
    """How one word may be found: as it is; if it stands nowhere, by its beginning or by what it was meant to be."""
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
    """An expression of the trade as somebody outside it would say it: the longest, where it is only letters."""
    short = len(said) == 1 and len(said[0]) <= SHORT
    return " ".join(max((said, *others), key=lambda one: sum(map(len, one))) if short else said)


Meanings = Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]


@lru_cache(maxsize=256)
def _meanings(jargon: tuple[tuple[str, ...], ...]) -> Meanings:
    """For each expression of the trade: all others that mean the same."""
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for same in jargon:
        expressions = [expression for expression in (words_in(one) for one in same) if expression]
        for expression in expressions:
            others = [other for other in expressions if other != expression]
            found[expression] = list(dict.fromkeys([*found.get(expression, ()), *others]))
    return {expression: tuple(others) for expression, others in found.items()}


def _expression(words: Sequence[str], at: int, meanings: Meanings) -> tuple[int, tuple[tuple[str, ...], ...]]:
    """The longest expression of the trade that begins here: how many words, and what means the same."""
    for length in range(min(6, len(words) - at), 0, -1):
        others = meanings.get(tuple(words[at : at + length]))
        if others is not None:
            return length, others
    return 0, ()


def _phrase(words: Sequence[str]) -> str:
    return " <-> ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """A word that to_tsquery reads as a word whatever stands in it."""
    return "'" + word.replace("\\", "").replace("'", "''") + "'"
