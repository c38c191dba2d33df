"""A form that asks for a reason, for every action that must give one."""

from wtforms import Form

from alongside.platform.forms.fields import passage, says_something


class ReasonForm(Form):
    """A reason that others read, in `note`."""

    cure = ""
    note = passage("Reason", "The reason", limit=1000)

    def is_valid(self) -> bool:
        """Validate the form: a reason is required."""
        valid = bool(self.validate())
        if valid and not says_something(self.note.data):
            self.note.errors = [self.cure]
        return not self.errors


def reason_form(label: str, cure: str, hint: str = "", what: str = "The reason") -> type[ReasonForm]:
    """Return a form for one reason.

    `cure` is the error when it is empty, `what` begins the error when it is too long.
    """
    fields = {"cure": cure, "note": passage(label, what, hint, limit=1000)}
    return type("ReasonForm", (ReasonForm,), fields)
