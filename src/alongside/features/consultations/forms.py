"""Forms of consultations: the draft, a question, an answer, and the decision."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from wtforms import Form

from alongside.features.consultations.audience import AUDIENCES, EVERYBODY
from alongside.features.consultations.models import (
    AGREEMENT,
    KINDS,
    LONGEST_ANSWER,
    LONGEST_BODY,
    MOST_CHOICES,
)
from alongside.platform.forms.fields import Choice, Count, Day, line, passage, says_something
from alongside.platform.forms.validation import add_error, require_fields

DAYS = "Enter a whole number of school days from 1 to 60"


class DraftForm(Form):
    """Title, text, audience and period of a consultation."""

    title = line("Title", "The title", "Say what you ask about, like “Method for performance profiles”")
    body = passage("Text", "The text", "What you propose, and why. Name no pupil", LONGEST_BODY)
    audience = Choice("Who do you ask?", "Select who you ask", choices=list(AUDIENCES.items()))
    school_days = Count(
        "Period in school days", DAYS, 1, 60, description="Each school’s own term dates count"
    )

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not says_something(self.title.data):
            add_error(self.title, "Enter a title")
        if not says_something(self.body.data):
            add_error(self.body, "Enter the text of the consultation")
        if not self.audience.data:
            add_error(self.audience, self.audience.cure)
        require_fields(self, {"school_days": DAYS})
        return not self.errors

    def columns(self) -> Mapping[str, object]:
        """Return the values to write."""
        phase = None if self.audience.data == EVERYBODY else self.audience.data
        return {
            "title": self.title.data,
            "body": self.body.data,
            "phase": phase,
            "school_days": self.school_days.data,
        }


class QuestionForm(Form):
    """A question and its choices, one on each line."""

    wording = line("Question", "The question", limit=300)
    kind = Choice("Kind of answer", "Select the kind of answer", choices=list(KINDS.items()))
    choices = passage(
        "Choices (optional)",
        "The choices",
        f"Only for one of several choices: one on each line, 2 to {MOST_CHOICES} of them",
        1500,
    )

    @property
    def listed(self) -> list[str]:
        """The choices that a school has."""
        if self.kind.data == "agreement":
            return list(AGREEMENT)
        return [] if self.kind.data == "text" else _lines(self.choices.data)

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not says_something(self.wording.data):
            add_error(self.wording, "Enter the question")
        if not self.kind.data:
            add_error(self.kind, self.kind.cure)
        if self.kind.data == "choice":
            if not 2 <= len(self.listed) <= MOST_CHOICES:
                add_error(self.choices, f"Enter 2 to {MOST_CHOICES} choices, one on each line")
            elif len({one.casefold() for one in self.listed}) < len(self.listed):
                add_error(self.choices, "Enter each choice once")
        elif _lines(self.choices.data):
            add_error(self.choices, "Delete the choices, or select “One of several choices”")
        return not self.errors

    def columns(self) -> Mapping[str, object]:
        """Return the values to write."""
        return {"wording": self.wording.data, "kind": self.kind.data, "choices": self.listed}


def _lines(text: str | None) -> list[str]:
    return [" ".join(one.split()) for one in (text or "").splitlines() if one.strip()]


class Asked(Protocol):
    """A question as a form asks it."""

    @property
    def kind(self) -> str:
        """The kind of answer."""

    @property
    def wording(self) -> str:
        """The text of the question."""

    @property
    def choices(self) -> list[str]:
        """The choices; none for free text."""


class AnswerForm(Form):
    """The answer of a school: a field for each question, `q0` and so on."""

    def is_valid(self) -> bool:
        """Validate the form: each question with choices needs an answer."""
        self.validate()
        for field in self:
            if isinstance(field, Choice) and not field.data:
                add_error(field, field.cure)
        return not self.errors


def answer_form(questions: list[Asked]) -> type[AnswerForm]:
    """Return the form with the fields of these questions."""
    fields = {f"q{number}": _field(one) for number, one in enumerate(questions)}
    return type("AnswerForm", (AnswerForm,), fields)


def _field(question: Asked) -> object:
    if question.kind == "text":
        return passage(f"{question.wording} (optional)", "Your answer", limit=LONGEST_ANSWER)
    choices = [(one, one) for one in question.choices]
    return Choice(question.wording, "Select an answer", choices=choices)


class DecisionForm(Form):
    """What was decided, with the reference and the date of the decision."""

    decision = passage("Decision", "The decision", "All schools that were asked read it", 4000)
    decision_reference = line(
        "Reference", "The reference", "Where the decision is recorded, like “Board minutes, item 4”", 200
    )
    decided_on = Day("Date of the decision", "Enter a real date, like 26 3 2027")

    def check(self, opened_on: date, today: date) -> bool:
        """Validate the form on a day; a decision is made after the consultation has opened."""
        self.validate()
        if not says_something(self.decision.data):
            add_error(self.decision, "Enter what was decided")
        if not says_something(self.decision_reference.data):
            add_error(self.decision_reference, "Enter where the decision is recorded")
        require_fields(self, {"decided_on": "Enter the date of the decision"})
        if self.decided_on.data and self.decided_on.data > today:
            add_error(self.decided_on, "Enter a date that is today or earlier")
        elif self.decided_on.data and self.decided_on.data < opened_on:
            add_error(self.decided_on, "Enter a date after the consultation opened")
        return not self.errors
