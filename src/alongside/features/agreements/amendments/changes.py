"""What one side would like an agreement to be from now on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class RequestedChanges:
    """Days, dates and the whole list of aims as they should be, and why.

    `aims` are objects of aim, measure, baseline and target and, for an aim that stands already, its id.
    """

    days: Decimal
    starts_on: date
    ends_on: date
    aims: Sequence[dict[str, str]]
    reason: str
