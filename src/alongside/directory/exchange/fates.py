"""What becomes of each row of a file: taken in, there already, or refused with the cure. Nothing is written here."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alongside.authorities.settings import AuthoritySettings
from alongside.directory.evidence import MOST
from alongside.directory.exchange.form import (
    LISTS,
    columns_of,
    hours_of,
    list_of,
    pence_of,
    said_once,
    text_of,
    whole_of,
)
from alongside.directory.model import KINDS, LENGTH, LONG_TEXTS, VISIBILITIES
from alongside.needs.phases import PHASES

LINES = {
    "who_to_ask": 200,
    "staff_time": 300,
    "source_name": 200,
    "source_url": 500,
    "licence": 120,
    "attribution": 500,
    "term": 40,
}
TITLE = 120
MOST_OF = {"themes": 5, "phases": 12, "key_stages": 12}

NEW, THERE, REFUSED = "new", "there", "refused"
IN_WORDS = {NEW: "Would be taken in", THERE: "Already there", REFUSED: "Left out"}


@dataclass(slots=True)
class Fate:
    """What becomes of one row (from 1): `columns` to write if it is new, `remarks` for who brought it."""

    number: int
    title: str
    what: str = NEW
    columns: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def refuse(self, cure: str) -> None:
        """Leave the row out, and say why and what to do."""
        self.what = REFUSED
        self.remarks.append(cure)


@dataclass(frozen=True, slots=True)
class There:
    """What the directory holds already: (school or 0, title in small letters), and addresses of sources."""

    titles: frozenset[tuple[int, str]] = frozenset()
    sources: frozenset[str] = frozenset()


def fates_of(
    rows: Sequence[Mapping[str, Any]],
    settings: AuthoritySettings,
    schools: Collection[int],
    there: There,
    given: Mapping[str, str],
) -> tuple[list[Fate], list[str]]:
    """The fate of every row, and the headings that no column has. `given` fills what a row leaves empty."""
    fates, strange = [], dict[str, None]()
    titles, sources = set(there.titles), set(there.sources)
    for number, row in enumerate(rows, start=1):
        known, others = columns_of(row)
        strange |= dict.fromkeys(others)
        for name, value in given.items():
            if not text_of(known.get(name)):
                known[name] = value
        fate = _fate(number, known, settings, schools, given)
        key = (fate.columns.get("school_urn") or 0, fate.title.lower())
        source = fate.columns.get("source_url", "")
        if fate.what == NEW and (key in titles or (source and source in sources)):
            fate.what = THERE
        titles.add(key)
        sources.add(source)
        fates.append(fate)
    return fates, list(strange)


def _fate(
    number: int,
    known: Mapping[str, Any],
    settings: AuthoritySettings,
    schools: Collection[int],
    given: Mapping[str, str],
) -> Fate:
    title = text_of(known.get("title"))
    fate = Fate(number, title[:TITLE])
    if not title:
        fate.refuse("It has no title. Give it one.")
    elif len(title) > TITLE:
        fate.refuse(f"The title has {len(title):,} characters, {TITLE} at most. Shorten it.")
    fate.columns["title"] = title[:TITLE]
    texts = {name: text_of(known.get(name)) for name in LONG_TEXTS}
    texts["what_we_did"] = said_once(texts["what_we_did"], texts["evidence"])
    for name, text in texts.items():
        _take_text(fate, name, text, LENGTH)
    for name, most in LINES.items():
        _take_text(fate, name, text_of(known.get(name)), most)
    fate.columns["term"] = fate.columns["term"] or None
    _take_address(fate, given.get("source_base", ""))
    _take_lists(fate, known, settings, given)
    _take_numbers(fate, known)
    _take_choices(fate, known, settings, schools)
    if not any(fate.columns[name] for name in LONG_TEXTS):
        fate.refuse("It has no text at all. Say at least what was done.")
    return fate


def _take_text(fate: Fate, name: str, text: str, most: int) -> None:
    if "\0" in text:
        fate.refuse(f"{name} holds a character that cannot be stored. Type it again.")
    elif len(text) > most:
        fate.refuse(f"{name} has {len(text):,} characters, {most:,} at most. Shorten it.")
    fate.columns[name] = text.replace("\0", "")[:most]


def _take_address(fate: Fate, base: str) -> None:
    """Where it was published, in full; it is shown and never fetched."""
    address = fate.columns["source_url"]
    if address.startswith("/") and base:
        address = base.rstrip("/") + address
    if address and not address.lower().startswith(("https://", "http://")):
        fate.refuse("source_url must begin with https://. Correct it, or leave it empty.")
    fate.columns["source_url"] = address[: LINES["source_url"]]


def _take_lists(
    fate: Fate, known: Mapping[str, Any], settings: AuthoritySettings, given: Mapping[str, str]
) -> None:
    """Keys that this authority knows; others are left out and told, so that a stranger's file still comes in."""
    allowed: dict[str, Collection[str]] = {
        "themes": settings.themes,
        "phases": PHASES,
        "key_stages": settings.key_stages,
    }
    for name in LISTS:
        keys = list_of(known.get(name))
        meant = [
            next((one for one in allowed[name] if f"{key}_".startswith(f"{one}_")), None) for key in keys
        ]
        lost = [key for key, one in zip(keys, meant, strict=True) if one is None]
        if lost:
            fate.remarks.append(f"{name}: {', '.join(lost)[:120]} is not in your list, so it was left out.")
        kept = list(dict.fromkeys(one for one in meant if one)) or list_of(given.get(name))
        fate.columns[name] = kept[: MOST_OF[name]]


def _take_numbers(fate: Fate, known: Mapping[str, Any]) -> None:
    readers: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
        ("cost_pounds", "cost_pence", pence_of),
        ("staff_hours", "staff_hours", hours_of),
        ("evidence_level", "checked_level", whole_of),
        ("school_urn", "school_urn", whole_of),
    )
    for name, column, read in readers:
        try:
            fate.columns[column] = read(known.get(name))
        except ValueError as cure:
            fate.refuse(str(cure))
            fate.columns[column] = None
    fate.columns["checked_level"] = level = fate.columns["checked_level"] or 0
    if level > MOST:
        fate.refuse(f"evidence_level goes from 0 to {MOST}. Correct it.")


def _take_choices(
    fate: Fate, known: Mapping[str, Any], settings: AuthoritySettings, schools: Collection[int]
) -> None:
    urn = fate.columns["school_urn"]
    if urn is not None and urn not in schools:
        fate.refuse(f"No school of this authority has the URN {urn}. Correct it, or leave it empty.")
    kind = text_of(known.get("kind")).lower().replace(" ", "_")
    fate.columns["kind"] = kind if kind in KINDS else "practice"
    visibility = text_of(known.get("visibility")).lower() or "authority"
    if visibility not in VISIBILITIES:
        fate.refuse("visibility must be consortium, authority or public.")
    elif VISIBILITIES.index(visibility) > VISIBILITIES.index(settings.directory.widest):
        fate.refuse(f"Your authority shows entries no wider than {settings.directory.widest}.")
    elif visibility == "consortium" and urn is None:
        fate.refuse("What belongs to no school is for the whole authority: visibility must say authority.")
    fate.columns["visibility"] = visibility
    if urn is None and not (fate.columns["source_name"] and fate.columns["licence"]):
        fate.refuse(
            "It belongs to no school, so say where it is from and under which licence it may be shown."
        )
