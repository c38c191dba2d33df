"""Commands on methods: write a version and put it in force."""

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.performance.catalogue import measures_of
from alongside.features.profiles.defaults import default_methods
from alongside.features.profiles.method import MethodContent, check_method, method_json
from alongside.features.profiles.method_queries import MethodRow, method_in_force, method_with
from alongside.features.profiles.models import ADOPT_METHOD, DRAFT_METHOD, SUPERSEDE_METHOD, ProfileMethod
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.workflow import apply_transition

SHIPPED = "The method that the product ships. The authority has not adopted its own yet."


async def draft_method(session: AsyncSession, person: Principal, content: MethodContent) -> MethodRow:
    """Write the next version of a method as a draft. Raises MethodInvalid with a sentence for each fault."""
    settings = settings_of(person.authority_id)
    known = [key for key, one in measures_of(settings).items() if content.phase in one.phases]
    check_method(content, known, settings.categories)
    last = await session.scalar(
        select(func.max(ProfileMethod.number)).where(
            ProfileMethod.authority_id == person.authority_id, ProfileMethod.phase == content.phase
        )
    )
    added = await session.execute(
        insert(ProfileMethod)
        .values(
            authority_id=person.authority_id,
            phase=content.phase,
            number=(last or 0) + 1,
            state=DRAFT_METHOD.end,
            content=method_json(content),
            written_by=person.id,
        )
        .returning(ProfileMethod.id)
    )
    method_id = added.scalar_one()
    await record_audit(session, person, DRAFT_METHOD.verb, "profile_method", method_id)
    found = await method_with(session, person.authority_id, method_id)
    assert found is not None
    return found


async def adopt_method(session: AsyncSession, person: Principal, method: MethodRow, decision: str) -> None:
    """Put a draft in force; the version before it is superseded. It never changes from then on."""
    before = await method_in_force(session, person.authority_id, method.phase)
    if before is not None:
        await apply_transition(session, person, ProfileMethod, before, SUPERSEDE_METHOD)
    await apply_transition(
        session, person, ProfileMethod, method, ADOPT_METHOD, decision=decision, adopted_on=person.today
    )


async def method_for(session: AsyncSession, person: Principal, phase: str) -> MethodRow:
    """Return the method in force for a phase; without one, that which the product ships is put in force."""
    found = await method_in_force(session, person.authority_id, phase)
    if found is None:
        await adopt_method(
            session, person, await draft_method(session, person, default_methods()[phase]), SHIPPED
        )
        found = await method_in_force(session, person.authority_id, phase)
    assert found is not None
    return found
