"""The page on which pictures and attachments are added to an entry, and the routes that serve them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import Form

from alongside.features.directory.actions import DRAFTS, why_not_editable, withdrawn_by_change
from alongside.features.directory.attachments import actions, queries
from alongside.features.directory.attachments.forms import PictureForm
from alongside.features.directory.entry import Entry
from alongside.features.directory.models import LISTED
from alongside.features.directory.public_site.queries import public_entry
from alongside.features.directory.queries import get_entry
from alongside.features.directory.resource import ENTRY
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import Resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest, FormType
from alongside.platform.uploads.file_types import (
    DOCUMENTS,
    LARGEST_DOCUMENT,
    LARGEST_PICTURE,
    CheckedFile,
    check_document,
    endings_of,
    labels_of,
)
from alongside.platform.uploads.images import TOO_MANY, EncodedImage, check_picture
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Download, InlineImage, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.uploads import Upload


class EntryFile(NamedTuple):
    """A picture or attachment of an entry that is to be removed."""

    entry: Entry
    file_id: UUID


async def _file(
    session: AsyncSession, person: Principal, permission: Permission, entry_id: UUID, file_id: UUID
) -> EntryFile:
    return EntryFile(await get_entry(session, person, permission, entry_id), file_id)


def _files(kind: str, parameter: str) -> Resource[EntryFile]:
    return Resource(
        name="file",
        path=f"{ENTRY.path}/{kind}/{{{parameter}:uuid}}",
        load=_file,
        url=lambda file: f"{ENTRY.url(file.entry)}/{kind}/{file.file_id}",
        page=lambda file: f"{ENTRY.url(file.entry)}/attachments",
    )


@dataclass(frozen=True, kw_only=True)
class EntryFiles(FormContext):
    """The pictures and files of an entry, the form of a picture, and the errors of both.

    `leaves` is true if a new file takes the entry out of the directory. Sizes are in MB.
    """

    picture_form: PictureForm
    picture_error: str
    attachment_error: str
    leaves: bool
    pictures: Sequence[queries.Picture]
    attachments: Sequence[queries.Attachment]
    largest_picture: int = LARGEST_PICTURE // 1_000_000
    largest_file: int = LARGEST_DOCUMENT // 1_000_000
    file_kinds: str = labels_of(DOCUMENTS)
    file_accept: str = endings_of(DOCUMENTS)


async def _context(asked: FormRequest[Entry, FormType]) -> EntryFiles:
    entry, authority_id = asked.record, asked.person.authority_id
    return EntryFiles(
        picture_form=asked.form if isinstance(asked.form, PictureForm) else PictureForm(),
        picture_error=asked.file_error if isinstance(asked.form, PictureForm) else "",
        attachment_error="" if isinstance(asked.form, PictureForm) else asked.file_error,
        leaves=withdrawn_by_change(entry),
        pictures=await queries.pictures_of(asked.session, authority_id, entry),
        attachments=await queries.attachments_of(asked.session, authority_id, entry),
    )


async def _add_picture(asked: FormRequest[Entry, PictureForm]) -> None:
    """Save a re-encoded picture."""
    picture, text = asked.file.checked_as(EncodedImage), asked.form.alternative_text.data
    await actions.add_picture(asked.session, asked.person, asked.record.id, picture, text)


async def _add_attachment(asked: FormRequest[Entry, Form]) -> None:
    """Save a file that another school needs to do the same."""
    file = asked.file
    checked = file.checked_as(CheckedFile)
    await actions.add_attachment(asked.session, asked.person, asked.record.id, checked, file.content)


ADD_PICTURE: FormAction[Entry, PictureForm] = FormAction(
    name="add_picture",
    undo="remove_picture",
    resource=ENTRY,
    slug="pictures",
    form_slug="attachments",
    permission=Permission.WRITE_ENTRY,
    states=(*DRAFTS, *LISTED),
    refusal=lambda _, entry: why_not_editable(entry),
    label="Pictures and files",
    form=PictureForm,
    upload=Upload("picture", LARGEST_PICTURE, check_picture, TOO_MANY),
    template="directory/attachments.html",
    context=_context,
    then=lambda entry: f"{ENTRY.url(entry)}/attachments",
    said="The picture is added.",
    run=_add_picture,
)
ADD_ATTACHMENT: FormAction[Entry, Form] = FormAction(
    name="add_attachment",
    undo="remove_attachment",
    resource=ENTRY,
    slug="attachments",
    form_slug=None,
    permission=Permission.WRITE_ENTRY,
    refusal=lambda _, entry: why_not_editable(entry),
    title="Pictures and files",
    form=Form,
    upload=Upload("attachment", LARGEST_DOCUMENT, check_document),
    template="directory/attachments.html",
    context=_context,
    then=lambda entry: f"{ENTRY.url(entry)}/attachments",
    said="The file is added.",
    run=_add_attachment,
)
REMOVE_PICTURE = ButtonAction(
    name="remove_picture",
    undo="add_picture",
    resource=_files("pictures", "picture_id"),
    slug="removal",
    permission=Permission.WRITE_ENTRY,
    said="The picture is removed.",
    run=lambda asked: actions.remove_attachment_row(
        asked.session, asked.person, asked.record.entry.id, "pictures", asked.record.file_id
    ),
)
REMOVE_ATTACHMENT = ButtonAction(
    name="remove_attachment",
    undo="add_attachment",
    resource=_files("attachments", "attachment_id"),
    slug="removal",
    permission=Permission.WRITE_ENTRY,
    said="The file is removed.",
    run=lambda asked: actions.remove_attachment_row(
        asked.session, asked.person, asked.record.entry.id, "attachments", asked.record.file_id
    ),
)


@endpoint.get("/directory/{entry_id:uuid}/pictures/{picture_id:uuid}", permission=Permission.VIEW_ENTRY)
async def show_picture(
    ctx: PageRequest,
    entry_id: UUID,
    picture_id: UUID,
) -> PageResult:
    """Serve a picture to a person who may see its entry."""
    entry = await get_entry(ctx.session, ctx.person, Permission.VIEW_ENTRY, entry_id)
    found = await queries.get_picture(ctx.session, ctx.person, entry, picture_id)
    return InlineImage(found.body, found.media_type)


@endpoint.get("/directory/{entry_id:uuid}/attachments/{attachment_id:uuid}", permission=Permission.VIEW_ENTRY)
async def download_attachment(
    ctx: PageRequest,
    entry_id: UUID,
    attachment_id: UUID,
) -> PageResult:
    """Serve an attachment as a download to a person who may see its entry."""
    entry = await get_entry(ctx.session, ctx.person, Permission.VIEW_ENTRY, entry_id)
    found = await queries.get_attachment(ctx.session, ctx.person, entry, attachment_id)
    return Download(found.body, found.filename, found.media_type)


@endpoint.get(
    "/good-practice/{public_id:uuid}/pictures/{public_picture_id:uuid}",
    permission=Permission.VIEW_PUBLIC_PAGES,
)
async def show_public_picture(
    ctx: PageRequest,
    public_id: UUID,
    public_picture_id: UUID,
) -> PageResult:
    """Serve a picture of a public entry, without sign-in."""
    entry = await public_entry(ctx.session, ctx.person.authority_id, public_id)
    found = await queries.get_picture(ctx.session, ctx.person, entry, public_picture_id)
    return InlineImage(found.body, found.media_type)


@endpoint.get(
    "/good-practice/{public_id:uuid}/attachments/{public_attachment_id:uuid}",
    permission=Permission.VIEW_PUBLIC_PAGES,
)
async def download_public_attachment(
    ctx: PageRequest,
    public_id: UUID,
    public_attachment_id: UUID,
) -> PageResult:
    """Serve an attachment of a public entry, without sign-in."""
    entry = await public_entry(ctx.session, ctx.person.authority_id, public_id)
    found = await queries.get_attachment(ctx.session, ctx.person, entry, public_attachment_id)
    return Download(found.body, found.filename, found.media_type)


routes = [
    *routes_of((ADD_PICTURE, ADD_ATTACHMENT, REMOVE_PICTURE, REMOVE_ATTACHMENT)),
    show_picture,
    download_attachment,
    show_public_picture,
    download_public_attachment,
]
