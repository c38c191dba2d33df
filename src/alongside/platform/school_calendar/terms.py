"""Terms in which support may happen: their keys in rows, and their labels."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from alongside.platform.school_calendar.calendar import Calendar, TermDates, terms_from
from alongside.platform.web.formatting import format_date, format_date_range

MOST_TERMS = 6
"""The number of terms that a form offers: two academic years."""


def term_key(term: TermDates) -> str:
    """The key of a term in a row: “2026-27_autumn”."""
    return f"{term.year}_{term.name}"


def term_words(key: str) -> str:
    """The label of a term, also of one no longer in the calendar: “Autumn term 2026”."""
    year, _, name = key.partition("_")
    first = year.partition("-")[0]
    if not first.isdecimal():
        return key
    return f"{name.capitalize()} term {int(first) if name == 'autumn' else int(first) + 1}"


def coming_terms(calendar: Calendar, today: date, kept: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """The terms that a form offers as (key, label): the current and later ones, and those already chosen (`kept`)."""
    coming = [term_key(term) for term in terms_from(calendar, today)[:MOST_TERMS]]
    return [(key, term_words(key)) for key in (*(k for k in kept if k not in coming), *coming)]


class Timed(Protocol):
    """A need or an offer: the keys of its terms, or its dates, or neither."""

    @property
    def terms(self) -> Sequence[str] | None:
        """The keys of the terms."""

    @property
    def starts_on(self) -> date | None:
        """The first day."""

    @property
    def ends_on(self) -> date | None:
        """The last day."""


def timing_label(post: Timed) -> str:
    """The terms or dates of a need or an offer, as display text."""
    if post.terms:
        return ", ".join(term_words(key) for key in post.terms)
    if post.starts_on is None:
        return "Not sure yet"
    if post.ends_on:
        return format_date_range(post.starts_on, post.ends_on)
    return f"From {format_date(post.starts_on)}"
