"""The effect of a motion on support categories: the board agrees what was moderated."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.authorities import settings_of
from alongside.features.categories.models import AGREE_BY_MOTION, SupportCategory
from alongside.features.categories.queries import in_state
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.motion_effects import Decision, EffectSubject, MotionEffect
from alongside.platform.workflow import apply_transition


async def _moderated(session: AsyncSession, person: Principal) -> list[EffectSubject]:
    return [
        EffectSubject(str(one.id), f"{one.school}, {one.academic_year}", one.school_urn)
        for one in await in_state(session, person, "moderated")
    ]


async def _agree(session: AsyncSession, person: Principal, decision: Decision, ids: Sequence[str]) -> None:
    waiting = {str(one.id): one for one in await in_state(session, person, "moderated")}
    for one in ids:
        row = waiting.get(one)
        if row is None:
            raise ActionRefused(
                f"A {settings_of(person.authority_id).words.category} of this motion no longer waits for the board."
                " Withdraw the motion and table another one."
            )
        await apply_transition(
            session,
            person,
            SupportCategory,
            row,
            AGREE_BY_MOTION,
            category_agreed=row.category_moderated,
            agreed_on=decision.decided_on,
            decision_reference=decision.reference,
            agreed_motion_id=decision.motion_id,
        )


AGREE_CATEGORIES = MotionEffect(
    "support_category",
    "Agree category as moderated",
    _moderated,
    _agree,
    lambda one: f"/categories/{UUID(one)}",
    Permission.VIEW_CATEGORY,
)
