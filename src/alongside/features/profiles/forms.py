"""Forms for profiles."""

import re
import tomllib
from datetime import date

from wtforms import Form

from alongside.features.profiles.method import MethodContent, MethodInvalid, method_from
from alongside.features.profiles.words import DIRECTIONS
from alongside.platform.forms.fields import Choice, Day, line, passage, says_something
from alongside.platform.forms.validation import add_error

YEAR = re.compile(r"20\d\d-\d\d")
PHASES = [("primary", "Primary"), ("secondary", "Secondary")]


class YearAndPhase(Form):
    """An academic year and a phase."""

    year = line("Academic year", "The academic year", "For example: 2024-25", 7)
    phase = Choice("Phase", "Select a phase", choices=PHASES)

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        typed = self.year.data
        if not YEAR.fullmatch(typed) or (int(typed[2:4]) + 1) % 100 != int(typed[5:]):
            add_error(self.year, "Enter an academic year, like 2024-25")
        if not self.phase.data:
            add_error(self.phase, "Select a phase")
        return not self.errors


class InvitationForm(Form):
    """An invitation to discuss the profile."""

    message = passage("Message", "The message", "Say what you want to discuss, and suggest dates", limit=1000)
    answer_by = Day("Answer by")

    def check(self, today: date) -> bool:
        """Validate the form; the school must have time to answer."""
        self.validate()
        if not says_something(self.message.data):
            add_error(self.message, "Enter a message")
        if not self.answer_by.errors and (self.answer_by.data is None or self.answer_by.data <= today):
            add_error(self.answer_by, "Enter a date after today")
        return not self.errors


class DiscussionForm(Form):
    """What was discussed, when and with whom."""

    discussed_on = Day("Date of the discussion")
    discussed_with = line("Who took part?", "The people", "Names or roles", 300)
    agreed_points = passage("Agreed points", "The agreed points", limit=2000)

    def check(self, today: date) -> bool:
        """Validate the form; the discussion is not in the future."""
        self.validate()
        if not self.discussed_on.errors and (
            self.discussed_on.data is None or self.discussed_on.data > today
        ):
            add_error(self.discussed_on, "Enter the date of the discussion, today or earlier")
        if not says_something(self.discussed_with.data):
            add_error(self.discussed_with, "Enter who took part")
        return not self.errors


class RefusalForm(Form):
    """That the school declined a discussion."""

    declined_on = Day("Date of the answer")
    declined_because = passage("Reason", "The reason", "In the school’s own words", limit=1000)

    def check(self, today: date) -> bool:
        """Validate the form; the answer is not in the future."""
        self.validate()
        if not self.declined_on.errors and (self.declined_on.data is None or self.declined_on.data > today):
            add_error(self.declined_on, "Enter the date of the answer, today or earlier")
        return not self.errors


class DirectionForm(Form):
    """The direction of travel, with a reason if it differs from the proposal."""

    direction = Choice(
        "Direction of travel",
        "Select a direction",
        choices=[(key, label) for key, label in DIRECTIONS.items() if key != "too_few"],
    )
    reason = passage("Reason", "The reason", "Needed if it differs from the proposal", limit=1000)

    def check(self, proposed: str) -> bool:
        """Validate the form against the proposed direction."""
        self.validate()
        if not self.direction.data:
            add_error(self.direction, "Select a direction")
        elif self.direction.data != proposed and not says_something(self.reason.data):
            add_error(self.reason, "Enter the reason for another direction")
        return not self.errors


class CommentForm(Form):
    """The school's comment."""

    body = passage("Comment", "The comment", "Everybody who can read the profile reads it")

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not self.body.errors and not says_something(self.body.data):
            add_error(self.body, "Enter a comment")
        return not self.errors


class DisputeForm(Form):
    """A figure that the school disputes."""

    measure = Choice("Which figure is wrong?", "Select a figure")
    reason = passage("Why is it wrong?", "The reason", "Give the correct figure and its source", limit=1000)

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not self.measure.data:
            add_error(self.measure, "Select a figure")
        if not self.reason.errors and not says_something(self.reason.data):
            add_error(self.reason, "Enter why the figure is wrong")
        return not self.errors


class AnswerForm(Form):
    """The answer to a dispute."""

    answer = passage("Answer", "The answer", limit=2000)

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not self.answer.errors and not says_something(self.answer.data):
            add_error(self.answer, "Enter an answer")
        return not self.errors


class MethodForm(Form):
    """A method as text."""

    content = passage("Rules", "The rules", "In the TOML format of the current version", limit=12000)

    method: MethodContent

    def is_valid(self) -> bool:
        """Validate the form; the text must be a method."""
        self.validate()
        if not self.content.errors:
            try:
                self.method = method_from(tomllib.loads(self.content.data))
            except tomllib.TOMLDecodeError as problem:
                add_error(self.content, f"Correct the format: {problem}")
            except MethodInvalid as problem:
                for sentence in problem.args:
                    add_error(self.content, str(sentence))
        return not self.errors


class AdoptionForm(Form):
    """The decision that adopts a method."""

    decision = line(
        "Decision", "The decision", "For example: School Improvement Board, 3 March 2026, item 4", 300
    )

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not self.decision.errors and not says_something(self.decision.data):
            add_error(self.decision, "Enter the decision that adopts the method")
        return not self.errors
