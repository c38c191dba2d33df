"""Signing a support agreement."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.agreements.aims.queries import aims_of
from alongside.features.agreements.models import (
    BEGIN,
    SIGN,
    SupportAgreement,
)
from alongside.features.agreements.parties import (
    OTHER_SIDE,
    NotificationText,
    notify_schools,
    notify_schools_and_leads,
    own_side,
    school_on,
    urn_on,
)
from alongside.features.agreements.queries import NeedState, lock_agreement
from alongside.features.agreements.signed_versions.actions import keep_signed_version
from alongside.features.agreements.signing.deadlines import signature_due
from alongside.features.needs.models import (
    BEGIN_SUPPORT,
    Need,
)
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, system
from alongside.platform.web.formatting import format_date
from alongside.platform.workflow import apply_transition


async def sign_agreement(
    session: AsyncSession, person: Principal, agreement_id: UUID, agreement_version: int
) -> None:
    """Sign an agreement as a headteacher, in the version that was shown. Support begins with the second signature.

    Raises ActionRefused when the agreement has changed since, has no aim, or this side has signed already.
    """
    row = await lock_agreement(session, person, Permission.SIGN_AGREEMENT, agreement_id, pool=True)
    side = own_side(person, Permission.SIGN_AGREEMENT, row)
    if row.state != "preparing":
        raise ActionRefused(
            "You can no longer sign this agreement. Open it to see its current state.", row.state
        )
    if row.agreement_version != agreement_version:
        raise ActionRefused(
            "The agreement has changed since you opened it. Read it again, then sign.", row.state
        )
    if not await aims_of(session, person.authority_id, agreement_id):
        raise ActionRefused("There is no aim yet. Write at least one before you sign.", row.state)
    if getattr(row, f"{side}_signed_at") is not None:
        raise ActionRefused(f"{school_on(side, row)} has signed this agreement already.", row.state)
    signed = {f"{side}_signed_at": datetime.now(UTC), f"{side}_signed_by": person.id}
    if getattr(row, f"{OTHER_SIDE[side]}_signed_at") is None:
        await apply_transition(session, person, SupportAgreement, row, SIGN, written=signed)
        due = await signature_due(session, person, row.requesting_urn, row.agreed_on)
        text = f"{school_on(side, row)} has signed the agreement. Please sign it by {format_date(due)}."
        urns = [urn_on(OTHER_SIDE[side], row)]
        once = f"agreement_signed:{row.id}:{row.agreement_version}"
        await notify_schools(
            session,
            person,
            urns,
            NotificationText("agreement_signed", text, f"/agreements/{row.id}", once, asks=True),
        )
        return
    await apply_transition(session, person, SupportAgreement, row, BEGIN, written=signed)
    await keep_signed_version(session, person, row.id)
    need = NeedState(row.need_id, row.requesting_urn, row.need_state)
    await apply_transition(session, system(person.authority_id, person.today), Need, need, BEGIN_SUPPORT)
    text = f"Both headteachers have signed: {row.supporting_name} now supports {row.requesting_name}."
    await notify_schools_and_leads(
        session,
        person,
        row,
        NotificationText("agreement_began", text, f"/agreements/{row.id}", f"agreement_began:{row.id}"),
    )
