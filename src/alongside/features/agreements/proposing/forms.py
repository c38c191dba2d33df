"""The form that proposes an offer for a need."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from wtforms import HiddenField, RadioField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from alongside.features.agreements.proposals.forms import TermsForm
from alongside.features.agreements.proposing.candidates import NeedCandidate, OfferCandidate
from alongside.platform.forms.fields import passage
from alongside.platform.forms.validation import add_error
from alongside.platform.web.formatting import format_days, format_days_ago, format_miles


class Pick(RadioField):
    """A radio field of candidate posts, each with details as its hint."""

    cure = "Choose one of the list"
    hints: dict[str, str]

    def pre_validate(self, form: BaseForm) -> None:
        """Reject a value that is not a choice."""
        if self.data and self.data not in {value for value, *_ in self.iter_choices()}:
            raise ValidationError(self.cure)


class ProposalForm(TermsForm):
    """A proposal: need or offer is fixed, the other is chosen."""

    interest_reason = passage(
        "Why is this pairing right, although somebody has declared an interest?",
        "The reason",
        "Needed only for a pair with a declared interest. Both schools read it",
        limit=500,
    )
    begun_from = HiddenField()
    need_id = HiddenField()
    offer_id = HiddenField()
    picked = Pick("Which one?")
    with_interest: frozenset[str] | set[str] = frozenset()
    candidates: Sequence[NeedCandidate | OfferCandidate] = ()

    def offer_candidates(
        self, label: str, rows: Sequence[NeedCandidate | OfferCandidate], today: date
    ) -> None:
        """Fill the candidates to choose from."""
        self.candidates = rows
        self.picked.label.text = label
        self.picked.choices = [(str(row.id), f"{row.title}, {row.school_name}") for row in rows]
        self.with_interest = {str(row.id) for row in rows if row.with_interest}
        self.picked.hints = {str(row.id): hint_of(row, today) for row in rows}

    def is_valid(self, today: date) -> bool:
        """Whether a candidate is chosen and the terms are valid."""
        super().is_valid(today)
        if not self.picked.data:
            add_error(self.picked, self.picked.cure)
        if self.picked.data in self.with_interest and not self.interest_reason.data:
            add_error(self.interest_reason, "Give a reason: both schools will read it")
        return not self.errors

    def pair(self) -> tuple[UUID, UUID] | None:
        """The ids of need and offer; None for invalid ids. Call it after `is_valid`."""
        ids = {"need": self.need_id.data, "offer": self.offer_id.data}
        ids["offer" if self.begun_from.data == "need" else "need"] = self.picked.data
        try:
            return UUID(ids["need"] or ""), UUID(ids["offer"] or "")
        except ValueError:
            return None


def hint_of(row: NeedCandidate | OfferCandidate, today: date) -> str:
    """The hint of a candidate: theme, days, distance, and when it was last confirmed."""
    parts = ["Declared interest: give a reason below"] if row.with_interest else []
    parts.append("Same theme" if row.same_theme else "Another theme")
    if isinstance(row, OfferCandidate):
        parts.append(f"{format_days(row.days_left)} left")
    elif row.days is not None:
        parts.append(f"{format_days(row.days)} wanted")
    if row.miles is not None:
        parts.append(f"{format_miles(row.miles)} away")
    parts.append(f"confirmed {format_days_ago(row.confirmed_on, today)}")
    return ", ".join(parts)
