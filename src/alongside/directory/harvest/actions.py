"""Beginning an entry of a partnership that went well, and letting its schools know that they could."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.authorities.settings import AuthoritySettings
from alongside.directory.actions import draft_entry
from alongside.directory.harvest import queries
from alongside.directory.harvest.filling import filled
from alongside.errors import NotThere, Refused
from alongside.notifications import tell
from alongside.partnerships.queries import AIMS, one_row, rows_of
from alongside.partnerships.reviews.queries import given_reviews, values_reached
from alongside.people.queries import ids, people_of_schools

ASKED_FOR_DAYS = 60
"""As long after a partnership closed its schools are asked for an entry; each person once."""


async def harvest_partnership(session: AsyncSession, person: Person, partnership_id: UUID) -> UUID:
    """Begin an entry from what a partnership has recorded; the school of whoever begins it keeps it.

    Raises NotThere for a partnership that did not meet its need or is not theirs, Refused when the other
    school has begun the entry at the same moment.
    """
    found = await queries.partnership_to_harvest(session, person, partnership_id)
    if person.school_urn is None:
        raise NotThere
    partner = found.giving_urn if person.school_urn == found.asking_urn else found.asking_urn
    inside = {"authority_id": person.authority_id, "partnership_id": found.id}
    need = await one_row(session, queries.NEED_OF, authority_id=person.authority_id, need_id=found.need_id)
    written = filled(
        need,
        await rows_of(session, AIMS, **inside),
        await rows_of(session, queries.VISITS, **inside),
        await given_reviews(session, person.authority_id, found.id),
        await values_reached(session, person.authority_id, found.id),
        settings_of(person.authority_id),
    )
    try:
        async with session.begin_nested():
            entry_id = await draft_entry(
                session, person, person.school_urn, written, partnership_id=found.id, partner_urn=partner
            )
    except IntegrityError as problem:
        raise Refused(
            "The other school has just begun this entry. You find it among your entries."
        ) from problem
    people = await people_of_schools(session, person.authority_id, person.today, [partner])
    text = "A school you worked with has begun an entry for the directory about your partnership."
    once = f"entry_harvested:{entry_id}"
    await tell(session, person, ids(people), "entry_harvested", text, f"/directory/{entry_id}", once=once)
    return entry_id


async def ask_for_harvest(session: AsyncSession, system_person: Person, _: AuthoritySettings) -> int:
    """Tell both schools of partnerships that met their need lately that an entry is ready to be written; once."""
    closed = await queries.closed_lately(session, system_person.authority_id, ASKED_FOR_DAYS)
    for one in closed:
        urns = [one.asking_urn, one.giving_urn]
        people = await people_of_schools(session, system_person.authority_id, system_person.today, urns)
        text = "A partnership of your school is closed. Others could learn from it: make an entry of it."
        once = f"harvest:{one.id}"
        await tell(session, system_person, ids(people), "harvest", text, "/directory/harvest", once=once)
    return 0
