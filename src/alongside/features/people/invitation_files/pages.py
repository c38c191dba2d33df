"""Pages to invite people from a file: upload, preview with the cells to correct, confirm, and the result."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from wtforms import Form, HiddenField

from alongside.features.people.invitation_files.actions import invite_together
from alongside.features.people.invitation_files.checking import (
    COLUMNS,
    LARGEST,
    CheckedRow,
    Register,
    check_rows,
    rows_of_file,
)
from alongside.features.people.invitation_files.queries import (
    SentInvitation,
    invitations_of_batch,
    known_addresses,
)
from alongside.features.people.invitations.invitee import Invitee
from alongside.features.people.invitations.pages import origin_for
from alongside.features.people.role_assignments import schools_and_consortia
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import ROLE_NAMES, Role
from alongside.platform.forms.action import ActionRequest, list_resource, routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.uploads.lists import ListRow
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Download, Page, PageContext, PageResult, Redirect
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, as_csv
from alongside.platform.web.uploads import Upload

PAGE = "/people/invitation-files"
EXAMPLE = (
    ("990001", "Sam Example", "head@mill.example", "Headteacher"),
    ("Mill Primary School", "Jo Example", "deputy@mill.example", "Headteacher’s delegate"),
    ("", "Ash Example", "officer@council.example", "Core team officer"),
)
RESULT = ("name", "email", "role", "school", "invited", "result")
MAIL_WORDS = {"waiting": "waiting to be sent", "sending": "waiting to be sent", "sent": "sent"}


class RowsForm(Form):
    """The rows that were previewed, as CSV."""

    rows = HiddenField()


@dataclass(frozen=True, kw_only=True)
class InvitationPreview(FormContext):
    """The checked rows of a file, and those that can be sent as CSV; None before a file is read."""

    checked: Sequence[CheckedRow] | None = None
    sendable: int = 0
    rows_text: str = ""


@dataclass(frozen=True, kw_only=True)
class BatchPage(PageContext):
    """The invitations that were sent together, each with its result."""

    template = "people/invitation_batch.html"

    batch_id: UUID
    rows: Sequence[tuple[SentInvitation, str]]


def _no_preview(_asked: FormRequest[None, Form]) -> InvitationPreview:
    return InvitationPreview()


def _no_rows(_asked: FormRequest[None, RowsForm]) -> InvitationPreview:
    return InvitationPreview()


async def _check(asked: ActionRequest[None], rows: Sequence[ListRow]) -> list[CheckedRow]:
    schools, consortia = await schools_and_consortia(asked.session, asked.person.authority_id)
    known = await known_addresses(asked.session, asked.person)
    return check_rows(rows, Register.of(schools, consortia, known))


def _preview(checked: Sequence[CheckedRow]) -> InvitationPreview:
    sendable = [row for row in checked if row.invitee is not None]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([row.cells[column] for column in COLUMNS] for row in sendable)
    return InvitationPreview(checked=checked, sendable=len(sendable), rows_text=out.getvalue())


async def _show_preview(asked: FormRequest[None, Form]) -> PageResult:
    checked = await _check(asked, asked.file.checked_as(list))
    return await PREVIEW.page(asked, context=_preview(checked))


async def _send(asked: FormRequest[None, RowsForm]) -> PageResult:
    try:
        rows = rows_of_file("rows.csv", (asked.form.rows.data or "").encode())
    except ValueError as problem:
        return await SEND.page(asked, 422, problems=[str(problem)])
    checked = await _check(asked, rows)
    if any(row.problems for row in checked):
        said = "Something has changed since the preview. Look at the lines again, then send the invitations."
        return await SEND.page(asked, 422, problems=[said], context=_preview(checked))
    schools, consortia = await schools_and_consortia(asked.session, asked.person.authority_id)
    names = {str(one.urn): one.name for one in schools} | {str(one.id): one.name for one in consortia}
    invited = [(row.invitee, _label(row.invitee, names)) for row in checked if row.invitee is not None]
    batch_id = await invite_together(
        asked.session, asked.person, invited, origin_for(asked.request, asked.person)
    )
    number = len(invited)
    said = "1 person is invited." if number == 1 else f"{number} people are invited."
    return Redirect(f"{PAGE}/{batch_id}", f"{said} The emails are sent one after another.")


def _label(invitee: Invitee, names: dict[str, str]) -> str:
    place = names.get(str(invitee.school_urn or invitee.consortium_id or ""))
    role = ROLE_NAMES[Role(invitee.role)]
    return f"{role}, {place}" if place else role


def _result(one: SentInvitation) -> str:
    if one.accepted_at is not None:
        return "accepted"
    if one.withdrawn:
        return "withdrawn"
    return MAIL_WORDS.get(one.mail_state or "sent", "could not be delivered")


@endpoint.get(PAGE + "/{batch_id:uuid}", permission=Permission.INVITE_PEOPLE)
async def show_batch(ctx: PageRequest, batch_id: UUID) -> PageResult:
    """Show the invitations that were sent together, each with its result."""
    found = await invitations_of_batch(ctx.session, ctx.person, batch_id)
    return Page(BatchPage(batch_id=batch_id, rows=[(one, _result(one)) for one in found]))


@endpoint.get(PAGE + "/{batch_id:uuid}/result.csv", permission=Permission.INVITE_PEOPLE)
async def export_batch(ctx: PageRequest, batch_id: UUID) -> PageResult:
    """Export the same as CSV."""
    rows = [
        (one.name, one.email, ROLE_NAMES[Role(one.role)], one.place, one.invited_at.date(), _result(one))
        for one in await invitations_of_batch(ctx.session, ctx.person, batch_id)
    ]
    return Download(as_csv(RESULT, rows), "invitations.csv", CSV)


@endpoint.get(PAGE + "/example.csv", permission=Permission.INVITE_PEOPLE)
async def export_example(_: PageRequest) -> PageResult:
    """Export an example of a file of invitations."""
    return Download(as_csv(COLUMNS, EXAMPLE), "invitations-example.csv", CSV)


PREVIEW: FormAction[None, Form] = FormAction(
    name="preview_invitations",
    undo="preview_invitations",
    resource=list_resource(PAGE, "/people"),
    slug="",
    form_slug="new",
    permission=Permission.INVITE_PEOPLE,
    title="Invite people from a file",
    form=Form,
    upload=Upload("file", LARGEST, rows_of_file),
    template="people/invitation_file.html",
    context=_no_preview,
    run=_show_preview,
)
SEND: FormAction[None, RowsForm] = FormAction(
    name="send_invitations",
    undo="withdraw_invitation",
    resource=list_resource(PAGE, "/people"),
    slug="sent",
    form_slug=None,
    permission=Permission.INVITE_PEOPLE,
    title="Invite people from a file",
    form=RowsForm,
    template="people/invitation_file.html",
    context=_no_rows,
    run=_send,
)
routes = [show_batch, export_batch, export_example, *routes_of((PREVIEW, SEND))]
