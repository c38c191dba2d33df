"""A date field for WTForms with three inputs."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol, TypedDict, Unpack

from wtforms import Field
from wtforms.utils import unset_value
from wtforms.widgets import TextInput

from alongside.platform.web.form_data import FormData

PARTS = ("day", "month", "year")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YEAR_FIRST = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)", re.ASCII)
DAY_FIRST = re.compile(
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? +)?"
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)? ?[ ./-] ?(?P<month>\d{1,2}|[a-z]{3,9}),? ?[ ./-] ?(?P<year>\d{4}|\d\d)",
    re.ASCII | re.IGNORECASE,
)
CENTURY = range(2000, 2100)


class FieldOptions(TypedDict, total=False):
    """What a field may be given besides its label and its error."""

    validators: list[Any]
    description: str
    default: object
    render_kw: dict[str, Any]


class Sent(Protocol):
    """Names and their values, in the shape that WTForms reads."""

    def __iter__(self) -> Iterator[str]: ...

    def __len__(self) -> int: ...

    def __contains__(self, name: object, /) -> bool: ...

    def getlist(self, name: str, /) -> list[Any]:
        """Return all values under a name."""


class DayField(Field):
    """A date typed as day, month and year in three inputs; what was typed is kept, and the wrong inputs are marked.

    Read from `name-day`, `name-month` and `name-year`, or from `name` or the first input alone as one text: 2027-01-31,
    31/1/27, 31 Jan 2027 or Sunday 31st January 2027. The month may be a word, the year may have two digits. Empty
    inputs are None. Source: GOV.UK Design System, date input.
    """

    widget = TextInput()

    def __init__(
        self, label: str, cure: str = "Enter a real date, like 26 3 2027", **settled: Unpack[FieldOptions]
    ) -> None:
        """Create the field; `cure` is the error for a date that does not exist or cannot be parsed."""
        self.cure = cure
        self.typed = dict.fromkeys(PARTS, "")
        self.wrong: frozenset[str] = frozenset()
        super().__init__(label, **settled)

    def process(
        self,
        formdata: Sent | None,
        data: object = unset_value,
        extra_filters: Sequence[Callable[[Any], object]] | None = None,
    ) -> None:
        """Join the three inputs, if they were sent, before the value is parsed."""
        self.typed = dict.fromkeys(PARTS, "")
        self.wrong = frozenset()
        boxes = {part: _first(formdata, f"{self.name}-{part}") for part in PARTS}
        if _is_whole_date(boxes):
            formdata = FormData([(self.name, boxes["day"])])
        elif any(boxes.values()):
            self.typed = boxes
            formdata = FormData((self.name, part) for part in boxes.values())
        super().process(formdata, data, extra_filters)
        if not self.raw_data and self.data is not None:
            self.typed = {part: str(getattr(self.data, part)) for part in PARTS}

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        """Parse the date. Raises ValueError with the error message, and marks the inputs that are missing or wrong."""
        if len(valuelist) == 1 and str(valuelist[0]).strip():
            text = str(valuelist[0]).strip()
            found = YEAR_FIRST.fullmatch(text) or DAY_FIRST.fullmatch(text)
            self.typed = found.groupdict() if found else {"day": text, "month": "", "year": ""}
            if found is None:
                self._refuse(PARTS, self.cure)
        self.data = self._read() if any(self.typed.values()) else None

    def _read(self) -> date:
        missing = [part for part in PARTS if not self.typed[part]]
        if missing:
            self._refuse(missing, f"{_plain(self.label.text)} must include a {' and a '.join(missing)}")
        month = self.typed["month"].lower()[:3]
        number = str(MONTHS.index(month) + 1) if month in MONTHS else self.typed["month"]
        numbers = {"day": self.typed["day"], "month": number, "year": self.typed["year"]}
        unread = [part for part, text in numbers.items() if not re.fullmatch(r"[0-9]{1,4}", text)]
        if unread:
            self._refuse(unread, self.cure)
        day, of_month, year = (int(text) for text in numbers.values())
        if len(numbers["year"]) == len("27"):
            year += CENTURY.start
            self.typed["year"] = str(year)
        if year not in CENTURY:
            self._refuse(["year"], f"{_plain(self.label.text)} must have a year of 4 numbers, like 2027")
        if not 1 <= of_month <= len(MONTHS):
            self._refuse(["month"], self.cure)
        try:
            return date(year, of_month, day)
        except ValueError:
            self._refuse(["day"], self.cure)
            raise

    def _refuse(self, parts: Sequence[str], sentence: str) -> None:
        self.data = None
        self.wrong = frozenset(parts)
        raise ValueError(sentence)

    def _value(self) -> str:
        return "/".join(self.typed.values()) if any(self.typed.values()) else ""


def _is_whole_date(boxes: Mapping[str, str]) -> bool:
    """Return whether a whole date was typed into the first input, and nothing into the others."""
    text = boxes["day"]
    return not (boxes["month"] or boxes["year"]) and bool(
        YEAR_FIRST.fullmatch(text) or DAY_FIRST.fullmatch(text)
    )


def _first(formdata: Sent | None, name: str) -> str:
    """Return the first value under a name, or an empty text."""
    came = formdata.getlist(name) if formdata is not None and name in formdata else []
    return str(came[0]).strip() if came else ""


def _plain(label: str) -> str:
    """Return a label for use within a sentence: without “(optional)”, and quoted if it is a question."""
    return f"“{re.sub(r' *[(]optional[)]$', '', str(label))}”"
