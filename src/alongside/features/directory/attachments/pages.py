"""The page on which pictures and attachments are added to an entry, and the routes that serve them."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.actions import refuse_fixed, withdrawn_by_change
from alongside.features.directory.attachments import actions, queries
from alongside.features.directory.attachments.forms import PictureForm
from alongside.features.directory.public_site.queries import public_entry
from alongside.features.directory.queries import get_entry
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.uploads.file_types import (
    DOCUMENTS,
    LARGEST_DOCUMENT,
    LARGEST_PICTURE,
    check_document,
    endings_of,
    labels_of,
)
from alongside.platform.uploads.images import TOO_MANY, check_picture
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Download, InlineImage, Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint, prepared
from alongside.platform.web.uploads import Upload, UploadedFile

PICTURE = Upload("picture", LARGEST_PICTURE, check_picture, TOO_MANY)
ATTACHMENT = Upload("attachment", LARGEST_DOCUMENT, check_document)


@endpoint.get("/directory/{entry_id:uuid}/attachments", permission=Permission.WRITE_ENTRY)
async def show_attachments(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Show the pictures and attachments of an entry, with forms to add and remove them."""
    return await _attachments_page(session, person, entry_id, PictureForm())


@endpoint.post(
    "/directory/{entry_id:uuid}/pictures",
    permission=Permission.WRITE_ENTRY,
    upload=PICTURE,
)
async def add_picture(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Save a re-encoded picture. Keep what was typed when it is refused."""
    form = PictureForm(await read_form_data(request))
    answer = await _attachments_page(session, person, entry_id, form, status=422)
    picture: UploadedFile | str = prepared(request)
    if not form.holds() or isinstance(picture, str):
        return _with_errors(answer, {"picture": picture} if isinstance(picture, str) else {})
    await actions.add_picture(session, person, entry_id, picture.checked, form.alternative_text.data)
    return Redirect(f"/directory/{entry_id}/attachments", "The picture is kept.")


@endpoint.post(
    "/directory/{entry_id:uuid}/attachments",
    permission=Permission.WRITE_ENTRY,
    upload=ATTACHMENT,
)
async def add_attachment(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Save an attachment that others need to do the same."""
    answer = await _attachments_page(session, person, entry_id, PictureForm(), status=422)
    file: UploadedFile | str = prepared(request)
    if isinstance(file, str):
        return _with_errors(answer, {"attachment": file})
    await actions.add_attachment(session, person, entry_id, file.checked, file.content)
    return Redirect(f"/directory/{entry_id}/attachments", "The file is kept.")


@endpoint.post(
    "/directory/{entry_id:uuid}/pictures/{picture_id:uuid}/removal", permission=Permission.WRITE_ENTRY
)
async def remove_picture(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Principal,
    entry_id: UUID,
    picture_id: UUID,
) -> PageResult:
    """Remove a picture."""
    await actions.remove_attachment_row(session, person, entry_id, "pictures", picture_id)
    return Redirect(f"/directory/{entry_id}/attachments", "The picture is gone.")


@endpoint.post(
    "/directory/{entry_id:uuid}/attachments/{attachment_id:uuid}/removal", permission=Permission.WRITE_ENTRY
)
async def remove_attachment(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Principal,
    entry_id: UUID,
    attachment_id: UUID,
) -> PageResult:
    """Remove an attachment."""
    await actions.remove_attachment_row(session, person, entry_id, "attachments", attachment_id)
    return Redirect(f"/directory/{entry_id}/attachments", "The file is gone.")


@endpoint.get("/directory/{entry_id:uuid}/pictures/{picture_id:uuid}", permission=Permission.VIEW_ENTRY)
async def show_picture(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Principal,
    entry_id: UUID,
    picture_id: UUID,
) -> PageResult:
    """Serve a picture to a person who may see its entry."""
    entry = await get_entry(session, person, Permission.VIEW_ENTRY, entry_id)
    found = await queries.picture_with(session, person, entry, picture_id)
    return InlineImage(found.body, found.media_type)


@endpoint.get("/directory/{entry_id:uuid}/attachments/{attachment_id:uuid}", permission=Permission.VIEW_ENTRY)
async def download_attachment(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Principal,
    entry_id: UUID,
    attachment_id: UUID,
) -> PageResult:
    """Serve an attachment as a download to a person who may see its entry."""
    entry = await get_entry(session, person, Permission.VIEW_ENTRY, entry_id)
    found = await queries.attachment_with(session, person, entry, attachment_id)
    return Download(found.body, found.filename, found.media_type)


@endpoint.get(
    "/good-practice/{public_id:uuid}/pictures/{public_picture_id:uuid}",
    permission=Permission.VIEW_PUBLIC_PAGES,
)
async def show_public_picture(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Principal,
    public_id: UUID,
    public_picture_id: UUID,
) -> PageResult:
    """Serve a picture of a public entry, without sign-in."""
    entry = await public_entry(session, person.authority_id, public_id)
    found = await queries.picture_with(session, person, entry, public_picture_id)
    return InlineImage(found.body, found.media_type)


@endpoint.get(
    "/good-practice/{public_id:uuid}/attachments/{public_attachment_id:uuid}",
    permission=Permission.VIEW_PUBLIC_PAGES,
)
async def download_public_attachment(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Principal,
    public_id: UUID,
    public_attachment_id: UUID,
) -> PageResult:
    """Serve an attachment of a public entry, without sign-in."""
    entry = await public_entry(session, person.authority_id, public_id)
    found = await queries.attachment_with(session, person, entry, public_attachment_id)
    return Download(found.body, found.filename, found.media_type)


async def _attachments_page(
    session: AsyncSession, person: Principal, entry_id: UUID, form: PictureForm, status: int = 200
) -> Page:
    entry = await get_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    refuse_fixed(entry)
    context: dict[str, Any] = {
        "entry": entry,
        "form": form,
        "mistakes": {},
        "leaves": withdrawn_by_change(entry),
        "pictures": await queries.pictures_of(session, person.authority_id, entry),
        "attachments": await queries.attachments_of(session, person.authority_id, entry),
        "largest_picture": LARGEST_PICTURE // 1_000_000,
        "largest_file": LARGEST_DOCUMENT // 1_000_000,
        "file_kinds": labels_of(DOCUMENTS),
        "file_accept": endings_of(DOCUMENTS),
    }
    return Page("directory/attachments.html", context, status=status)


def _with_errors(answer: Page, mistakes: dict[str, str]) -> Page:
    """Show the page again with an error beside the file."""
    return Page(answer.template, {**answer.context, "mistakes": mistakes}, status=422)


routes = [
    show_attachments,
    add_picture,
    add_attachment,
    remove_picture,
    remove_attachment,
    show_picture,
    download_attachment,
    show_public_picture,
    download_public_attachment,
]
