"""Pages of claims: the list, one claim with its actions, the form of a new one, and the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from alongside.features.agreements.queries import AgreementRow
from alongside.features.agreements.resource import AGREEMENT
from alongside.features.claims import actions, models, queries
from alongside.features.claims.forms import ClaimForm, PaymentForm
from alongside.features.claims.row import (
    STATES,
    AgreementToClaim,
    ClaimLineRow,
    ClaimRow,
    ExportedLine,
    VisitToClaim,
)
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import may_on
from alongside.platform.forms.action import ActionButton, ActionRequest, Resource, buttons_for, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.forms.reason import reason_form
from alongside.platform.school_calendar.calendar import LONDON
from alongside.platform.web.formatting import format_date, format_days, format_money
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Download, Page, PageContext, PageResult, Redirect
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, as_csv

VIEW, MAKE, MANAGE = Permission.VIEW_CLAIM, Permission.MAKE_CLAIM, Permission.MANAGE_CLAIM
CLAIM: Resource[ClaimRow] = Resource(
    name="claim",
    path="/claims/{claim_id:uuid}",
    load=queries.get_claim,
    url=lambda row: actions.path_of(row.id),
    caption=lambda _, row: f"Claim of {row.supporting_name} for support of {row.requesting_name}",
    may=lambda person, permission, row: may_on(person, permission, row, row.interests),
)
HEADS = (
    "Claim",
    "State",
    "Supporting school",
    "URN",
    "Supported school",
    "Invoice number",
    "Visit",
    "Days",
    "Day rate (£)",
    "Amount (£)",
    "Fund",
    "Financial year",
    "Section 251 line",
    "Claimed on",
    "Approved or returned on",
    "Paid on",
    "Payment reference",
)


@dataclass(frozen=True, kw_only=True)
class ClaimList(PageContext):
    """One page of claims, and for a headteacher what can be claimed."""

    template = "claims/list.html"

    claims: Sequence[ClaimRow]
    ready: Sequence[AgreementToClaim]
    tabs: Sequence[tuple[str, str]]
    shown: str
    number: int
    more: bool
    makes: bool


@dataclass(frozen=True, kw_only=True)
class ClaimPage(PageContext):
    """A claim with its lines and its buttons."""

    template = "claims/show.html"

    claim: ClaimRow
    lines: Sequence[ClaimLineRow]
    buttons: Sequence[ActionButton]
    manages: bool


@dataclass(frozen=True, kw_only=True)
class NewClaimContext(FormContext):
    """The visits that cannot be claimed, each with the reason."""

    left_out: Sequence[tuple[VisitToClaim, str]]


async def _visits(asked: ActionRequest[AgreementRow]) -> list[VisitToClaim]:
    return await queries.visits_to_claim(asked.session, asked.person.authority_id, asked.record.id)


def _can_claim(visit: VisitToClaim) -> bool:
    return visit.confirmed and visit.pence is not None


async def _offer(asked: FormRequest[AgreementRow, ClaimForm]) -> None:
    asked.form.visits.choices = [
        (
            str(one.id),
            f"{format_date(one.visit_on)}: {one.focus}. {format_days(one.days)}, {format_money(one.pence)}",
        )
        for one in await _visits(asked)
        if _can_claim(one)
    ]


async def _all_visits(asked: ActionRequest[AgreementRow]) -> dict[str, object]:
    return {"visits": [str(one.id) for one in await _visits(asked) if _can_claim(one)]}


async def _left_out(asked: FormRequest[AgreementRow, ClaimForm]) -> NewClaimContext:
    reasons = {
        True: "No fund pays for support in this financial year. Ask the core team.",
        False: "The two schools have not agreed on its record yet.",
    }
    return NewClaimContext(
        left_out=[(one, reasons[one.confirmed]) for one in await _visits(asked) if not _can_claim(one)]
    )


async def _make(asked: FormRequest[AgreementRow, ClaimForm]) -> PageResult:
    form = asked.form
    visits = [UUID(one) for one in form.visits.data or ()]
    made = await actions.make_claim(
        asked.session, asked.person, asked.record.id, visits, form.invoice_number.data
    )
    return Redirect(actions.path_of(made), "The claim is sent to the core team for approval.")


def _not_the_committer(_: Principal, row: ClaimRow) -> str | None:
    return actions.MESSAGES["claim_approved_by_another"] if row.committed_by_reader else None


def _not_the_claimant(person: Principal, row: ClaimRow) -> str | None:
    return actions.MESSAGES["claim_decided_by_another"] if row.claimed_by == person.id else None


def _cannot_approve(person: Principal, row: ClaimRow) -> str | None:
    return _not_the_claimant(person, row) or _not_the_committer(person, row)


def _payment_is_valid(asked: FormRequest[ClaimRow, PaymentForm]) -> bool:
    approved = (asked.record.decided_at or asked.record.claimed_at).astimezone(LONDON).date()
    return asked.form.check(min(approved, asked.person.today), asked.person.today)


async def _pay(asked: FormRequest[ClaimRow, PaymentForm]) -> None:
    form = asked.form
    assert form.paid_on.data is not None
    await actions.pay_claim(
        asked.session, asked.person, asked.record.id, form.paid_on.data, form.payment_reference.data
    )


NEW: FormAction[AgreementRow, ClaimForm] = FormAction(
    name="make_claim",
    creates=True,
    resource=AGREEMENT,
    slug="claims",
    form_slug="claims/new",
    permission=MAKE,
    title="Claim delivered days",
    intro="The amounts follow from the visits and the day rate of the agreement. The core team approves the claim. "
    "Until then you can withdraw it.",
    submit="Send the claim",
    form=ClaimForm,
    initial=_all_visits,
    choices=_offer,
    valid=lambda asked: asked.form.is_valid(),
    template="claims/new.html",
    context=_left_out,
    run=_make,
)
WITHDRAW: ButtonAction[ClaimRow] = ButtonAction(
    name="withdraw_claim",
    resource=CLAIM,
    slug="withdrawal",
    permission=MAKE,
    states=models.WITHDRAW.starts,
    label="Withdraw the claim",
    said="The claim is withdrawn. You can claim its visits again.",
    undo="make_claim",
    run=lambda asked: actions.withdraw_claim(asked.session, asked.person, asked.record.id),
)
APPROVE: ButtonAction[ClaimRow] = ButtonAction(
    name="approve_claim",
    resource=CLAIM,
    slug="approval",
    permission=MANAGE,
    states=models.APPROVE.starts,
    refusal=_cannot_approve,
    explains=True,
    label="Approve the claim",
    said="The claim is approved. It waits for payment.",
    undo="credit_claim",
    run=lambda asked: actions.approve_claim(asked.session, asked.person, asked.record.id),
)
RETURN = FormAction(
    name="return_claim",
    resource=CLAIM,
    slug="return",
    permission=MANAGE,
    states=models.RETURN.starts,
    refusal=_not_the_claimant,
    label="Return the claim",
    title="Return this claim",
    intro="The school reads your reason. It can claim the visits again.",
    form=reason_form("Reason", "Enter why you return the claim", "The school reads this"),
    said="The claim is returned to the school.",
    run=lambda asked: actions.return_claim(
        asked.session, asked.person, asked.record.id, asked.form.note.data
    ),
)
PAY: FormAction[ClaimRow, PaymentForm] = FormAction(
    name="pay_claim",
    resource=CLAIM,
    slug="payment",
    permission=MANAGE,
    states=models.PAY.starts,
    refusal=_not_the_claimant,
    label="Mark as paid",
    title="Mark this claim as paid",
    intro="Do this when the finance system has paid. The school is told the date and the reference.",
    submit="Mark as paid",
    form=PaymentForm,
    valid=_payment_is_valid,
    said="The claim is marked as paid.",
    run=_pay,
)
CREDIT = FormAction(
    name="credit_claim",
    resource=CLAIM,
    slug="credit-note",
    permission=MANAGE,
    states=models.CREDIT.starts,
    refusal=_not_the_claimant,
    label="Write a credit note",
    title="Write a credit note for this claim",
    intro="Use this if an approved claim was wrong. Its whole amount goes back to the fund. "
    "The school can correct the visits and claim them again.",
    submit="Write the credit note",
    warning=True,
    form=reason_form("Reason", "Enter what was wrong with the claim", "The school reads this"),
    said="The credit note is written. The amount is back in the fund.",
    run=lambda asked: actions.credit_claim(
        asked.session, asked.person, asked.record.id, asked.form.note.data
    ),
)
ON_A_CLAIM = (APPROVE, RETURN, PAY, CREDIT, WITHDRAW)


@endpoint.get("/claims", permission=VIEW)
async def list_claims(ctx: PageRequest) -> PageResult:
    """List the claims in the person's scope, and what a headteacher can claim."""
    asked = ctx.query.one("show")
    shown = asked if asked in queries.TABS else "submitted"
    number = number_of_page(ctx.query.one("page"))
    rows, more = await queries.claims_of(ctx.session, ctx.person, shown, number)
    makes = has_permission(ctx.person, MAKE)
    context = ClaimList(
        claims=rows,
        ready=await queries.ready_to_claim(ctx.session, ctx.person) if makes else (),
        tabs=[(key, label) for key, (label, _) in queries.TABS.items()],
        shown=shown,
        number=number,
        more=more,
        makes=makes,
    )
    return Page(context)


@endpoint.get("/claims.csv", permission=VIEW)
async def download_claims(ctx: PageRequest) -> PageResult:
    """Download the lines of all claims in the person's scope as CSV, or of those in one list."""
    asked = ctx.query.one("show")
    tab = asked if asked in queries.TABS else None
    lines = await queries.lines_to_export(ctx.session, ctx.person, tab)
    return Download(as_csv(HEADS, map(_cells, lines)), "claims.csv", CSV)


def _cells(line: ExportedLine) -> tuple[object, ...]:
    return (
        str(line.claim_id),
        STATES[line.state],
        line.supporting_name,
        line.supporting_urn,
        line.requesting_name,
        line.invoice_number,
        line.visit_on,
        line.days,
        Decimal(line.pence_per_day).scaleb(-2),
        Decimal(line.pence).scaleb(-2),
        line.fund,
        line.financial_year,
        line.section_251_line,
        line.claimed_at,
        line.decided_at or "",
        line.paid_on or "",
        line.payment_reference,
    )


@endpoint.get("/claims/{claim_id:uuid}", permission=VIEW)
async def show_claim(ctx: PageRequest, claim_id: UUID) -> PageResult:
    """Show one claim with its lines."""
    row = await queries.get_claim(ctx.session, ctx.person, VIEW, claim_id)
    context = ClaimPage(
        claim=row,
        lines=await queries.lines_of(ctx.session, row),
        buttons=buttons_for(ctx.person, row, ON_A_CLAIM),
        manages=has_permission(ctx.person, MANAGE),
    )
    return Page(context)


routes = [list_claims, download_claims, show_claim, *routes_of((NEW, *ON_A_CLAIM))]
