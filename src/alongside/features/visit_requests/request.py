"""A visit request as pages and actions read it, and whose turn it is."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from alongside.features.visit_requests.dates import SuitableDates, described
from alongside.features.visit_requests.models import OPEN
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_date, format_weekday

STATES = {
    "asked": "Asked",
    "dates_offered": "Other dates offered",
    "agreed": "Agreed",
    "not_now": "Not now",
    "other_school": "Other school suggested",
    "declined": "Declined",
    "withdrawn": "Withdrawn",
    "lapsed": "Not answered",
    "took_place": "Took place",
    "cancelled": "Cancelled",
}


class RequestedVisit(msgspec.Struct, frozen=True):
    """A visit request with the names of its schools, its entry and the person who asked.

    The fields up to `contact` are the columns of `VisitRequest`.
    """

    authority_id: int
    id: UUID
    requesting_urn: int
    supporting_urn: int
    entry_id: UUID | None
    state: str
    version: int
    wanted: str
    visitors: str
    visitor_count: int
    dates: list[date]
    earliest_on: date
    latest_on: date
    dates_offered: list[date]
    asked_by: UUID
    asked_at: datetime
    respond_by: date
    respond_from: date
    respond_days: int
    answered_by: UUID | None
    answered_at: datetime | None
    message: str
    not_before: date | None
    suggested_urn: int | None
    visit_on: date | None
    venue: str
    contact: str
    requesting_name: str
    supporting_name: str
    suggested_name: str | None
    entry_title: str | None
    asked_by_name: str
    answered_by_name: str | None

    @property
    def suitable(self) -> SuitableDates:
        """The dates that suit the asking school."""
        return SuitableDates(tuple(self.dates), self.earliest_on, self.latest_on)

    @property
    def offered(self) -> str:
        """The dates that the asked school offers, in words."""
        return described(self.dates_offered)

    @property
    def subject(self) -> str:
        """What the visit is about: the entry, or the asked school."""
        return self.entry_title or self.supporting_name

    @property
    def waits_for_urn(self) -> int:
        """The school that must answer while the request is open."""
        return self.supporting_urn if self.state == "asked" else self.requesting_urn


def is_late(person: Principal, row: RequestedVisit) -> bool:
    """Return whether the last day to answer has passed."""
    return row.state in OPEN and row.respond_by < person.today


def state_today(person: Principal, row: RequestedVisit) -> str:
    """Return the state that holds today: a request not answered by its last day has lapsed."""
    return "lapsed" if is_late(person, row) else row.state


def other_school(person: Principal, row: RequestedVisit) -> str:
    """Return the name of the other school, as this person sees it."""
    return row.requesting_name if person.school_urn == row.supporting_urn else row.supporting_name


def turn_of(person: Principal, row: RequestedVisit) -> str:
    """Return one sentence that says whose turn it is, and until when."""
    other, until = other_school(person, row), format_weekday(row.respond_by)
    asked = person.school_urn == row.supporting_urn
    match state_today(person, row):
        case "asked" | "dates_offered":
            if person.school_urn != row.waits_for_urn:
                return f"{other} must answer by {until}."
            act = "Answer" if asked else "Choose a date"
            return f"It is your turn. {act} by {until}."
        case "agreed":
            return _turn_when_agreed(person, row)
        case "lapsed":
            late = "Your school" if person.school_urn == row.waits_for_urn else other
            return f"{late} did not answer by {until}, so the request has ended."
        case "not_now":
            return f"{row.supporting_name} cannot host a visit now. Ask again from {format_date(row.not_before)}."
        case "other_school":
            return f"{row.supporting_name} suggests {row.suggested_name}."
        case state:
            return OVER[state].format(asked=row.supporting_name, asking=row.requesting_name)


def _turn_when_agreed(person: Principal, row: RequestedVisit) -> str:
    if row.visit_on is not None and row.visit_on > person.today:
        return f"The visit is on {format_weekday(row.visit_on)}. Nobody has to do anything before that."
    return "Either school can say now whether the visit took place."


OVER = {
    "declined": "{asked} said no.",
    "withdrawn": "{asking} withdrew the request.",
    "took_place": "The visit took place.",
    "cancelled": "The visit was cancelled.",
}
