"""Names the person who changes a need to PostgreSQL, which lets only its school show it to more schools."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal
from alongside.platform.database.requester_context import RequesterContext, set_requester


async def identify_requester(session: AsyncSession, person: Principal) -> None:
    """Set this person as the requester of the transaction; call it before each change of an audience."""
    await set_requester(
        session,
        RequesterContext(
            person.authority_id, person.role.value, person.id, person.school_urn, person.consortium_ids
        ),
    )
