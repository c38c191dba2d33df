"""The values of an answer to a visit's record."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """An answer: correct, corrected with its own date, days and text, or disagree with a reason."""

    answer: str
    visit_on: date | None = None
    days: Decimal | None = None
    done: str = ""
    reason: str = ""
