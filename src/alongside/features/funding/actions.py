"""Names the person whose action commits money, for the triggers that write the ledger."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal
from alongside.platform.database.requester_context import REQUESTER, RequesterContext, set_requester


async def name_person(session: AsyncSession, person: Principal) -> None:
    """Set the requester of the transaction, unless one is set. Who reads escalations later sets a fuller one."""
    if session.info.get(REQUESTER) is None:
        requester = RequesterContext(person.authority_id, person.role.value, person.id, person.school_urn)
        await set_requester(session, requester)
