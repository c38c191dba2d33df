"""The form of a review: a rating with its reason for every aim, and the overall result."""

from collections.abc import Sequence
from uuid import UUID

from alongside.features.agreements.aims.queries import AimRow
from alongside.features.agreements.reviews.values import Judgement
from alongside.platform.forms.call import CallFields
from alongside.platform.forms.fields import Choice, line, passage
from alongside.platform.forms.validation import require_fields

RATING_WORDS = [
    ("green", "Green: on track or reached"),
    ("amber", "Amber: some way to go"),
    ("red", "Red: little has changed"),
]
AGAIN_WORDS = [("yes", "Yes"), ("perhaps", "Perhaps"), ("no", "No")]
OUTCOME_WORDS = [("met", "Met"), ("part_met", "Partly met"), ("not_met", "Not met")]


def names_for(aim_id: UUID) -> tuple[str, str, str]:
    """The names of an aim's fields: rating, reason and the value reached."""
    return f"rating_{aim_id.hex}", f"reason_{aim_id.hex}", f"reached_{aim_id.hex}"


class ReviewForm(CallFields):
    """Fields of every review. `review_form` adds the fields of the aims."""

    changed = passage(
        "What has changed?", "What has changed", "In school, for pupils and staff; name no pupil"
    )
    again = Choice("Would you do it again?", "Select whether you would do it again", choices=AGAIN_WORDS)
    aims: Sequence[AimRow] = ()
    closing = False

    def is_valid(self) -> bool:
        """Whether every aim has a rating and a reason, and the other fields are filled."""
        self.validate()
        cures: dict[str, str] = {}
        for aim in self.aims:
            rating, reason, reached = names_for(aim.id)
            if self.closing:
                cures[reached] = f"Enter the value reached for “{aim.aim[:60]}”"
            cures |= {
                rating: f"Rate “{aim.aim[:60]}”",
                reason: f"Give a reason for your rating of “{aim.aim[:60]}”",
            }
        cures |= {"changed": "Enter what has changed", "again": "Select whether you would do it again"}
        if "outcome" in self:
            cures["outcome"] = "Select whether the need was met"
        require_fields(self, cures)
        if any(self[names_for(aim.id)[0]].data == "red" for aim in self.aims):
            self.require_call()
        return not self.errors

    def judgement(self) -> Judgement:
        """The submitted review; call it after `is_valid`."""
        names = {aim.id: names_for(aim.id) for aim in self.aims}
        ratings = {key: (self[rating].data, self[reason].data) for key, (rating, reason, _) in names.items()}
        reached = {key: self[value].data or "" for key, (*_, value) in names.items()}
        outcome = self["outcome"].data if "outcome" in self else None
        return Judgement(ratings, self.changed.data, self.again.data, outcome, reached)

    def parts(self) -> list[tuple[AimRow, list[str]]]:
        """Each aim with the names of its fields, in the order in which they are shown."""
        return [(aim, [names_for(aim.id)[place] for place in (2, 0, 1)]) for aim in self.aims]


class OutcomeForm(ReviewForm):
    """The closing review of the requesting side, with the outcome for the need."""

    outcome = Choice("Was the need met?", "Select whether the need was met", choices=OUTCOME_WORDS)


def review_form(aims: Sequence[AimRow], *, outcome: bool, closing: bool = False) -> type[ReviewForm]:
    """A form class with fields for these aims."""
    fields: dict[str, object] = {"aims": aims, "closing": closing}
    for aim in aims:
        rating, reason, reached = names_for(aim.id)
        label = (
            "What value has been reached?" if closing else "What value has been reached so far? (optional)"
        )
        hint = f"Measured by: {aim.measure}. Enter “Not measured” if nobody measured it"
        fields[reached] = line(label, "The value reached", hint, limit=300)
        fields[rating] = Choice("How would you rate progress?", "Rate this aim", choices=RATING_WORDS)
        fields[reason] = passage("Why?", "The reason", limit=1000)
    return type("ReviewOfAims", (OutcomeForm if outcome else ReviewForm,), fields)
