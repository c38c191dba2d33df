"""The page on which pictures and files are added to an entry, and the addresses at which they are had."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.directory.actions import leaves_with_a_change, refuse_fixed
from alongside.directory.keepsakes import actions, drawing, queries, sorting
from alongside.directory.keepsakes.forms import PictureForm
from alongside.directory.publication.queries import public_entry
from alongside.directory.queries import entry_to
from alongside.web.answers import Answer, Download, Page, Picture, SeeOther
from alongside.web.gate import page, prepared
from alongside.web.house import House
from alongside.web.typed import typed
from alongside.web.uploads import sent_file

AROUND = 200_000
"""Bytes of a form besides its file."""


@page.get("/directory/{entry_id:uuid}/keepsakes", permission=Permission.WRITE_ENTRY)
async def show_keepsakes(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """The pictures and files of an entry, with what adds one and what takes one away."""
    return await _keepsakes_page(session, person, entry_id, PictureForm())


async def _draw(request: Request[Any, Any, Any], person: Person) -> drawing.Drawn | str:
    """The picture that was sent, drawn anew, or what is wrong with it."""
    written = await typed(request)
    sent = await sent_file(written, "picture")
    if sent is None:
        return "Choose a picture"
    house: House = request.app.state.house
    try:
        return await house.pool.run(
            drawing.drawn_anew,
            sent[1],
            authority_id=person.authority_id,
            person_id=person.id,
            refusal=drawing.TOO_MANY,
        )
    except ValueError as problem:
        return str(problem)


@page.post(
    "/directory/{entry_id:uuid}/pictures",
    permission=Permission.WRITE_ENTRY,
    largest=drawing.LARGEST_SENT + AROUND,
    prepare=_draw,
)
async def add_picture(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Keep a picture, drawn anew; what was typed stays when it cannot be taken."""
    form = PictureForm(await typed(request))
    answer = await _keepsakes_page(session, person, entry_id, form, status=422)
    picture: drawing.Drawn | str = prepared(request)
    if not form.holds() or isinstance(picture, str):
        return _blaming(answer, {"picture": picture} if isinstance(picture, str) else {})
    await actions.add_picture(session, person, entry_id, picture, form.alternative_text.data)
    return SeeOther(f"/directory/{entry_id}/keepsakes", "The picture is kept.")


async def _sort(request: Request[Any, Any, Any], person: Person) -> sorting.Sorted | str:
    """What the file that was sent is, or what is wrong with it."""
    sent = await sent_file(await typed(request), "attachment")
    if sent is None:
        return "Choose a file"
    house: House = request.app.state.house
    try:
        return await house.pool.run(
            sorting.sorted_file, *sent, authority_id=person.authority_id, person_id=person.id
        )
    except ValueError as problem:
        return str(problem)


@page.post(
    "/directory/{entry_id:uuid}/attachments",
    permission=Permission.WRITE_ENTRY,
    largest=sorting.LARGEST_SENT + AROUND,
    prepare=_sort,
)
async def add_attachment(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Keep a file that others need to do the same."""
    answer = await _keepsakes_page(session, person, entry_id, PictureForm(), status=422)
    known: sorting.Sorted | str = prepared(request)
    sent = await sent_file(await typed(request), "attachment")
    if isinstance(known, str) or sent is None:
        return _blaming(answer, {"attachment": str(known)})
    await actions.add_attachment(session, person, entry_id, known, sent[1])
    return SeeOther(f"/directory/{entry_id}/keepsakes", "The file is kept.")


@page.post("/directory/{entry_id:uuid}/pictures/{picture_id:uuid}/removal", permission=Permission.WRITE_ENTRY)
async def remove_picture(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID, picture_id: UUID
) -> Answer:
    """Take a picture away."""
    await actions.remove_keepsake(session, person, entry_id, "pictures", picture_id)
    return SeeOther(f"/directory/{entry_id}/keepsakes", "The picture is gone.")


@page.post(
    "/directory/{entry_id:uuid}/attachments/{attachment_id:uuid}/removal", permission=Permission.WRITE_ENTRY
)
async def remove_attachment(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Person,
    entry_id: UUID,
    attachment_id: UUID,
) -> Answer:
    """Take a file away."""
    await actions.remove_keepsake(session, person, entry_id, "attachments", attachment_id)
    return SeeOther(f"/directory/{entry_id}/keepsakes", "The file is gone.")


@page.get("/directory/{entry_id:uuid}/pictures/{picture_id:uuid}", permission=Permission.SEE_ENTRY)
async def show_picture(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID, picture_id: UUID
) -> Answer:
    """A picture, for who may see its entry."""
    entry = await entry_to(session, person, Permission.SEE_ENTRY, entry_id)
    found = await queries.picture_with(session, person, entry, picture_id)
    return Picture(found.body, found.media_type)


@page.get("/directory/{entry_id:uuid}/attachments/{attachment_id:uuid}", permission=Permission.SEE_ENTRY)
async def download_attachment(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Person,
    entry_id: UUID,
    attachment_id: UUID,
) -> Answer:
    """A file to keep, for who may see its entry."""
    entry = await entry_to(session, person, Permission.SEE_ENTRY, entry_id)
    found = await queries.attachment_with(session, person, entry, attachment_id)
    return Download(found.body, found.filename, found.media_type)


@page.get(
    "/good-practice/{public_id:uuid}/pictures/{public_picture_id:uuid}", permission=Permission.OPEN_FRONT_DOOR
)
async def show_public_picture(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Person,
    public_id: UUID,
    public_picture_id: UUID,
) -> Answer:
    """A picture of a public entry, for everybody."""
    entry = await public_entry(session, person.authority_id, public_id)
    found = await queries.picture_with(session, person, entry, public_picture_id)
    return Picture(found.body, found.media_type)


@page.get(
    "/good-practice/{public_id:uuid}/attachments/{public_attachment_id:uuid}",
    permission=Permission.OPEN_FRONT_DOOR,
)
async def download_public_attachment(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Person,
    public_id: UUID,
    public_attachment_id: UUID,
) -> Answer:
    """A file of a public entry, for everybody."""
    entry = await public_entry(session, person.authority_id, public_id)
    found = await queries.attachment_with(session, person, entry, public_attachment_id)
    return Download(found.body, found.filename, found.media_type)


async def _keepsakes_page(
    session: AsyncSession, person: Person, entry_id: UUID, form: PictureForm, status: int = 200
) -> Page:
    entry = await entry_to(session, person, Permission.WRITE_ENTRY, entry_id)
    refuse_fixed(entry)
    context: dict[str, Any] = {
        "entry": entry,
        "form": form,
        "mistakes": {},
        "leaves": leaves_with_a_change(entry),
        "pictures": await queries.pictures_of(session, person.authority_id, entry),
        "attachments": await queries.attachments_of(session, person.authority_id, entry),
        "largest_picture": drawing.LARGEST_SENT // 1_000_000,
        "largest_file": sorting.LARGEST_SENT // 1_000_000,
    }
    return Page("directory/keepsakes.html", context, status=status)


def _blaming(answer: Page, mistakes: dict[str, str]) -> Page:
    """The page again, with what is wrong with a file."""
    return Page(answer.template, {**answer.context, "mistakes": mistakes}, status=422)


routes = [
    show_keepsakes,
    add_picture,
    add_attachment,
    remove_picture,
    remove_attachment,
    show_picture,
    download_attachment,
    show_public_picture,
    download_public_attachment,
]
