"""Formats of days, money, dates, times, miles and counts, the same on every page, in emails, CSV, XLSX and PDF files.

The templates have these functions as filters: `{{ need.days | days }}`.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def format_date(value: date | datetime | None) -> str:
    """Format a date: 11 December 2026; “not set” for None. A moment is shown by its date in London."""
    if value is None:
        return "not set"
    shown = _local_date(value)
    return f"{shown.day} {shown:%B %Y}"


def format_weekday(value: date | datetime) -> str:
    """Format a date with its day of the week: Friday 11 December 2026."""
    return f"{_local_date(value):%A} {format_date(value)}"


def format_date_range(first: date, last: date) -> str:
    """Format two dates: 14 to 18 December 2026, 28 November to 2 December 2026; one date if they are the same."""
    if first == last:
        return format_date(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {format_date(last)}"
    begins = f"{first.day} {first:%B}" if first.year == last.year else format_date(first)
    return f"{begins} to {format_date(last)}"


def format_month(value: date) -> str:
    """Format the month of a date: December 2026."""
    return f"{value:%B %Y}"


def format_iso_date(value: datetime | None) -> str:
    """Format the date of a moment in London as spreadsheets and file names need it: 2026-12-11; empty for None."""
    return "" if value is None else _local_date(value).isoformat()


def format_time(value: datetime | time) -> str:
    """Format a time: 5pm, 9:05am, midday, midnight. A moment is shown in London time."""
    shown = value.astimezone(LONDON) if isinstance(value, datetime) else value
    if shown.minute == 0 and shown.hour % 12 == 0:
        return "midday" if shown.hour else "midnight"
    minutes = f":{shown:%M}" if shown.minute else ""
    return f"{shown.hour % 12 or 12}{minutes}{'am' if shown.hour < 12 else 'pm'}"


def format_datetime(value: datetime) -> str:
    """Format a moment: 12 March 2027 at 9:05am."""
    return f"{format_date(value)} at {format_time(value)}"


def format_deadline(value: datetime) -> str:
    """Format the moment by which something is due: 5pm on Friday 11 December 2026."""
    return f"{format_time(value)} on {format_weekday(value)}"


def format_days_ago(value: date | datetime | None, today: date | None = None) -> str:
    """Format how long ago a day was: today, yesterday, 3 days ago; “never” for None."""
    if value is None:
        return "never"
    gone = ((today or datetime.now(UTC).astimezone(LONDON).date()) - _local_date(value)).days
    return {0: "today", 1: "yesterday", -1: "tomorrow"}.get(
        gone, f"{gone} days ago" if gone > 0 else f"in {-gone} days"
    )


def format_number(value: Decimal | float) -> str:
    """Format a number without trailing zeros: 6, 2.5, 1,234."""
    shown = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,.10f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def format_days(value: Decimal | float | None) -> str:
    """Format a number of days: 1 day, 2.5 days; “not sure yet” for None."""
    return "not sure yet" if value is None else format_count(value, "day")


def format_hours(value: Decimal | float) -> str:
    """Format a number of hours: 1 hour, 1.5 hours."""
    return format_count(value, "hour")


def format_miles(value: Decimal | float) -> str:
    """Format a distance to one decimal: 1 mile, 3.2 miles."""
    return format_count(Decimal(round(value * 10)) / 10, "mile")


def format_money(pence: int | None) -> str:
    """Format pence as pounds: £5,075, £5,075.50, £0; “not given” for None."""
    if pence is None:
        return "not given"
    sign, pounds, rest = "-" if pence < 0 else "", abs(pence) // 100, abs(pence) % 100
    return f"{sign}£{pounds:,}" + (f".{rest:02d}" if rest else "")


def format_pounds(pence: int | None) -> str:
    """Format pence as a plain number of pounds, which spreadsheets can add up: 5075.50; empty for None."""
    return "" if pence is None else f"{pence // 100}.{pence % 100:02d}"


def format_count(count: Decimal | float, one: str, many: str | None = None) -> str:
    """Format a count with its noun: 1 need, 3 needs, 1,200 entries."""
    return f"{format_number(count)} {one if count == 1 else many or one + 's'}"


def _local_date(value: date | datetime) -> date:
    return value.astimezone(LONDON).date() if isinstance(value, datetime) else value


FILTERS: dict[str, Callable[..., str]] = {
    "day": format_date,
    "weekday": format_weekday,
    "date_range": format_date_range,
    "time": format_time,
    "day_time": format_datetime,
    "deadline": format_deadline,
    "ago_days": format_days_ago,
    "number": format_number,
    "days": format_days,
    "hours": format_hours,
    "miles": format_miles,
    "money": format_money,
    "plural": format_count,
}
