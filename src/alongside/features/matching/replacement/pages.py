"""The page of replacement options, and the choice of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import Form, RadioField

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.matching.assignments.presentation import against_before
from alongside.features.matching.assignments.redaction import names_in
from alongside.features.matching.engine.result import Option
from alongside.features.matching.models import CURRENT
from alongside.features.matching.plans.labels import assignment_state
from alongside.features.matching.plans.queries import (
    assignments_of,
    offered_run,
    run_at_work,
)
from alongside.features.matching.plans.resource import PLANNED_NEED, PlannedNeed
from alongside.features.matching.plans.rows import AssignmentRow, PlanRow
from alongside.features.matching.replacement import actions
from alongside.features.matching.replacement.options import key_of, options_now
from alongside.features.matching.replacement.queries import declines_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.responses import Redirect


@dataclass(frozen=True, slots=True)
class NamedMove:
    """Another pair that would move: its need, its partner before and after, and both scores."""

    need: str
    before: str
    after: str
    score_before: int
    score_after: int


@dataclass(frozen=True, slots=True)
class Replacement:
    """An option: its form value, the offer, its score, and how it compares with the lost partner (`points`)."""

    key: str
    name: str
    score: int
    points: str
    move: NamedMove | None


@dataclass(frozen=True, kw_only=True)
class ReplacementContext(FormContext):
    """The replacement options of a need, best first; none unless it lost its partner (`replaceable`).

    `declines` counts the partners that declined in a row, `at_work` and `offered` are other runs of the scope.
    """

    run: PlanRow
    place: AssignmentRow
    replaceable: bool
    state: tuple[str, str]
    declines: int
    at_work: PlanRow | None
    offered: PlanRow | None
    options: Sequence[Replacement]
    settings: AuthoritySettings


async def _options(
    session: AsyncSession, person: Principal, run: PlanRow, assignment: AssignmentRow
) -> list[Replacement]:
    assignments = await assignments_of(session, person.authority_id, run.id)
    _, found = await options_now(session, person, run, assignments, assignment)
    moves = [one.move for one in found if one.move is not None]
    offers = {one.offer for one in found} | {one.offer for one in moves} | {one.to for one in moves}
    names = await names_in(session, person, {"offers": offers, "needs": {one.need for one in moves}})
    return [
        Replacement(
            key=key_of(one),
            name=names.offer(one.offer),
            score=one.score.score,
            points=against_before(_difference(one, assignment)),
            move=None
            if one.move is None
            else NamedMove(
                need=names.need(one.move.need),
                before=names.supporting_school(one.move.offer),
                after=names.supporting_school(one.move.to),
                score_before=one.move.score_before,
                score_after=one.move.score_after,
            ),
        )
        for one in found
    ]


def _difference(option: Option, assignment: AssignmentRow) -> int:
    """The scores with this option compared with those of the lost partner."""
    moved = 0 if option.move is None else option.move.score_after - option.move.score_before
    return option.score.score - (assignment.score or 0) + moved


class OptionForm(Form):
    """The chosen replacement."""

    option = RadioField("Who should come instead?", choices=[], validate_choice=False)

    def is_valid(self) -> bool:
        """Validate that one is chosen."""
        if not self.option.data:
            self.option.errors = ["Choose who should come instead from the list"]
        return not self.errors


async def _context(asked: FormRequest[PlannedNeed, OptionForm]) -> ReplacementContext:
    session, person, run, assignment = asked.session, asked.person, asked.record.run, asked.record.assignment
    lost, settings = run.state in CURRENT and assignment.over, settings_of(person.authority_id)
    return ReplacementContext(
        run=run,
        place=assignment,
        replaceable=lost,
        state=assignment_state(settings, assignment),
        declines=await declines_of(session, person.authority_id, assignment.need_id),
        at_work=await run_at_work(session, person.authority_id, run.consortium_id),
        offered=await offered_run(session, person.authority_id, run.consortium_id),
        options=await _options(session, person, run, assignment) if lost else [],
        settings=settings,
    )


async def _take(asked: FormRequest[PlannedNeed, OptionForm]) -> Redirect:
    """Take an option; newly asked schools are notified."""
    run_id, need_id = asked.record.run.id, asked.record.assignment.need_id
    option = await actions.take_option(
        asked.session, asked.person, run_id, need_id, asked.form.option.data or ""
    )
    said = "Both schools have been asked."
    if option.move is not None:
        said = "We have told every school that must answer, also the school whose partner changed."
    return Redirect(f"/plans/{run_id}", said)


TAKE_OPTION: FormAction[PlannedNeed, OptionForm] = FormAction(
    name="take_option",
    intro=(
        "Each choice changes the partner of one other school at most, and never of a school that has accepted. "
        "Every school that must answer is told."
    ),
    resource=PLANNED_NEED,
    slug="replacements",
    permission=Permission.MAKE_PLAN,
    form=OptionForm,
    template="matching/replacement/options.html",
    context=_context,
    run=_take,
)
routes = routes_of((TAKE_OPTION,))
