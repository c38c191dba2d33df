"""Form to record the answer of the DfE regions group."""

from datetime import date
from typing import TypedDict

from wtforms import Form

from alongside.platform.forms.fields import Day, passage
from alongside.platform.forms.validation import add_error, require_fields
from alongside.platform.web.formatting import format_date


class WrittenAnswer(TypedDict):
    """The columns of the answer to a referral."""

    referral_answered_on: date
    referral_answer: str


class AnswerForm(Form):
    """The date and the text of the DfE's answer."""

    referral_answered_on = Day("Date of the answer", "Enter the date of the answer, like 12/3/2027")
    referral_answer = passage(
        "Answer of the DfE", "The answer", "What the DfE will do, and what it asks of you"
    )

    def is_valid(self, today: date, referred_on: date) -> bool:
        """Validate: there is an answer, dated between the referral and today."""
        self.validate()
        require_fields(
            self,
            {
                "referral_answered_on": "Enter the date of the answer, like 12/3/2027",
                "referral_answer": "Enter the answer of the DfE",
            },
        )
        answered = self.referral_answered_on.data
        if answered is not None and not referred_on <= answered <= today:
            add_error(
                self.referral_answered_on,
                f"The date must be between {format_date(referred_on)}, the date of the referral, and today",
            )
        return not self.errors

    def columns(self) -> WrittenAnswer:
        """The values of the answer, by column."""
        return {
            "referral_answered_on": self.referral_answered_on.data,
            "referral_answer": self.referral_answer.data,
        }
