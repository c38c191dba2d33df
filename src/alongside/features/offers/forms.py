"""The form of an offer, and the short form that extends it."""

from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from wtforms import BooleanField, Form

from alongside.features.authorities.settings import AuthoritySettings, label_of, on_offer
from alongside.features.authorities.visibility import audience_choices, visible_to_authority_from
from alongside.features.offers.rows import OfferRow
from alongside.features.schools.phases import PHASES
from alongside.platform.forms.fields import (
    Choice,
    Choices,
    Count,
    Day,
    HalfDays,
    line,
    passage,
    says_something,
)
from alongside.platform.forms.validation import add_error, check_dates, check_for_personal_data
from alongside.platform.school_calendar.calendar import Calendar
from alongside.platform.school_calendar.terms import coming_terms
from alongside.platform.web.formatting import format_date

APPETITES = {
    "yes": "Yes: we would like to be asked",
    "maybe": "Maybe: ask us, and we will see",
    "no": "Not this year: please do not ask",
}
NEEDED = {
    "description": "Say what your school can do for another",
    "phases": "Choose the phases of schools that you can support",
    "leader_name": "Enter the name of the person who would give the support",
    "forms_of_support": "Choose the forms of support that you can give",
    "audience": "Choose who may see this",
}
"""Fields that are required to post an offer. A draft may leave them empty."""

COLUMNS = (
    "title",
    "description",
    "phases",
    "leader_name",
    "leader_is_head",
    "designation",
    "designation_until",
    "days_total",
    "engagements_max",
    "terms",
    "starts_on",
    "ends_on",
    "travel_miles",
    "forms_of_support",
    "appetite",
    "appetite_reason",
    "ask_again_on",
    "audience",
)
A_DATE = "Enter a real date, like 11/1/2027"
SOME_DAYS = "Enter days as a whole or half number up to 200, like 6 or 7.5"


class OfferForm(Form):
    """An offer of support."""

    title = line("Title", "The title", "A few words, like “Phonics that sticks, with our reading lead”")
    description = passage(
        "What could you do for another school?", "What you could do", "Name no pupil of yours or theirs"
    )
    themes = Choices("Themes in which you are strong", "Choose themes from the list")
    phases = Choices("Phases of schools that you can support", "Choose phases from the list")
    leader_name = line("Who would give it?", "The name", "The person’s name, as colleagues know them")
    leader_is_head = BooleanField("This is our headteacher")
    designation = Choice("Designation (optional)", "Choose a designation from the list, or none")
    designation_until = Day("The designation holds until (optional)", A_DATE)
    days_total = HalfDays(
        "How many days in all?", SOME_DAYS, description="One pool of days for all themes together"
    )
    engagements_max = Count(
        "How many schools at once?", "Enter a whole number from 1 to 50", 1, 50, description="At most"
    )
    terms = Choices("In which terms?", "Choose terms from the list")
    starts_on = Day("From (optional)", A_DATE, description="Only if it is for certain dates")
    ends_on = Day("Until (optional)", A_DATE)
    when_not_sure = BooleanField("We are not sure yet when")
    travel_miles = Count(
        "How far would you travel, in miles? (optional)",
        "Enter a whole number of miles from 0 to 200, or leave this empty for no limit",
        0,
        200,
        description="Enter 0 if others have to come to you. Leave empty for no limit",
    )
    forms_of_support = Choices("Forms of support that you can give", "Choose forms from the list")
    appetite = Choice("Would you like to be asked?", "Choose whether you would like to be asked")
    appetite_reason = line(
        "Why not this year? (optional)", "The reason", "Only those who look after your school read this", 500
    )
    ask_again_on = Day("Ask us again from", A_DATE)
    audience = Choice("Who may see it?", "Choose who may see this from the list")
    checked_no_pupil = BooleanField("I have looked again: nobody could tell from this who a pupil is")
    checked_not_safeguarding = BooleanField("I have looked again: this is not about a child at risk of harm")

    @cached_property
    def cautions(self) -> dict[str, str]:
        """Texts to check again, by the checkbox that says so."""
        return {}

    def offer_choices(
        self, settings: AuthoritySettings, calendar: Calendar, today: date, kept: OfferRow | None = None
    ) -> None:
        """Fill the select fields from the authority's settings. Values that the offer already has stay available."""
        chosen = set(kept.themes) if kept else set()
        self.themes.choices = [
            (key, theme.label) for key, theme in settings.themes.items() if not theme.retired or key in chosen
        ]
        self.phases.choices = list(PHASES.items())
        designations = dict(on_offer(settings.designations))
        if kept and kept.designation in settings.designations:
            designations[kept.designation] = settings.designations[kept.designation]
        self.designation.choices = [("", "None"), *((key, one.label) for key, one in designations.items())]
        self.terms.choices = coming_terms(calendar, today, tuple(kept.terms) if kept else ())
        chosen = set(kept.forms_of_support) if kept else set()
        self.forms_of_support.choices = [
            (key, form.label)
            for key, form in settings.forms_of_support.items()
            if not form.retired or key in chosen
        ]
        self.appetite.choices = list(APPETITES.items())
        self.audience.choices = audience_choices(settings)
        self.widens_on = visible_to_authority_from("widening", today, settings, calendar)

    def is_valid(self, today: date, *, complete: bool) -> bool:
        """Whether the submitted values are valid: as a draft, or with `complete` for posting."""
        self.validate()
        if not says_something(self.title.data):
            add_error(self.title, "Enter a title")
        if self.days_total.data is None:
            add_error(self.days_total, SOME_DAYS)
        if self.engagements_max.data is None:
            add_error(self.engagements_max, self.engagements_max.cure)
        if not self.appetite.data:
            add_error(self.appetite, self.appetite.cure)
        check_dates(self, today)
        if complete:
            self._check_complete(today)
        check_for_personal_data(self, [self.title.data, self.description.data, *self.evidence().values()])
        return not self.errors

    def _check_complete(self, today: date) -> None:
        for name, cure in NEEDED.items():
            if not self[name].data:
                add_error(self[name], cure)
        if not self.themes.data:
            add_error(self.themes, "Choose at least one theme")
        for theme, evidence in self.evidence().items():
            if not evidence:
                add_error(self[evidence_name(theme)], "Say what shows that you are strong in this")
        if not (self.terms.data or self.starts_on.data or self.when_not_sure.data):
            add_error(self.terms, "Choose terms, enter dates, or tick that you are not sure yet")
        if self.appetite.data == "no" and not self.ask_again_on.data:
            add_error(self.ask_again_on, "Enter the date from which others may ask again")
        if self.designation.data and self.designation_until.data and self.designation_until.data < today:
            add_error(self.designation_until, "Enter an end that is today or later, or choose no designation")

    def evidence(self) -> dict[str, str]:
        """The evidence for each chosen theme."""
        known = [theme for theme in self.themes.data or () if evidence_name(theme) in self]
        return {theme: self[evidence_name(theme)].data or "" for theme in known}

    def columns(self) -> dict[str, object]:
        """The values to store in `offer`, by column name."""
        kept = {name: self[name].data for name in COLUMNS}
        kept["designation"] = kept["designation"] or None
        kept["audience"] = kept["audience"] or "widening"
        kept["terms"] = [] if self.when_not_sure.data else kept["terms"]
        if not kept["designation"]:
            kept["designation_until"] = None
        if kept["appetite"] != "no":
            kept["appetite_reason"] = kept["ask_again_on"] = None
        return kept


class ExtensionForm(Form):
    """More days for an offer, or a later end."""

    days_total = HalfDays("How many days in all?", SOME_DAYS, description="With those already promised")
    ends_on = Day("Until (optional)", A_DATE)

    def is_valid(self, offer: OfferRow, today: date) -> bool:
        """Whether the days cover those already promised, and the end is not before today or the start."""
        self.validate()
        if self.days_total.data is None:
            add_error(self.days_total, SOME_DAYS)
        elif self.days_total.data < offer.days_taken:
            add_error(self.days_total, days_promised(offer.days_taken))
        first = max(today, offer.starts_on or today)
        if self.ends_on.data is not None and self.ends_on.data < first:
            add_error(self.ends_on, f"Enter an end that is {format_date(first)} or later")
        return not self.errors

    def columns(self) -> dict[str, object]:
        """The values to store, by column name."""
        return {"days_total": self.days_total.data, "ends_on": self.ends_on.data}


def days_promised(days_taken: Decimal) -> str:
    """The error text for a total below the days already promised."""
    days = f"{days_taken:f}".removesuffix(".0")
    return f"{days} of these days are promised already: enter {days} or more"


def evidence_name(theme: str) -> str:
    """The name of the evidence field of a theme."""
    return f"evidence_{theme}"


def offer_form(settings: AuthoritySettings) -> type[OfferForm]:
    """The form with an evidence field for each of the authority's themes."""
    return _form_for(tuple((key, label_of(settings.themes, key)) for key in settings.themes))


@lru_cache(maxsize=256)
def _form_for(themes: tuple[tuple[str, str], ...]) -> type[OfferForm]:
    fields = {
        evidence_name(key): passage(
            f"What shows that you are strong in {label.lower()}?",
            "What shows it",
            "Results, recognition, or what others came to see",
            limit=1000,
        )
        for key, label in themes
    }
    return type("OfferFormWithThemes", (OfferForm,), fields)


def offer_form_of(offer: OfferRow, *, said: bool = False) -> dict[str, object]:
    """Form values of a stored offer. With `said`, empty terms are shown as “not sure yet”."""
    shown: dict[str, object] = {name: getattr(offer, name) for name in COLUMNS}
    shown["themes"] = list(offer.themes)
    shown |= {evidence_name(key): text for key, text in offer.themes.items()}
    said = said or offer.state != "draft"
    shown["when_not_sure"] = said and not offer.terms and offer.starts_on is None
    return shown
