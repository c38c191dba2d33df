"""Forms of support categories: the proposal and each further step."""

from collections.abc import Sequence
from datetime import date

from wtforms import Form, SelectField

from alongside.features.categories.models import BASES, LONGEST_REASONS, OUTCOMES
from alongside.features.consortia.models import PHASES
from alongside.features.schools.choices import school_choice
from alongside.platform.forms.fields import Choice, Day, line, passage, says_something
from alongside.platform.forms.validation import add_error, require_fields

A_DATE = "Enter a real date, like 26 3 2027"
OWN_PANEL = "own"
NO_CATEGORY = "Select a category"


def check_category(field: SelectField, narrative: bool) -> None:
    """Check that a category is chosen, or none where the support is described in words."""
    if narrative and field.data:
        add_error(field, "This school’s support is described in words. Select no category")
    elif not narrative and not field.data:
        add_error(field, NO_CATEGORY)


class CategoryForm(Form):
    """A category and the reasons for it."""

    category = Choice("Category", NO_CATEGORY)
    reasons = passage("Reasons", "The reasons", limit=LONGEST_REASONS)

    def offer(self, categories: Sequence[tuple[str, str]], narrative: bool) -> None:
        """Fill the categories; a school whose support is described in words has none to choose."""
        self.category.choices = [] if narrative else list(categories)
        if narrative:
            del self.category

    @property
    def chosen(self) -> str | None:
        """The chosen category."""
        return (self["category"].data or None) if "category" in self else None

    def check_reasons(self, narrative: bool) -> bool:
        """Validate a category with its reasons, which are required."""
        self.validate()
        if not narrative:
            check_category(self.category, narrative)
        if not says_something(self.reasons.data):
            add_error(self.reasons, "Enter the reasons")
        return not self.errors

    def check_change(self, before: str | None, narrative: bool) -> bool:
        """Validate a change: another category than before, with reasons."""
        self.check_reasons(narrative)
        if not narrative and self.chosen == before:
            add_error(self.category, "Select another category than the one in force")
        return not self.errors

    def check_step(self, before: str | None, narrative: bool, than: str) -> bool:
        """Validate a step after another: another category than the one `before` needs a reason."""
        self.validate()
        if not narrative:
            check_category(self.category, narrative)
        if self.chosen != before and not says_something(self.reasons.data):
            add_error(self.reasons, f"Enter why the category differs from {than}")
        return not self.errors


class ProposalForm(Form):
    """A proposal by hand: school, year, phase, category, reasons, and who moderates."""

    school = school_choice("School")
    academic_year = Choice("Academic year", "Select the academic year")
    phase = Choice(
        "Phase (optional)",
        "Select the phase",
        choices=[("", "As in the register"), *((one, one.capitalize()) for one in PHASES)],
        render_kw={"select": True},
    )
    category = Choice("Category", NO_CATEGORY)
    reasons = passage("Reasons", "The reasons", "The headteacher reads them", LONGEST_REASONS)
    panel = Choice("Who moderates?", "Select who moderates", render_kw={"select": True})

    def is_valid(self) -> bool:
        """Validate the form, except for what depends on the school."""
        self.validate()
        if not self.school.data:
            add_error(self.school, self.school.cure)
        if not self.academic_year.data:
            add_error(self.academic_year, self.academic_year.cure)
        if not says_something(self.reasons.data):
            add_error(self.reasons, "Enter the reasons for the proposal")
        return not self.errors


class DiscussionForm(Form):
    """That a category was discussed with the school, or why it was not."""

    basis = Choice(
        "How was the school heard?", "Select how the school was heard", choices=list(BASES.items())
    )
    discussed_on = Day("Date", A_DATE)
    discussion = passage(
        "Record", "The record", "What was said, by whom. The headteacher reads it", LONGEST_REASONS
    )

    def check(self, second_answer_by: date | None, today: date) -> bool:
        """Validate the form; without an answer, the date of the second invitation must have passed."""
        self.validate()
        if not self.basis.data:
            add_error(self.basis, self.basis.cure)
        require_fields(self, {"discussed_on": "Enter the date"})
        if self.discussed_on.data and self.discussed_on.data > today:
            add_error(self.discussed_on, "Enter a date that is today or earlier")
        if self.basis.data in ("discussion", "refusal") and not says_something(self.discussion.data):
            add_error(self.discussion, "Enter the record")
        if self.basis.data == "no_answer" and (second_answer_by is None or second_answer_by >= today):
            add_error(self.basis, "Invite the school twice and wait until the last day to answer has passed")
        return not self.errors


class AgreementForm(CategoryForm):
    """What the board agreed, with the date and reference of its decision."""

    agreed_on = Day("Date of the board’s decision", A_DATE)
    decision_reference = line("Reference", "The reference", "Like “Board minutes, item 4”", 200)

    def check_decision(self, today: date) -> bool:
        """Validate the date and reference of a decision."""
        return check_decision(self, today)


class DecisionForm(Form):
    """A decision of the board on several categories as they were moderated."""

    agreed_on = Day("Date of the board’s decision", A_DATE)
    decision_reference = line("Reference", "The reference", "Like “Board minutes, item 4”", 200)

    def check(self, today: date) -> bool:
        """Validate the form on a day."""
        self.validate()
        return check_decision(self, today)


def check_decision(form: Form, today: date) -> bool:
    """Check the date and reference of a decision."""
    require_fields(
        form,
        {"agreed_on": "Enter the date of the decision", "decision_reference": "Enter the reference"},
    )
    if form["agreed_on"].data and form["agreed_on"].data > today:
        add_error(form["agreed_on"], "Enter a date that is today or earlier")
    return not form.errors


class AppealForm(Form):
    """The grounds of an appeal."""

    grounds = passage(
        "Why do you appeal?", "The grounds", "The people who hear the appeal read this", LONGEST_REASONS
    )

    def is_valid(self) -> bool:
        """Validate the form: the grounds are required."""
        self.validate()
        if not says_something(self.grounds.data):
            add_error(self.grounds, "Enter why you appeal")
        return not self.errors


class HearingForm(CategoryForm):
    """The result of an appeal."""

    outcome = Choice("Result", "Select the result", choices=list(OUTCOMES.items()))

    def check(self, agreed: str | None, narrative: bool) -> bool:
        """Validate the form: a changed category is another one, and the reasons are required."""
        self.validate()
        if not self.outcome.data:
            add_error(self.outcome, self.outcome.cure)
        if not says_something(self.reasons.data):
            add_error(self.reasons, "Enter the reasons")
        if not narrative and self.outcome.data == "changed" and self.chosen in (None, agreed):
            add_error(self.category, "Select another category than the one appealed against")
        return not self.errors


class PanelForm(Form):
    """The consortium whose panel moderates or hears an appeal."""

    panel = Choice("Consortium", "Select a consortium", render_kw={"select": True})

    def is_valid(self) -> bool:
        """Validate the form: a consortium is required."""
        self.validate()
        if not self.panel.data:
            add_error(self.panel, self.panel.cure)
        return not self.errors
