"""The form of a support need, and checks that the form of an offer shares."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

from wtforms import BooleanField, Form, HiddenField

from alongside.features.authorities.setting_types import Entry
from alongside.features.authorities.settings import AuthoritySettings, on_offer
from alongside.features.authorities.visibility import VisibilityScope, audience_choices, widening_dates
from alongside.features.needs.rows import NeedRow
from alongside.features.schools.phases import PHASES
from alongside.platform.forms.fields import Choice, Choices, Day, HalfDays, line, passage, says_something
from alongside.platform.forms.validation import add_error, check_dates, check_for_personal_data
from alongside.platform.school_calendar.calendar import Calendar
from alongside.platform.school_calendar.terms import coming_terms

NEEDED = {
    "wanted": "Say what your school wants help with",
    "success_criteria": "Say what good would look like when the support has ended",
    "form_of_support": "Choose a form of support",
    "urgency": "Choose how urgent this is",
    "audience": "Choose who may see this",
}
"""Fields that are required to post a need. A draft may leave them empty."""

COLUMNS = (
    "title",
    "theme",
    "phase",
    "key_stage",
    "wanted",
    "success_criteria",
    "form_of_support",
    "days",
    "terms",
    "starts_on",
    "ends_on",
    "urgency",
    "audience",
)
"""The columns that the form writes, in the order of its fields."""


class NeedForm(Form):
    """A support need."""

    school_urn = HiddenField()
    addressed = HiddenField()
    theme = Choice("What is it about?", "Choose what it is about from the list")
    title = line(
        "Title", "The title", "A few words that other heads will see first, like “Fluency in Year 3 and 4”"
    )
    phase = Choice(
        "Phase", "Choose a phase from the list", description="From the school’s entry in the register"
    )
    key_stage = Choice("Key stage (optional)", "Choose a key stage from the list, or none")
    wanted = passage(
        "What does your school want?",
        "What your school wants",
        "What is hard now and what you tried. Name no pupil, and describe none so that others could tell",
    )
    success_criteria = passage(
        "What would good look like?",
        "What good would look like",
        "What would be different in school at the end",
    )
    form_of_support = Choice("Form of support", "Choose a form of support from the list")
    terms = Choices("In which terms?", "Choose terms from the list")
    starts_on = Day(
        "From (optional)", "Enter a real date, like 11/1/2027", description="Only if you need certain dates"
    )
    ends_on = Day("Until (optional)", "Enter a real date, like 26/3/2027")
    when_not_sure = BooleanField("We are not sure yet when")
    days = HalfDays(
        "How many days?",
        "Enter days as a whole or half number up to 200, like 3 or 2.5",
        description="Days of a support partner’s time, in whole or half days",
    )
    days_not_sure = BooleanField("We are not sure yet how many days")
    urgency = Choice("How urgent is it?", "Choose how urgent this is from the list")
    audience = Choice("Who may see it?", "Choose who may see this from the list")
    checked_no_pupil = BooleanField("I have looked again: nobody could tell from this who a pupil is")
    checked_not_safeguarding = BooleanField("I have looked again: this is not about a child at risk of harm")
    checked_second = BooleanField("This is a second need: the first is about something else")

    @cached_property
    def cautions(self) -> dict[str, str]:
        """Texts to check again, by the checkbox that says so."""
        return {}

    def offer_choices(
        self,
        settings: AuthoritySettings,
        calendar: Calendar,
        today: date,
        school_phase: str,
        kept: NeedRow | None = None,
    ) -> None:
        """Fill the select fields from the authority's settings. Values that the need already has stay available."""
        self.theme.choices = [("", "Choose a theme"), *_listed(settings.themes, kept.theme if kept else None)]
        self.phase.choices = list(PHASES.items())
        stages = _stages(settings, {school_phase, self.phase.data or school_phase})
        self.key_stage.choices = [
            ("", "No one key stage"),
            *_listed(stages, kept.key_stage if kept else None),
        ]
        self.form_of_support.choices = _listed(
            settings.forms_of_support, kept.form_of_support if kept else None
        )
        self.urgency.choices = _listed(settings.urgencies, kept.urgency if kept else None)
        self.terms.choices = coming_terms(calendar, today, tuple(kept.terms) if kept else ())
        self.audience.choices = audience_choices(settings)
        self.phase.data = self.phase.data or school_phase
        self.widening = widening_dates(settings, calendar, today)

    def is_valid(self, today: date, *, complete: bool, open_on_theme: Sequence[str] = ()) -> bool:
        """Whether the submitted values are valid: as a draft, or with `complete` for posting.

        `open_on_theme` are the titles of the school's other open needs on the same theme.
        """
        self.validate()
        if not says_something(self.title.data):
            add_error(self.title, "Enter a title")
        if not self.theme.data:
            add_error(self.theme, self.theme.cure)
        check_dates(self, today)
        if self.days.data is not None and self.days_not_sure.data:
            add_error(self.days, "Enter days, or tick that you are not sure yet, not both")
        if complete:
            self._check_complete()
        self._be_cautious(open_on_theme if complete else ())
        return not self.errors

    def _check_complete(self) -> None:
        for name, cure in NEEDED.items():
            if not self[name].data:
                add_error(self[name], cure)
        if self.days.data is None and not self.days_not_sure.data:
            add_error(self.days, self.days.cure + ", or tick that you are not sure yet")
        if not (self.terms.data or self.starts_on.data or self.when_not_sure.data):
            add_error(self.terms, "Choose terms, enter dates, or tick that you are not sure yet")

    def _be_cautious(self, open_on_theme: Sequence[str]) -> None:
        check_for_personal_data(self, (self.title.data, self.wanted.data, self.success_criteria.data))
        if open_on_theme:
            self.cautions["checked_second"] = open_on_theme[0]
            if not self.checked_second.data:
                add_error(
                    self.checked_second,
                    "Your school already has an open need on this theme: change that one, or tick this",
                )

    def columns(self) -> dict[str, object]:
        """The values to store, by column name."""
        kept = {name: self[name].data for name in COLUMNS}
        for name in ("form_of_support", "urgency"):
            kept[name] = kept[name] or ""
        kept["audience"] = kept["audience"] or VisibilityScope.WIDENING.value
        kept["key_stage"] = kept["key_stage"] or None
        kept["terms"] = [] if self.when_not_sure.data else kept["terms"]
        return kept


def need_form_of(need: NeedRow, *, said: bool = False) -> dict[str, object]:
    """Form values of a stored need. With `said`, empty terms are shown as “not sure yet”."""
    shown: dict[str, object] = {name: getattr(need, name) for name in COLUMNS}
    said = said or need.state != "draft"
    shown["days_not_sure"] = said and need.days is None
    shown["when_not_sure"] = said and not need.terms and need.starts_on is None
    return shown | {"school_urn": need.school_urn}


def _listed(entries: Mapping[str, Entry], kept: str | None) -> list[tuple[str, str]]:
    shown = dict(on_offer(entries))
    if kept and kept in entries:
        shown[kept] = entries[kept]
    return [(key, entry.label) for key, entry in shown.items()]


def _stages(settings: AuthoritySettings, phases: set[str]) -> Mapping[str, Entry]:
    taught = {one for phase in phases for one in getattr(settings.phases, phase, ())}
    return {
        key: stage for key, stage in settings.key_stages.items() if not taught or set(stage.phases) & taught
    }
