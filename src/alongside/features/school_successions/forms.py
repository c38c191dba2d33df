"""The form for choosing the successor of a closed school."""

from wtforms import Form, HiddenField, StringField


class SuccessorForm(Form):
    """The school that takes over, by its URN."""

    urn = StringField("URN of the school that takes over", filters=[lambda typed: (typed or "").strip()])
    confirmed = HiddenField()
    """The URN that the confirming page named; without it nothing moves."""

    def number(self) -> int | None:
        """The URN as a number; None for anything that cannot be one."""
        typed = self.urn.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 7 else None
