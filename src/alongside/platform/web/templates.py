"""The Jinja environment: strict about undefined names, autoescaping, with filters for dates and days."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from alongside.platform.web.components import component, error_summary, form_field
from alongside.platform.web.markdown import plain, rendered

ASSETS = Path(__file__).parent / "assets"
LONDON = ZoneInfo("Europe/London")


def local(moment: datetime) -> datetime:
    """Return a moment in London time."""
    return moment.astimezone(LONDON)


def day(value: date | datetime | None) -> str:
    """Format a date: 12 March 2027."""
    if value is None:
        return "not set"
    shown = local(value) if isinstance(value, datetime) else value
    return f"{shown.day} {shown:%B %Y}"


def day_time(value: datetime) -> str:
    """Format a moment: 12 March 2027 at 9:05am."""
    shown = local(value)
    return f"{day(shown)} at {shown.hour % 12 or 12}:{shown:%M}{'am' if shown.hour < 12 else 'pm'}"


def ago_days(value: date | datetime | None, today: date | None = None) -> str:
    """Format how long ago a day was: today, yesterday, 3 days ago."""
    if value is None:
        return "never"
    then = local(value).date() if isinstance(value, datetime) else value
    gone = ((today or datetime.now(UTC).astimezone(LONDON).date()) - then).days
    return {0: "today", 1: "yesterday", -1: "tomorrow"}.get(
        gone, f"{gone} days ago" if gone > 0 else f"in {-gone} days"
    )


def days(value: Decimal | float | None) -> str:
    """Format a number of days: 1 day, 2.5 days; “not sure yet” for None."""
    if value is None:
        return "not sure yet"
    number = f"{value.normalize():f}" if isinstance(value, Decimal) else f"{value:g}"
    return f"{number} {'day' if number == '1' else 'days'}"


def number(value: Decimal | float) -> str:
    """Format a number without trailing zeros: 6, 2.5."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else f"{value:g}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Format a count with its noun: 1 need, 3 needs."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def words(state: str) -> str:
    """Format a state's key as words: to_confirm → to confirm."""
    return state.replace("_", " ")


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """Return the address of an asset with a digest of its content, so that it may be cached for a year."""
    digest = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:10]
    return f"/assets/{name}?v={digest}"


def make_environment(folder: Path, state_colours: Mapping[str, str] | None = None) -> Environment:
    """Create the environment for a folder of templates; `state_colours` are the colours of the states' tags."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    filters: dict[str, Any] = {
        "day": day,
        "day_time": day_time,
        "ago_days": ago_days,
        "days": days,
        "number": number,
        "plural": plural,
        "words": words,
        "markdown": rendered,
        "plain": plain,
    }
    environment.filters.update(filters)
    environment.globals.update(
        asset=asset,
        component=component,
        form_field=form_field,
        form_errors=error_summary,
        page_form=None,
        state_colours=state_colours or {},
    )
    return environment
