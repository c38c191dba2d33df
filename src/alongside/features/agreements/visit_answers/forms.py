"""Forms of the answer to a visit's record, of the supported school's own words, and of a settlement."""

from wtforms import Form

from alongside.features.agreements.visit_answers.values import RecordAnswer
from alongside.features.agreements.visits.queries import VisitRow
from alongside.platform.forms.fields import Choice, Day, HalfDays, passage, says_something
from alongside.platform.forms.validation import add_error, require_fields
from alongside.platform.web.formatting import format_date, format_days

ANSWERS = [
    ("correct", "Yes, it is correct"),
    ("corrected", "Not quite: we correct it below"),
    ("disagree", "No, we disagree"),
]
DAYS = "Enter days as a whole or half number up to 20, like 0.5 or 1"


class AnswerForm(Form):
    """Whether the record is correct; a correction has a date, days and a text, a disagreement has a reason."""

    answer = Choice("Is this record correct?", "Select whether the record is correct", choices=ANSWERS)
    visit_on = Day("If you correct it: the day of the visit", "Enter the day of the visit, like 24/11/2026")
    days = HalfDays("If you correct it: the days", DAYS, description="Half a day is 0.5")
    done = passage(
        "If you correct it: what was done (optional)",
        "What was done",
        "Your text stands beside theirs. Name no pupil",
        limit=4000,
    )
    reason = passage(
        "If you disagree: the reason",
        "The reason",
        "The other school and the leads of both schools can read it",
        limit=1000,
    )

    def is_valid(self) -> bool:
        """Whether an answer is selected, with a date and days for a correction and a reason for a disagreement."""
        self.validate()
        require_fields(self, {"answer": "Select whether the record is correct"})
        if self.answer.data == "corrected":
            require_fields(self, {"visit_on": "Enter the day of the visit, like 24/11/2026", "days": DAYS})
            if self.days.data is not None and self.days.data > 20:
                add_error(self.days, DAYS)
        if self.answer.data == "disagree" and not says_something(self.reason.data):
            add_error(self.reason, "Enter why you disagree. The other school reads it")
        return not self.errors

    def given(self) -> RecordAnswer:
        """The submitted answer, without fields that belong to another one; call it after `is_valid`."""
        match self.answer.data:
            case "corrected":
                return RecordAnswer("corrected", self.visit_on.data, self.days.data, done=self.done.data)
            case "disagree":
                return RecordAnswer("disagree", reason=self.reason.data)
            case _:
                return RecordAnswer("correct")


class HopesForm(Form):
    """What the supported school hoped for, and what it took from the visit."""

    hoped_for = passage(
        "What do you hope for, or did you hope for? (optional)",
        "What you hoped for",
        "You can write this before the visit",
        limit=2000,
    )
    took_away = passage(
        "What did you take from it? (optional)", "What you took from it", "Name no pupil", limit=2000
    )


class SettlementForm(Form):
    """Which figures count, and why."""

    decision = Choice("What counts?", "Select what counts")
    reason = passage("Reason", "The reason", "Both schools read it", limit=1000)

    def offer(self, visit: VisitRow) -> None:
        """Fill the choices with the figures of both schools."""
        record = f"{format_days(visit.days)} on {format_date(visit.visit_on)}"
        self.decision.choices = [("record", f"The record of {visit.recorded_by_school}: {record}")]
        if visit.answered_visit_on is not None:
            answer = f"{format_days(visit.answered_days)} on {format_date(visit.answered_visit_on)}"
            self.decision.choices.append(("answer", f"The answer of {visit.answering_school}: {answer}"))
        self.decision.choices.append(("none", "This visit does not count: its days can be used again"))

    def is_valid(self) -> bool:
        """Whether something is selected, with a reason."""
        self.validate()
        require_fields(self, {"decision": "Select what counts", "reason": "Enter the reason"})
        return not self.errors
