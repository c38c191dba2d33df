"""Validate the rows of an import: each is new, already there, or refused with a reason. Nothing is written here."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.directory.evidence import MOST
from alongside.features.directory.import_export.file_format import (
    LISTS,
    columns_of,
    hours_of,
    list_of,
    pence_of,
    said_once,
    text_of,
    whole_of,
)
from alongside.features.directory.models import KINDS, LENGTH, LONG_TEXTS, VISIBILITIES
from alongside.features.schools.phases import PHASES
from alongside.platform.database.folding import fold_text

Number = TypeVar("Number", int, Decimal)
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

NEW, ALREADY_PRESENT, REFUSED = "new", "there", "refused"
RESULT_LABELS = {NEW: "Will be imported", ALREADY_PRESENT: "Already there", REFUSED: "Left out"}


@dataclass(slots=True)
class RowResult:
    """The result of one row (numbered from 1): `columns` to insert if it is new, `remarks` for the importer.

    `school_urn` and `source_url` are among the columns too.
    """

    number: int
    title: str
    what: str = NEW
    school_urn: int | None = None
    source_url: str = ""
    columns: dict[str, object] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def refuse(self, cure: str) -> None:
        """Mark the row as refused, with the reason and what to do."""
        self.what = REFUSED
        self.remarks.append(cure)


@dataclass(frozen=True, slots=True)
class ExistingEntries:
    """Existing entries: (school URN or 0, title in lower case), and source URLs."""

    titles: frozenset[tuple[int, str]] = frozenset()
    sources: frozenset[str] = frozenset()


def validate_rows(
    rows: Sequence[Mapping[str, object]],
    settings: AuthoritySettings,
    schools: Collection[int],
    there: ExistingEntries,
    given: Mapping[str, str],
) -> tuple[list[RowResult], list[str]]:
    """The result of every row, and the unknown headings. `given` fills cells that a row leaves empty."""
    row_results, unknown_headings = [], dict[str, None]()
    titles, sources = set(there.titles), set(there.sources)
    for number, row in enumerate(rows, start=1):
        known, others = columns_of(row)
        unknown_headings |= dict.fromkeys(others)
        for name, value in given.items():
            if not text_of(known.get(name)):
                known[name] = value
        row_result = _validate(number, known, settings, schools, given)
        key = (row_result.school_urn or 0, fold_text(row_result.title))
        source = row_result.source_url
        if row_result.what == NEW and (key in titles or (source and source in sources)):
            row_result.what = ALREADY_PRESENT
        titles.add(key)
        sources.add(source)
        row_results.append(row_result)
    return row_results, list(unknown_headings)


def _validate(
    number: int,
    known: Mapping[str, object],
    settings: AuthoritySettings,
    schools: Collection[int],
    given: Mapping[str, str],
) -> RowResult:
    title = text_of(known.get("title"))
    row_result = RowResult(number, title[:TITLE])
    if not title:
        row_result.refuse("It has no title. Give it one.")
    elif len(title) > TITLE:
        row_result.refuse(f"The title has {len(title):,} characters, {TITLE} at most. Shorten it.")
    row_result.columns["title"] = title[:TITLE]
    texts = {name: text_of(known.get(name)) for name in LONG_TEXTS}
    texts["what_we_did"] = said_once(texts["what_we_did"], texts["evidence"])
    for name, text in texts.items():
        _take_text(row_result, name, text, LENGTH)
    for name, most in LINES.items():
        _take_text(row_result, name, text_of(known.get(name)), most)
    row_result.columns["term"] = row_result.columns["term"] or None
    _take_address(row_result, given.get("source_base", ""))
    _take_lists(row_result, known, settings, given)
    _take_numbers(row_result, known)
    _take_choices(row_result, known, settings, schools)
    if not any(row_result.columns[name] for name in LONG_TEXTS):
        row_result.refuse("It has no text at all. Say at least what was done.")
    return row_result


def _take_text(row_result: RowResult, name: str, text: str, most: int) -> None:
    if "\0" in text:
        row_result.refuse(f"{name} holds a character that cannot be stored. Type it again.")
    elif len(text) > most:
        row_result.refuse(f"{name} has {len(text):,} characters, {most:,} at most. Shorten it.")
    row_result.columns[name] = text.replace("\0", "")[:most]


def _take_address(row_result: RowResult, base: str) -> None:
    """The full source URL; it is shown and never fetched."""
    address = str(row_result.columns["source_url"])
    if address.startswith("/") and base:
        address = base.rstrip("/") + address
    if address and not address.lower().startswith(("https://", "http://")):
        row_result.refuse("source_url must begin with https://. Correct it, or leave it empty.")
    row_result.source_url = address[: LINES["source_url"]]
    row_result.columns["source_url"] = row_result.source_url


def _take_lists(
    row_result: RowResult, known: Mapping[str, object], settings: AuthoritySettings, given: Mapping[str, str]
) -> None:
    """Keys that this authority knows.

    Unknown keys are dropped with a remark, so that another authority's file can be imported.
    """
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
            row_result.remarks.append(
                f"{name}: {', '.join(lost)[:120]} is not in your list, so it was left out."
            )
        kept = list(dict.fromkeys(one for one in meant if one)) or list_of(given.get(name))
        row_result.columns[name] = kept[: MOST_OF[name]]


def _take_numbers(row_result: RowResult, known: Mapping[str, object]) -> None:
    columns = row_result.columns
    columns["cost_pence"] = _number(row_result, known.get("cost_pounds"), pence_of)
    columns["staff_hours"] = _number(row_result, known.get("staff_hours"), hours_of)
    columns["checked_level"] = level = _number(row_result, known.get("evidence_level"), whole_of) or 0
    columns["school_urn"] = row_result.school_urn = _number(row_result, known.get("school_urn"), whole_of)
    if level > MOST:
        row_result.refuse(f"evidence_level goes from 0 to {MOST}. Correct it.")


def _number(row_result: RowResult, written: object, read: Callable[[object], Number | None]) -> Number | None:
    """The number in a cell; None, and the row refused, if it cannot be read."""
    try:
        return read(written)
    except ValueError as cure:
        row_result.refuse(str(cure))
        return None


def _take_choices(
    row_result: RowResult, known: Mapping[str, object], settings: AuthoritySettings, schools: Collection[int]
) -> None:
    urn = row_result.school_urn
    if urn is not None and urn not in schools:
        row_result.refuse(f"No school of this authority has the URN {urn}. Correct it, or leave it empty.")
    kind = text_of(known.get("kind")).lower().replace(" ", "_")
    row_result.columns["kind"] = kind if kind in KINDS else "practice"
    visibility = text_of(known.get("visibility")).lower() or "authority"
    if visibility not in VISIBILITIES:
        row_result.refuse("visibility must be consortium, authority or public.")
    elif VISIBILITIES.index(visibility) > VISIBILITIES.index(settings.directory.widest):
        row_result.refuse(f"Your authority shows entries no wider than {settings.directory.widest}.")
    elif visibility == "consortium" and urn is None:
        row_result.refuse(
            "What belongs to no school is for the whole authority: visibility must say authority."
        )
    row_result.columns["visibility"] = visibility
    if urn is None and not (row_result.columns["source_name"] and row_result.columns["licence"]):
        row_result.refuse(
            "It belongs to no school, so say where it is from and under which licence it may be shown."
        )
