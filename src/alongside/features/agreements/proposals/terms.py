"""What is proposed: how many days between which dates, and a word to the other side."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Terms:
    """Days, dates and a message, as one side would have them."""

    days: Decimal
    starts_on: date
    ends_on: date
    message: str

    def columns(self) -> dict[str, Any]:
        """The same as columns of a proposal."""
        return {
            "days": self.days,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "message": self.message,
        }
