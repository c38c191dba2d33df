"""Forms to write a message, to add a file, and to record a call."""

from datetime import date

from wtforms import Form

from alongside.features.messages.models import LONGEST
from alongside.platform.forms.fields import Day, line, passage, says_something
from alongside.platform.forms.validation import add_error


class MessageForm(Form):
    """The text of a message."""

    body = passage("Message", "The message", "Do not name pupils", LONGEST)

    def is_valid(self) -> bool:
        """Validate the form: a text is required."""
        self.validate()
        if not self.body.errors and not says_something(self.body.data):
            add_error(self.body, "Enter a message")
        return not self.errors


class FileForm(Form):
    """What a file is."""

    body = passage("Message (optional)", "The message", "Do not name pupils", LONGEST)


class CallForm(Form):
    """The day of a call, the other person, and one line about it."""

    called_on = Day("When was the call?")
    called_with = line("Who did you speak to?", "The name")
    body = line("What did you agree?", "The line", "One line, for example: we start on 12 January", 200)

    def is_valid(self, today: date) -> bool:
        """Validate the form: a day that is not in the future, a name and a line."""
        self.validate()
        if not self.called_on.errors and self.called_on.data is None:
            add_error(self.called_on, "Enter the day of the call")
        elif not self.called_on.errors and not 0 <= (today - self.called_on.data).days <= 366:
            add_error(self.called_on, "Enter a day within the last year, not after today")
        if not self.called_with.errors and not says_something(self.called_with.data):
            add_error(self.called_with, "Enter who you spoke to")
        if not self.body.errors and not says_something(self.body.data):
            add_error(self.body, "Enter what you agreed")
        return not self.errors
