"""The panel’s work through its list: one category after the other, beside another one to compare with."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from alongside.features.categories import actions
from alongside.features.categories.forms import CategoryForm
from alongside.features.categories.labels import category_choices
from alongside.features.categories.queries import categories_of_schools, to_moderate
from alongside.features.categories.resource import CATEGORY
from alongside.features.categories.row import CategoryRow
from alongside.features.consortia.models import PHASES
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.form_data import FormData
from alongside.platform.web.responses import PageResult, Redirect

LIST = "/categories/moderation"


@dataclass(frozen=True, kw_only=True)
class ModerationContext(FormContext):
    """The list of the panel, the earlier categories of the school, and another school to compare with.

    `number` is the position of this category in the list; `kept` are the filter and the comparison as hidden fields.
    """

    waiting: Sequence[CategoryRow]
    number: int
    earlier: Sequence[CategoryRow]
    compared: CategoryRow | None
    phase: str
    kept: Sequence[tuple[str, str]]


def wanted_phase(data: FormData) -> str | None:
    """Return the phase to which the list is limited."""
    phase = "".join(data.getlist("phase")[:1])
    return phase if phase in PHASES else None


def _offer(asked: FormRequest[CategoryRow, CategoryForm]) -> None:
    asked.form.offer(category_choices(asked.record.authority_id), asked.record.narrative)


async def _context(asked: FormRequest[CategoryRow, CategoryForm]) -> ModerationContext:
    phase = wanted_phase(asked.data)
    waiting = await to_moderate(asked.session, asked.person, phase)
    chosen = "".join(asked.data.getlist("compare")[:1])
    others = [one for one in waiting if str(one.id) == chosen]
    of_school, _ = await categories_of_schools(asked.session, asked.person, [asked.record.school_urn])
    place = [one.id for one in waiting].index(asked.record.id) if asked.record in waiting else 0
    return ModerationContext(
        waiting=waiting,
        number=place + 1,
        earlier=[one for one in of_school if one.id != asked.record.id][:5],
        compared=others[0] if others else None,
        phase=phase or "",
        kept=[(name, value) for name, value in (("phase", phase or ""), ("compare", chosen)) if value],
    )


async def _moderate(asked: FormRequest[CategoryRow, CategoryForm]) -> PageResult:
    form, row = asked.form, asked.record
    await actions.moderate_category(asked.session, asked.person, row, form.chosen, form.reasons.data)
    phase = wanted_phase(asked.data)
    left = await to_moderate(asked.session, asked.person, phase)
    said = f"{row.school}: the moderation is recorded."
    if not left:
        return Redirect(LIST, f"{said} The list is finished.")
    following = next(
        (one for one in left if (one.academic_year, one.school) > (row.academic_year, row.school)), left[0]
    )
    query = f"?{urlencode({'phase': phase})}" if phase else ""
    return Redirect(f"/categories/{following.id}/moderation{query}", said)


MODERATE: FormAction[CategoryRow, CategoryForm] = FormAction(
    name="moderate_category",
    resource=CATEGORY,
    slug="moderation",
    permission=Permission.MODERATE_CATEGORY,
    states=("discussed",),
    label="Moderate",
    title=lambda _, row: row.school,
    intro="You cannot change this afterwards. The board decides next.",
    submit="Record and go to the next school",
    form=CategoryForm,
    initial=lambda asked: {"category": asked.record.category_proposed},
    choices=_offer,
    valid=lambda asked: asked.form.check_step(
        asked.record.category_proposed, asked.record.narrative, "the proposed one"
    ),
    template="categories/moderation.html",
    context=_context,
    run=_moderate,
)
