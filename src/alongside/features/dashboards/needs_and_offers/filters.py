"""Filters and order of the list, all in the query string, so that a link shows the same list."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from alongside.features.authorities.settings import AuthoritySettings, on_offer
from alongside.features.consortia.queries import ConsortiumName
from alongside.features.schools.phases import PHASES
from alongside.platform.web.form_data import FormData

Choices = tuple[tuple[str, str], ...]

SORTS: Choices = (("newest", "Newest"), ("nearest", "Nearest to my school"), ("urgent", "Most urgent"))
KINDS: Choices = (("", "Needs and offers"), ("need", "Needs only"), ("offer", "Offers only"))
ANYTHING = ("", "All")
PHASE_CHOICES: Choices = (ANYTHING, *PHASES.items())
LABELS = {
    "q": "Search words",
    "kind": "Show",
    "theme": "Theme",
    "phase": "Phase",
    "consortium": "Consortium",
    "within": "Within (miles)",
    "sort": "Order",
}

LATEST = 4_102_444_800.0
"""An upper bound of scores: the Unix time of the year 2100, above any posting time or distance in miles."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters above the list as they were chosen, the choices of each, and what is wrong with them.

    `within` is text as it was typed; `miles` is its number if it is valid.
    """

    kind: str
    q: str
    theme: str
    phase: str
    consortium: str
    within: str
    sort: str
    choices: Mapping[str, Choices]

    @property
    def miles(self) -> int | None:
        """The distance in miles; None without one."""
        typed = self.within.strip()
        number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 4 else 0
        return number if 1 <= number <= 200 else None

    def errors(self) -> dict[str, str]:
        """What is wrong with each field, in the order of the form; empty if the list can be shown."""
        found = {}
        for name, choices in self.choices.items():
            if not any(value == getattr(self, name) for value, _ in choices):
                found[name] = "Choose from the list."
        if len(self.q) > 100:
            found["q"] = "Search for 100 characters or fewer."
        if self.within.strip() and self.miles is None:
            found["within"] = "Miles must be a whole number from 1 to 200."
        return {name: found[name] for name in LABELS if name in found}

    def address(self, **changed: str | None) -> str:
        """The URL of the list with these filters, some changed; the first page unless `after` is given."""
        values: dict[str, str | int | None] = {
            "kind": self.kind,
            "q": self.q,
            "theme": self.theme,
            "phase": self.phase,
            "consortium": self.consortium,
            "within": self.miles,
            "sort": self.sort,
            **changed,
        }
        kept = {name: value for name, value in values.items() if value not in (None, "", "newest")}
        return "/needs-and-offers" + (f"?{urlencode(kept)}" if kept else "")


@dataclass(frozen=True, slots=True)
class Position:
    """Keyset pagination: a page starts after the row with this score and id."""

    score: float
    id: UUID

    def as_text(self) -> str:
        """The position as text for the query string."""
        return urlsafe_b64encode(f"{self.score!r}|{self.id}".encode()).decode().rstrip("=")


def position_from(written: str) -> Position | None:
    """Parse a position from the query string; None for the first page or an invalid value."""
    try:
        score, _, name = urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode().partition("|")
        place = Position(float(score), UUID(name))
    except ValueError:
        return None
    return place if -LATEST < place.score < LATEST else None  # rejects NaN and infinity


def filters_from(
    query: FormData, settings: AuthoritySettings, consortia: Sequence[ConsortiumName]
) -> Filters:
    """The filters from the query string. Unknown values are an error and are not ignored."""

    def chosen(name: str) -> str:
        return str(next(iter(query.getlist(name)), ""))

    return Filters(
        kind=chosen("kind"),
        q=chosen("q"),
        theme=chosen("theme"),
        phase=chosen("phase"),
        consortium=chosen("consortium"),
        within=chosen("within"),
        sort=chosen("sort") or "newest",
        choices={
            "kind": KINDS,
            "theme": (ANYTHING, *((key, one.label) for key, one in on_offer(settings.themes).items())),
            "phase": PHASE_CHOICES,
            "consortium": (ANYTHING, *((str(one.id), one.name) for one in consortia)),
            "sort": SORTS,
        },
    )
