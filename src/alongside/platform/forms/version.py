"""The version of a record that was shown with a form, used to detect edit conflicts."""

from alongside.errors import ValidationFailed
from alongside.platform.web.form_data import FormData


def version_of(written: FormData) -> int:
    """Return the version that the form was shown with. Raises ValidationFailed if it is missing."""
    text = written.one("version")
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise ValidationFailed(
            {"version": ["This form has gone out of date. Reload the page and start again."]}
        )
    return int(text)
