"""Rows of motions as pages and commands read them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec

from alongside.features.authorities.body_settings import BodySettings
from alongside.features.motions.models import CHOICES, FOLLOWED, STATES
from alongside.platform.school_calendar.calendar import LONDON


class MotionRow(msgspec.Struct, frozen=True):
    """A motion with its body, its result, and what the reader has to do with it.

    `voters` and `cast` are the seats that may vote and those that have; `own_seat` is the reader's seat with a vote on
    this motion, and `own_choice` what it voted.
    """

    authority_id: int
    id: UUID
    reference: str
    body_id: UUID
    body_key: str
    body_name: str
    remit: str
    kind: str
    schools: list[int]
    phase: str | None
    line: str
    financial_year: str
    title: str
    text: str
    how: str
    state: str
    closes_at: datetime | None
    majority: str
    casting_vote: bool
    overruling: bool
    referable: bool
    quorum_needed: int | None
    tabled_by: str
    tabled_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    votes_for: int | None
    votes_against: int | None
    abstained: int | None
    casting_choice: str | None
    result_reason: str
    conditions: str
    review_on: date | None
    owner_id: UUID | None
    owner: str | None
    ended_reason: str
    voters: int
    cast: int
    own_seat: UUID | None
    own_choice: str | None
    overruled: bool

    @property
    def label(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def colour(self) -> str:
        """The state whose colour the tag has: one that is carried is green, as other decisions are."""
        return "decided" if self.state == "carried" else self.state

    @property
    def can_close(self) -> bool:
        """Whether an open motion can be closed: in the meeting, or once all have voted or the time is over."""
        over = self.closes_at is not None and self.closes_at <= datetime.now(UTC)
        return self.how == "meeting" or over or self.cast == self.voters

    @property
    def last_day(self) -> date | None:
        """The last day on which members vote between meetings."""
        return None if self.closes_at is None else last_day_before(self.closes_at)


@dataclass(frozen=True, slots=True)
class ElectorRow:
    """A seat in the electorate of a motion, with its holder and live vote."""

    seat_id: UUID
    constituency: str
    number: int
    name: str | None
    may_vote: bool
    may_speak: bool
    present: bool
    reason: str
    choice: str | None

    def label(self, rules: BodySettings) -> str:
        """The seat in words."""
        return seat_label(rules, self.constituency, self.number)

    @property
    def vote(self) -> str:
        """The vote in words."""
        return "" if self.choice is None else CHOICES[self.choice]


@dataclass(frozen=True, slots=True)
class InterestRow:
    """An interest of the holder of a seat, what followed, and who set it aside and why."""

    seat_id: UUID
    name: str
    source: str
    words: str
    followed: str
    dispensation_reason: str
    dispensed_by: str | None

    @property
    def outcome(self) -> str:
        """What followed, in words."""
        return FOLLOWED[self.followed]


@dataclass(frozen=True, slots=True)
class OverrulingRow:
    """The overruling of a decision."""

    ground: str
    legal_basis: str
    reason: str
    officer: str
    overruled_at: datetime


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """The referral of a lost motion, and the answer."""

    reason: str
    referred_by: str
    referred_at: datetime
    outcome: str | None
    outcome_on: date | None


@dataclass(frozen=True, slots=True)
class DerivedInterest:
    """The first school that a motion concerns and in which the holder of a seat has an interest."""

    seat_id: UUID
    person_id: UUID
    school: str


@dataclass(frozen=True, slots=True)
class Count:
    """The live votes of a motion, and the seats that are present and did not withdraw."""

    votes_for: int
    votes_against: int
    abstained: int
    present: int

    def quorate(self, how: str, needed: int) -> bool:
        """Whether the quorum is reached: by presence in a meeting, by votes between meetings."""
        cast = self.votes_for + self.votes_against + self.abstained
        return (self.present if how == "meeting" else cast) >= needed


@dataclass(frozen=True, slots=True)
class Waiting:
    """A motion that waits for somebody, and its last day."""

    id: UUID
    reference: str
    title: str
    body: str
    state: str
    closes_at: datetime | None

    @property
    def last_day(self) -> date | None:
        """The last day on which members vote between meetings."""
        return None if self.closes_at is None else last_day_before(self.closes_at)


@dataclass(frozen=True, slots=True)
class YearCount:
    """How many decisions of a body the authority overruled in a year."""

    year: int
    overruled: int


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A record that a motion decides on."""

    kind: str
    subject: str
    label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a list."""

    value: str
    label: str


def seat_label(rules: BodySettings, constituency: str, number: int) -> str:
    """Return a seat in words: “Primary schools, seat 2”."""
    declared = rules.constituencies.get(constituency)
    return f"{declared.label if declared else constituency}, seat {number}"


def last_day_before(closes_at: datetime) -> date:
    """Return the last day of a vote that closes at the end of a day in London."""
    return (closes_at.astimezone(LONDON) - timedelta(seconds=1)).date()
