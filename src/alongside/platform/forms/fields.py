"""The fields of needs and offers: each mistake names its cure, and what was typed is kept."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import TextInput

from alongside.platform.web.date_fields import DayField

HALVES = re.compile(r"(?P<whole>\d{0,3})(?P<half>½|[.,]5)?(?:[.,]0)?")
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, which no spreadsheet takes, and halves of characters, which no database does."""
MOST_DAYS = Decimal(200)
LONG_TEXT = 4000
TITLE = 120


class Choice(SelectField):
    """One of the authority's own list, shown as radios or a select."""

    def __init__(self, label: str, cure: str, **settled: Any) -> None:
        """`cure` is what to do when nothing of the list was chosen."""
        self.cure = cure
        settled.setdefault("choices", [])
        super().__init__(label, **settled)

    def pre_validate(self, _form: Any) -> None:
        """Refuse what is not on the list; nothing chosen is left to the form, which knows what it needs."""
        if self.data and self.data not in {value for value, *_ in self.iter_choices()}:
            raise ValidationError(self.cure)


class Choices(SelectMultipleField):
    """Any number of the authority's own list, shown as checkboxes."""

    def __init__(self, label: str, cure: str, **settled: Any) -> None:
        """`cure` is what to do when something not on the list came."""
        self.cure = cure
        settled.setdefault("choices", [])
        super().__init__(label, **settled)

    def pre_validate(self, _form: Any) -> None:
        """Refuse what is not on the list; what is chosen is kept in the list’s order, without repeats."""
        listed, chosen = [value for value, *_ in self.iter_choices()], set(self.data or ())
        if chosen - set(listed):
            raise ValidationError(self.cure)
        self.data = [value for value in listed if value in chosen]


class Typing(Field):
    """A field whose text is read into something else; text that cannot be read is shown again as typed."""

    widget = TextInput()

    def __init__(self, label: str, cure: str, **settled: Any) -> None:
        """`cure` is what to type instead."""
        self.cure = cure
        super().__init__(label, **settled)

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.written(self.data)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was typed; nothing typed is None."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = self.read(typed) if typed else None

    def read(self, typed: str) -> Any:
        """What a text means. Raises ValueError with the cure."""
        raise NotImplementedError

    def written(self, value: Any) -> str:
        """How a value is typed."""
        return "" if value is None else str(value)


class HalfDays(Typing):
    """Days in whole or half days, above 0 and up to 200."""

    def read(self, typed: str) -> Decimal:
        """Days from “3”, “2.5”, “2,5” or “2½”."""
        found = HALVES.fullmatch(typed) if typed.isascii() or "½" in typed else None
        if found is None or not (found["whole"] or found["half"]):
            raise ValueError(self.cure)
        days = Decimal(found["whole"] or 0) + (Decimal("0.5") if found["half"] else 0)
        if not 0 < days <= MOST_DAYS:
            raise ValueError(self.cure)
        return days

    def written(self, value: Any) -> str:
        """Days without a needless “.0”."""
        return "" if value is None else f"{value:f}".removesuffix(".0")


class Count(Typing):
    """A whole number between two bounds."""

    def __init__(self, label: str, cure: str, least: int, most: int, **settled: Any) -> None:
        """`least` and `most` are both allowed."""
        self.least, self.most = least, most
        super().__init__(label, cure, **settled)

    def read(self, typed: str) -> int:
        """The number, if it is one and within the bounds."""
        if not re.fullmatch(r"[0-9]{1,6}", typed) or not self.least <= int(typed) <= self.most:
            raise ValueError(self.cure)
        return int(typed)


Day = DayField
"""A date in three boxes: day, month and year."""


def one_line(text: str | None) -> str:
    """Text on one line, without spaces around it."""
    return " ".join(UNSEEN.sub("", text or "").split())


def stripped(text: str | None) -> str:
    """Text without empty lines around it."""
    return UNSEEN.sub("", text or "").strip()


def says_something(text: str | None) -> bool:
    """Whether a text has a letter or digit: a title of nothing else is a link that cannot be read out."""
    return any(character.isalnum() for character in text or "")


def line(label: str, what: str, hint: str = "", limit: int = TITLE) -> Any:
    """A field for one short line of at most `limit` characters; `what` begins the sentence of a mistake."""
    cure = f"{what} must be {limit:,} characters or fewer. Shorten it."
    return StringField(label, [Length(max=limit, message=cure)], description=hint, filters=[one_line])


def passage(label: str, what: str, hint: str = "", limit: int = LONG_TEXT) -> Any:
    """A field for some sentences of at most `limit` characters, with a count."""
    cure = f"{what} must be {limit:,} characters or fewer. Shorten it."
    return TextAreaField(
        label,
        [Length(max=limit, message=cure)],
        description=hint,
        filters=[stripped],
        render_kw={"data-limit": limit},
    )
