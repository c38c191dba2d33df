"""Form to raise an escalation: one page without words of blame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict
from uuid import UUID

import msgspec
from wtforms import BooleanField, HiddenField

from alongside.features.authorities.settings import AuthoritySettings, on_offer
from alongside.features.escalations.raising.models import LINKED, TRIED
from alongside.platform.forms.call import CallFields
from alongside.platform.forms.fields import Choice, Choices, passage
from alongside.platform.forms.validation import add_error, check_for_personal_data
from alongside.platform.web.form_data import FormData
from alongside.platform.web.formatting import format_date

NEEDED = {
    "reason": "Select why your consortium cannot challenge effectively",
    "tried": "Select support already tried, or describe it below",
    "wanted": "Enter the help you want",
    "urgency": "Select how urgent it is",
    "notify_head": "Select yes if the headteacher is told now",
}
MOST_TEXT = 2000
PASSAGES = ("reason_words", "tried_words", "wanted", "return_when", "why_wait")
TEXTS = (*PASSAGES, "call", "no_call")


class RecordedSupport(msgspec.Struct, frozen=True):
    """Support that is recorded for a school: a need, a support agreement or a review, with its title or school."""

    kind: str
    id: UUID
    words: str
    state: str
    at_on: date | None


@dataclass(frozen=True, slots=True)
class ChosenSchool:
    """A school for which an escalation is raised, its open one, and the support recorded for it."""

    urn: int
    name: str
    recorded: Sequence[RecordedSupport]
    open_one: UUID | None


class WrittenEscalation(TypedDict):
    """The columns of an escalation that the consortium writes."""

    reason: str
    reason_words: str
    tried: str
    wanted: str
    urgency: str
    return_when: str


class RaiseForm(CallFields):
    """Fields of a new escalation of `school`.

    `cautions` holds words that the user must confirm with a tick box.
    """

    school_urn = HiddenField()
    reason = Choice("Why can your consortium not challenge this school effectively?", NEEDED["reason"])
    reason_words = passage(
        "More about the reason (optional)",
        "The text",
        "Write about your own limits. Required for “Another reason”",
        limit=1000,
    )
    tried = Choices("Support already tried", NEEDED["tried"])
    tried_words = passage(
        "More about this support (optional)", "The text", "Do not name a pupil", limit=MOST_TEXT
    )
    wanted = passage(
        "Help you want",
        "The text",
        "For example, someone from outside to lead the review",
        limit=MOST_TEXT,
    )
    urgency = Choice("Urgency", NEEDED["urgency"])
    return_when = passage(
        "When you would take the school back (optional)",
        "The text",
        "What would have to change. It becomes the first criterion of the plan",
        limit=MOST_TEXT,
    )
    notify_head = Choice(
        "Do we tell the headteacher now?",
        NEEDED["notify_head"],
        choices=[("now", "Yes, with what you wrote above"), ("wait", "No, not yet")],
        default="now",
    )
    why_wait = passage(
        "Why must the headteacher wait?",
        "The reason",
        "Only needed if the headteacher is not told now",
        limit=1000,
    )
    checked_no_pupil = BooleanField("I have checked that no one could identify a pupil from this")
    checked_not_safeguarding = BooleanField("I have checked that this is not about a child at risk of harm")

    another = BooleanField("Raise another escalation although this school has an open one")

    school: ChosenSchool

    def __init__(self, formdata: FormData | None = None, *, data: Mapping[str, object] | None = None) -> None:
        """Bind the submitted data, or show a form with this `data`."""
        super().__init__(formdata, data=data)
        self.cautions: dict[str, str] = {}
        for name in PASSAGES:
            self[name].render_kw = {**(self[name].render_kw or {}), "rows": 3}

    def offer_choices(self, settings: AuthoritySettings, school: ChosenSchool) -> None:
        """Set the school, and the choices: the authority's lists, and the support already recorded for it."""
        self.school = school
        self.reason.choices = [(key, one.label) for key, one in on_offer(settings.escalation_reasons).items()]
        self.urgency.choices = [
            (key, f"{one.label}: {one.hint[:1].lower()}{one.hint[1:]}" if one.hint else one.label)
            for key, one in on_offer(settings.escalation_urgencies).items()
        ]
        self.tried.choices = [(f"{one.kind}:{one.id}", tried_label(one)) for one in school.recorded] + [
            (kind, words) for kind, words in TRIED.items() if kind not in LINKED
        ]

    def to_safeguarding(self, settings: AuthoritySettings) -> bool:
        """Whether the reason belongs to safeguarding and must not be recorded."""
        entry = settings.escalation_reasons.get(self.reason.data or "")
        return entry is not None and entry.to_safeguarding

    def is_valid(self, settings: AuthoritySettings) -> bool:
        """Validate; a second escalation of a school with an open one needs a tick."""
        self.validate()
        for name, cure in NEEDED.items():
            if not self[name].data and not (name == "tried" and self.tried_words.data):
                add_error(self[name], cure)
        entry = settings.escalation_reasons.get(self.reason.data or "")
        if entry is not None and entry.needs_words and not self.reason_words.data:
            add_error(self.reason_words, "Enter the reason")
        if self.notify_head.data == "wait" and not self.why_wait.data:
            add_error(
                self.why_wait,
                "Enter why the headteacher must wait. The core team reads this, the school does not",
            )
        if self.notify_head.data == "now":
            self.require_call()
        if self.school.open_one and not self.another.data:
            add_error(self.another, "This school has an open escalation. Read it first, or tick the box")
        check_for_personal_data(self, [self[name].data for name in TEXTS])
        return not self.errors

    def columns(self) -> WrittenEscalation:
        """The values of the escalation, by column."""
        return {
            "reason": self.reason.data,
            "reason_words": self.reason_words.data or "",
            "tried": self.tried_words.data or "",
            "wanted": self.wanted.data,
            "urgency": self.urgency.data,
            "return_when": self.return_when.data or "",
        }


class TellForm(CallFields):
    """When the sender speaks with the headteacher who is told now."""

    def is_valid(self) -> bool:
        """Validate: the time of a call, or why there is none."""
        self.validate()
        self.require_call()
        return not self.errors


def tried_label(one: RecordedSupport) -> str:
    """The label of one attempted support: “Need: Fluency in Year 2 (met), 3 May 2026”."""
    label = {
        "need": f"Need: {one.words}",
        "agreement": f"Support by {one.words}",
        "review": f"{'Closing' if one.state == 'closing' else 'Half-way'} review of the support by {one.words}",
    }[one.kind]
    standing = "" if one.kind == "review" else f" ({one.state.replace('_', ' ')})"
    return f"{label}{standing}, {format_date(one.at_on)}" if one.at_on else f"{label}{standing}"
