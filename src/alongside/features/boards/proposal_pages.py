"""The page that shares the seats of a body by numbers of pupils, with its arithmetic, and the form of a proposal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from alongside.features.boards.apportioning import (
    LARGEST_REMAINDER,
    SAINTE_LAGUE,
    Share,
    TieError,
    apportion,
    one_more_or_fewer,
)
from alongside.features.boards.forms import ApportionmentForm
from alongside.features.boards.models import METHODS
from alongside.features.boards.proposals import (
    Proposal,
    Question,
    apportioned,
    get_apportioned,
    propose_apportionment,
    two_proposals,
)
from alongside.features.boards.queries import BodyRecord
from alongside.features.boards.resource import path_of
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionButton, ActionRequest, Resource, buttons_for
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint

OTHER_METHOD = {LARGEST_REMAINDER: SAINTE_LAGUE, SAINTE_LAGUE: LARGEST_REMAINDER}
BY_LOT = "By lot"


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One constituency in the table of a proposal. `sums` are the two columns that differ by method."""

    label: str
    pupils: int
    guaranteed: int
    exact: str
    sums: tuple[str, str]
    seats: int
    by_lot: bool
    other: str
    before: str


@dataclass(frozen=True, kw_only=True)
class ApportionmentPage(PageContext):
    """A proposal with its arithmetic, beside the one before it and the other method."""

    template: ClassVar[str] = "boards/apportionment.html"

    body: BodyRecord
    proposal: Proposal | None
    lines: Sequence[ShareLine]
    headings: tuple[str, str]
    notes: Sequence[str]
    method: str
    other_method: str
    number: int
    more: bool
    buttons: Sequence[ActionButton]


APPORTIONED: Resource[BodyRecord] = Resource(
    name="apportioned_body",
    path="/boards/{body_key:str}",
    load=get_apportioned,
    url=lambda one: path_of(one.key),
    page=lambda one: f"{path_of(one.key)}/apportionments",
    caption=lambda _, one: one.settings.name,
    may=lambda person, permission, _: has_permission(person, permission),
)


def _first_question(asked: ActionRequest[BodyRecord]) -> Mapping[str, object]:
    seats = sum(one.seats for one in apportioned(asked.record).values())
    return {"method": LARGEST_REMAINDER, "seats": seats}


def _tied(asked: FormRequest[BodyRecord, ApportionmentForm]) -> None:
    asked.form.drawn.choices = [(key, one.label) for key, one in apportioned(asked.record).items()]


async def _propose(asked: FormRequest[BodyRecord, ApportionmentForm]) -> None:
    form = asked.form
    question = Question(form.method.data, form.seats.data, form.drawn.data or ())
    await propose_apportionment(asked.session, asked.person, asked.record, question)


PROPOSE: FormAction[BodyRecord, ApportionmentForm] = FormAction(
    name="propose_apportionment",
    creates=True,
    resource=APPORTIONED,
    slug="apportionments",
    form_slug="apportionments/new",
    permission=Permission.MANAGE_BOARD,
    states=("constituted",),
    refusal=lambda _, one: None if one.stored else "This board is not constituted yet.",
    label="Share the seats by pupils",
    title="Share the seats by pupils",
    intro=(
        "The result is a proposal, from the pupils of today’s register. Everybody on the board can read it."
        " It stays on record. No seat changes before the board decides."
    ),
    submit="Calculate and save",
    form=ApportionmentForm,
    choices=_tied,
    initial=_first_question,
    said="The proposal is saved.",
    run=_propose,
)


@endpoint.get("/boards/{body_key:str}/apportionments", permission=Permission.VIEW_BOARD)
async def show_apportionment(ctx: PageRequest, body_key: str) -> PageResult:
    """Show one proposal to share the seats, the newest first."""
    body = await get_apportioned(ctx.session, ctx.person, Permission.VIEW_BOARD, body_key)
    number = number_of_page(ctx.query.one("page"))
    found = await two_proposals(ctx.session, ctx.person, body.id, number) if body.stored else []
    proposal = found[0] if found else None
    earlier = found[1] if len(found) > 1 else None
    method = proposal.method if proposal else LARGEST_REMAINDER
    context = ApportionmentPage(
        body=body,
        proposal=proposal,
        lines=lines_of(body, proposal, earlier) if proposal else [],
        headings=("Whole seats", "Remainder")
        if method == LARGEST_REMAINDER
        else ("Quotient of the last seat", "Quotient of the next seat"),
        notes=notes_of(body, proposal) if proposal else [],
        method=METHODS[method],
        other_method=METHODS[OTHER_METHOD[method]],
        number=number,
        more=earlier is not None,
        buttons=buttons_for(ctx.person, body, (PROPOSE,)),
    )
    return Page(context)


def lines_of(body: BodyRecord, proposal: Proposal, earlier: Proposal | None) -> list[ShareLine]:
    """Return the arithmetic of a proposal, one line for each constituency."""
    shares = _shares(proposal)
    other = _by_the_other_method(proposal)
    labels = _labels(body)
    return [
        ShareLine(
            label=labels.get(one.key, one.key),
            pupils=one.number,
            guaranteed=one.guaranteed,
            exact=decimal_of(one.exact),
            sums=_sums(proposal.method, one),
            seats=proposal.result[one.key],
            by_lot=one.key in proposal.drawn,
            other=str(other[one.key]) if other else BY_LOT,
            before=str(earlier.result.get(one.key, "–")) if earlier else "–",
        )
        for one in shares
    ]


def notes_of(body: BodyRecord, proposal: Proposal) -> list[str]:
    """Return what one seat fewer or more would give, and where that is a paradox."""
    labels = _labels(body)
    notes = []
    for one in one_more_or_fewer(proposal.method, _shares(proposal), proposal.guaranteed, proposal.seats):
        if one.result is None:
            notes.append(f"With {one.seats} seats: a lot would decide.")
            continue
        seats = ", ".join(f"{labels.get(key, key)} {count}" for key, count in one.result.items())
        notes.append(f"With {one.seats} seats: {seats}.")
        notes += [_paradox(labels.get(key, key), one.seats > proposal.seats) for key in one.loses]
    return notes


def _paradox(label: str, is_more: bool) -> str:
    what = "lose a seat if there were one more" if is_more else "win a seat if there were one fewer"
    return f"{label} would {what}. Largest remainder can do this; Sainte-Laguë cannot."


def decimal_of(number: Fraction) -> str:
    """Return a fraction with three decimals, followed by the exact one unless it is whole: “7.991 (7 217/219)”."""
    whole, rest = divmod(number.numerator, number.denominator)
    if not rest:
        return str(whole)
    exact = f"{rest}/{number.denominator}"
    return f"{number.numerator / number.denominator:,.3f} ({f'{whole:,} ' if whole else ''}{exact})"


def _sums(method: str, one: Share) -> tuple[str, str]:
    if method == LARGEST_REMAINDER:
        return str(one.whole), decimal_of(one.remainder)
    won = one.seats - one.guaranteed
    last = decimal_of(Fraction(one.number, 2 * won - 1)) if won else "–"
    return last, decimal_of(Fraction(one.number, 2 * won + 1))


def _labels(body: BodyRecord) -> dict[str, str]:
    return {key: one.label for key, one in body.settings.constituencies.items()}


def _shares(proposal: Proposal) -> list[Share]:
    return apportion(proposal.method, proposal.numbers, proposal.seats, proposal.guaranteed, proposal.drawn)


def _by_the_other_method(proposal: Proposal) -> dict[str, int] | None:
    """Return the seats by the other method; None where a lot would decide."""
    try:
        shares = apportion(
            OTHER_METHOD[proposal.method], proposal.numbers, proposal.seats, proposal.guaranteed
        )
    except TieError:
        return None
    return {one.key: one.seats for one in shares}


routes = [show_apportionment, *PROPOSE.routes()]
