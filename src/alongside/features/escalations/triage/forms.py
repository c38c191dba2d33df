"""Forms of triage: decision, plan, owner and merging."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NotRequired, TypedDict
from uuid import UUID

from wtforms import FieldList, Form, StringField
from wtforms.validators import Length

from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.consortia.queries import ConsortiumName
from alongside.features.escalations.models import OUTCOMES
from alongside.features.escalations.state_changes.forms import NARROW, Hours
from alongside.features.funding.queries import FundLeft
from alongside.platform.forms.fields import Choice, Day, Pounds, line, one_line, passage
from alongside.platform.forms.validation import add_error, require_fields
from alongside.platform.school_calendar.calendar import financial_year
from alongside.platform.web.formatting import format_money

MOST_CRITERIA = 5


class Decision(TypedDict):
    """The columns of a decision; those of a referral only where it is one."""

    outcome: str
    decision: str
    provider: str
    provider_pence: int | None
    fund: str
    named_support: str
    handling_consortium_id: UUID | None
    hours: float
    referred_on: NotRequired[date | None]
    referral_reference: NotRequired[str]


class Plan(TypedDict):
    """The columns of a plan."""

    plan: str
    hours: float


class DecisionForm(Form):
    """The decision of the core team, and its text for the consortium."""

    outcome = Choice("Outcome", "Select an outcome")
    provider = line("Provider", "The name", "A person or organisation that challenges the school for you")
    provider_pence = Pounds(
        "Cost",
        "Enter pounds, like 1200 or 1,200.50",
        description="The total in pounds",
        render_kw=NARROW,
    )
    fund = Choice("Fund", "Select a fund from the list", render_kw={"select": True})
    named_support = line("Named supporter of the consortium", "The name", "A person, and how to contact them")
    handling_consortium_id = Choice(
        "Consortium that takes over", "Select a consortium from the list", render_kw={"select": True}
    )
    referred_on = Day("Date of the referral", "Enter the date of the referral, like 12/3/2027")
    referral_reference = line(
        "Reference of the referral",
        "The reference",
        "Your reference, or the DfE’s",
    )
    hours = Hours(
        "Hours of the core team (optional)",
        "Enter hours as a whole or half number, like 6 or 2.5",
        description="Your estimate of the team’s own time",
        render_kw=NARROW,
    )
    decision = passage(
        "Explanation for the consortium",
        "The explanation",
        "What you decided and why. The consortium reads this at once. The school reads it once it has been told",
    )

    def offer(
        self,
        settings: AuthoritySettings,
        consortia: Sequence[ConsortiumName],
        today: date,
        funds: Iterable[FundLeft],
        *,
        maintained: bool,
    ) -> None:
        """Set the choices; the statutory route is for maintained schools, referral to the DfE for others.

        A fund is offered with what it can still pay.
        """
        self.outcome.choices = [
            (key, words)
            for key, words in OUTCOMES.items()
            if key != ("regions_group" if maintained else "statutory")
        ]
        year = financial_year(today)
        left = {one.fund: f", {format_money(one.left)} of {format_money(one.pence)} left" for one in funds}
        self.fund.choices = [("", "Select a fund")] + [
            (key, one.label + left.get(key, ""))
            for key, one in settings.funds.items()
            if one.financial_year == year or key == self.fund.data
        ]
        self.fund.choices.append(("other", "Another source"))
        self.handling_consortium_id.choices = [("", "Select a consortium")] + [
            (str(one.id), one.name) for one in consortia
        ]

    def is_valid(self, today: date) -> bool:
        """Validate: the decision has the fields that its outcome requires."""
        self.validate()
        needed = {"outcome": "Select an outcome", "decision": "Enter what you decided and why"}
        match self.outcome.data:
            case "procured":
                needed |= {
                    "provider": "Enter the provider",
                    "provider_pence": "Enter the cost, 0 if there is none",
                    "fund": "Select the fund that pays for it",
                }
            case "returned":
                needed |= {"named_support": "Enter the named supporter"}
            case "other_consortium":
                needed |= {"handling_consortium_id": "Select the consortium that takes over"}
            case "regions_group":
                needed |= {
                    "referred_on": "Enter the date of the referral, like 12/3/2027",
                    "referral_reference": "Enter the reference of the referral",
                }
        require_fields(self, needed)
        if self.referred_on.data is not None and self.referred_on.data > today:
            add_error(self.referred_on, "The date of the referral must be today or earlier")
        return not self.errors

    def columns(self) -> Decision:
        """The values of the decision, by column; fields of other outcomes are left out.

        An earlier referral stays on record when the decision changes.
        """
        outcome = self.outcome.data
        chosen = self.handling_consortium_id.data
        procured = outcome == "procured"
        decided: Decision = {
            "outcome": outcome,
            "decision": self.decision.data,
            "provider": self.provider.data if procured else "",
            "provider_pence": self.provider_pence.data if procured else None,
            "fund": self.fund.data if procured else "",
            "named_support": self.named_support.data if outcome == "returned" else "",
            "handling_consortium_id": UUID(chosen) if outcome == "other_consortium" and chosen else None,
            "hours": self.hours.data or 0,
        }
        if outcome == "regions_group":
            decided["referred_on"] = self.referred_on.data
            decided["referral_reference"] = self.referral_reference.data or ""
        return decided


class PlanForm(Form):
    """The plan, and the criteria for returning the school to the consortium."""

    plan = passage("Plan", "The plan", "Who does what with the school, in a few sentences")
    criteria = FieldList(
        StringField(
            "Criterion",
            [Length(max=400, message="A criterion must be 400 characters or fewer. Shorten it.")],
            filters=[one_line],
        ),
        min_entries=MOST_CRITERIA,
        max_entries=MOST_CRITERIA,
    )
    hours = Hours(
        "Hours of the core team",
        "Enter hours as a whole or half number, like 6 or 2.5",
        description="The total for the plan",
        render_kw=NARROW,
    )

    def wanted(self) -> list[str]:
        """The criteria that were filled in."""
        return [words for words in self.criteria.data if words]

    def is_valid(self) -> bool:
        """Validate: a plan with at least one criterion."""
        self.validate()
        require_fields(self, {"plan": "Enter the plan"})
        if self.hours.data is None:
            add_error(self.hours, "Enter hours, 0 if none")
        if not self.wanted():
            add_error(self.criteria[0], "Enter a criterion for returning the school")
        return not self.errors


class MergerForm(Form):
    """The escalation of the same school to merge this one into, and the reason."""

    into = Choice("Merge into", "Select an escalation from the list")
    note = passage("Reason", "The reason", limit=1000)

    def is_valid(self) -> bool:
        """Validate: both fields are required."""
        self.validate()
        require_fields(self, {"into": "Select an escalation from the list", "note": "Enter a reason"})
        return not self.errors


class OwnerForm(Form):
    """The owner of an escalation."""

    owner_id = Choice("Owner", "Select a member of the core team")

    def is_valid(self) -> bool:
        """Validate: an owner is required."""
        self.validate()
        require_fields(self, {"owner_id": "Select a member of the core team"})
        return not self.errors
