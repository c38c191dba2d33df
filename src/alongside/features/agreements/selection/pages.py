"""Reminding the schools of, and exporting, the selected agreements of a list."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.listing import agreements_by_id
from alongside.features.agreements.queries import AgreementRow
from alongside.features.agreements.selection.actions import remind_to_sign, unsigned_sides
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import list_resource, routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.forms.selection import (
    SelectedRow,
    Selection,
    SelectionForm,
    refuse_problem,
    selected_ids,
    selection,
)
from alongside.platform.web.formatting import format_count, format_number
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Download, PageResult, Redirect
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, as_csv

HEADS = (
    "Need",
    "Supporting school",
    "URN of supporting school",
    "Requesting school",
    "URN of requesting school",
    "State",
    "Days",
    "Days used",
    "From",
    "Until",
    "Outcome",
)


def _reminded(row: AgreementRow) -> SelectedRow:
    names = [name for _, name in unsigned_sides(row)]
    problem = None if names else "No signature is missing."
    name = f"{row.supporting_name} for {row.requesting_name}"
    return SelectedRow(str(row.id), name, f"{' and '.join(names)} will be reminded to sign", problem)


async def _rows(session: AsyncSession, person: Principal, ids: Sequence[UUID]) -> list[SelectedRow]:
    found = await agreements_by_id(session, person, Permission.REMIND_SCHOOLS, ids)
    return [_reminded(row) for row in found]


async def _to_remind(asked: FormRequest[None, SelectionForm]) -> Selection:
    return selection(await _rows(asked.session, asked.person, selected_ids(asked.data)))


async def _remind(asked: FormRequest[None, SelectionForm]) -> Redirect:
    rows = (await _to_remind(asked)).rows
    refuse_problem(rows)
    done = [one for one in rows if not one.left_out]
    for one in done:
        await remind_to_sign(asked.session, asked.person, UUID(one.id))
    return Redirect("/agreements", f"Reminders sent for {format_count(len(done), 'agreement')}.")


REMIND_SELECTED: FormAction[None, SelectionForm] = FormAction(
    name="remind_selected_agreements",
    resource=list_resource("/agreements"),
    slug="selected/reminders",
    permission=Permission.REMIND_SCHOOLS,
    title="Remind schools to sign the selected agreements",
    intro="Each school gets one reminder for each agreement, once a day at most.",
    submit="Send reminders",
    form=SelectionForm,
    template="_actions/selected.html",
    context=_to_remind,
    run=_remind,
)


@endpoint.get("/agreements/selected.csv", permission=Permission.VIEW_AGREEMENT)
async def export_selected_agreements(ctx: PageRequest) -> PageResult:
    """Export the selected agreements that this person can see as CSV."""
    ids = selected_ids(ctx.query)
    found = await agreements_by_id(ctx.session, ctx.person, Permission.VIEW_AGREEMENT, ids)
    rows = [
        (
            row.need_title,
            row.supporting_name,
            row.supporting_urn,
            row.requesting_name,
            row.requesting_urn,
            row.state,
            format_number(row.days),
            format_number(row.days_used),
            row.starts_on,
            row.ends_on,
            row.outcome or "",
        )
        for row in found
    ]
    return Download(as_csv(HEADS, rows), f"agreements-{ctx.person.today}.csv", CSV)


routes = [export_selected_agreements, *routes_of((REMIND_SELECTED,))]
