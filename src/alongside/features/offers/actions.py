"""Commands that create and change offers of support."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict, NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.visibility import visibility_after_change, widening
from alongside.features.offers import queries
from alongside.features.offers.balance.actions import balance_offer
from alongside.features.offers.forms import days_promised
from alongside.features.offers.labels import difference
from alongside.features.offers.models import (
    CONFIRM_OFFER,
    DRAFT_OFFER,
    END_OFFER,
    PAUSE_OFFER,
    POST_OFFER,
    REOPEN_OFFER,
    RESUME_OFFER,
    REWORD_OFFER,
    Offer,
    OfferTheme,
)
from alongside.features.offers.rows import OfferRow
from alongside.features.schools.posting import get_school, refuse_closed
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.audit.changes import plain_changes
from alongside.platform.database.constraints import Message, explain_constraints
from alongside.platform.workflow import announce, apply_transition

EDITABLE = ("draft", "live", "paused", "exhausted")


async def draft_offer(
    session: AsyncSession, person: Principal, written: Mapping[str, object], themes: Mapping[str, str]
) -> UUID:
    """Create a draft offer of the person's school. `themes` maps each theme to its evidence."""
    if person.school_urn is None:
        raise NotFound
    school = await get_school(session, person, Permission.POST_OFFER, person.school_urn)
    refuse_closed(school.name, school.status)
    added = await session.execute(
        insert(Offer)
        .values(
            authority_id=person.authority_id,
            school_urn=school.urn,
            state=DRAFT_OFFER.end,
            posted_by=person.id,
            **written,
        )
        .returning(Offer.id)
    )
    offer_id: UUID = added.scalar_one()
    await _replace_themes(session, person.authority_id, offer_id, themes)
    await record_audit(session, person, DRAFT_OFFER.verb, "offer", offer_id, schools=(school.urn,))
    return offer_id


async def post_offer(session: AsyncSession, person: Principal, offer_id: UUID) -> None:
    """Post a draft offer, so that other schools can see and propose it."""
    offer = await queries.get_offer(session, person, Permission.POST_OFFER, offer_id)
    refuse_closed(offer.school, offer.school_status)
    shown = await _visibility_columns(session, person, offer)
    await apply_transition(
        session,
        person,
        Offer,
        offer,
        POST_OFFER,
        posted_at=func.now(),
        confirmed_on=person.today,
        written=shown,
    )


async def change_offer(
    session: AsyncSession,
    person: Principal,
    offer_id: UUID,
    written: Mapping[str, object],
    themes: Mapping[str, str],
    version: int,
) -> None:
    """Change the fields and themes of an offer.

    Raises EditConflict when the offer has changed since `version`, ValidationFailed for fewer days than are
    promised, ActionRefused when it has ended.
    """
    offer = await queries.get_offer(session, person, Permission.CHANGE_OFFER, offer_id)
    await _change(session, person, offer, written, version, themes=dict(themes))


def why_not_editable(offer: OfferRow) -> str | None:
    """Return why an offer cannot be changed: it has ended."""
    return None if offer.state in EDITABLE else "This offer has ended. Reopen it, or write a new one."


async def extend_offer(
    session: AsyncSession, person: Principal, offer_id: UUID, written: Mapping[str, object], version: int
) -> None:
    """Give an offer more days or a later end. Raises as `change_offer` does."""
    offer = await queries.get_offer(session, person, Permission.CHANGE_OFFER, offer_id)
    await _change(session, person, offer, written, version, verb="extend_offer")


async def pause_offer(session: AsyncSession, person: Principal, offer_id: UUID) -> None:
    """Pause an offer: no new proposals. Agreed support continues."""
    offer = await queries.get_offer(session, person, Permission.CHANGE_OFFER, offer_id)
    await apply_transition(session, person, Offer, offer, PAUSE_OFFER)


async def confirm_offer(session: AsyncSession, person: Principal, offer_id: UUID) -> None:
    """Confirm that an offer is still current. A paused offer becomes live again."""
    offer = await queries.get_offer(session, person, Permission.CHANGE_OFFER, offer_id)
    refuse_closed(offer.school, offer.school_status)
    move = RESUME_OFFER if offer.state == "paused" else CONFIRM_OFFER
    await apply_transition(session, person, Offer, offer, move, confirmed_on=person.today)
    await balance_offer(session, person, offer_id)


async def withdraw_offer(session: AsyncSession, person: Principal, offer_id: UUID, note: str) -> None:
    """End an offer: no new proposals. Agreed support continues."""
    offer = await queries.get_offer(session, person, Permission.CHANGE_OFFER, offer_id)
    await apply_transition(session, person, Offer, offer, END_OFFER, note=note)


async def reopen_offer(
    session: AsyncSession, person: Principal, offer_id: UUID, written: Mapping[str, object], version: int
) -> None:
    """Reopen an ended offer with new days and a new end date. Raises as `change_offer` does."""
    offer = await queries.get_offer(session, person, Permission.CHANGE_OFFER, offer_id)
    refuse_closed(offer.school, offer.school_status)
    if offer.state == "ended":
        if queries.never_posted(offer):
            raise ActionRefused(
                "This was withdrawn before it was posted: write a new offer instead.", offer.state
            )
        if offer.version != version:
            raise EditConflict(difference(settings_of(person.authority_id), written, offer), offer.version)
    shown = await _visibility_columns(session, person, offer)
    with explain_constraints(_constraint_messages(offer)):
        async with session.begin_nested():
            await apply_transition(
                session,
                person,
                Offer,
                offer,
                REOPEN_OFFER,
                changes=plain_changes(offer, written),
                confirmed_on=person.today,
                written={**shown, **written},
            )
    await balance_offer(session, person, offer_id)


async def _change(
    session: AsyncSession,
    person: Principal,
    offer: OfferRow,
    written: Mapping[str, object],
    version: int,
    verb: str = "change_offer",
    themes: dict[str, str] | None = None,
) -> None:
    if offer.state not in EDITABLE:
        raise ActionRefused("This offer has ended. Reopen it, or write a new one.", offer.state)
    values = {name: value for name, value in written.items() if value != getattr(offer, name)}
    themes = None if themes == offer.themes else themes
    if not values and themes is None:
        return
    if offer.posted_at is not None and "audience" in values:
        settings = settings_of(person.authority_id)
        calendar = await calendar_of_school(session, person.authority_id, offer.school_urn)
        values |= visibility_after_change(offer, str(values["audience"]), person.today, settings, calendar)
    with explain_constraints(_constraint_messages(offer)):
        async with session.begin_nested():
            moved = await session.execute(
                update(Offer)
                .where(
                    Offer.authority_id == person.authority_id,
                    Offer.id == offer.id,
                    Offer.version == version,
                    Offer.state.in_(EDITABLE),
                )
                .values(
                    version=Offer.version + 1,
                    content_version=Offer.content_version + int(themes is not None),
                    **values,
                )
                .returning(Offer.content_version)
            )
            content_version = moved.scalar_one_or_none()
    if content_version is None:
        present = await queries.get_offer(session, person, Permission.CHANGE_OFFER, offer.id)
        yours = dict(written) if themes is None else {**written, "themes": themes}
        raise EditConflict(difference(settings_of(person.authority_id), yours, present), present.version)
    if themes is not None:
        await _replace_themes(session, person.authority_id, offer.id, themes)
    changes = plain_changes(offer, values if themes is None else {**values, "themes": themes})
    await record_audit(session, person, verb, "offer", offer.id, schools=(offer.school_urn,), changes=changes)
    if content_version != offer.content_version:
        await announce(session, person, "offer", REWORD_OFFER, offer)
    await balance_offer(session, person, offer.id)


async def _replace_themes(
    session: AsyncSession, authority_id: int, offer_id: UUID, themes: Mapping[str, str]
) -> None:
    """Replace the themes of an offer, each with its evidence."""
    await session.execute(
        delete(OfferTheme).where(OfferTheme.authority_id == authority_id, OfferTheme.offer_id == offer_id)
    )
    rows = [
        {"authority_id": authority_id, "offer_id": offer_id, "theme": theme, "evidence": evidence}
        for theme, evidence in themes.items()
    ]
    if rows:
        await session.execute(insert(OfferTheme), rows)


async def _visibility_columns(session: AsyncSession, person: Principal, offer: OfferRow) -> dict[str, object]:
    """Visibility columns of an offer that is posted or reopened today."""
    calendar = await calendar_of_school(session, person.authority_id, offer.school_urn)
    return widening(offer.audience, person.today, settings_of(person.authority_id), calendar)


def _constraint_messages(offer: OfferRow) -> dict[str, Message]:
    taken = offer.engagements_taken
    return {
        "ck_offer_days_left": ("days_total", days_promised(offer.days_taken)),
        "ck_offer_engagements_left": (
            "engagements_max",
            f"{taken} schools are being supported: enter {taken} or more",
        ),
    }
