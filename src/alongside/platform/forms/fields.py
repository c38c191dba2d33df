"""Form fields of needs and offers: each error says what to do, and the typed text is kept."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Unpack

from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import Length, ValidationError
from wtforms.widgets import TextInput

from alongside.platform.web.date_fields import DayField, FieldOptions
from alongside.platform.web.formatting import format_money

HALVES = re.compile(r"(?P<whole>\d{0,3})(?P<half>½|[.,]5)?(?:[.,]0)?")
POUNDS = re.compile(r"£?\s*(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,7})(?:\.(?P<pence>\d{2}))?", re.ASCII)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, which spreadsheets reject, and lone surrogates, which PostgreSQL rejects."""
MOST_DAYS = Decimal(200)
LONG_TEXT = 4000
TITLE = 120


class ChoiceOptions(FieldOptions, total=False):
    """What a field with choices may be given besides."""

    choices: Sequence[tuple[str, str]]
    validate_choice: bool


class Choice(SelectField):
    """A choice from one of the authority's lists, shown as radios or a select."""

    def __init__(self, label: str, cure: str, **settled: Unpack[ChoiceOptions]) -> None:
        """Create the field; `cure` is the error when nothing on the list was chosen."""
        self.cure = cure
        settled.setdefault("choices", [])
        super().__init__(label, **settled)

    def pre_validate(self, _form: BaseForm) -> None:
        """Reject a value that is not on the list; an empty value is left to the form's own validators."""
        if self.data and self.data not in {value for value, *_ in self.iter_choices()}:
            raise ValidationError(self.cure)


class Choices(SelectMultipleField):
    """Any number of choices from one of the authority's lists, shown as checkboxes."""

    def __init__(self, label: str, cure: str, **settled: Unpack[ChoiceOptions]) -> None:
        """Create the field; `cure` is the error for a value that is not on the list."""
        self.cure = cure
        settled.setdefault("choices", [])
        super().__init__(label, **settled)

    def pre_validate(self, _form: BaseForm) -> None:
        """Reject values that are not on the list; keep the chosen ones in the list’s order, without duplicates."""
        listed, chosen = [value for value, *_ in self.iter_choices()], set(self.data or ())
        if chosen - set(listed):
            raise ValidationError(self.cure)
        self.data = [value for value in listed if value in chosen]


class Typing(Field):
    """A text field that is parsed into another type; text that cannot be parsed is shown again as typed."""

    widget = TextInput()

    def __init__(self, label: str, cure: str, **settled: Unpack[FieldOptions]) -> None:
        """Create the field; `cure` is the error for text that cannot be parsed."""
        self.cure = cure
        super().__init__(label, **settled)

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.written(self.data)

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        """Parse what was typed; empty text is None."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = self.read(typed) if typed else None

    def read(self, typed: str) -> object:
        """Parse a text. Raises ValueError with the error message."""
        raise NotImplementedError

    def written(self, value: object) -> str:
        """Format a value as it would be typed."""
        return "" if value is None else str(value)


class HalfDays(Typing):
    """A number of days in whole or half days, above 0 and up to 200."""

    def read(self, typed: str) -> Decimal:
        """Parse days from “3”, “2.5”, “2,5” or “2½”."""
        found = HALVES.fullmatch(typed) if typed.isascii() or "½" in typed else None
        if found is None or not (found["whole"] or found["half"]):
            raise ValueError(self.cure)
        days = Decimal(found["whole"] or 0) + (Decimal("0.5") if found["half"] else 0)
        if not 0 < days <= MOST_DAYS:
            raise ValueError(self.cure)
        return days

    def written(self, value: object) -> str:
        """Format days without a trailing “.0”."""
        return "" if value is None else f"{value:f}".removesuffix(".0")


class Pounds(Typing):
    """An amount of money typed in pounds, whose value is in pence."""

    def __init__(
        self, label: str, cure: str, most: int = 999_999_999, **settled: Unpack[FieldOptions]
    ) -> None:
        """Create the field; `most` is the largest amount in pence."""
        self.most = most
        super().__init__(label, cure, **settled)

    def read(self, typed: str) -> int:
        """Parse “1200”, “£1,200” or “12.50” into pence."""
        found = POUNDS.fullmatch(typed)
        pence = int(found["whole"].replace(",", "")) * 100 + int(found["pence"] or 0) if found else -1
        if not 0 <= pence <= self.most:
            raise ValueError(self.cure)
        return pence

    def written(self, value: object) -> str:
        """Return pence as an amount in pounds."""
        return format_money(value).lstrip("£") if isinstance(value, int) else ""


class Count(Typing):
    """A whole number between two bounds."""

    def __init__(self, label: str, cure: str, least: int, most: int, **settled: Unpack[FieldOptions]) -> None:
        """Create the field; `least` and `most` are inclusive bounds."""
        self.least, self.most = least, most
        super().__init__(label, cure, **settled)

    def read(self, typed: str) -> int:
        """Parse a whole number within the bounds."""
        if not re.fullmatch(r"[0-9]{1,6}", typed) or not self.least <= int(typed) <= self.most:
            raise ValueError(self.cure)
        return int(typed)


Day = DayField
"""A date in three boxes: day, month and year."""


def one_line(text: str | None) -> str:
    """Return text on one line, without surrounding spaces."""
    return " ".join(UNSEEN.sub("", text or "").split())


def stripped(text: str | None) -> str:
    """Return text without surrounding blank lines."""
    return UNSEEN.sub("", text or "").strip()


def says_something(text: str | None) -> bool:
    """Return whether a text contains a letter or digit; a title without one would be a link without a readable name."""
    return any(character.isalnum() for character in text or "")


class Line(StringField):
    """One line of text; an empty text where nothing was typed."""

    data: str


class Passage(TextAreaField):
    """Several sentences; an empty text where nothing was typed."""

    data: str


def line(label: str, what: str, hint: str = "", limit: int = TITLE) -> Line:
    """Return a field for one line of at most `limit` characters; `what` begins the sentence of an error."""
    cure = f"{what} must be {limit:,} characters or fewer. Shorten it."
    return Line(label, [Length(max=limit, message=cure)], description=hint, filters=[one_line])


def passage(label: str, what: str, hint: str = "", limit: int = LONG_TEXT) -> Passage:
    """Return a field for several sentences of at most `limit` characters, with a character count."""
    cure = f"{what} must be {limit:,} characters or fewer. Shorten it."
    return Passage(
        label,
        [Length(max=limit, message=cure)],
        description=hint,
        filters=[stripped],
        render_kw={"data-limit": limit},
    )
