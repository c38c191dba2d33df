"""The terms in which support may happen: how they are kept in rows, and their words."""

from datetime import date

from alongside.features.authorities.calendar import Calendar, terms_from
from alongside.features.authorities.setting_types import TermDates

MOST_TERMS = 6
"""As many coming terms as a form offers: two academic years."""


def term_key(term: TermDates) -> str:
    """How a term is kept in a row: “2026-27_autumn”."""
    return f"{term.year}_{term.name}"


def term_words(key: str) -> str:
    """A term in words, also one that has since been taken out of the calendar: “Autumn term 2026”."""
    year, _, name = key.partition("_")
    first = year.partition("-")[0]
    if not first.isdecimal():
        return key
    return f"{name.capitalize()} term {int(first) if name == 'autumn' else int(first) + 1}"


def coming_terms(calendar: Calendar, today: date, kept: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """The terms that a form offers: this one and those to come, and whatever the row already holds."""
    coming = [term_key(term) for term in terms_from(calendar, today)[:MOST_TERMS]]
    return [(key, term_words(key)) for key in (*(k for k in kept if k not in coming), *coming)]
