"""The hours in which an authority's emails and reminders may be sent."""

from datetime import datetime

from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import calendar_of
from alongside.platform.notifications.models import HOURS
from alongside.platform.school_calendar.calendar import LONDON, is_school_day


def hours_now(settings: AuthoritySettings, now: datetime, *, always: bool = False) -> tuple[str, ...]:
    """Return which emails may be sent now: none at night, and those that wait for school hours only then."""
    here, mail = now.astimezone(LONDON), settings.mail
    if always:
        return HOURS
    moment = here.time()
    if mail.quiet_from <= mail.quiet_until:
        night = mail.quiet_from <= moment < mail.quiet_until
    else:
        night = moment >= mail.quiet_from or moment < mail.quiet_until
    if night:
        return ()
    opened = mail.window_opens <= moment < mail.window_closes
    if mail.school_days_only and not is_school_day(calendar_of(settings.dfe_code), here.date()):
        opened = False
    return HOURS if opened else ("waking_hours",)
