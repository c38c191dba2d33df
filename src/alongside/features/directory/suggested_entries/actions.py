"""Commands that create an entry from a successful agreement and tell its schools that they can."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.agreements.reviews.queries import values_reached
from alongside.features.authorities import settings_of
from alongside.features.directory.actions import draft_entry
from alongside.features.directory.suggested_entries import queries
from alongside.features.directory.suggested_entries.prefill import filled
from alongside.features.people.queries import ids, people_of_schools
from alongside.platform.access.principal import Principal
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.database.reads import fetch_all, fetch_one
from alongside.platform.notifications import notify

ASKED_FOR_DAYS = 60
"""Days after an agreement has closed in which its schools are asked for an entry, each person once."""


BEGUN_ALREADY = {
    "uq_directory_entry_agreement": "The other school has just begun this entry. You find it among your entries."
}


async def draft_entry_from_agreement(session: AsyncSession, person: Principal, agreement_id: UUID) -> UUID:
    """Create a draft entry from an agreement's records; the school of the person who creates it owns it.

    Raises NotFound for an agreement that did not meet its need or is not of their school, ActionRefused when the other
    school has just created the entry.
    """
    found = await queries.agreement_to_suggest_from(session, person, agreement_id)
    if person.school_urn is None:
        raise NotFound
    partner = found.supporting_urn if person.school_urn == found.requesting_urn else found.requesting_urn
    inside = {"authority_id": person.authority_id, "agreement_id": found.id}
    need_key = {"authority_id": person.authority_id, "need_id": found.need_id}
    need = await fetch_one(session, queries.NEED_OF, need_key)
    if need is None:
        raise NotFound
    written = filled(
        need,
        await fetch_all(session, queries.AIMS, inside),
        await fetch_all(session, queries.VISITS, inside),
        await fetch_all(session, queries.CLOSING_REVIEWS, inside),
        await values_reached(session, person.authority_id, found.id),
        settings_of(person.authority_id),
    )
    with explain_constraints(BEGUN_ALREADY):
        async with session.begin_nested():
            entry_id = await draft_entry(
                session, person, person.school_urn, written, agreement_id=found.id, partner_urn=partner
            )
    people = await people_of_schools(session, person.authority_id, person.today, [partner])
    text = "A school you worked with has begun an entry for the directory about your agreement."
    once = f"entry_harvested:{entry_id}"
    await notify(session, person, ids(people), "entry_harvested", text, f"/directory/{entry_id}", once=once)
    return entry_id


async def ask_for_entry(session: AsyncSession, system_person: Principal) -> int:
    """Notify both schools of agreements that recently met their need, once, that a pre-filled entry is available."""
    closed = await queries.closed_lately(session, system_person.authority_id, ASKED_FOR_DAYS)
    for one in closed:
        urns = [one.requesting_urn, one.supporting_urn]
        people = await people_of_schools(session, system_person.authority_id, system_person.today, urns)
        text = "An agreement of your school is closed. Others could learn from it: make an entry of it."
        once = f"harvest:{one.id}"
        await notify(
            session, system_person, ids(people), "harvest", text, "/directory/suggested-entries", once=once
        )
    return 0
