"""The pages on which aims are written."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import NotThere, Stale
from alongside.partnerships.aims import actions
from alongside.partnerships.aims.forms import TEXTS, AimForm
from alongside.partnerships.queries import aims_of, partnership_to
from alongside.partnerships.versions import version_of
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed


@page.get("/partnerships/{partnership_id:uuid}/aims/new", permission=Permission.WRITE_AGREEMENT)
async def ask_for_aim(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID
) -> Answer:
    """An empty form for an aim."""
    row = await partnership_to(session, person, Permission.WRITE_AGREEMENT, partnership_id)
    return _aim_page(AimForm(), row)


@page.post("/partnerships/{partnership_id:uuid}/aims", permission=Permission.WRITE_AGREEMENT)
async def write_aim(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID
) -> Answer:
    """Add an aim to the agreement."""
    row = await partnership_to(session, person, Permission.WRITE_AGREEMENT, partnership_id)
    form = AimForm(await typed(request))
    if not form.holds():
        return _aim_page(form, row, status=422)
    await actions.write_aim(session, person, partnership_id, form.texts())
    return SeeOther(f"/partnerships/{partnership_id}", "The aim is written.")


@page.get("/partnerships/{partnership_id:uuid}/aims/{aim_id:uuid}", permission=Permission.WRITE_AGREEMENT)
async def show_aim(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID, aim_id: UUID
) -> Answer:
    """An aim as it stands, to be worded anew."""
    row, aim = await _row_and_aim(session, person, partnership_id, aim_id)
    form = AimForm(data={name: getattr(aim, name) for name in TEXTS})
    return _aim_page(form, row, aim_id, row.agreement_version)


@page.post("/partnerships/{partnership_id:uuid}/aims/{aim_id:uuid}", permission=Permission.WRITE_AGREEMENT)
async def change_aim(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID, aim_id: UUID
) -> Answer:
    """Word an aim anew; both texts are shown when somebody else was faster."""
    row, _ = await _row_and_aim(session, person, partnership_id, aim_id)
    written = await typed(request)
    form, version = AimForm(written), version_of(written)
    if not form.holds():
        return _aim_page(form, row, aim_id, version, status=422)
    try:
        await actions.change_aim(session, person, partnership_id, aim_id, form.texts(), version)
    except Stale as problem:
        return _aim_page(form, row, aim_id, problem.version, status=409, stale=problem)
    return SeeOther(f"/partnerships/{partnership_id}", "The aim is changed.")


@page.post(
    "/partnerships/{partnership_id:uuid}/aims/{aim_id:uuid}/removal", permission=Permission.WRITE_AGREEMENT
)
async def remove_aim(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID, aim_id: UUID
) -> Answer:
    """Take an aim out of the agreement."""
    await actions.remove_aim(session, person, partnership_id, aim_id)
    return SeeOther(f"/partnerships/{partnership_id}", "The aim is removed.")


async def _row_and_aim(
    session: AsyncSession, person: Person, partnership_id: UUID, aim_id: UUID
) -> tuple[Any, Any]:
    row = await partnership_to(session, person, Permission.WRITE_AGREEMENT, partnership_id)
    for one in await aims_of(session, person.authority_id, partnership_id):
        if one.id == aim_id:
            return row, one
    raise NotThere


def _aim_page(
    form: AimForm,
    row: Any,
    aim_id: UUID | None = None,
    version: int | None = None,
    *,
    status: int = 200,
    stale: Stale | None = None,
) -> Page:
    context = {"form": form, "partnership": row, "aim_id": aim_id, "version": version, "stale": stale}
    return Page("partnerships/aim.html", context, status=status)


routes = [ask_for_aim, write_aim, show_aim, change_aim, remove_aim]
