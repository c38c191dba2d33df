"""The terms of a proposal."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Terms:
    """Proposed days, dates and a message to the other side."""

    days: Decimal
    starts_on: date
    ends_on: date
    message: str

    def columns(self) -> dict[str, Any]:
        """The terms as columns of `proposal`."""
        return {
            "days": self.days,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "message": self.message,
        }
