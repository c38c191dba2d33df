"""An independent calendar of school days, implemented from the sources and without the product's code.

Sources: gov.uk/bank-holidays (England and Wales); the terms in tenants/_defaults.toml as plain dates.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
BANK_HOLIDAYS = {
    date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4),
    date(2026, 5, 25), date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26),
    date(2027, 3, 29), date(2027, 5, 3), date(2027, 5, 31), date(2027, 8, 30), date(2027, 12, 27), date(2027, 12, 28),
    date(2028, 1, 3), date(2028, 4, 14), date(2028, 4, 17), date(2028, 5, 1), date(2028, 5, 29), date(2028, 8, 28),
}  # fmt: skip
Term = tuple[date, date, date, date]
TERMS: dict[tuple[str, str], Term] = {
    ("2025-26", "autumn"): (date(2025, 9, 2), date(2025, 12, 19), date(2025, 10, 27), date(2025, 10, 31)),
    ("2025-26", "spring"): (date(2026, 1, 5), date(2026, 3, 27), date(2026, 2, 16), date(2026, 2, 20)),
    ("2025-26", "summer"): (date(2026, 4, 13), date(2026, 7, 21), date(2026, 5, 25), date(2026, 5, 29)),
    ("2026-27", "autumn"): (date(2026, 9, 1), date(2026, 12, 18), date(2026, 10, 26), date(2026, 10, 30)),
    ("2026-27", "spring"): (date(2027, 1, 4), date(2027, 3, 25), date(2027, 2, 15), date(2027, 2, 19)),
    ("2026-27", "summer"): (date(2027, 4, 12), date(2027, 7, 21), date(2027, 5, 31), date(2027, 6, 4)),
    ("2027-28", "autumn"): (date(2027, 9, 1), date(2027, 12, 17), date(2027, 10, 25), date(2027, 10, 29)),
    ("2027-28", "spring"): (date(2028, 1, 4), date(2028, 3, 31), date(2028, 2, 21), date(2028, 2, 25)),
    ("2027-28", "summer"): (date(2028, 4, 18), date(2028, 7, 21), date(2028, 5, 29), date(2028, 6, 2)),
}
SCHOOL_DAY_ENDS = time(17, 0)


@dataclass
class Days:
    """The school days of an authority, or of a school with its own terms and training days."""

    inset: set[date]
    terms: dict[tuple[str, str], Term] = field(default_factory=lambda: dict(TERMS))
    own_inset: set[date] = field(default_factory=set)
    own_terms: dict[tuple[str, str], Term] = field(default_factory=dict)

    def of_school(self, terms: dict[tuple[str, str], Term], inset: Iterable[date]) -> "Days":
        """The calendar of a school with its own terms or training days."""
        return Days(self.inset, self.terms, set(inset), terms)

    def open(self, day: date) -> bool:
        """Whether a day is a school day. A school's own term replaces the authority's term and its training days."""
        if day.weekday() > 4 or day in BANK_HOLIDAYS or day in self.own_inset:
            return False
        replaced = [self.terms[key] for key in self.own_terms if key in self.terms]
        shadow = any(first <= day <= last for first, last, _, _ in (*replaced, *self.own_terms.values()))
        if day in self.inset and not shadow:
            return False
        terms = {**self.terms, **self.own_terms}.values()
        return any(first <= day <= last and not out <= day <= back for first, last, out, back in terms)

    def after(self, start: date, count: int) -> date:
        """The day that is `number` school days after `start`."""
        day = start
        while count:
            day += timedelta(days=1)
            count -= self.open(day)
        while not self.open(day):
            day += timedelta(days=1)
        return day

    def shifted(self, day: date, count: int) -> date:
        """The day `count` school days after a day, or before it when `count` is negative; 0 is the day itself."""
        if count > 0:
            return self.after(day, count)
        while count:
            day -= timedelta(days=1)
            count += self.open(day)
        return day

    def end_of(self, day: date) -> datetime:
        """The moment at which a deadline on this day ends."""
        return datetime.combine(day, SCHOOL_DAY_ENDS, LONDON)
