"""What is asked for in the acts of a case: a decision, a plan, a reason, an end."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from wtforms import FieldList, Form, StringField
from wtforms.validators import Length

from alongside.authorities.settings import AuthoritySettings
from alongside.escalations.model import OUTCOMES, RESULTS
from alongside.escalations.waiting import WAITING_ON
from alongside.needs.fields import Choice, Typing, line, one_line, passage
from alongside.needs.forms import blame
from alongside.partnerships.forms import must_be_filled

MONEY = re.compile(r"£?\s*(?P<pounds>\d{1,3}(?:,\d{3})+|\d{1,7})(?:\.(?P<pence>\d\d))?")
MOST_CRITERIA = 5
WAITING_FOR = {"consortium": "The consortium", "school": "The school", "provider": "The provider"}


class Money(Typing):
    """Pounds and pence, kept in pence."""

    def read(self, typed: str) -> int:
        """Pence from “1200”, “1,200” or “£1,200.50”."""
        found = MONEY.fullmatch(typed) if typed.isascii() or "£" in typed else None
        if found is None:
            raise ValueError(self.cure)
        return int(found["pounds"].replace(",", "")) * 100 + int(found["pence"] or 0)

    def written(self, value: Any) -> str:
        """Pounds, with pence where there are any."""
        return "" if value is None else f"{value // 100}" + (f".{value % 100:02d}" if value % 100 else "")


class Hours(Typing):
    """Hours of work in halves, up to 2,000."""

    def read(self, typed: str) -> float:
        """Hours from “3”, “2.5” or “2,5”."""
        found = re.fullmatch(r"(\d{1,4})(?:[.,]([05]))?", typed, re.ASCII)
        if found is None or not 0 <= int(found[1]) <= 2000:
            raise ValueError(self.cure)
        return int(found[1]) + (0.5 if found[2] == "5" else 0)

    def written(self, value: Any) -> str:
        """Hours without a needless “.0”."""
        return "" if value is None else f"{float(value):g}"


class NoteForm(Form):
    """A reason in one's own words, which stays in the story of the case."""

    note = passage("What is the reason?", "The reason", "It stays in the story of the case", limit=1000)

    def holds(self) -> bool:
        """Whether a reason is given."""
        self.validate()
        must_be_filled(self, {"note": "Say why: others will read this a year from now"})
        return not self.errors


class DecisionForm(Form):
    """What the core team decides, and what it writes to the consortium."""

    outcome = Choice("What is to happen?", "Choose what is to happen")
    provider = line("Who is procured?", "The name", "A person or body that challenges on your behalf")
    provider_pence = Money(
        "What does it cost?", "Enter pounds, like 1200 or 1,200.50", description="In pounds, all in all"
    )
    fund = Choice("From which fund?", "Choose a fund from the list", render_kw={"select": True})
    named_support = line(
        "Who supports the consortium?", "The name", "A named person, and how they are reached"
    )
    handling_consortium_id = Choice(
        "Which consortium handles it?", "Choose a consortium from the list", render_kw={"select": True}
    )
    hours = Hours(
        "Hours of the core team (optional)",
        "Enter hours as a whole or half number, like 6 or 2.5",
        description="What this takes of your own time, as far as you can tell",
    )
    decision = passage(
        "What do you write to the consortium?",
        "What you write",
        "What was decided and why. It reads this at once; so does the school, once it has been told",
    )

    def offer(self, settings: AuthoritySettings, consortia: Sequence[Any], *, maintained: bool) -> None:
        """Fill the lists; the statutory route is there for maintained schools only."""
        self.outcome.choices = [
            (key, words) for key, words in OUTCOMES.items() if maintained or key != "statutory"
        ]
        self.fund.choices = [("", "No fund chosen")] + [
            (key, one.label) for key, one in settings.funds.items()
        ]
        self.fund.choices.append(("other", "Another source"))
        self.handling_consortium_id.choices = [("", "None chosen")] + [
            (str(one.id), one.name) for one in consortia
        ]

    def holds(self) -> bool:
        """Whether the decision has all that it needs."""
        self.validate()
        needed = {"outcome": "Choose what is to happen", "decision": "Say what was decided and why"}
        match self.outcome.data:
            case "procured":
                needed |= {
                    "provider": "Say who is procured",
                    "provider_pence": "Enter what it costs, 0 if nothing",
                    "fund": "Choose the fund that pays for it",
                }
            case "returned":
                needed |= {"named_support": "Name who supports the consortium"}
            case "other_consortium":
                needed |= {"handling_consortium_id": "Choose the consortium that handles it"}
        must_be_filled(self, needed)
        return not self.errors

    def columns(self) -> dict[str, Any]:
        """What is decided, by column; what belongs to another outcome is left out."""
        outcome = self.outcome.data
        chosen = self.handling_consortium_id.data
        return {
            "outcome": outcome,
            "decision": self.decision.data,
            "provider": self.provider.data if outcome == "procured" else "",
            "provider_pence": self.provider_pence.data if outcome == "procured" else None,
            "fund": self.fund.data if outcome == "procured" else "",
            "named_support": self.named_support.data if outcome == "returned" else "",
            "handling_consortium_id": UUID(chosen) if outcome == "other_consortium" and chosen else None,
            "hours": self.hours.data or 0,
        }


class PlanForm(Form):
    """What is done, and what must be so before the consortium takes the school back."""

    plan = passage("What is the plan?", "The plan", "Who does what with the school, in a few sentences")
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
        description="What the plan takes of your own time, all in all",
    )

    def wanted(self) -> list[str]:
        """The criteria that were written."""
        return [words for words in self.criteria.data if words]

    def holds(self) -> bool:
        """Whether there is a plan with at least one criterion."""
        self.validate()
        must_be_filled(self, {"plan": "Say what is done"})
        if self.hours.data is None:
            blame(self.hours, "Enter hours, 0 if none")
        if not self.wanted():
            blame(self.criteria[0], "Say what must be so before the consortium takes the school back")
        return not self.errors


class WaitForm(Form):
    """For whom a case waits, and why."""

    waiting_on = Choice(
        "Who has to act?", "Choose who has to act", choices=[(k, WAITING_FOR[k]) for k in WAITING_ON]
    )
    note = passage(
        "What are you waiting for?", "What you wait for", "The clock stands still until then", limit=1000
    )

    def holds(self) -> bool:
        """Whether both are said."""
        self.validate()
        must_be_filled(self, {"waiting_on": "Choose who has to act", "note": "Say what you are waiting for"})
        return not self.errors


class EndForm(Form):
    """How a case ends, in writing to the consortium."""

    result = Choice(
        "How does the school stand?", "Choose how the school stands", choices=list(RESULTS.items())
    )
    outcome_words = passage(
        "What came of it?",
        "What you write",
        "The consortium and the school read this. It is kept with the case",
    )

    def holds(self) -> bool:
        """Whether both are said."""
        self.validate()
        must_be_filled(
            self, {"result": "Choose how the school stands", "outcome_words": "Say what came of it"}
        )
        return not self.errors

    def columns(self) -> Mapping[str, Any]:
        """What is kept of the end, by column."""
        return {"result": self.result.data, "outcome_words": self.outcome_words.data}


class MergerForm(Form):
    """Into which other case of the school this one goes."""

    into = Choice("Into which case?", "Choose a case from the list")
    note = passage("Why are they one?", "The reason", limit=1000)

    def holds(self) -> bool:
        """Whether both are said."""
        self.validate()
        must_be_filled(self, {"into": "Choose a case from the list", "note": "Say why they are one"})
        return not self.errors


class OwnerForm(Form):
    """Whose case it is."""

    owner_id = Choice("Who looks after this case?", "Choose somebody of the core team")

    def holds(self) -> bool:
        """Whether somebody is chosen."""
        self.validate()
        must_be_filled(self, {"owner_id": "Choose somebody of the core team"})
        return not self.errors
