"""Scheduled jobs for offers. The worker runs them at least daily; each is idempotent."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.offers.models import LAPSE_OFFER, Offer
from alongside.features.offers.queries import COLUMNS
from alongside.features.offers.rows import OfferColumns
from alongside.features.offers.widening import recalculate_widening
from alongside.features.people.queries import ids, people_of_schools
from alongside.features.schools.models import School
from alongside.features.schools.term_dates.day_by_school import day_of_school
from alongside.features.schools.term_dates.queries import days_by_school
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.jobs import ROWS_PER_TRANSACTION
from alongside.platform.jobs.scheduler import ScheduledJob
from alongside.platform.notifications import notify
from alongside.platform.school_calendar.calendar import ONE_DAY
from alongside.platform.school_calendar.confirmation import asked_if_confirmed_by, lapsed_if_confirmed_by
from alongside.platform.workflow import apply_transition


class LiveOffer(OfferColumns, frozen=True):
    """A live offer with the name of its school."""

    school: str


class OfferToAskAgain(msgspec.Struct, frozen=True):
    """An offer whose school said “not this year”, and when to ask again."""

    id: UUID
    school_urn: int
    ask_again_on: date
    school: str


LIVE_OFFERS = (
    select(*COLUMNS, School.name)
    .select_from(Offer)
    .join(School, (School.authority_id == Offer.authority_id) & (School.urn == Offer.school_urn))
    .where(Offer.authority_id == bindparam("authority_id"), Offer.state == "live")
    .order_by(Offer.confirmed_on, Offer.id)
    .limit(literal_column(str(ROWS_PER_TRANSACTION)))
)
CONFIRMED_BY = Read(
    LIVE_OFFERS.where(Offer.confirmed_on <= day_of_school(Offer.school_urn)).with_for_update(
        of=Offer, skip_locked=True
    ),
    LiveOffer,
)
TO_CONFIRM = Read(
    LIVE_OFFERS.where(
        Offer.confirmed_on.between(day_of_school(Offer.school_urn, "after_"), day_of_school(Offer.school_urn))
    ).limit(None),
    LiveOffer,
)
ASK_AGAIN = Read(
    select(Offer.id, Offer.school_urn, Offer.ask_again_on, School.name)
    .join(School, (School.authority_id == Offer.authority_id) & (School.urn == Offer.school_urn))
    .where(
        Offer.authority_id == bindparam("authority_id"),
        or_(*(Offer.state == one for one in ("live", "paused", "exhausted"))),
        Offer.appetite == "no",
        Offer.ask_again_on <= bindparam("day"),
    )
    .order_by(Offer.id),
    OfferToAskAgain,
)


async def lapse_unconfirmed_offers(session: AsyncSession, system_person: Principal) -> int:
    """Pause live offers that were not confirmed within the authority's period. Returns the number paused.

    The period is counted in school days of the school that must confirm. At most 200 in a transaction: call it
    until it returns 0. Source: domain.md §3 ask 1, F6.
    """
    good_for = settings_of(system_person.authority_id).periods.offer_good_for
    day = await days_by_school(
        session,
        system_person.authority_id,
        lambda one: lapsed_if_confirmed_by(one, system_person.today, good_for),
    )
    values = {"authority_id": system_person.authority_id, **day.parameters()}
    lapsed = await fetch_all(session, CONFIRMED_BY, values)
    for offer in lapsed:
        await apply_transition(session, system_person, Offer, offer, LAPSE_OFFER)
        text = (
            f"An offer of {offer.school} was not confirmed in time, so it is paused. Do you still offer it?"
        )
        await _notify_school(session, system_person, offer, "offer_lapsed", text)
    return len(lapsed)


async def ask_to_confirm_offers(session: AsyncSession, system_person: Principal) -> int:
    """Ask schools once to confirm their offers, five school days before these are paused. Returns the number asked."""
    today, good_for = system_person.today, settings_of(system_person.authority_id).periods.offer_good_for
    day, after = [
        await days_by_school(session, system_person.authority_id, reckon)
        for reckon in (
            lambda one: asked_if_confirmed_by(one, today, good_for),
            lambda one: lapsed_if_confirmed_by(one, today, good_for) + ONE_DAY,
        )
    ]
    values = {
        "authority_id": system_person.authority_id,
        **day.parameters(),
        **after.parameters("after_"),
    }
    asked = await fetch_all(session, TO_CONFIRM, values)
    for offer in asked:
        text = f"Does {offer.school} still offer this? We pause the offer soon unless you confirm it."
        await _notify_school(session, system_person, offer, "confirm_offer", text)
    return len(asked)


async def ask_again_about_offers(session: AsyncSession, system_person: Principal) -> int:
    """Ask schools that said “not this year” again, once, on the day that they gave.

    Returns how many offers were asked about.
    """
    values = {"authority_id": system_person.authority_id, "day": system_person.today}
    asked = await fetch_all(session, ASK_AGAIN, values)
    for offer in asked:
        people = await people_of_schools(
            session, system_person.authority_id, system_person.today, [offer.school_urn]
        )
        text = f"{offer.school} said “not this year” about an offer, and to ask again now. Can you offer it again?"
        once = f"ask_again:{offer.id}:{offer.ask_again_on}"
        await notify(session, system_person, ids(people), "ask_again", text, f"/offers/{offer.id}", once=once)
    return len(asked)


async def _notify_school(
    session: AsyncSession, person: Principal, offer: LiveOffer, kind: str, text: str
) -> None:
    people = await people_of_schools(session, offer.authority_id, person.today, [offer.school_urn])
    once = f"{kind}:{offer.id}:{offer.confirmed_on}"
    await notify(
        session, person, ids(people), kind, text, f"/offers/{offer.id}/confirmation", once=once, asks=True
    )


JOBS = (
    ScheduledJob(6, recalculate_widening, on_calendar_change=True),
    ScheduledJob(7, lapse_unconfirmed_offers),
    ScheduledJob(8, ask_to_confirm_offers),
    ScheduledJob(8, ask_again_about_offers),
)
