"""Forms of motions: the motion, who is present, votes, interests, the outcome, an overruling and a referral."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from wtforms import Form

from alongside.features.motions.kinds import KINDS
from alongside.features.motions.models import CHOICES, FOLLOWED, GROUNDS, HOW
from alongside.features.motions.rows import ElectorRow
from alongside.platform.forms.fields import Choice, Choices, Day, line, passage, says_something
from alongside.platform.forms.validation import add_error, require_fields
from alongside.platform.school_calendar.calendar import LONDON

REAL_DATE = "Enter a real date, like 26 3 2027"
PHASES = (("", "Not for one phase"), ("primary", "Primary schools"), ("secondary", "Secondary schools"))
FURTHEST = timedelta(days=365)


class MotionForm(Form):
    """A motion: its subject, title and text, how it is voted on, and the school that it concerns."""

    remit = Choice("Subject", "Select a subject")
    title = line("Title", "The title", "Say what the board decides, like “Agree the dates of 2027”", 200)
    text = passage(
        "Text of the motion", "The text", "Members vote on exactly this text. Name no pupil", 10_000
    )
    how = Choice("When do members vote?", "Select when members vote", choices=list(HOW.items()))
    last_day = Day(
        "Last day to vote (only between meetings)", REAL_DATE, description="Votes count until midnight"
    )
    school = Choice(
        "School that it concerns (optional)",
        "Select a school from the list",
        description="Members with an interest in this school do not vote or read it",
        render_kw={"select": True},
    )

    def check(self, today: date) -> bool:
        """Validate the form on a day."""
        self.validate()
        for field in (self.remit, self.how):
            if not field.data:
                add_error(field, field.cure)
        if not says_something(self.title.data):
            add_error(self.title, "Enter a title")
        if not says_something(self.text.data):
            add_error(self.text, "Enter the text of the motion")
        if self.how.data == "written":
            require_fields(self, {"last_day": "Enter the last day to vote"})
            if self.last_day.data and not today <= self.last_day.data <= today + FURTHEST:
                add_error(self.last_day, "Enter a day from today to a year from now")
        elif self.last_day.data:
            add_error(self.last_day, "Delete the last day, or select “Between meetings”")
        return not self.errors

    @property
    def closes_at(self) -> datetime | None:
        """The end of the last day in London, for a written motion."""
        if self.how.data != "written":
            return None
        return datetime.combine(self.last_day.data + timedelta(days=1), time(), LONDON)

    def details(self) -> Mapping[str, str | None]:
        """Return the kind of the motion with the phase, line and year of a de-delegation."""
        return {"kind": "general", "phase": None, "line": "", "financial_year": ""}


class ForumMotionForm(MotionForm):
    """A motion of a Schools Forum, whose kind decides who votes."""

    kind = Choice("Kind of motion", "Select a kind", choices=[(key, one.label) for key, one in KINDS.items()])
    phase = Choice("Phase (only for de-delegation)", "Select a phase from the list", choices=list(PHASES))
    budget_line = line("Budget line (only for de-delegation)", "The budget line", "Like “Insurance”", 100)
    financial_year = line("Financial year (only for de-delegation)", "The year", "Like 2027-28", 7)

    def check(self, today: date) -> bool:
        """Validate the form on a day: de-delegation is for one phase, one line and one year."""
        super().check(today)
        if not self.kind.data:
            add_error(self.kind, self.kind.cure)
        if self.kind.data == "dedelegation":
            cures = {
                "phase": "Select the phase. Each phase decides for itself",
                "budget_line": "Enter the budget line. Each line has a motion of its own",
                "financial_year": "Enter the financial year, like 2027-28",
            }
            require_fields(self, cures)
        return not self.errors

    def details(self) -> Mapping[str, str | None]:
        """Return the kind of the motion with the phase, line and year of a de-delegation."""
        if self.kind.data != "dedelegation":
            return {"kind": self.kind.data, "phase": None, "line": "", "financial_year": ""}
        return {
            "kind": self.kind.data,
            "phase": self.phase.data,
            "line": self.budget_line.data,
            "financial_year": self.financial_year.data,
        }


class EffectForm(Form):
    """One record on which a motion decides."""

    effect = Choice("What does it decide?", "Select what it decides", render_kw={"select": True})

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not self.effect.data:
            add_error(self.effect, self.effect.cure)
        return not self.errors


class PresentForm(Form):
    """The seats whose holders or substitutes are present in the meeting."""

    present = Choices("Who is present?", "Select seats from the list")

    def is_valid(self) -> bool:
        """Validate the form: somebody is present."""
        self.validate()
        if not self.present.data:
            add_error(self.present, "Select who is present")
        return not self.errors

    def seats(self) -> set[UUID]:
        """Return the seats."""
        return {UUID(one) for one in self.present.data or ()}


class VoteForm(Form):
    """One vote."""

    choice = Choice("Your vote", "Select your vote", choices=list(CHOICES.items()))

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not self.choice.data:
            add_error(self.choice, self.choice.cure)
        return not self.errors


class CastingForm(Form):
    """The casting vote of the chair."""

    choice = Choice(
        "The chair votes", "Select the casting vote", choices=[("for", "For"), ("against", "Against")]
    )

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not self.choice.data:
            add_error(self.choice, self.choice.cure)
        return not self.errors


class VotesForm(Form):
    """The votes in a meeting: a field for each seat that may vote, `seat_` and its id. Seats may be left out."""

    def is_valid(self) -> bool:
        """Validate the form: one vote at least."""
        self.validate()
        fields = [one for one in self if isinstance(one, Choice)]
        if not self.votes() and fields:
            add_error(fields[0], "Select the vote of one seat at least")
        return not self.errors

    def votes(self) -> dict[UUID, str]:
        """Return the votes by seat."""
        return {UUID(one.name.removeprefix("seat_")): str(one.data) for one in self if one.data}


def votes_form(electors: Sequence[tuple[ElectorRow, str]]) -> type[VotesForm]:
    """Return the form with a field for each of these seats, given with its label."""
    choices = [*CHOICES.items(), ("", "Not voted")]
    fields = {
        f"seat_{one.seat_id.hex}": Choice(
            f"{one.name} ({label})", "Select a vote from the list", choices=choices
        )
        for one, label in electors
    }
    return type("VotesForm", (VotesForm,), fields)


class InterestForm(Form):
    """An interest that a member declares, and what follows."""

    words = line("Interest", "The interest", "Like “my sister works at the school”", 200)
    followed = Choice("What follows?", "Select what follows", choices=list(FOLLOWED.items()))

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not says_something(self.words.data):
            add_error(self.words, "Enter the interest")
        if not self.followed.data:
            add_error(self.followed, self.followed.cure)
        return not self.errors


class InterestOfSeatForm(InterestForm):
    """An interest that a member declares in the meeting, recorded by the clerk."""

    seat = Choice("Member", "Select a member from the list", render_kw={"select": True})

    def is_valid(self) -> bool:
        """Validate the form."""
        super().is_valid()
        if not self.seat.data:
            add_error(self.seat, self.seat.cure)
        return not self.errors


class DispensationForm(Form):
    """The seat whose interest is set aside, and why."""

    seat = Choice("Member", "Select a member")
    note = passage("Reason", "The reason", "Members read it", 1000)

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not self.seat.data:
            add_error(self.seat, self.seat.cure)
        if not says_something(self.note.data):
            add_error(self.note, "Enter the reason")
        return not self.errors


class OutcomeForm(Form):
    """The reasons of a decision, its conditions, when it is reviewed, and who looks after it."""

    result_reason = passage("Reasons", "The reasons", "Why the board decided so", 4000)
    conditions = passage("Conditions (optional)", "The conditions", limit=4000)
    review_on = Day("Review the decision on (optional)", REAL_DATE)
    owner = Choice("Owner (optional)", "Select a person from the list", render_kw={"select": True})

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not says_something(self.result_reason.data):
            add_error(self.result_reason, "Enter the reasons")
        return not self.errors


class OverrulingForm(Form):
    """The ground in law on which the authority overrules a decision, and why."""

    ground = Choice("Ground", "Select a ground", choices=list(GROUNDS.items()))
    legal_basis = line(
        "Legal basis", "The legal basis", "The Act and section, like “Education Act 1996, section 13A”", 200
    )
    reason = passage("Reason", "The reason", "All members of the board read it", 4000)

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not self.ground.data:
            add_error(self.ground, self.ground.cure)
        if not says_something(self.legal_basis.data):
            add_error(self.legal_basis, "Enter the legal basis")
        if not says_something(self.reason.data):
            add_error(self.reason, "Enter the reason")
        return not self.errors


class AnswerForm(Form):
    """The answer of the Secretary of State, and its date."""

    outcome = Choice("Answer", "Select the answer", choices=[("granted", "Granted"), ("refused", "Refused")])
    on = Day("Date of the answer", REAL_DATE)

    def check(self, today: date) -> bool:
        """Validate the form on a day."""
        self.validate()
        if not self.outcome.data:
            add_error(self.outcome, self.outcome.cure)
        require_fields(self, {"on": "Enter the date of the answer"})
        if self.on.data and self.on.data > today:
            add_error(self.on, "Enter a date that is today or earlier")
        return not self.errors
