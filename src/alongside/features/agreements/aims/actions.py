"""Commands that add, change and remove aims. Each creates a new agreement version without signatures."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict
from alongside.features.agreements.aims.queries import aims_of, get_aim
from alongside.features.agreements.models import Aim, SupportAgreement
from alongside.features.agreements.parties import (
    OTHER_SIDE,
    NotificationText,
    notify_schools,
    own_side,
    school_on,
    urn_on,
)
from alongside.features.agreements.queries import AgreementRow, lock_agreement
from alongside.features.agreements.signing.deadlines import signature_due
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.web.formatting import format_date

AIMS_MOST = 8
WORDS = {
    "aim": "Aim",
    "measure": "Measured by",
    "baseline": "Now",
    "target": "Target",
}


async def write_aim(
    session: AsyncSession, person: Principal, agreement_id: UUID, typed: Mapping[str, str]
) -> None:
    """Add an aim to an agreement in preparation.

    Raises ActionRefused after both have signed, or at the maximum number of aims.
    """
    row = await _in_preparation(session, person, agreement_id)
    if len(await aims_of(session, person.authority_id, agreement_id)) >= AIMS_MOST:
        raise ActionRefused(f"There are {AIMS_MOST} aims already. Change or remove one.", row.state)
    written = Aim(authority_id=person.authority_id, agreement_id=agreement_id, **_texts(typed))
    session.add(written)
    await session.flush()
    await _new_agreement_version(session, person, row, "write_aim", {"aim": [None, typed["aim"]]})


async def change_aim(
    session: AsyncSession,
    person: Principal,
    agreement_id: UUID,
    aim_id: UUID,
    typed: Mapping[str, str],
    agreement_version: int,
) -> None:
    """Change an aim. Raises EditConflict when the agreement has changed since the form was opened."""
    row = await _in_preparation(session, person, agreement_id)
    present = await get_aim(session, person, Permission.EDIT_AGREEMENT, agreement_id, aim_id)
    differing = {name: typed[name] for name in WORDS if typed[name] != getattr(present, name)}
    if row.agreement_version != agreement_version:
        raise EditConflict(
            [(WORDS[name], text, getattr(present, name)) for name, text in differing.items()],
            row.agreement_version,
        )
    if not differing:
        return
    await session.execute(
        update(Aim)
        .where(Aim.authority_id == person.authority_id, Aim.id == aim_id)
        .values(**_texts(typed))
        .execution_options(synchronize_session=False)
    )
    changes = {name: [getattr(present, name), text] for name, text in differing.items()}
    await _new_agreement_version(session, person, row, "change_aim", changes)


async def remove_aim(session: AsyncSession, person: Principal, agreement_id: UUID, aim_id: UUID) -> None:
    """Remove an aim from an agreement in preparation."""
    row = await _in_preparation(session, person, agreement_id)
    present = await get_aim(session, person, Permission.EDIT_AGREEMENT, agreement_id, aim_id)
    await session.execute(
        delete(Aim)
        .where(Aim.authority_id == person.authority_id, Aim.id == aim_id)
        .execution_options(synchronize_session=False)
    )
    await _new_agreement_version(session, person, row, "remove_aim", {"aim": [present.aim, None]})


def _texts(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: typed[name] for name in WORDS}


async def _in_preparation(session: AsyncSession, person: Principal, agreement_id: UUID) -> AgreementRow:
    row = await lock_agreement(session, person, Permission.EDIT_AGREEMENT, agreement_id)
    own_side(person, Permission.EDIT_AGREEMENT, row)
    if row.state != "preparing":
        raise ActionRefused(
            "Both headteachers have signed. Propose a change instead: the other side must agree to it.",
            row.state,
        )
    return row


async def _new_agreement_version(
    session: AsyncSession, person: Principal, row: AgreementRow, verb: str, changes: Mapping[str, object]
) -> None:
    """Increase the agreement version, clear the signatures, and notify the other school."""
    await session.execute(
        update(SupportAgreement)
        .where(SupportAgreement.authority_id == person.authority_id, SupportAgreement.id == row.id)
        .values(
            agreement_version=SupportAgreement.agreement_version + 1,
            version=SupportAgreement.version + 1,
            requesting_signed_at=None,
            requesting_signed_by=None,
            supporting_signed_at=None,
            supporting_signed_by=None,
        )
        .execution_options(synchronize_session=False)
    )
    urns = (row.requesting_urn, row.supporting_urn)
    await record_audit(session, person, verb, "support_agreement", row.id, schools=urns, changes=changes)
    side = own_side(person, Permission.EDIT_AGREEMENT, row)
    text = f"{school_on(side, row)} has changed the aims of your agreement."
    if row.requesting_signed_at or row.supporting_signed_at:
        await record_audit(session, person, "signatures_fall", "support_agreement", row.id, schools=urns)
        text += " Both headteachers must sign again."
    due = await signature_due(session, person, row.requesting_urn, row.agreed_on)
    text += f" Read them, then sign by {format_date(due)}."
    await notify_schools(
        session,
        person,
        [urn_on(OTHER_SIDE[side], row)],
        NotificationText(
            "aims_changed",
            text,
            f"/agreements/{row.id}",
            f"aims_changed:{row.id}:{row.agreement_version}",
            asks=True,
        ),
    )
