"""The values of a proposed amendment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class RequestedChanges:
    """The proposed days, dates and complete list of aims, with the reason.

    `aims` are objects of aim, measure, baseline and target and, for an existing aim, its id.
    """

    days: Decimal
    starts_on: date
    ends_on: date
    aims: Sequence[dict[str, str]]
    reason: str
