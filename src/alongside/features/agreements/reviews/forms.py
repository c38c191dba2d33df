"""The form of a review: a rating with its reason for every aim, and the overall result."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from wtforms import Form

from alongside.features.agreements.forms import must_be_filled
from alongside.features.agreements.reviews.values import Judgement
from alongside.features.needs.forms import attach_errors
from alongside.platform.forms.fields import Choice, line, passage

RATING_WORDS = [
    ("green", "Green: on track or reached"),
    ("amber", "Amber: some way to go"),
    ("red", "Red: little has changed"),
]
AGAIN_WORDS = [("yes", "Yes"), ("perhaps", "Perhaps"), ("no", "No")]
OUTCOME_WORDS = [("met", "Met"), ("part_met", "Met in part"), ("not_met", "Not met")]


class ReviewForm(Form):
    """Fields of every review. `review_form` adds the fields of the aims."""

    changed = passage(
        "What has changed?", "What has changed", "In school, for pupils and staff; name no pupil"
    )
    again = Choice("Would you do it again?", "Say whether you would do it again", choices=AGAIN_WORDS)


class OutcomeForm(ReviewForm):
    """The closing review of the requesting side, with the outcome for the need."""

    outcome = Choice("Was the need met?", "Say whether the need was met", choices=OUTCOME_WORDS)


def names_for(aim_id: UUID) -> tuple[str, str, str]:
    """The names of an aim's fields: rating, reason and the value reached."""
    return f"rating_{aim_id.hex}", f"reason_{aim_id.hex}", f"reached_{aim_id.hex}"


def review_form(aims: Sequence[Any], *, outcome: bool, closing: bool = False) -> type[Form]:
    """A form class with fields for these aims."""
    fields: dict[str, Any] = {}
    for aim in aims:
        rating, reason, reached = names_for(aim.id)
        label = (
            "What value has been reached?" if closing else "What value has been reached so far? (optional)"
        )
        hint = f"Measured by: {aim.measure}. Enter “Not measured” if nobody measured it"
        fields[reached] = line(label, "The value reached", hint, limit=300)
        fields[rating] = Choice("How far has it come?", "Rate this aim", choices=RATING_WORDS)
        fields[reason] = passage("Why?", "The reason", limit=1000)
    return type("ReviewOfAims", (OutcomeForm if outcome else ReviewForm,), fields)


def holds(form: Any, aims: Sequence[Any], *, closing: bool = False) -> bool:
    """Whether every aim has a rating and a reason, and the other fields are filled."""
    form.validate()
    cures: dict[str, str] = {}
    for aim in aims:
        rating, reason, reached = names_for(aim.id)
        if closing:
            cures[reached] = f"Enter the value reached for “{aim.aim[:60]}”"
        cures |= {
            rating: f"Rate “{aim.aim[:60]}”",
            reason: f"Give a reason for your rating of “{aim.aim[:60]}”",
        }
    must_be_filled(form, cures | {"changed": "Say what has changed"})
    for name in ("again", "outcome"):
        if name in form and not form[name].data:
            attach_errors(form[name], form[name].cure)
    return not form.errors


def judgement(form: Any, aims: Sequence[Any]) -> Judgement:
    """The submitted review; call it after `holds`."""
    ratings: Mapping[UUID, tuple[str, str]] = {
        aim.id: (form[names_for(aim.id)[0]].data, form[names_for(aim.id)[1]].data) for aim in aims
    }
    outcome = form["outcome"].data if "outcome" in form else None
    reached = {aim.id: form[names_for(aim.id)[2]].data or "" for aim in aims}
    return Judgement(ratings, form.changed.data, form.again.data, outcome, reached)
