"""Derives terms for needs that name none, so that the unmet need table counts each need."""

from datetime import date

import msgspec

from alongside.features.matching.engine.instance import Instance, Need
from alongside.platform.school_calendar.calendar import Calendar, terms_from
from alongside.platform.school_calendar.terms import term_key

LATER = 3
"""The tier of needs that can wait (`problem_input.builder.tier_of`)."""


def with_terms(instance: Instance, calendar: Calendar) -> Instance:
    """Copy the instance; needs without terms get the terms of their dates, or this term if they are urgent.

    Used for the unmet need table only: plans use what the schools entered.
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
    """The declared terms that overlap a need's dates; without dates this term, unless the need can wait."""
    if need.starts_on is None and need.ends_on is None:
        return tuple(term_key(term) for term in terms_from(calendar, today)[:1]) if need.tier < LATER else ()
    begins = max(need.starts_on or today, today)
    ends = need.ends_on or begins
    return tuple(
        term_key(term) for term in calendar.terms if term.starts_on <= ends and term.ends_on >= begins
    )
