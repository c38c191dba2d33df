"""The fields that ask for a call before a school reads bad news."""

from wtforms import Form

from alongside.platform.forms.fields import Line, line
from alongside.platform.forms.validation import add_error


class CallFields(Form):
    """When the sender speaks with the headteacher, or why they do not."""

    call: Line = line(
        "When do you speak with the headteacher about this?",
        "The time of the call",
        "For example, Thursday 3 December at 10am. Speak with them before they read it",
    )
    no_call: Line = line("Why is there no call? (only if there is none)", "The reason", limit=300)

    def require_call(self) -> None:
        """Add an error if there is neither the time of a call nor a reason why there is none."""
        if not self.call.data and not self.no_call.data:
            add_error(self.call, "Enter when you speak with the headteacher, or why there is no call")

    def call_note(self) -> str:
        """Return what was said, as a sentence for the activity; empty if nothing was."""
        if self.call.data:
            return f"Call: {self.call.data}"
        return f"No call: {self.no_call.data}" if self.no_call.data else ""
