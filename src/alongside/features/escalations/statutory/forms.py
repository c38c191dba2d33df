"""Forms to record a statutory step and to overrule a decision."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypedDict

from wtforms import Form

from alongside.features.escalations.statutory.steps import (
    GROUNDS,
    MISMANAGEMENT,
    NOTICES,
    OWED_A_NOTICE,
    RECIPIENTS,
    ROUTES,
    STEPS,
    TakenStep,
    is_open,
    legal_obstacle,
)
from alongside.platform.forms.fields import Choice, Choices, Day, line, passage
from alongside.platform.forms.validation import add_error, require_fields

NEEDED = {
    "kind": "Select a step",
    "taken_on": "Enter the date of the step, like 12/3/2027",
    "legal_basis": "Enter the legal basis",
    "words": "Enter the content",
}
FOR_NOTICE = {
    "notice_reference": "Enter the reference of the notice",
    "notice_on": "Enter the date of the notice",
}
GROUNDS_OF_A_STEP = ROUTES | {
    MISMANAGEMENT: "For a suspended budget only: mismanagement "
    "(School Standards and Framework Act 1998, section 51 and Schedule 15)"
}


class WrittenStep(TypedDict):
    """The columns of a statutory step that people write."""

    kind: str
    taken_on: date
    legal_basis: str
    words: str
    recipients: list[str]
    notice_reference: str
    notice_on: date | None
    comply_by_on: date | None
    eligible_by: str | None
    urgent_because: str


class WrittenOverruling(TypedDict):
    """The columns of an overruling that people write."""

    ground: str
    legal_basis: str
    decided: str
    instead: str
    reason: str


class StepForm(Form):
    """One statutory step as it was taken."""

    kind = Choice("Step", "Select a step from the list", render_kw={"select": True})
    taken_on = Day("Date of the step", NEEDED["taken_on"])
    legal_basis = line("Legal basis", "The legal basis", "Act and section", limit=300)
    words = passage("Content", "The content", "The concern, and what you expect by when")
    recipients = Choices("Recipients", "Select recipients from the list", choices=list(RECIPIENTS.items()))
    notice_reference = line(
        "Reference of the notice", "The reference", "You send the notice outside Alongside and record it here"
    )
    notice_on = Day("Date of the notice", "Enter a real date, like 12/3/2027")
    comply_by_on = Day("Last day of the compliance period", "Enter a real date, like 2/4/2027")
    eligible_by = Choice(
        "Reason the school is eligible for intervention",
        "Select a reason from the list",
        description="For the step “Eligible for intervention”. An inspection is enough by itself",
        render_kw={"select": True},
        choices=[("", "Not this step"), *GROUNDS_OF_A_STEP.items()],
    )
    urgent_because = passage(
        "Urgent reason (only if a step is left out)",
        "The reason",
        "Why it could not wait for the step before it",
        limit=1000,
    )

    def offer(self, done: set[str]) -> None:
        """Set the steps that can be chosen; the next in turn is selected."""
        keys = sorted(STEPS, key=lambda key: not is_open(key, done))
        self.kind.choices = [
            (key, STEPS[key].label if is_open(key, done) else f"{STEPS[key].label} (out of order)")
            for key in keys
        ]

    def is_valid(self, today: date, steps: Sequence[TakenStep], copies: Mapping[str, Sequence[str]]) -> bool:
        """Validate: legal basis, letter and dates are complete, and the step is allowed after the earlier ones.

        `steps` are those of the escalation; `copies` the recipients that the law requires for this school, by
        step.
        """
        self.validate()
        require_fields(self, NEEDED)
        kind = self.kind.data or ""
        self._check_email(kind, copies.get(kind, ()))
        self._check_days(kind, today)
        self._check_legal_basis(kind)
        if kind == "eligible_for_intervention" and self.eligible_by.data not in ROUTES:
            add_error(self.eligible_by, "Select the reason the school is eligible for intervention")
        mismanaged = kind == "suspend_delegation" and self.eligible_by.data == MISMANAGEMENT
        if kind in STEPS and not mismanaged and not is_open(kind, {one.kind for one in steps}):
            self._check_turn(kind)
        elif self.taken_on.data is not None:
            wrong = legal_obstacle(kind, self.taken_on.data, self.eligible_by.data, steps)
            if wrong:
                add_error(self.taken_on, wrong)
        return not self.errors

    def _check_email(self, kind: str, copies: Sequence[str]) -> None:
        proposed = kind == "eligible_for_intervention" and self.eligible_by.data == "warning_notice"
        owed = ["chair"] if proposed else [*OWED_A_NOTICE, *copies] if kind in NOTICES else []
        if owed:
            require_fields(self, FOR_NOTICE)
        missing = [RECIPIENTS[key] for key in owed if key not in (self.recipients.data or ())]
        if missing:
            add_error(self.recipients, f"Add to the recipients: {'; '.join(missing)}")

    def _check_days(self, kind: str, today: date) -> None:
        if kind == "warning_notice" and self.comply_by_on.data is None:
            add_error(self.comply_by_on, "Enter the last day of the compliance period")
        if self.taken_on.data is not None and self.taken_on.data > today:
            add_error(self.taken_on, "The date must be today or earlier. Record a step after it is taken")
        ends, sent = self.comply_by_on.data, self.notice_on.data
        if ends is not None and sent is not None and ends < sent:
            add_error(self.comply_by_on, "The last day must be on or after the date of the notice")

    def _check_legal_basis(self, kind: str) -> None:
        """Refuse the default legal basis of another step, which stays in the field when the step is changed."""
        usual = {step.basis for step in STEPS.values()}
        if kind in STEPS and kind != "ended" and self.legal_basis.data in usual - {STEPS[kind].basis}:
            add_error(
                self.legal_basis,
                f"This is the legal basis of another step. Enter the one of this step, usually: {STEPS[kind].basis}",
            )

    def _check_turn(self, kind: str) -> None:
        before = " or ".join(STEPS[one].label.lower() for one in STEPS[kind].after)
        if not STEPS[kind].urgent:
            add_error(self.kind, f"It comes after: {before}. Record that first")
        elif not self.urgent_because.data:
            add_error(
                self.urgent_because, f"It comes after: {before}. Record that first, or give the urgent reason"
            )

    def columns(self) -> WrittenStep:
        """The values of the step, by column."""
        kind = self.kind.data
        mismanaged = kind == "suspend_delegation" and self.eligible_by.data == MISMANAGEMENT
        by_ground = kind == "eligible_for_intervention" or mismanaged
        return {
            "kind": kind,
            "taken_on": self.taken_on.data,
            "legal_basis": self.legal_basis.data,
            "words": self.words.data,
            "recipients": list(self.recipients.data or ()),
            "notice_reference": self.notice_reference.data or "",
            "notice_on": self.notice_on.data,
            "comply_by_on": self.comply_by_on.data,
            "eligible_by": (self.eligible_by.data or None) if by_ground else None,
            "urgent_because": self.urgent_because.data or "",
        }


class OverrulingForm(Form):
    """The decision, the ground and the legal basis of overruling."""

    ground = Choice("Statutory ground", "Select a ground from the list", choices=list(GROUNDS.items()))
    legal_basis = line("Legal basis", "The legal basis", "Act and section", limit=300)
    decided = passage("Decision of the headteachers", "Their decision", limit=2000)
    instead = passage("Decision of the authority instead", "The decision", limit=2000)
    reason = passage("Reason", "The reason", "Everyone involved in the escalation reads this at once")

    def is_valid(self) -> bool:
        """Validate: every field is required."""
        self.validate()
        require_fields(
            self,
            {
                "ground": "Select a statutory ground. Without one you cannot overrule the decision",
                "legal_basis": "Enter the legal basis",
                "decided": "Enter the decision of the headteachers",
                "instead": "Enter the decision of the authority",
                "reason": "Enter a reason",
            },
        )
        return not self.errors

    def columns(self) -> WrittenOverruling:
        """The values of the overruling, by column."""
        return {
            "ground": self.ground.data,
            "legal_basis": self.legal_basis.data,
            "decided": self.decided.data,
            "instead": self.instead.data,
            "reason": self.reason.data,
        }
