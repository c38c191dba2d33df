"""Pages of the funds: the funds of a financial year, one fund with its transactions, and their files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from alongside.errors import NotFound
from alongside.features.funding import ledger_queries as queries
from alongside.features.funding.ledger_queries import Amount, Entry, FundRow, Share
from alongside.features.funding.support_without_fund import UnpaidSupport, support_without_fund
from alongside.platform.access.permissions import Permission
from alongside.platform.school_calendar.calendar import financial_year
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Download, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, XLSX, as_csv, as_xlsx

VIEW = Permission.VIEW_FUNDS
SOURCES = {
    "authority": "Authority",
    "dedicated_schools_grant": "Dedicated Schools Grant",
    "grant": "Grant",
    "traded": "Traded services",
}
PURPOSES = {"core_team": "Core team", "intervention": "Intervention", "commissioning": "Commissioning"}
PHASES = {"primary": "Primary", "secondary": "Secondary", "all": "All phases"}
ENTRIES = {
    "allocated": "Allocated",
    "committed": "Committed",
    "posted": "Invoiced",
    "drawn": "Invoiced, and the rest given back",
    "paid": "Paid",
    "credited": "Credit note",
    "payment_credited": "Payment taken back",
    "released": "Given back",
    "replaced": "Given back and committed again",
    "expired": "Expired and given back",
}
SUBJECTS = {"support_agreement": "Support agreement", "escalation": "Escalation", "claim": "Claim"}
FUND_HEADS = (
    "Fund",
    "Financial year",
    "Source",
    "Purpose",
    "Phase",
    "Section 251 line",
    "Held by",
    "Allocated (£)",
    "Committed (£)",
    "Invoiced (£)",
    "Paid (£)",
    "Left (£)",
    "Shortfall (£)",
)
ENTRY_HEADS = (
    "Time",
    "Entry",
    "Amount (£)",
    "Change to what is left (£)",
    "For",
    "School",
    "Reason",
    "Person",
)

UNPAID_HEADS = ("Supporting school", "Supported school", "Days", "Cost (£)", "Agreement")


@dataclass(frozen=True, kw_only=True)
class FundList(PageContext):
    """The funds of a financial year, the years that have some, and the support that no fund pays for."""

    template = "funding/list.html"

    funds: Sequence[FundRow]
    year: str
    years: Sequence[str]
    unpaid: Sequence[UnpaidSupport]
    PHASES: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class FundPage(PageContext):
    """One fund: columns, what each school has taken, versions of the amount, and a page of its transactions."""

    template = "funding/show.html"

    fund: FundRow
    shares: Sequence[Share]
    amounts: Sequence[Amount]
    entries: Sequence[Entry]
    more: bool
    number: int
    SOURCES: Mapping[str, str]
    PURPOSES: Mapping[str, str]
    PHASES: Mapping[str, str]
    ENTRIES: Mapping[str, str]
    SUBJECTS: Mapping[str, str]


def pounds(pence: int) -> Decimal:
    """Return an amount for a spreadsheet, exact to the penny."""
    return Decimal(pence).scaleb(-2)


def fund_cells(fund: FundRow) -> tuple[object, ...]:
    """Return a row of the file of funds, in the order of its headings."""
    columns = (fund.allocated, fund.committed, fund.invoiced, fund.paid, fund.left, fund.shortfall)
    return (
        fund.label,
        fund.financial_year,
        SOURCES.get(fund.source, fund.source),
        PURPOSES.get(fund.purpose, fund.purpose),
        PHASES.get(fund.phase, fund.phase),
        fund.section_251_line,
        fund.held_by,
        *(pounds(pence) for pence in columns),
    )


def entry_cells(entry: Entry) -> tuple[object, ...]:
    """Return a row of the file of transactions, in the order of its headings."""
    return (
        entry.at,
        ENTRIES[entry.what],
        pounds(entry.amount),
        pounds(entry.pence),
        SUBJECTS.get(entry.subject_kind or "", ""),
        entry.school or "",
        entry.because,
        entry.person or "Alongside",
    )


async def _year(ctx: PageRequest) -> tuple[str, list[str]]:
    """Return the chosen financial year, and those to choose from."""
    this_year = financial_year(ctx.person.today)
    years = sorted({*await queries.years_of_funds(ctx.session, ctx.person), this_year}, reverse=True)
    asked = ctx.query.one("year")
    return (asked if asked in years else this_year), years


async def _fund(ctx: PageRequest, fund_id: UUID) -> FundRow:
    """Return one fund. Raises NotFound."""
    found = await queries.get_fund(ctx.session, ctx.person, fund_id)
    if found is None:
        raise NotFound
    return found


@endpoint.get("/funds", permission=VIEW)
async def list_funds(ctx: PageRequest) -> PageResult:
    """List the funds of a financial year with their columns."""
    year, years = await _year(ctx)
    funds = await queries.funds_of_year(ctx.session, ctx.person, year)
    unpaid = await support_without_fund(ctx.session, ctx.person, year)
    return Page(FundList(funds=funds, year=year, years=years, unpaid=unpaid, PHASES=PHASES))


@endpoint.get("/funds.csv", permission=VIEW)
async def download_funds_csv(ctx: PageRequest) -> PageResult:
    """Download the funds of a financial year as CSV."""
    year, _ = await _year(ctx)
    funds = await queries.funds_of_year(ctx.session, ctx.person, year)
    return Download(as_csv(FUND_HEADS, map(fund_cells, funds)), f"funds-{year}.csv", CSV)


@endpoint.get("/funds.xlsx", permission=VIEW)
async def download_funds_xlsx(ctx: PageRequest) -> PageResult:
    """Download the funds of a financial year as a workbook."""
    year, _ = await _year(ctx)
    funds = await queries.funds_of_year(ctx.session, ctx.person, year)
    return Download(as_xlsx(f"Funds {year}", FUND_HEADS, map(fund_cells, funds)), f"funds-{year}.xlsx", XLSX)


@endpoint.get("/funds/support-without-fund.csv", permission=VIEW)
async def download_support_without_fund(ctx: PageRequest) -> PageResult:
    """Download the agreed support of a financial year that no fund pays for as CSV."""
    year, _ = await _year(ctx)
    rows = [
        (
            one.supporting_name,
            one.requesting_name,
            one.days,
            pounds(one.pence),
            f"/agreements/{one.agreement_id}",
        )
        for one in await support_without_fund(ctx.session, ctx.person, year)
    ]
    return Download(as_csv(UNPAID_HEADS, rows), f"support-without-fund-{year}.csv", CSV)


@endpoint.get("/funds/{fund_id:uuid}", permission=VIEW)
async def show_fund(ctx: PageRequest, fund_id: UUID) -> PageResult:
    """Show one fund."""
    fund = await _fund(ctx, fund_id)
    number = number_of_page(ctx.query.one("page"))
    entries, more = await queries.entries_of(ctx.session, ctx.person, fund_id, number)
    context = FundPage(
        fund=fund,
        shares=await queries.shares_of(ctx.session, ctx.person, fund_id),
        amounts=await queries.amounts_of(ctx.session, ctx.person, fund_id),
        entries=entries,
        more=more,
        number=number,
        SOURCES=SOURCES,
        PURPOSES=PURPOSES,
        PHASES=PHASES,
        ENTRIES=ENTRIES,
        SUBJECTS=SUBJECTS,
    )
    return Page(context)


@endpoint.get("/funds/{fund_id:uuid}/transactions.csv", permission=VIEW)
async def download_transactions_csv(ctx: PageRequest, fund_id: UUID) -> PageResult:
    """Download all transactions of a fund as CSV."""
    fund = await _fund(ctx, fund_id)
    entries, _ = await queries.entries_of(ctx.session, ctx.person, fund_id, None)
    return Download(as_csv(ENTRY_HEADS, map(entry_cells, entries)), f"{fund.key}-transactions.csv", CSV)


routes = (
    list_funds,
    download_funds_csv,
    download_funds_xlsx,
    download_support_without_fund,
    show_fund,
    download_transactions_csv,
)
