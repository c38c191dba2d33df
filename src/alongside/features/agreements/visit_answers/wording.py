"""Sentences about the two halves of a visit's record, for the page, the PDF and the CSV file."""

from datetime import date

from alongside.features.agreements.visits.queries import VisitRow
from alongside.platform.web.formatting import format_date, format_days, format_weekday


def answer_text(visit: VisitRow, today: date) -> str:
    """One sentence with the other school's answer, or that it has not answered; empty for a visit without a record."""
    other = visit.answering_school
    match visit.answer if visit.state == "recorded" or visit.settled_as else "":
        case "":
            return ""
        case "waiting" if visit.answer_due_on is not None and visit.answer_due_on >= today:
            return f"{other} can answer until {format_weekday(visit.answer_due_on)}."
        case "correct":
            return f"{other} says that this record is correct."
        case "corrected":
            return f"{other} has corrected this record."
        case "disagree":
            return f"{other} disagrees with this record: {visit.answer_reason}"
        case "agreed":
            return (
                f"{other} corrected this record. {visit.recorded_by_school} agreed to the date and the days."
            )
        case _:
            return f"Not answered by {other}."


def settlement_text(visit: VisitRow) -> str:
    """One sentence with what was settled, or which figures count meanwhile; empty while nobody disputes them."""
    if visit.settled_as is None:
        if not visit.is_disputed:
            return ""
        return (
            f"The figures of {visit.recorded_by_school} count ({format_days(visit.days)}) until both schools agree,"
            " or a lead or an officer settles it."
        )
    settled = {
        "record": f"the record of {visit.recorded_by_school} counts",
        "answer": f"the answer of {visit.answering_school} counts",
        "none": "this visit does not count",
    }[visit.settled_as]
    return f"Settled on {format_date(visit.settled_at)}: {settled}. {visit.settled_because}"


def differences(visit: VisitRow) -> list[tuple[str, str, str]]:
    """The record and the corrections side by side: label, record, correction; empty without corrections."""
    if visit.answered_visit_on is None or visit.answered_days is None:
        return []
    return [
        ("Date", format_date(visit.visit_on), format_date(visit.answered_visit_on)),
        ("Days", format_days(visit.days), format_days(visit.answered_days)),
        ("What was done", visit.done, visit.answered_done or "No other text"),
    ]
