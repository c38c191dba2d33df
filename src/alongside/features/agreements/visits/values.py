"""The values of a visit record."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """What is written about a visit; `done` and `next_steps` are empty while it is only planned."""

    visit_on: date
    days: Decimal
    focus: str
    done: str = ""
    next_steps: str = ""
