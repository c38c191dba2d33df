"""Assigning, reminding of and exporting the selected escalations of a list."""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.escalations.access_log.actions import note_readings
from alongside.features.escalations.export import escalations_as_csv
from alongside.features.escalations.models import FINALS
from alongside.features.escalations.participants import officers
from alongside.features.escalations.queries import escalations_by_id
from alongside.features.escalations.requester import interests_of
from alongside.features.escalations.rows import EscalationRow
from alongside.features.escalations.selection.actions import remind_owner
from alongside.features.escalations.state_changes.actions import assign_escalation
from alongside.features.escalations.triage.forms import OwnerForm
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
from alongside.platform.web.formatting import format_count
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import ContinueAfterCommit, Download, PageResult, Redirect
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV

Describe = Callable[[Principal, EscalationRow], SelectedRow]


async def _rows(
    session: AsyncSession, person: Principal, ids: Sequence[UUID], describe: Describe
) -> list[SelectedRow]:
    """The selected escalations as the page shows them; one with an interest of the person is left out."""
    taken = await interests_of(session, person)
    interest = "You have an interest in this school. Ask a colleague."
    return [
        SelectedRow(str(row.id), row.school, "", interest)
        if row.school_urn in taken
        else describe(person, row)
        for row in await escalations_by_id(session, person, ids)
    ]


def _assigned(_: Principal, row: EscalationRow) -> SelectedRow:
    over = "This escalation is closed." if row.state in FINALS else None
    what = f"passes from {row.owner} to the new owner" if row.owner else "gets an owner"
    return SelectedRow(str(row.id), row.school, what, over)


def _reminded(person: Principal, row: EscalationRow) -> SelectedRow:
    problem = None
    if row.state in FINALS:
        problem = "This escalation is closed."
    elif row.owner_id is None:
        problem = "Nobody owns it. Assign it first."
    elif row.owner_id == person.id:
        problem = "You own it yourself."
    return SelectedRow(str(row.id), row.school, f"{row.owner} is reminded today", problem)


async def _to_assign(asked: FormRequest[None, OwnerForm]) -> Selection:
    return selection(await _rows(asked.session, asked.person, selected_ids(asked.data), _assigned))


async def _to_remind(asked: FormRequest[None, SelectionForm]) -> Selection:
    return selection(await _rows(asked.session, asked.person, selected_ids(asked.data), _reminded))


async def _offer_officers(asked: FormRequest[None, OwnerForm]) -> None:
    people = await officers(asked.session, asked.person)
    asked.form.owner_id.choices = [(str(one.id), one.name) for one in people]


async def _assign(asked: FormRequest[None, OwnerForm]) -> Redirect:
    rows = (await _to_assign(asked)).rows
    refuse_problem(rows)
    done = [one for one in rows if not one.left_out]
    for one in done:
        try:
            owner_id = UUID(asked.form.owner_id.data)
            await assign_escalation(asked.session, asked.person, UUID(one.id), owner_id)
        except ValidationFailed as problem:
            raise ValidationFailed(
                {name: [f"{one.name}: {text}" for text in texts] for name, texts in problem.mistakes.items()}
            ) from problem
    return Redirect("/escalations", f"{format_count(len(done), 'escalation')} assigned.")


async def _remind(asked: FormRequest[None, SelectionForm]) -> Redirect:
    rows = (await _to_remind(asked)).rows
    refuse_problem(rows)
    done = [one for one in rows if not one.left_out]
    for one in done:
        await remind_owner(asked.session, asked.person, UUID(one.id))
    return Redirect("/escalations", f"{format_count(len(done), 'reminder')} sent.")


ASSIGN_SELECTED: FormAction[None, OwnerForm] = FormAction(
    name="assign_selected_escalations",
    resource=list_resource("/escalations"),
    slug="selected/owner",
    permission=Permission.ASSIGN_ESCALATION,
    title="Assign the selected escalations",
    intro="The new owner is told of each.",
    submit="Assign them",
    form=OwnerForm,
    choices=_offer_officers,
    template="_actions/selected.html",
    context=_to_assign,
    run=_assign,
)
REMIND_SELECTED: FormAction[None, SelectionForm] = FormAction(
    name="remind_selected_owners",
    resource=list_resource("/escalations"),
    slug="selected/reminders",
    permission=Permission.MANAGE_ESCALATION,
    title="Remind the owners of the selected escalations",
    intro="Each owner gets one reminder for each escalation, once a day at most.",
    submit="Send reminders",
    form=SelectionForm,
    template="_actions/selected.html",
    context=_to_remind,
    run=_remind,
)


@endpoint.get("/escalations/selected.csv", permission=Permission.VIEW_ESCALATION)
async def export_selected_escalations(ctx: PageRequest) -> PageResult:
    """Export the selected escalations that this person can see as CSV; each is logged as read."""
    rows = await escalations_by_id(ctx.session, ctx.person, selected_ids(ctx.query))
    answer = Download(escalations_as_csv(settings_of(ctx.person.authority_id), rows), "escalations.csv", CSV)
    database = ctx.app.database

    async def note_and_hand_over() -> PageResult:
        await note_readings(database, ctx.person, [row.id for row in rows], "export")
        return answer

    return ContinueAfterCommit(note_and_hand_over)


routes = [export_selected_escalations, *routes_of((ASSIGN_SELECTED, REMIND_SELECTED))]
