"""Writes calendar items as iCalendar (RFC 5545), with times in London."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from alongside.platform.calendar_items import CalendarItem

MEDIA_TYPE = "text/calendar; charset=utf-8"
LONDON = ZoneInfo("Europe/London")
UPDATE_EVERY = timedelta(hours=4)
AN_HOUR = timedelta(hours=1)
"""How long an item lasts that has no end."""


def as_ics(name: str, origin: str, items: Iterable[CalendarItem], now: datetime) -> str:
    """Return a calendar. `origin` is the address of the site, before the paths of the items."""
    calendar = Calendar()
    calendar.add("prodid", "-//Alongside//Calendar feed//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/London")
    calendar.add("refresh-interval", UPDATE_EVERY, parameters={"VALUE": "DURATION"})
    for item in items:
        calendar.add_component(_event(item, origin, now))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written.decode()


def _event(item: CalendarItem, origin: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{item.key}@{origin.partition('//')[2].partition(':')[0]}")
    event.add("dtstamp", now)
    event.add("summary", item.title)
    event.add("url", f"{origin}{item.path}")
    event.add("description", f"{origin}{item.path}")
    if item.location:
        event.add("location", item.location)
    if item.starts is None:
        event.add("dtstart", item.day)
        event.add("dtend", item.day + timedelta(days=1))
    else:
        starts = datetime.combine(item.day, item.starts, LONDON)
        event.add("dtstart", starts)
        event.add("dtend", datetime.combine(item.day, item.ends, LONDON) if item.ends else starts + AN_HOUR)
    return event
