"""Names the person who acts, for the triggers that write the ledger and for the policies of escalations."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.interests.queries import schools_of_interest
from alongside.platform.access.principal import SCHOOL_ROLES, Principal
from alongside.platform.database.requester_context import REQUESTER, RequesterContext, set_requester


async def name_person(session: AsyncSession, person: Principal) -> None:
    """Set this person as the requester of the transaction, with the schools of interest, unless one is set."""
    if session.info.get(REQUESTER) is not None:
        return
    interests: frozenset[int] = frozenset()
    if person.id is not None and person.role not in SCHOOL_ROLES:
        interests = await schools_of_interest(session, person.authority_id, person.id, person.today)
    requester = RequesterContext(
        person.authority_id, person.role.value, person.id, person.school_urn, interests=interests
    )
    await set_requester(session, requester)
