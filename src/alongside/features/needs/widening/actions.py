"""Showing a need to the whole authority at once, taking that back, and asking its school to do so."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.authorities import settings_of
from alongside.features.authorities.visibility import VisibilityScope, visible_to_authority_from
from alongside.features.needs import queries
from alongside.features.needs.actions import notify_leads
from alongside.features.needs.models import Need
from alongside.features.needs.requester import identify_requester
from alongside.features.needs.rows import NeedRow
from alongside.features.needs.visibility import LOOKING, is_limited
from alongside.features.people.queries import ids, people_of_schools
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.audit.changes import plain_changes
from alongside.platform.notifications import notify

SEEN_BY_ALL = "The whole authority sees this need already."


async def show_need_to_authority(session: AsyncSession, person: Principal, need_id: UUID) -> None:
    """Show a need to the whole authority from today.

    Raises ActionRefused for a need that is not open, or that the whole authority sees already.
    """
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    _refuse_unless_limited(person, need)
    values = {
        "audience": VisibilityScope.EVERYBODY.value,
        "visible_to_authority_from": person.today,
        "audience_before": need.audience,
    }
    await _write(session, person, need, "show_need_to_authority", values, VISIBLE)
    text = f"{need.school} now shows a need to the whole authority."
    asked_by = [] if need.wider_asked_by is None else [need.wider_asked_by]
    await notify_leads(session, person, need, "need_shown_to_authority", text, *asked_by)


async def limit_need_again(session: AsyncSession, person: Principal, need_id: UUID) -> None:
    """Show a need to its consortium first again, as before it was shown to the whole authority.

    Raises ActionRefused once a proposal came, or when the promised date has passed meanwhile.
    """
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    if need.state != "open" or need.audience_before is None:
        raise ActionRefused("A school has answered this need, so it stays visible.", need.state)
    calendar = await calendar_of_school(session, person.authority_id, need.school_urn)
    settings = settings_of(person.authority_id)
    since = need.widening_since or person.today
    shown = visible_to_authority_from(need.audience_before, since, settings, calendar, need.urgency)
    if shown is not None and shown <= person.today:
        raise ActionRefused(
            "The whole authority would see this need by now in any case, so it stays visible.", need.state
        )
    values = {
        "audience": need.audience_before,
        "visible_to_authority_from": shown,
        "audience_before": None,
    }
    await _write(session, person, need, "limit_need_again", values, VISIBLE)


async def ask_to_show_need(session: AsyncSession, person: Principal, need_id: UUID) -> None:
    """Ask the school of a need to show it to the whole authority. The head answers yes or no on one page.

    Raises ActionRefused if somebody has asked already, and as `show_need_to_authority` does.
    """
    need = await queries.get_need(session, person, Permission.ASK_TO_SHOW_NEED, need_id)
    _refuse_unless_limited(person, need)
    if need.wider_asked_on is not None:
        raise ActionRefused("The school has been asked already.", need.state)
    values = {"wider_asked_by": person.id, "wider_asked_on": person.today}
    await _write(session, person, need, "ask_to_show_need", values)
    heads = await people_of_schools(session, person.authority_id, person.today, [need.school_urn])
    text = (
        f"{person.name} asks {need.school} to show a need to the whole authority. "
        "You can answer yes or no on one page."
    )
    once = f"need_show_asked:{need.id}:{need.version}"
    await notify(
        session, person, ids(heads), "need_show_asked", text, f"/needs/{need.id}/visibility", once=once
    )


async def keep_need_limited(session: AsyncSession, person: Principal, need_id: UUID) -> None:
    """Answer no to a request to show a need to the whole authority; the person who asked is told."""
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    if need.wider_asked_by is None or need.wider_refused_on is not None:
        raise ActionRefused("Nobody waits for this answer.", need.state)
    _refuse_unless_limited(person, need)
    await _write(session, person, need, "keep_need_limited", {"wider_refused_on": person.today})
    text = (
        f"{need.school} keeps a need within its {settings_of(person.authority_id).words.consortium} for now."
    )
    once = f"need_kept_limited:{need.id}:{need.version}"
    await notify(
        session, person, [need.wider_asked_by], "need_kept_limited", text, f"/needs/{need.id}", once=once
    )


VISIBLE = ("audience", "visible_to_authority_from")
"""The columns whose change the activity shows."""


def _refuse_unless_limited(person: Principal, need: NeedRow) -> None:
    if need.state not in LOOKING:
        raise ActionRefused("This need is not open now.", need.state)
    if not is_limited(need, person.today):
        raise ActionRefused(SEEN_BY_ALL, need.state)


async def _write(
    session: AsyncSession,
    person: Principal,
    need: NeedRow,
    verb: str,
    values: Mapping[str, object],
    shown: Iterable[str] = (),
) -> None:
    """Change columns of a need that nobody has changed since it was read. Raises ActionRefused."""
    await identify_requester(session, person)
    moved = await session.execute(
        update(Need)
        .where(
            Need.authority_id == person.authority_id,
            Need.id == need.id,
            Need.version == need.version,
            Need.state == need.state,
        )
        .values(version=Need.version + 1, **values)
        .returning(Need.version)
    )
    if moved.first() is None:
        raise ActionRefused("This need has changed. Read it again, then choose.", need.state)
    changes = plain_changes(need, {name: values[name] for name in shown})
    await record_audit(session, person, verb, "need", need.id, schools=(need.school_urn,), changes=changes)
