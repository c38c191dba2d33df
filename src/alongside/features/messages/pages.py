"""Pages of a thread: its messages with a form to write, a file or a call to add, and what can be done to a message."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from wtforms import Form

from alongside.features.messages import actions, queries
from alongside.features.messages.forms import CallForm, FileForm, MessageForm
from alongside.features.messages.queries import MessageInThread
from alongside.features.messages.thread import Contact, Thread, ThreadMessage
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionButton, ActionRequest, Resource, buttons_for, routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.uploads.file_types import (
    DOCUMENTS_AND_PICTURES,
    LARGEST_DOCUMENT,
    CheckedFile,
    check_document_or_picture,
    endings_of,
    labels_of,
)
from alongside.platform.web.formatting import format_time
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import ContinueAfterCommit, Download, PageResult, Redirect
from alongside.platform.web.routing import endpoint
from alongside.platform.web.uploads import Upload

READ, WRITE = Permission.VIEW_MESSAGES, Permission.WRITE_MESSAGE
SANDBOX = {"content-security-policy": "sandbox; default-src 'none'", "x-download-options": "noopen"}
"""Headers of a download: if a browser opens the file after all, the sandbox stops scripts and requests."""


@dataclass(frozen=True, slots=True)
class ListedMessage:
    """A message with what this person can do to it; `own` if their school wrote it."""

    message: ThreadMessage
    own: bool
    buttons: Sequence[ActionButton]


@dataclass(frozen=True, kw_only=True)
class ThreadPage(FormContext):
    """One page of a thread, and the people of the other school."""

    messages: Sequence[ListedMessage]
    contacts: Sequence[Contact]
    other: str
    number: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class FileLimits(FormContext):
    """Which files may be sent."""

    kinds: str
    accept: str
    largest: int


def _caption(_: object, thread: Thread) -> str:
    return f"{thread.record_name}: {thread.title}"


OF_PROPOSAL: Resource[Thread] = Resource(
    name="thread",
    path="/proposals/{proposal_id:uuid}/messages",
    load=queries.thread_of_proposal,
    url=lambda thread: thread.url,
    caption=_caption,
)
OF_VISIT: Resource[Thread] = Resource(
    name="thread",
    path="/visit-requests/{visit_request_id:uuid}/messages",
    load=queries.thread_of_visit,
    url=lambda thread: thread.url,
    caption=_caption,
)
MESSAGE: Resource[MessageInThread] = Resource(
    name="found",
    path="/messages/{message_id:uuid}",
    load=queries.get_message,
    url=lambda found: f"/messages/{found.message.id}",
    page=lambda found: found.thread.url,
    caption=lambda person, found: _caption(person, found.thread),
    may=lambda person, _permission, found: found.message.school_urn == person.school_urn,
)


async def _thread_page(asked: FormRequest[Thread, MessageForm]) -> ThreadPage:
    person, thread = asked.person, asked.record
    number = number_of_page(asked.data.one("page"))
    messages, more = await queries.messages_of(asked.session, person, thread, number)
    return ThreadPage(
        messages=[
            ListedMessage(
                one,
                one.school_urn == person.school_urn,
                buttons_for(person, MessageInThread(one, thread), ON_A_MESSAGE),
            )
            for one in messages
        ],
        contacts=await queries.contacts_of(asked.session, person, thread),
        other=thread.other_name(person),
        number=number,
        more=more,
    )


def _write(name: str, resource: Resource[Thread]) -> FormAction[Thread, MessageForm]:
    return FormAction(
        name=name,
        creates=True,
        undo="remove_message",
        resource=resource,
        slug="",
        form_slug=None,
        permission=WRITE,
        title=lambda person, thread: f"Messages with {thread.other_name(person)}",
        submit="Send message",
        form=MessageForm,
        template="messages/thread.html",
        context=_thread_page,
        said="Your message is sent.",
        run=lambda asked: actions.write_message(
            asked.session, asked.person, asked.record, asked.form.body.data
        ),
    )


def _file(name: str, resource: Resource[Thread]) -> FormAction[Thread, FileForm]:
    return FormAction(
        name=name,
        creates=True,
        undo="remove_message",
        resource=resource,
        slug="files",
        form_slug="files/new",
        permission=WRITE,
        title="Send a file",
        submit="Send file",
        form=FileForm,
        upload=Upload("file", LARGEST_DOCUMENT, check_document_or_picture),
        template="messages/file.html",
        context=_file_limits,
        said="Your file is sent.",
        run=_send_file,
    )


async def _send_file(asked: FormRequest[Thread, FileForm]) -> None:
    file = asked.file.checked_as(CheckedFile)
    content, body = file.kept(asked.file.content), asked.form.body.data or ""
    await actions.send_file(asked.session, asked.person, asked.record, file, content, body)


def _file_limits(_asked: FormRequest[Thread, FileForm]) -> FileLimits:
    return FileLimits(
        kinds=labels_of(DOCUMENTS_AND_PICTURES),
        accept=endings_of(DOCUMENTS_AND_PICTURES),
        largest=LARGEST_DOCUMENT // 1_000_000,
    )


def _today(asked: ActionRequest[Thread]) -> Mapping[str, object]:
    return {"called_on": asked.person.today}


def _call(name: str, resource: Resource[Thread]) -> FormAction[Thread, CallForm]:
    return FormAction(
        name=name,
        creates=True,
        undo="remove_message",
        resource=resource,
        slug="calls",
        form_slug="calls/new",
        permission=WRITE,
        title="Record a call",
        intro=lambda person, thread: f"{thread.other_name(person)} reads this too.",
        submit="Save",
        form=CallForm,
        initial=_today,
        valid=lambda asked: asked.form.is_valid(asked.person.today),
        said="The call is recorded.",
        run=lambda asked: actions.record_call(
            asked.session,
            asked.person,
            asked.record,
            asked.form.called_on.data,
            asked.form.called_with.data,
            asked.form.body.data,
        ),
    )


WRITE_ON_PROPOSAL = _write("write_on_proposal", OF_PROPOSAL)
WRITE_ON_VISIT = _write("write_on_visit", OF_VISIT)
ON_A_THREAD = (
    WRITE_ON_PROPOSAL,
    WRITE_ON_VISIT,
    _file("send_file_on_proposal", OF_PROPOSAL),
    _file("send_file_on_visit", OF_VISIT),
    _call("record_call_on_proposal", OF_PROPOSAL),
    _call("record_call_on_visit", OF_VISIT),
)
EDIT: FormAction[MessageInThread, MessageForm] = FormAction(
    name="edit_message",
    undo="remove_message",
    resource=MESSAGE,
    slug="edition",
    permission=WRITE,
    relevant=lambda person, found: (
        found.message.kind == "message" and found.message.may_be_edited(person, datetime.now(UTC))
    ),
    label="Change",
    about=lambda _, found: f"your message of {format_time(found.message.written_at)}",
    title="Change your message",
    submit="Save changes",
    form=MessageForm,
    initial=lambda asked: {"body": asked.record.message.body},
    said="Your message is changed.",
    run=lambda asked: actions.edit_message(
        asked.session, asked.person, asked.record.message.id, asked.form.body.data
    ),
)
REMOVE: FormAction[MessageInThread, Form] = FormAction(
    name="remove_message",
    resource=MESSAGE,
    slug="removal",
    permission=WRITE,
    relevant=lambda person, found: found.message.may_be_removed(person),
    label="Remove",
    about=lambda _, found: f"the message of {found.message.writer}",
    title="Remove this message",
    intro="The text and the file are deleted and cannot be restored. Both schools see who removed it.",
    warning=True,
    form=Form,
    said="The message is removed.",
    run=lambda asked: actions.remove_message(asked.session, asked.person, asked.record.message.id),
)
ON_A_MESSAGE = (EDIT, REMOVE)


async def _shown(
    ctx: PageRequest, thread: Thread, form: Callable[[PageRequest, Thread], Awaitable[PageResult]]
) -> PageResult:
    """Return the page of a thread; what the other school wrote counts as read once it is shown."""
    page = await form(ctx, thread)
    if not await queries.has_unread(ctx.session, ctx.person, thread):
        return page
    database = ctx.app.database

    async def note_and_show() -> PageResult:
        await actions.note_reading(database, ctx.person, thread)
        return page

    return ContinueAfterCommit(note_and_show, in_turn=True)


@endpoint.get("/proposals/{proposal_id:uuid}/messages", permission=READ)
async def show_messages_of_proposal(ctx: PageRequest, proposal_id: UUID) -> PageResult:
    """Show the messages about a proposal and its agreement."""
    thread = await queries.thread_of_proposal(ctx.session, ctx.person, READ, proposal_id)
    return await _shown(ctx, thread, WRITE_ON_PROPOSAL.new_form_page)


@endpoint.get("/visit-requests/{visit_request_id:uuid}/messages", permission=READ)
async def show_messages_of_visit(ctx: PageRequest, visit_request_id: UUID) -> PageResult:
    """Show the messages about a visit request."""
    thread = await queries.thread_of_visit(ctx.session, ctx.person, READ, visit_request_id)
    return await _shown(ctx, thread, WRITE_ON_VISIT.new_form_page)


@endpoint.get("/agreements/{agreement_id:uuid}/messages", permission=READ)
async def show_messages_of_agreement(ctx: PageRequest, agreement_id: UUID) -> PageResult:
    """Lead to the messages of the proposal from which an agreement was made."""
    thread = await queries.thread_of_agreement(ctx.session, ctx.person, READ, agreement_id)
    return Redirect(thread.url)


@endpoint.get("/messages/{message_id:uuid}/file", permission=READ)
async def download_message_file(ctx: PageRequest, message_id: UUID) -> PageResult:
    """Download the file of a message."""
    await queries.get_message(ctx.session, ctx.person, READ, message_id)
    file = await queries.file_of_message(ctx.session, ctx.person, message_id)
    return Download(file.content or b"", file.filename, file.media_type, SANDBOX)


routes = [
    *routes_of((*ON_A_THREAD, *ON_A_MESSAGE)),
    show_messages_of_proposal,
    show_messages_of_visit,
    show_messages_of_agreement,
    download_message_file,
]
