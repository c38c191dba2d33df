"""The forms of a statutory step and of overruling heads."""

from datetime import date
from typing import Any

from wtforms import Form

from alongside.escalations.statutory.ladder import GROUNDS, NOTICES, OWED_A_NOTICE, RECIPIENTS, STEPS, is_open
from alongside.needs.fields import Choice, Choices, Day, line, passage
from alongside.needs.forms import blame
from alongside.partnerships.forms import must_be_filled

NEEDED = {
    "kind": "Choose a step",
    "taken_on": "Enter the day on which it was taken, like 12/3/2027",
    "legal_basis": "Say on which law it stands",
    "words": "Say what it says",
}
FOR_NOTICE = {
    "letter": "Give the reference of the letter",
    "letter_on": "Enter the day of the letter",
    "represent_by_on": "Enter until when the governing body may make representations",
}


class StepForm(Form):
    """One step of the ladder, as it was taken."""

    kind = Choice("Which step?", "Choose a step from the list", render_kw={"select": True})
    taken_on = Day("When was it taken?", NEEDED["taken_on"])
    legal_basis = line("On which law does it stand?", "The law", "Act and section", limit=300)
    words = passage("What does it say?", "What it says", "The concern, and what is expected by when")
    recipients = Choices("Who received it?", "Choose from the list", choices=list(RECIPIENTS.items()))
    letter = line(
        "Reference of the letter", "The reference", "It is sent outside this product and recorded here"
    )
    letter_on = Day("Day of the letter", "Enter a real date, like 12/3/2027")
    represent_by_on = Day("Representations until", "Enter a real date, like 2/4/2027")
    comply_by_on = Day("To be complied with by", "Enter a real date, like 2/4/2027")
    urgent_because = passage(
        "Urgent reason (only if a step is left out)",
        "The reason",
        "Why it could not wait for the step before",
        limit=1000,
    )

    def offer(self, done: set[str]) -> None:
        """Fill the list of steps, with what has its turn first."""
        keys = sorted(STEPS, key=lambda key: not is_open(key, done))
        self.kind.choices = [
            (key, STEPS[key].label if is_open(key, done) else f"{STEPS[key].label} (out of its turn)")
            for key in keys
        ]

    def holds(self, today: date, done: set[str]) -> bool:
        """Whether the step has its law, its letter and its days."""
        self.validate()
        must_be_filled(self, NEEDED)
        kind = self.kind.data or ""
        if kind in NOTICES:
            must_be_filled(self, FOR_NOTICE)
            if not set(OWED_A_NOTICE) <= set(self.recipients.data or ()):
                blame(self.recipients, "A notice goes to the headteacher and the chair of governors at least")
        if kind == "warning_notice" and self.comply_by_on.data is None:
            blame(self.comply_by_on, "Enter the end of the compliance period")
        if self.taken_on.data is not None and self.taken_on.data > today:
            blame(self.taken_on, "This day lies ahead. Record a step when it has been taken")
        for name in ("represent_by_on", "comply_by_on"):
            ends, sent = self[name].data, self.letter_on.data
            if ends is not None and sent is not None and ends < sent:
                blame(self[name], "This is before the day of the letter. Enter a later day")
        if kind in STEPS and not is_open(kind, done):
            self._check_turn(kind)
        return not self.errors

    def _check_turn(self, kind: str) -> None:
        before = " or ".join(STEPS[one].label.lower() for one in STEPS[kind].after)
        if not STEPS[kind].urgent:
            blame(self.kind, f"It comes after: {before}. Record that first")
        elif not self.urgent_because.data:
            blame(
                self.urgent_because, f"It comes after: {before}. Record that first, or give the urgent reason"
            )

    def columns(self) -> dict[str, Any]:
        """What is recorded, by column."""
        kept = {name: self[name].data for name in (*NEEDED, "letter_on", "represent_by_on", "comply_by_on")}
        return kept | {
            "recipients": list(self.recipients.data or ()),
            "letter": self.letter.data or "",
            "urgent_because": self.urgent_because.data or "",
        }


class OverrulingForm(Form):
    """On what the authority overrules heads."""

    ground = Choice(
        "On which statutory ground?", "Choose a ground from the list", choices=list(GROUNDS.items())
    )
    legal_basis = line("On which law?", "The law", "Act and section", limit=300)
    decided = passage("What had the heads decided?", "What they decided", limit=2000)
    instead = passage("What does the authority decide instead?", "What you decide", limit=2000)
    reason = passage("Why?", "The reason", "Everybody with a seat at the case reads this at once")

    def holds(self) -> bool:
        """Whether nothing is missing: without any of these there is no overruling."""
        self.validate()
        must_be_filled(
            self,
            {
                "ground": "Choose a statutory ground: without one the heads’ decision stands",
                "legal_basis": "Say on which law",
                "decided": "Say what the heads had decided",
                "instead": "Say what the authority decides instead",
                "reason": "Say why",
            },
        )
        return not self.errors

    def columns(self) -> dict[str, Any]:
        """What is recorded, by column."""
        return {name: self[name].data for name in ("ground", "legal_basis", "decided", "instead", "reason")}
