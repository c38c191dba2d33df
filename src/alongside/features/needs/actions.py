"""Posting a support need: drafting it, sending the draft to the headteacher, and posting it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.features.authorities.visibility import widening
from alongside.features.needs import queries
from alongside.features.needs.models import (
    DRAFT_NEED,
    POST_NEED,
    SEND_TO_HEAD,
    Need,
)
from alongside.features.needs.requester import identify_requester
from alongside.features.needs.rows import NeedRow
from alongside.features.people.queries import ids, leaders_of_schools, people_of_schools
from alongside.features.schools.posting import get_school, refuse_closed
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.notifications import notify
from alongside.platform.workflow import apply_transition


async def draft_need(
    session: AsyncSession,
    person: Principal,
    urn: int,
    written: Mapping[str, object],
    addressed_urn: int | None = None,
) -> UUID:
    """Create a draft need for a school, optionally addressed to one other school.

    Raises NotFound for a school outside the person's scope.
    """
    school = await get_school(session, person, Permission.DRAFT_NEED, urn)
    refuse_closed(school.name, school.status)
    added = await session.execute(
        insert(Need)
        .values(
            authority_id=person.authority_id,
            school_urn=urn,
            addressed_urn=addressed_urn,
            state=DRAFT_NEED.end,
            drafted_by=person.id,
            **written,
        )
        .returning(Need.id)
    )
    need_id: UUID = added.scalar_one()
    await record_audit(session, person, DRAFT_NEED.verb, "need", need_id, schools=(urn,))
    return need_id


async def send_need_to_head(session: AsyncSession, person: Principal, need_id: UUID) -> None:
    """Send a draft to the headteacher, who must confirm it before it is posted."""
    need = await queries.get_need(session, person, Permission.DRAFT_NEED, need_id)
    refuse_closed(need.school, need.school_status)
    await apply_transition(session, person, Need, need, SEND_TO_HEAD)
    heads = await people_of_schools(session, person.authority_id, person.today, [need.school_urn])
    text = f"{person.name} has drafted a need for {need.school}. It waits for you to confirm it."
    once = _idempotency_key("to_confirm", need)
    await notify(
        session, person, ids(heads), "need_to_confirm", text, f"/needs/{need.id}", once=once, asks=True
    )


async def post_need(session: AsyncSession, person: Principal, need_id: UUID) -> None:
    """Post a draft need, so that other schools can see and answer it."""
    need = await queries.get_need(session, person, Permission.POST_NEED, need_id)
    refuse_closed(need.school, need.school_status)
    await apply_transition(
        session, person, Need, need, POST_NEED, written=await values_when_opened(session, person, need)
    )
    await notify_of_posting(session, person, need)


async def values_when_opened(session: AsyncSession, person: Principal, need: NeedRow) -> dict[str, object]:
    """Column values for a need that is posted or reopened today."""
    await identify_requester(session, person)
    settings = settings_of(person.authority_id)
    calendar = await calendar_of_school(session, person.authority_id, need.school_urn)
    return {
        "posted_at": func.now(),
        "confirmed_on": person.today,
        "audience_before": None,
        "wider_asked_by": None,
        "wider_asked_on": None,
        "wider_refused_on": None,
        **widening(need.audience, person.today, settings, calendar, need.urgency),
    }


async def notify_of_posting(session: AsyncSession, person: Principal, need: NeedRow) -> None:
    """Notify the leads of a posted need, and the school that it is addressed to."""
    theme = label_of(settings_of(person.authority_id).themes, need.theme)
    text = f"{need.school} has posted a need: {theme.lower()}."
    drafter = [need.drafted_by] if need.drafted_by and need.state == "to_confirm" else []
    await notify_leads(session, person, need, "need_posted", text, *drafter)
    if need.addressed_urn is not None:
        people = await people_of_schools(session, person.authority_id, person.today, [need.addressed_urn])
        text = f"{need.school} asks your school for help: {theme.lower()}."
        await notify(
            session,
            person,
            ids(people),
            "need_addressed",
            text,
            f"/needs/{need.id}",
            once=_idempotency_key("need_addressed", need),
        )


async def notify_leads(
    session: AsyncSession, person: Principal, need: NeedRow, kind: str, text: str, *others: UUID
) -> None:
    """Notify the leads of the school's consortium. The notification links to the need and contains no typed text."""
    leaders = await leaders_of_schools(session, person.authority_id, person.today, [need.school_urn])
    to = [*ids(leaders), *others]
    await notify(session, person, to, kind, text, f"/needs/{need.id}", once=_idempotency_key(kind, need))


def _idempotency_key(kind: str, need: NeedRow) -> str:
    return f"{kind}:{need.id}:{need.version}"
