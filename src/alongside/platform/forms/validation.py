"""Checks shared by forms. Each adds an error to the field it belongs to."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from wtforms import BooleanField, Field, Form

from alongside.platform.forms.content_checks import may_be_safeguarding, may_name_a_pupil


def add_error(field: Field, cure: str) -> None:
    """Add an error to a field that has none yet."""
    if not field.errors:
        field.errors = [cure]


def require_fields(form: Form, cures: Mapping[str, str]) -> None:
    """Add an error to each of these fields that is empty."""
    for name, cure in cures.items():
        if form[name].data in (None, ""):
            add_error(form[name], cure)


def check_date_order(form: Form) -> None:
    """Check that the end date is not before the start date."""
    if form["starts_on"].data and form["ends_on"].data and form["ends_on"].data < form["starts_on"].data:
        add_error(form["ends_on"], "The end date must be the same as or after the start date")


def check_dates(form: Form, today: date) -> None:
    """Check that the end date is after the start date and not before today."""
    starts_on, ends_on = form["starts_on"].data, form["ends_on"].data
    if ends_on and starts_on and ends_on < starts_on:
        add_error(form["ends_on"], "The end date must be the same as or after the start date")
    elif ends_on and ends_on < today:
        add_error(form["ends_on"], "Enter an end that is today or later")
    elif ends_on and not starts_on:
        add_error(form["starts_on"], "Enter the date from which, or leave both dates empty")


class Checked(Protocol):
    """A form with two boxes that confirm a text; `cautions` maps the name of a box to the text to check again."""

    checked_no_pupil: BooleanField
    checked_not_safeguarding: BooleanField

    @property
    def cautions(self) -> dict[str, str]:
        """The texts to check again."""


def check_for_personal_data(form: Checked, texts: Sequence[str | None]) -> None:
    """Ask for confirmation when the text may identify a pupil or mention a child at risk."""
    for tick, words, cure in (
        (
            form.checked_no_pupil,
            may_name_a_pupil(texts),
            "Take out what names a pupil, or tick this to go on",
        ),
        (
            form.checked_not_safeguarding,
            may_be_safeguarding(texts),
            "Take a safeguarding matter to the contact named here, or tick this to go on",
        ),
    ):
        if words is not None:
            form.cautions[tick.name] = words
            if not tick.data:
                add_error(tick, cure)
