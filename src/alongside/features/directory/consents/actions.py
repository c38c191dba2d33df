"""The command that records a school's consent."""

from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.directory.consents.models import EntryConsent
from alongside.features.directory.queries import consents_of, lock_entry
from alongside.features.people.queries import ids, people_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.notifications import notify


async def consent_to_entry(session: AsyncSession, person: Principal, entry_id: UUID, edition: int) -> bool:
    """Record the school's consent to this version of the text; return whether both schools have consented.

    Raises ActionRefused when the text has changed since, or the entry is not about an agreement.
    """
    entry = await lock_entry(session, person, Permission.CONSENT_TO_ENTRY, entry_id)
    if entry.partner_urn is None:
        raise ActionRefused("This entry tells of your school alone, so nobody else is asked.", entry.state)
    if entry.edition != edition:
        raise ActionRefused("The text was changed since you read it. Read it again, then agree.", entry.state)
    given = {"edition": edition, "given_by": person.id, "given_at": func.now()}
    await session.execute(
        insert(EntryConsent)
        .values(authority_id=person.authority_id, entry_id=entry.id, school_urn=person.school_urn, **given)
        .on_conflict_do_update(index_elements=["authority_id", "entry_id", "school_urn"], set_=given)
    )
    schools = (entry.school_urn, entry.partner_urn)
    await record_audit(session, person, "consent_to_entry", "directory_entry", entry.id, schools=schools)
    both = set(schools) <= (await consents_of(session, person, entry)).keys()
    if both:
        people = await people_of_schools(session, person.authority_id, person.today, [entry.school_urn])
        text = "Both schools have agreed to an entry about their agreement. It can be sent to be checked."
        once = f"entry_agreed:{entry.id}:{edition}"
        await notify(session, person, ids(people), "entry_agreed", text, f"/directory/{entry.id}", once=once)
    return both
