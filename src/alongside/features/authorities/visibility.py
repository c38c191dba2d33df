"""Visibility of needs and offers: first the consortium, later the whole authority.

Source: domain.md §3 ask 17 and F7: consortia help themselves first, and schools beyond the consortium
are asked when no help is found there.
"""

from datetime import date
from enum import StrEnum
from typing import Protocol

from alongside.features.authorities.settings import AuthoritySettings
from alongside.platform.school_calendar.calendar import Calendar, add_school_days


class VisibilityScope(StrEnum):
    """Who may see a post."""

    CONSORTIUM = "consortium"
    WIDENING = "widening"
    EVERYBODY = "everybody"


class Posted(Protocol):
    """A posted need or offer with its audience."""

    @property
    def audience(self) -> str:
        """Who may see it."""

    @property
    def visible_to_authority_from(self) -> date | None:
        """The date from which the whole authority sees it."""


AUDIENCES: dict[str, str] = {
    VisibilityScope.CONSORTIUM: "Own consortium only",
    VisibilityScope.WIDENING: "Own consortium first, then the whole authority",
    VisibilityScope.EVERYBODY: "The whole authority",
}


def widens_after(settings: AuthoritySettings, urgency: str | None = None) -> int:
    """School days before a post becomes visible to the whole authority; fewer for an urgent need."""
    entry = settings.urgencies.get(urgency or "")
    return entry.widen_after if entry else settings.periods.widen_after


def visible_to_authority_from(
    audience: str,
    posted_on: date,
    settings: AuthoritySettings,
    calendar: Calendar,
    urgency: str | None = None,
) -> date | None:
    """The date from which the whole authority sees a post that was posted on `posted_on`; None means never."""
    match audience:
        case VisibilityScope.EVERYBODY:
            return posted_on
        case VisibilityScope.WIDENING:
            return add_school_days(calendar, posted_on, widens_after(settings, urgency))
        case _:
            return None


def visibility_after_change(
    old: Posted,
    audience: str,
    changed_on: date,
    settings: AuthoritySettings,
    calendar: Calendar,
    urgency: str | None = None,
) -> dict[str, object]:
    """Visibility columns of a posted need or offer whose audience or urgency has changed.

    The period starts on the day of the change, as the form says. A post that the whole authority already sees
    stays visible when its audience is unchanged or becomes everybody.
    """
    seen = old.visible_to_authority_from is not None and old.visible_to_authority_from <= changed_on
    if seen and audience in (old.audience, VisibilityScope.EVERYBODY):
        return {}
    return widening(audience, changed_on, settings, calendar, urgency)


def widening(
    audience: str,
    since: date,
    settings: AuthoritySettings,
    calendar: Calendar,
    urgency: str | None = None,
) -> dict[str, object]:
    """Visibility columns of a post whose period within its consortium starts on `since`."""
    shown = visible_to_authority_from(audience, since, settings, calendar, urgency)
    return {
        "visible_to_authority_from": shown,
        "widening_since": since if audience == VisibilityScope.WIDENING else None,
    }


def who_may_see(shown_from: date | None, today: date, settings: AuthoritySettings, *, posted: bool) -> str:
    """One sentence that says who can see a post today."""
    word, team = settings.words.consortium, settings.words.core_team
    if not posted:
        return f"Only the school, those who lead its {word} and the {team}"
    if shown_from is not None and shown_from <= today:
        return "Every school of the authority"
    return f"Schools of the same {word}, those who lead it and the {team}"


def widening_dates(settings: AuthoritySettings, calendar: Calendar, today: date) -> list[tuple[str, date]]:
    """For each urgency, its label and the date on which a need posted today becomes visible to the authority."""
    return [
        (entry.label, add_school_days(calendar, today, entry.widen_after))
        for entry in settings.urgencies.values()
        if not entry.retired
    ]


def audience_choices(settings: AuthoritySettings) -> list[tuple[str, str]]:
    """The choices of audience, with the authority's word for a consortium and its number of school days."""
    word = settings.words.consortium.lower()
    days = widens_after(settings)
    widens = f"Our {word} first, then the whole authority (after about {days} school days)"
    return [
        (VisibilityScope.CONSORTIUM.value, f"Our {word} only"),
        (VisibilityScope.WIDENING.value, widens),
        (VisibilityScope.EVERYBODY.value, "The whole authority now"),
    ]
