"""Editing a support need, and pausing and confirming it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict
from alongside.features.authorities import settings_of
from alongside.features.authorities.visibility import visibility_after_change
from alongside.features.needs import queries
from alongside.features.needs.labels import difference
from alongside.features.needs.models import CONFIRM_NEED, PAUSE_NEED, Need
from alongside.features.needs.requester import identify_requester
from alongside.features.needs.rows import NeedRow
from alongside.features.schools.posting import refuse_closed
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.audit.changes import plain_changes
from alongside.platform.workflow import apply_transition

EDITABLE = ("draft", "to_confirm", "open", "paused")
"""States in which the text of a need can change. Later, other schools have answered that text."""


async def change_need(
    session: AsyncSession, person: Principal, need_id: UUID, written: Mapping[str, object], version: int
) -> None:
    """Change the fields of a need.

    Raises EditConflict when the need has changed since `version`, ActionRefused when its state allows no change.
    """
    need = await queries.get_need(session, person, Permission.EDIT_NEED, need_id)
    if refusal := why_not_editable(need):
        raise ActionRefused(refusal, need.state)
    changed = {name: value for name, value in written.items() if value != getattr(need, name)}
    if not changed:
        return
    values = dict(changed)
    if need.posted_at is not None and changed.keys() & {"audience", "urgency"}:
        audience, urgency = (str(changed.get(name, getattr(need, name))) for name in ("audience", "urgency"))
        calendar = await calendar_of_school(session, person.authority_id, need.school_urn)
        values |= visibility_after_change(
            need, audience, person.today, settings_of(person.authority_id), calendar, urgency
        )
        if audience != need.audience:
            values["audience_before"] = None
        await identify_requester(session, person)
    moved = await session.execute(
        update(Need)
        .where(
            Need.authority_id == person.authority_id,
            Need.id == need.id,
            Need.version == version,
            Need.state.in_(EDITABLE),
        )
        .values(version=Need.version + 1, **values)
        .returning(Need.version)
    )
    if moved.first() is None:
        present = await queries.get_need(session, person, Permission.DRAFT_NEED, need_id)
        raise EditConflict(difference(settings_of(person.authority_id), written, present), present.version)
    await record_audit(
        session,
        person,
        "change_need",
        "need",
        need.id,
        schools=(need.school_urn,),
        changes=plain_changes(need, values),
    )


async def pause_need(session: AsyncSession, person: Principal, need_id: UUID) -> None:
    """Pause a need: it is hidden from the list of needs and offers."""
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    await apply_transition(session, person, Need, need, PAUSE_NEED)


async def confirm_need(session: AsyncSession, person: Principal, need_id: UUID) -> None:
    """Confirm that a need is still current. A paused need becomes open again."""
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    refuse_closed(need.school, need.school_status)
    await apply_transition(session, person, Need, need, CONFIRM_NEED, confirmed_on=person.today)


def why_not_editable(need: NeedRow) -> str | None:
    """Return why the text of a need cannot be changed: other schools have answered it, or it is closed."""
    if need.state in ("proposed", "agreed", "in_support"):
        return "Other schools have answered this need, so it cannot be edited. Answer the proposal first."
    return None if need.state in EDITABLE else "This need is closed. Reopen it, or write a new one."
