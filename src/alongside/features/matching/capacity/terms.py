"""The terms of needs that say when by dates: so that every need has its place on the map of gaps."""

from datetime import date

import msgspec

from alongside.features.authorities.calendar import Calendar, terms_from
from alongside.features.authorities.terms import term_key
from alongside.features.matching.engine.instance import Instance, Need

LATER = 3
"""The tier of needs that can wait (`instances.reading.tier_of`)."""


def with_terms(instance: Instance, calendar: Calendar) -> Instance:
    """The same needs; those that name no term name the terms of their dates, or this one when they are urgent.

    For the map alone: a plan goes by what the schools said.
    """
    return msgspec.structs.replace(
        instance,
        needs=tuple(
            need
            if need.terms
            else msgspec.structs.replace(need, terms=_terms_of(need, calendar, instance.on))
            for need in instance.needs
        ),
    )


def _terms_of(need: Need, calendar: Calendar, today: date) -> tuple[str, ...]:
    """The declared terms in which a need's dates fall; without dates this term, unless it is for later."""
    if need.starts_on is None and need.ends_on is None:
        return tuple(term_key(term) for term in terms_from(calendar, today)[:1]) if need.tier < LATER else ()
    begins = max(need.starts_on or today, today)
    ends = need.ends_on or begins
    return tuple(
        term_key(term) for term in calendar.terms if term.starts_on <= ends and term.ends_on >= begins
    )
