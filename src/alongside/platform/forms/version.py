"""The version that somebody had before them, as their form tells it."""

from alongside.errors import ValidationFailed
from alongside.platform.web.form_data import FormData


def version_of(written: FormData) -> int:
    """The version that was shown. Raises Invalid for a form that does not say."""
    text = written.one("version")
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise ValidationFailed(
            {"version": ["This form has gone out of date. Reload the page and start again."]}
        )
    return int(text)
