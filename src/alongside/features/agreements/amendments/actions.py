"""Commands that propose, agree, refuse and withdraw amendments."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.agreements.aims.forms import TEXTS
from alongside.features.agreements.aims.queries import aims_of
from alongside.features.agreements.amendment import (
    AGREE_AMENDMENT,
    PROPOSE_AMENDMENT,
    REFUSE_AMENDMENT,
    WITHDRAW_AMENDMENT,
    Amendment,
)
from alongside.features.agreements.amendments.changes import RequestedChanges
from alongside.features.agreements.amendments.queries import AmendmentRow, amendment_to
from alongside.features.agreements.models import AMEND, Aim, SupportAgreement
from alongside.features.agreements.parties import (
    OTHER_SIDE,
    NotificationText,
    notify_schools,
    own_side,
    school_on,
    urn_on,
)
from alongside.features.agreements.proposals.hard_rules import constraint_messages
from alongside.features.agreements.queries import AgreementRow, lock_agreement
from alongside.features.agreements.signed_versions.actions import keep_signed_version
from alongside.features.funding.requester import name_person
from alongside.features.offers.balance.actions import balance_offer
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.web.formatting import format_days
from alongside.platform.workflow import Transition, apply_transition


async def propose_amendment(
    session: AsyncSession, person: Principal, agreement_id: UUID, wanted: RequestedChanges
) -> UUID:
    """Propose new days, dates or aims to the other headteacher.

    Raises ActionRefused when nothing changes or another amendment is open.
    """
    row = await lock_agreement(session, person, Permission.AMEND_AGREEMENT, agreement_id)
    side = own_side(person, Permission.AMEND_AGREEMENT, row)
    if row.state != "active":
        raise ActionRefused("Only an agreement in progress can be changed.", row.state)
    aims = await aims_of(session, person.authority_id, agreement_id)
    standing = [{"id": str(one.id), **{name: getattr(one, name) for name in TEXTS}} for one in aims]
    if (wanted.days, wanted.starts_on, wanted.ends_on, list(wanted.aims)) == (
        row.days,
        row.starts_on,
        row.ends_on,
        standing,
    ):
        raise ActionRefused("Nothing would change. Change the days, the dates or an aim.", row.state)
    if not wanted.aims:
        raise ActionRefused("An agreement needs at least one aim.", row.state)
    _refuse_fewer_than_used(row, wanted.days)
    made = Amendment(
        authority_id=person.authority_id,
        agreement_id=agreement_id,
        state=PROPOSE_AMENDMENT.end,
        proposed_side=side,
        days=wanted.days,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        aims=list(wanted.aims),
        agreement_version=row.agreement_version,
        reason=wanted.reason,
        proposed_by=person.id,
    )
    session.add(made)
    with explain_constraints(PROPOSED_ALREADY, row.state):
        await session.flush()
    urns = (row.requesting_urn, row.supporting_urn)
    await record_audit(
        session, person, PROPOSE_AMENDMENT.verb, "amendment", made.id, schools=urns, note=wanted.reason
    )
    await _notify_other_school(session, person, row, side, made.id, "proposes a change to your agreement")
    return made.id


async def agree_amendment(
    session: AsyncSession, person: Principal, amendment_id: UUID, agreement_version: int | None = None
) -> None:
    """Agree an amendment. A trigger moves days between pool and agreement in the same statement.

    `agreement_version` is the version shown beside the change. The new version is stored as signed by both.
    Raises ActionRefused when the pool has too few days, or more days are used already.
    """
    seen = await amendment_to(session, person, Permission.AMEND_AGREEMENT, amendment_id)
    row = await lock_agreement(session, person, Permission.AMEND_AGREEMENT, seen.agreement_id, pool=True)
    side = own_side(person, Permission.AMEND_AGREEMENT, row)
    _refuse_own(seen, side, row)
    shown = seen.agreement_version if agreement_version is None else agreement_version
    if not seen.agreement_version == row.agreement_version == shown:
        raise ActionRefused("The agreement has changed since this was proposed. Propose it again.", row.state)
    _refuse_fewer_than_used(row, seen.days)
    await apply_transition(session, person, Amendment, seen, AGREE_AMENDMENT)
    changes = {
        name: [str(getattr(row, name)), str(getattr(seen, name))]
        for name in ("days", "starts_on", "ends_on")
        if getattr(row, name) != getattr(seen, name)
    }
    await name_person(session, person)
    with explain_constraints(constraint_messages(row), row.state):
        await apply_transition(
            session,
            person,
            SupportAgreement,
            row,
            AMEND,
            changes=changes,
            days=seen.days,
            starts_on=seen.starts_on,
            ends_on=seen.ends_on,
            agreement_version=row.agreement_version + 1,
            written=_signatures(person, seen, side),
        )
    await _replace_aims(session, person, row, seen.aims)
    await keep_signed_version(session, person, row.id)
    await balance_offer(session, person, row.offer_id)
    await _notify_other_school(
        session, person, row, side, amendment_id, "has agreed to the change you proposed"
    )


def _signatures(person: Principal, seen: AmendmentRow, side: str) -> dict[str, object]:
    """The signatures of the new version: the headteacher who proposed it and the one who agrees now."""
    return {
        f"{side}_signed_at": datetime.now(UTC),
        f"{side}_signed_by": person.id,
        f"{OTHER_SIDE[side]}_signed_at": seen.proposed_at,
        f"{OTHER_SIDE[side]}_signed_by": seen.proposed_by,
    }


async def refuse_amendment(session: AsyncSession, person: Principal, amendment_id: UUID, reason: str) -> None:
    """Refuse an amendment with a reason."""
    await _end(session, person, amendment_id, REFUSE_AMENDMENT, reason)


async def withdraw_amendment(session: AsyncSession, person: Principal, amendment_id: UUID) -> None:
    """Withdraw an amendment that the person's own side proposed."""
    await _end(session, person, amendment_id, WITHDRAW_AMENDMENT, None)


async def _end(
    session: AsyncSession, person: Principal, amendment_id: UUID, move: Transition, note: str | None
) -> None:
    seen = await amendment_to(session, person, Permission.AMEND_AGREEMENT, amendment_id)
    row = await lock_agreement(session, person, Permission.AMEND_AGREEMENT, seen.agreement_id)
    side = own_side(person, Permission.AMEND_AGREEMENT, row)
    if move is REFUSE_AMENDMENT:
        _refuse_own(seen, side, row)
    elif seen.proposed_side != side:
        raise ActionRefused("The other school proposed this change. Agree to it or refuse it.", seen.state)
    await apply_transition(session, person, Amendment, seen, move, note=note)
    did = "has not agreed to the change" if move is REFUSE_AMENDMENT else "has withdrawn the proposed change"
    await _notify_other_school(session, person, row, side, amendment_id, did)


def _refuse_own(seen: AmendmentRow, side: str, row: AgreementRow) -> None:
    if seen.proposed_side == side:
        raise ActionRefused(
            f"Your school has proposed this. It waits for {school_on(OTHER_SIDE[side], row)}.", seen.state
        )


def _refuse_fewer_than_used(row: AgreementRow, days: Decimal) -> None:
    if days < row.days_used:
        raise ActionRefused(
            f"{format_days(row.days_used)} have been used already. Enter that many days or more.",
            row.state,
        )


PROPOSED_ALREADY = {"uq_amendment_live": "A change is proposed already. Answer or withdraw it first."}
REVIEWED_AIM = "An aim that has been reviewed cannot be removed. Propose a change to its text instead."


async def _replace_aims(
    session: AsyncSession, person: Principal, row: AgreementRow, wanted: Sequence[dict[str, str]]
) -> None:
    """Replace the aims with the agreed ones. Raises ActionRefused when a reviewed aim would be removed."""
    kept = {UUID(one["id"]): one for one in wanted if one.get("id")}
    for present in await aims_of(session, person.authority_id, row.id):
        this = (Aim.authority_id == person.authority_id, Aim.id == present.id)
        if present.id in kept:
            texts = {name: kept[present.id][name] for name in TEXTS}
            await session.execute(
                update(Aim).where(*this).values(**texts).execution_options(synchronize_session=False)
            )
            continue
        with explain_constraints({"fk_review_rating_authority_id_aim_id": REVIEWED_AIM}, row.state):
            await session.execute(delete(Aim).where(*this).execution_options(synchronize_session=False))
    for one in wanted:
        if not one.get("id"):
            texts = {name: one[name] for name in TEXTS}
            session.add(Aim(authority_id=person.authority_id, agreement_id=row.id, **texts))
    await session.flush()


async def _notify_other_school(
    session: AsyncSession, person: Principal, row: AgreementRow, side: str, amendment_id: UUID, did: str
) -> None:
    await notify_schools(
        session,
        person,
        [urn_on(OTHER_SIDE[side], row)],
        NotificationText(
            "agreement_change",
            f"{school_on(side, row)} {did}.",
            f"/agreements/{row.id}",
            f"agreement_change:{amendment_id}:{did}",
        ),
    )
