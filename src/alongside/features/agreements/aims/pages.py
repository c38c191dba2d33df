"""Pages that add, change and remove aims."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import EditConflict, NotFound
from alongside.features.agreements.aims import actions
from alongside.features.agreements.aims.forms import TEXTS, AimForm
from alongside.features.agreements.queries import aims_of, get_agreement
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.version import version_of
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@endpoint.get("/agreements/{agreement_id:uuid}/aims/new", permission=Permission.EDIT_AGREEMENT)
async def ask_for_aim(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID
) -> PageResult:
    """Show an empty form for an aim."""
    row = await get_agreement(session, person, Permission.EDIT_AGREEMENT, agreement_id)
    return _aim_page(AimForm(), row)


@endpoint.post("/agreements/{agreement_id:uuid}/aims", permission=Permission.EDIT_AGREEMENT)
async def write_aim(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID
) -> PageResult:
    """Add the aim from the form to the agreement."""
    row = await get_agreement(session, person, Permission.EDIT_AGREEMENT, agreement_id)
    form = AimForm(await read_form_data(request))
    if not form.holds():
        return _aim_page(form, row, status=422)
    await actions.write_aim(session, person, agreement_id, form.texts())
    return Redirect(f"/agreements/{agreement_id}", "The aim is written.")


@endpoint.get("/agreements/{agreement_id:uuid}/aims/{aim_id:uuid}", permission=Permission.EDIT_AGREEMENT)
async def show_aim(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Principal,
    agreement_id: UUID,
    aim_id: UUID,
) -> PageResult:
    """Show the form with the current values of an aim."""
    row, aim = await _row_and_aim(session, person, agreement_id, aim_id)
    form = AimForm(data={name: getattr(aim, name) for name in TEXTS})
    return _aim_page(form, row, aim_id, row.agreement_version)


@endpoint.post("/agreements/{agreement_id:uuid}/aims/{aim_id:uuid}", permission=Permission.EDIT_AGREEMENT)
async def change_aim(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Principal,
    agreement_id: UUID,
    aim_id: UUID,
) -> PageResult:
    """Save the changes to an aim. After an edit conflict both versions are shown."""
    row, _ = await _row_and_aim(session, person, agreement_id, aim_id)
    written = await read_form_data(request)
    form, version = AimForm(written), version_of(written)
    if not form.holds():
        return _aim_page(form, row, aim_id, version, status=422)
    try:
        await actions.change_aim(session, person, agreement_id, aim_id, form.texts(), version)
    except EditConflict as problem:
        return _aim_page(form, row, aim_id, problem.version, status=409, stale=problem)
    return Redirect(f"/agreements/{agreement_id}", "The aim is changed.")


@endpoint.post(
    "/agreements/{agreement_id:uuid}/aims/{aim_id:uuid}/removal", permission=Permission.EDIT_AGREEMENT
)
async def remove_aim(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Principal,
    agreement_id: UUID,
    aim_id: UUID,
) -> PageResult:
    """Remove an aim from the agreement."""
    await actions.remove_aim(session, person, agreement_id, aim_id)
    return Redirect(f"/agreements/{agreement_id}", "The aim is removed.")


async def _row_and_aim(
    session: AsyncSession, person: Principal, agreement_id: UUID, aim_id: UUID
) -> tuple[Any, Any]:
    row = await get_agreement(session, person, Permission.EDIT_AGREEMENT, agreement_id)
    for one in await aims_of(session, person.authority_id, agreement_id):
        if one.id == aim_id:
            return row, one
    raise NotFound


def _aim_page(
    form: AimForm,
    row: Any,
    aim_id: UUID | None = None,
    version: int | None = None,
    *,
    status: int = 200,
    stale: EditConflict | None = None,
) -> Page:
    context = {"form": form, "agreement": row, "aim_id": aim_id, "version": version, "stale": stale}
    return Page("agreements/aim.html", context, status=status)


routes = [ask_for_aim, write_aim, show_aim, change_aim, remove_aim]
