"""CSV export of the visits of an agreement, with both halves of each record."""

from collections.abc import Iterable
from datetime import date

from alongside.features.agreements.visit_answers.wording import answer_text, settlement_text
from alongside.features.agreements.visits.queries import VisitRow
from alongside.platform.web.formatting import format_number
from alongside.platform.web.spreadsheet import as_csv

HEADS = (
    "Day",
    "Days",
    "State",
    "Focus",
    "What was done",
    "What comes next",
    "Recorded by",
    "Answer",
    "Day in the answer",
    "Days in the answer",
    "What was done in the answer",
    "Settled",
    "Hoped for",
    "Taken from it",
)


def visits_as_csv(visits: Iterable[VisitRow], today: date) -> bytes:
    """Visits as CSV, one per row, newest first."""
    rows = (
        (
            visit.visit_on,
            format_number(visit.days),
            visit.state.capitalize(),
            visit.focus,
            visit.done,
            visit.next_steps,
            visit.recorded_by_school if visit.recorded_side else "",
            answer_text(visit, today),
            visit.answered_visit_on or "",
            "" if visit.answered_days is None else format_number(visit.answered_days),
            visit.answered_done,
            settlement_text(visit),
            visit.hoped_for,
            visit.took_away,
        )
        for visit in visits
    )
    return as_csv(HEADS, rows)
