"""Forms for writing an entry. Each error says what to do, and what was typed is kept."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from wtforms import BooleanField, Form

from alongside.features.authorities.setting_types import Entry
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.directory import entry as entries
from alongside.features.directory.evidence import LEVELS
from alongside.features.directory.labels import KINDS, visibilities
from alongside.features.directory.models import LENGTH, LONG_TEXTS
from alongside.features.schools.phases import PHASES
from alongside.platform.forms.fields import Choice, Choices, Pounds, Typing, line, passage, says_something
from alongside.platform.forms.validation import add_error, check_for_personal_data
from alongside.platform.school_calendar.calendar import Calendar
from alongside.platform.school_calendar.terms import term_key, term_words
from alongside.platform.web.form_data import FormData

NEEDED = {
    "themes": "Choose at least one theme",
    "phases": "Choose the phases that this is about",
    "problem": "Say what the problem was",
    "context": "Say what others should know about your school, so that they can tell whether theirs is like it",
    "what_we_did": "Say what you did",
    "who_to_ask": "Say which role in your school to ask, like “Reading lead”",
}
"""Fields that an entry needs before it can be checked; a draft may leave them empty."""

NEEDED_OF_A_PRACTICE = {
    "evidence": "Say what shows that it worked, or call it work in progress",
    "what_you_need": "Say what another school needs to do it",
}

COLUMNS = (
    "kind",
    "title",
    "themes",
    "phases",
    "key_stages",
    "problem",
    "context",
    "what_we_did",
    "evidence",
    "claimed_level",
    "what_to_avoid",
    "what_you_need",
    "cost_pence",
    "staff_hours",
    "staff_time",
    "term",
    "who_to_ask",
    "visibility",
)
"""Columns that the form writes, in the order of its fields."""

MOST_THEMES = 5
MOST_PENCE = 100_000_000
POUNDS = re.compile(r"£?\s*(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,7})(?:\.(?P<pence>\d{2}))?", re.ASCII)
HOURS = re.compile(r"(?P<whole>\d{1,5})(?:[.,](?P<part>\d))?", re.ASCII)
CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+|(?<![\w£.,-])(?:\+44[\s\d()-]{9,14}|0\d(?:[\s-]?\d){8,9})(?!\w)"
)
"""An email address or telephone number. Requests for contact go through Alongside, never through a page."""

MARKS_HELP = "You can use **bold**, lists with -, and [links](https://…)"


class Hours(Typing):
    """Hours of staff time, up to 10,000, with at most one decimal place."""

    def read(self, typed: str) -> Decimal:
        """Parse “40”, “7.5” or “7,5” into hours."""
        found = HOURS.fullmatch(typed)
        if found is None or (number := Decimal(f"{found['whole']}.{found['part'] or 0}")) > 10_000:
            raise ValueError(self.cure)
        return number

    def written(self, value: object) -> str:
        """Format hours without a trailing “.0”."""
        return f"{value:f}".removesuffix(".0") if isinstance(value, Decimal) else ""


class EntryForm(Form):
    """What one school did and what resulted. `cautions` maps the name of a confirmation tick box to its warning."""

    kind = Choice("What is it?", "Choose what it is")
    title = line(
        "Title", "The title", "What others will look for, like “Ten minutes of reading aloud, every day”"
    )
    themes = Choices("What is it about?", "Choose themes from the list", description="Up to 5")
    phases = Choices("Phases", "Choose phases from the list")
    key_stages = Choices("Key stages (optional)", "Choose key stages from the list")
    problem = passage("The problem", "The problem", f"What was hard. {MARKS_HELP}", LENGTH)
    context = passage(
        "The context",
        "The context",
        "Size, intake, staffing: what others need to know to say “a school like ours”",
        LENGTH,
    )
    what_we_did = passage(
        "What you did", "What you did", "Step by step, so that another school can follow", LENGTH
    )
    evidence = passage(
        "What shows that it worked?",
        "What shows that it worked",
        "What was before, what is now, how you know",
        LENGTH,
    )
    claimed_level = Choice("How strong is that?", "Choose how strong the evidence is")
    what_to_avoid = passage(
        "What to avoid (optional)", "What to avoid", "What you would not do again", LENGTH
    )
    what_you_need = passage(
        "What is needed to do it",
        "What is needed",
        "People, training, materials. Add files after saving",
        LENGTH,
    )
    cost_pence = Pounds(
        "What did it cost, in pounds? (optional)",
        "Enter an amount up to £1,000,000, like 1200 or 12.50; 0 for nothing",
        MOST_PENCE,
        description="For the first year. Enter 0 if it cost nothing",
        render_kw={"classes": "govuk-input--width-10", "inputmode": "decimal"},
    )
    staff_hours = Hours(
        "How many hours of staff time? (optional)",
        "Enter hours up to 10,000, like 40 or 7.5",
        description="All staff together, in the first year",
        render_kw={"classes": "govuk-input--width-5", "inputmode": "decimal"},
    )
    staff_time = line(
        "Whose time? (optional)", "Whose time it was", "Like “a teaching assistant, daily”", 300
    )
    term = Choice("When was it done? (optional)", "Choose a term from the list")
    who_to_ask = line(
        "Who to ask", "Who to ask", "A role, like “Reading lead”, never a name or an address", 200
    )
    visibility = Choice("Who may see it?", "Choose who may see it")
    checked_no_pupil = BooleanField("I have looked again: nobody could tell from this who a pupil is")
    checked_not_safeguarding = BooleanField("I have looked again: this is not about a child at risk of harm")

    def __init__(self, formdata: FormData | None = None, data: Mapping[str, object] | None = None) -> None:
        """Bind the submitted values, or show the saved entry."""
        super().__init__(formdata, data=data)
        self.cautions: dict[str, str] = {}

    def offer_choices(
        self, settings: AuthoritySettings, calendar: Calendar, today: date, kept: entries.Entry | None = None
    ) -> None:
        """Fill the select lists from the authority's settings; values that the entry already has stay available."""
        self.kind.choices = list(KINDS.items())
        self.themes.choices = _listed(settings.themes, kept.themes if kept else ())
        self.phases.choices = list(PHASES.items())
        self.key_stages.choices = _listed(settings.key_stages, kept.key_stages if kept else ())
        self.claimed_level.choices = [(str(one.number), f"{one.label}: {one.meaning}") for one in LEVELS]
        gone = [term_key(term) for term in calendar.terms if term.starts_on <= today]
        own = [kept.term] if kept and kept.term and kept.term not in gone else []
        terms = [(key, term_words(key)) for key in (*own, *reversed(gone))]
        self.term.choices = [("", "Not said"), *terms]
        shown = visibilities(settings)
        if kept and kept.visibility not in shown:
            self.visibility.data = self.visibility.data if self.visibility.data in shown else list(shown)[-1]
        self.visibility.choices = list(shown.items())
        self.kind.data = self.kind.data or "practice"
        self.visibility.data = self.visibility.data or list(shown)[:2][-1]

    def is_valid(self, *, complete: bool) -> bool:
        """Validate the form: as a draft, or as an entry ready for checking with `complete`."""
        self.validate()
        if not says_something(self.title.data):
            add_error(self.title, "Enter a title")
        if len(self.themes.data or ()) > MOST_THEMES:
            add_error(self.themes, f"Choose {MOST_THEMES} themes at most")
        self._refuse_contacts()
        if complete:
            needed = NEEDED | (NEEDED_OF_A_PRACTICE if self.kind.data == "practice" else {})
            for name, cure in needed.items():
                if not self[name].data:
                    add_error(self[name], cure)
        check_for_personal_data(self, [self.title.data, *(self[name].data for name in LONG_TEXTS)])
        return not self.errors

    def _refuse_contacts(self) -> None:
        """Refuse contact details of a person: what is published outside the authority cannot be recalled."""
        if CONTACT.search(self.who_to_ask.data or ""):
            add_error(
                self.who_to_ask, "Enter a role without an address or number: people ask through Alongside"
            )
        if self.visibility.data != "public":
            return
        for name in ("title", "staff_time", *LONG_TEXTS):
            found = CONTACT.search(self[name].data or "")
            if found:
                add_error(
                    self[name],
                    f"Take out “{found[0].strip()}”: people ask through Alongside",
                )

    def columns(self) -> dict[str, object]:
        """The values to save, by column."""
        kept = {name: self[name].data for name in COLUMNS}
        kept["claimed_level"] = int(kept["claimed_level"] or 0)
        kept["term"] = kept["term"] or None
        return kept


def entry_form_of(entry: entries.Entry) -> dict[str, object]:
    """The form filled from a saved entry."""
    shown = {name: getattr(entry, name) for name in COLUMNS}
    return shown | {"claimed_level": str(entry.claimed_level)}


def _listed(entries: Mapping[str, Entry], kept: Sequence[str]) -> list[tuple[str, str]]:
    return [(key, one.label) for key, one in entries.items() if not one.retired or key in kept]
