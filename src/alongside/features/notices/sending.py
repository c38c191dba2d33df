"""Actions of those who send notices: write, send, correct and withdraw them, and their attachments."""

from collections.abc import Mapping
from dataclasses import dataclass

from wtforms import Form

from alongside.features.notices import actions
from alongside.features.notices.audience import Audience, audience_choices
from alongside.features.notices.forms import COLUMNS, CorrectionForm, DraftForm
from alongside.features.notices.queries import NoticeRow
from alongside.features.notices.resource import FILE, NOTICE
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest, Record, list_resource
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.forms.reason import reason_form
from alongside.platform.uploads.file_types import (
    DOCUMENTS,
    LARGEST_DOCUMENT,
    CheckedFile,
    check_document,
    endings_of,
    labels_of,
)
from alongside.platform.web.responses import PageResult, Redirect
from alongside.platform.web.uploads import Upload

MANAGE = Permission.POST_NOTICE
EVENT = ("event_on", "event_starts", "event_ends", "event_location")
OF_DRAFT = ("audience", "with_delegates", "title", "body", *EVENT, "ends_on")


@dataclass(frozen=True, kw_only=True)
class AttachmentForm(FormContext):
    """The files that may be attached; `largest` is in megabytes."""

    file_kinds: str = labels_of(DOCUMENTS)
    file_accept: str = endings_of(DOCUMENTS)
    largest: int = LARGEST_DOCUMENT // 1_000_000


def _attachment_context(_asked: FormRequest[NoticeRow, Form]) -> AttachmentForm:
    return AttachmentForm()


async def _offer_audiences(asked: FormRequest[Record, DraftForm]) -> None:
    choices = await audience_choices(asked.session, asked.person)
    asked.form.audience.choices = choices
    if len(choices) == 1 and not asked.form.audience.data:
        asked.form.audience.data = choices[0][0]


def _values_of(notice: NoticeRow) -> dict[str, object]:
    audience = Audience(notice.audience, notice.phase, notice.audience_consortium_id)
    return {name: getattr(notice, name) for name in COLUMNS} | {
        "audience": audience.key,
        "with_delegates": notice.with_delegates,
    }


async def _draft(asked: FormRequest[None, DraftForm]) -> PageResult:
    form = asked.form
    notice_id = await actions.draft_notice(
        asked.session, asked.person, form.columns(), form.audience.data, form.with_delegates.data
    )
    return Redirect(f"/notices/{notice_id}", "The draft is saved. Check it, then send it.")


async def _edit(asked: FormRequest[NoticeRow, DraftForm]) -> None:
    form = asked.form
    await actions.edit_draft(
        asked.session,
        asked.person,
        asked.record,
        form.columns(),
        form.audience.data,
        form.with_delegates.data,
        asked.version,
    )


async def _correct(asked: FormRequest[NoticeRow, CorrectionForm]) -> None:
    form = asked.form
    await actions.correct_notice(
        asked.session, asked.person, asked.record, form.columns(), form.note.data, asked.version
    )


async def _attach(asked: FormRequest[NoticeRow, Form]) -> None:
    file = asked.file
    await actions.add_file(
        asked.session, asked.person, asked.record, file.checked_as(CheckedFile), file.content
    )


def _initial(asked: ActionRequest[NoticeRow]) -> Mapping[str, object]:
    return _values_of(asked.record)


NEW: FormAction[None, DraftForm] = FormAction(
    name="draft_notice",
    creates=True,
    resource=list_resource("/notices"),
    slug="",
    form_slug="new",
    permission=MANAGE,
    title="Write a notice",
    intro="You can add attachments and check the notice before you send it.",
    submit="Save and check",
    form=DraftForm,
    fields=OF_DRAFT,
    choices=_offer_audiences,
    valid=lambda asked: asked.form.check(asked.person.today),
    run=_draft,
)
EDIT: FormAction[NoticeRow, DraftForm] = FormAction(
    name="edit_notice_draft",
    undo="edit_notice_draft",
    resource=NOTICE,
    slug="edition",
    permission=MANAGE,
    states=("draft",),
    label="Edit",
    title="Edit this draft",
    submit="Save and check",
    form=DraftForm,
    fields=OF_DRAFT,
    choices=_offer_audiences,
    initial=_initial,
    version=lambda notice: notice.version,
    valid=lambda asked: asked.form.check(asked.person.today),
    said="The draft is saved.",
    run=_edit,
)
SEND = ButtonAction(
    name="send_notice",
    undo="withdraw_notice",
    resource=NOTICE,
    slug="sending",
    permission=MANAGE,
    states=("draft",),
    label="Send this notice",
    version=lambda notice: notice.version,
    said="The notice is sent.",
    run=lambda asked: actions.send_notice(asked.session, asked.person, asked.record, asked.version),
)
DISCARD = FormAction(
    name="discard_notice",
    resource=NOTICE,
    slug="discarding",
    permission=MANAGE,
    states=("draft",),
    label="Discard the draft",
    then=lambda _: "/notices",
    intro="The draft and its attachments are deleted. Nobody has received it.",
    submit="Discard the draft",
    warning=True,
    form=Form,
    said="The draft is discarded.",
    run=lambda asked: actions.discard_notice(asked.session, asked.person, asked.record),
)
CORRECT: FormAction[NoticeRow, CorrectionForm] = FormAction(
    name="correct_notice",
    resource=NOTICE,
    slug="correction",
    permission=MANAGE,
    states=("posted",),
    label="Correct",
    title="Correct this notice",
    intro="Everybody in the audience is notified and reads what you corrected. The earlier text stays readable.",
    submit="Publish this correction",
    form=CorrectionForm,
    fields=("note", "title", "body", *EVENT, "ends_on"),
    initial=_initial,
    version=lambda notice: notice.version,
    valid=lambda asked: asked.form.check(asked.person.today),
    said="The correction is published.",
    run=_correct,
)
ATTACH: FormAction[NoticeRow, Form] = FormAction(
    name="add_notice_file",
    undo="remove_notice_file",
    resource=NOTICE,
    slug="files",
    form_slug="files/new",
    permission=MANAGE,
    states=("draft", "posted"),
    label="Add an attachment",
    submit="Add this attachment",
    form=Form,
    upload=Upload("attachment", LARGEST_DOCUMENT, check_document),
    template="notices/file.html",
    context=_attachment_context,
    said="The attachment is added.",
    run=_attach,
)
REMOVE_FILE = ButtonAction(
    name="remove_notice_file",
    undo="add_notice_file",
    resource=FILE,
    slug="removal",
    permission=MANAGE,
    said="The attachment is removed.",
    run=lambda asked: actions.remove_file(
        asked.session, asked.person, asked.record.notice, asked.record.file_id
    ),
)
WITHDRAW = FormAction(
    name="withdraw_notice",
    resource=NOTICE,
    slug="withdrawal",
    permission=MANAGE,
    states=("posted",),
    label="Withdraw",
    title="Withdraw this notice",
    intro="Its audience is notified. They then read that it was withdrawn and why, and no longer its text.",
    submit="Withdraw this notice",
    warning=True,
    form=reason_form("Reason", "Enter a reason. The audience reads it"),
    said="The notice is withdrawn.",
    run=lambda asked: actions.withdraw_notice(
        asked.session, asked.person, asked.record, asked.form.note.data
    ),
)
ACTIONS = (SEND, EDIT, CORRECT, ATTACH, WITHDRAW, DISCARD)
