"""CSV export of a plan, one row for each need, with labels instead of keys."""

from collections.abc import Iterable

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.features.matching.assignments.redaction import why_nobody_for
from alongside.features.matching.plans.labels import assignment_state, limit_of, tier_words
from alongside.features.matching.plans.rows import AssignmentRow
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_number, format_pounds
from alongside.platform.web.spreadsheet import as_csv

HEADS = (
    "Urgency",
    "School",
    "URN",
    "Need",
    "Theme",
    "Support partner",
    "URN of partner",
    "Offer",
    "Score (0 to 1000)",
    "Rank",
    "Offers that pass every rule",
    "Days",
    "Cost in pounds",
    "State",
    "Why nobody",
)


def assignments_as_csv(person: Principal, assignments: Iterable[AssignmentRow]) -> bytes:
    """The assignments of a plan, in the order of the page."""
    settings = settings_of(person.authority_id)
    tiers = tier_words(settings)
    rows = (
        (
            tiers[one.tier],
            one.requesting_name,
            one.requesting_urn,
            one.need_title,
            label_of(settings.themes, one.theme),
            one.supporting_name or "",
            one.supporting_urn or "",
            one.offer_title or "",
            "" if one.score is None else one.score,
            one.rank or "",
            one.candidates,
            "" if one.days is None else format_number(one.days),
            format_pounds(one.pence),
            assignment_state(settings, one)[1],
            "" if one.offer_id else _why_nobody(person, one),
        )
        for one in assignments
    )
    return as_csv(HEADS, rows)


def _why_nobody(person: Principal, one: AssignmentRow) -> str:
    limit = limit_of(settings_of(person.authority_id), one, person.today)
    return " ".join(text for text in (why_nobody_for(person, one), limit) if text)
