"""When the message of an act that is hard for a school goes out, by the school's own calendar."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.school_calendar.hard_news import held_until
from alongside.platform.web.formatting import format_deadline


def current_time() -> datetime:
    """Return the time by which a message is sent or held; tests move it."""
    return datetime.now(UTC)


async def message_goes_out(session: AsyncSession, authority_id: int, urn: int) -> datetime | None:
    """Return when bad news for a school goes out, if that is later than now."""
    calendar = await calendar_of_school(session, authority_id, urn)
    return held_until(calendar, current_time(), settings_of(authority_id).mail.window_opens)


def sentence(held: datetime | None, whom: str = "the headteacher") -> str:
    """Return what the sender reads of a message."""
    if held is None:
        return f"We have told {whom}."
    return f"The message to {whom} goes out at {format_deadline(held)}."
