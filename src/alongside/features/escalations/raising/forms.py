"""Form to raise an escalation: one page without words of blame."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, Form, HiddenField

from alongside.features.authorities.settings import AuthoritySettings, on_offer
from alongside.features.escalations.raising.models import LINKED, TRIED
from alongside.platform.forms.fields import Choice, Choices, passage
from alongside.platform.forms.validation import add_error, check_for_personal_data
from alongside.platform.web.formatting import format_date

NEEDED = {
    "reason": "Choose why your consortium cannot challenge here",
    "tried": "Choose what was tried, or say it below",
    "wanted": "Say what you want to come of it",
    "urgency": "Choose how soon it is needed",
    "told": "Choose whether the headteacher is told now",
}
MOST_TEXT = 2000
TEXTS = ("reason_words", "tried_words", "wanted", "return_when", "why_wait")


class RaiseForm(Form):
    """Fields of a new escalation. `cautions` holds words that the user must confirm with a tick box."""

    school_urn = HiddenField()
    reason = Choice("Why can you not challenge effectively here?", NEEDED["reason"])
    reason_words = passage(
        "Say more (optional)",
        "What you say",
        "About your own limits. Needed for “Another reason”",
        limit=1000,
    )
    tried = Choices("What was tried?", NEEDED["tried"])
    tried_words = passage(
        "What else should we know of it? (optional)", "What you say", "Name no pupil", limit=MOST_TEXT
    )
    wanted = passage(
        "What do you want to come of it?",
        "What you want",
        "For example, somebody from outside to lead the review",
        limit=MOST_TEXT,
    )
    urgency = Choice("How soon is it needed?", NEEDED["urgency"])
    return_when = passage(
        "When would you take the school back? (optional)",
        "What you say",
        "What would have to be so. It becomes the start of the plan",
        limit=MOST_TEXT,
    )
    told = Choice(
        "Is the headteacher told now?",
        NEEDED["told"],
        choices=[("now", "Yes, with what you wrote above"), ("wait", "No, not yet")],
        default="now",
    )
    why_wait = passage(
        "Why is it better to wait?",
        "The reason",
        "Only needed if the headteacher is not told now",
        limit=1000,
    )
    checked_no_pupil = BooleanField("I have looked again: nobody could tell from this who a pupil is")
    checked_not_safeguarding = BooleanField("I have looked again: this is not about a child at risk of harm")

    another = BooleanField("Raise another escalation, although one is open for this school")

    def __init__(self, *given: Any, **settled: Any) -> None:
        """Bind the submitted data, or show an empty form."""
        super().__init__(*given, **settled)
        self.cautions: dict[str, str] = {}
        for name in TEXTS:
            self[name].render_kw = {**(self[name].render_kw or {}), "rows": 3}

    def offer_choices(self, settings: AuthoritySettings, tried: Sequence[Any]) -> None:
        """Set the choices: the authority's lists, and the support already recorded for this school."""
        self.reason.choices = [(key, one.label) for key, one in on_offer(settings.escalation_reasons).items()]
        self.urgency.choices = [
            (key, f"{one.label}: {one.hint[:1].lower()}{one.hint[1:]}" if one.hint else one.label)
            for key, one in on_offer(settings.escalation_urgencies).items()
        ]
        self.tried.choices = [(f"{one.kind}:{one.id}", tried_label(one)) for one in tried] + [
            (kind, words) for kind, words in TRIED.items() if kind not in LINKED
        ]

    def to_safeguarding(self, settings: AuthoritySettings) -> bool:
        """Whether the reason belongs to safeguarding and must not be recorded."""
        entry = settings.escalation_reasons.get(self.reason.data or "")
        return entry is not None and entry.to_safeguarding

    def is_valid(self, settings: AuthoritySettings, *, standing: bool = False) -> bool:
        """Validate; a second escalation of a school with an open one (`standing`) needs a tick."""
        self.validate()
        for name, cure in NEEDED.items():
            if not self[name].data and not (name == "tried" and self.tried_words.data):
                add_error(self[name], cure)
        entry = settings.escalation_reasons.get(self.reason.data or "")
        if entry is not None and entry.needs_words and not self.reason_words.data:
            add_error(self.reason_words, "Say what the reason is")
        if self.told.data == "wait" and not self.why_wait.data:
            add_error(
                self.why_wait, "Say why it is better to wait: the core team reads it, the school does not"
            )
        if standing and not self.another.data:
            add_error(self.another, "An escalation of this school is open. Read it first, or tick the box")
        check_for_personal_data(self, [self[name].data for name in TEXTS])
        return not self.errors

    def columns(self) -> dict[str, Any]:
        """The values of the escalation, by column."""
        return {
            "reason": self.reason.data,
            "reason_words": self.reason_words.data or "",
            "tried": self.tried_words.data or "",
            "wanted": self.wanted.data,
            "urgency": self.urgency.data,
            "return_when": self.return_when.data or "",
        }


def tried_label(one: Any) -> str:
    """The label of one attempted support: “Need: Fluency in Year 2 (met), 3 May 2026”."""
    label = {
        "need": f"Need: {one.words}",
        "agreement": f"Support by {one.words}",
        "review": f"{'Closing' if one.state == 'closing' else 'Half-way'} review of the support by {one.words}",
    }[one.kind]
    standing = "" if one.kind == "review" else f" ({one.state.replace('_', ' ')})"
    return f"{label}{standing}, {format_date(one.at_on)}" if one.at_on else f"{label}{standing}"
