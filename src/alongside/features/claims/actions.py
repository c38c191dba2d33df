"""Commands on claims: make, withdraw, approve, return, mark as paid, and credit."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.agreements.queries import lock_agreement
from alongside.features.claims import models
from alongside.features.claims.models import Claim
from alongside.features.claims.queries import get_claim, officers
from alongside.features.claims.row import ClaimRow
from alongside.features.interests.queries import schools_of_interest
from alongside.features.people.queries import ids, people_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.notifications import notify
from alongside.platform.web.formatting import format_date, format_money
from alongside.platform.workflow import Transition, apply_transition

NOT_CONFIRMED = "A visit on the claim is not confirmed by both schools. Claim it once it is."
MESSAGES = {
    "uq_claim_line_visit": "One of these visits is on a claim already. Reload the page to see what you can claim.",
    "claim_line_of_confirmed_visit": NOT_CONFIRMED,
    "claim_line_has_a_fund": "No fund pays for one of these visits. Ask the core team.",
    "claim_within_commitment": "This is more than the fund has committed for this support. Ask the core team.",
    "claim_approved_by_another": "You committed the money for this support. Ask a colleague to approve the claim.",
    "claim_decided_by_another": "You made this claim. Ask a colleague to decide on it.",
    "claim_decided_without_interest": "You have an interest in one of the schools. Ask a colleague to decide.",
}

INSERT_LINES = text(
    "INSERT INTO claim_line (authority_id, claim_id, visit_id) SELECT :authority_id, :claim_id, unnest(:visits)"
).bindparams(
    bindparam("visits", type_=ARRAY(Uuid(as_uuid=True))), bindparam("claim_id", type_=Uuid(as_uuid=True))
)
"""A trigger fills the other columns from the visit and the agreed rate."""


async def make_claim(
    session: AsyncSession,
    person: Principal,
    agreement_id: UUID,
    visit_ids: Iterable[UUID],
    invoice_number: str,
) -> UUID:
    """Claim visits of an agreement; PostgreSQL computes each line from its visit and the agreed rate.

    Raises ActionRefused for a visit that is not confirmed, that is on a claim, or that no fund pays for.
    """
    row = await lock_agreement(session, person, Permission.MAKE_CLAIM, agreement_id)
    await identify_requester(session, person)
    chosen = sorted(set(visit_ids))
    if not chosen:
        raise ActionRefused("Select at least one visit.", row.state)
    assert person.id is not None
    made = Claim(
        authority_id=person.authority_id,
        agreement_id=row.id,
        state=models.SUBMIT.end,
        claimed_by=person.id,
        invoice_number=invoice_number,
    )
    session.add(made)
    with explain_constraints(MESSAGES, row.state):
        await session.flush()
        values = {"authority_id": person.authority_id, "claim_id": made.id, "visits": chosen}
        await session.execute(INSERT_LINES, values)
    urns = (row.requesting_urn, row.supporting_urn)
    await record_audit(session, person, models.SUBMIT.verb, "claim", made.id, schools=urns)
    claim = await get_claim(session, person, Permission.VIEW_CLAIM, made.id)
    said = f"{row.supporting_name} claims {format_money(claim.pence)} for support of {row.requesting_name}."
    people = await officers(session, person.authority_id, person.today)
    await notify(
        session, person, people, "claim_made", said, path_of(claim.id), once=f"claim_made:{claim.id}"
    )
    return claim.id


async def withdraw_claim(session: AsyncSession, person: Principal, claim_id: UUID) -> None:
    """Withdraw a claim that waits for approval: its visits can be claimed again."""
    row = await get_claim(session, person, Permission.MAKE_CLAIM, claim_id)
    await _move(session, person, row, models.WITHDRAW)


async def approve_claim(session: AsyncSession, person: Principal, claim_id: UUID) -> None:
    """Approve a claim: its amount is invoiced. Raises ActionRefused for the person who committed the money."""
    row = await get_claim(session, person, Permission.MANAGE_CLAIM, claim_id)
    await _move(session, person, row, models.APPROVE, decided_by=person.id, decided_at=datetime.now(UTC))
    said = f"Your claim of {format_money(row.pence)} for support of {row.requesting_name} is approved."
    await _notify_school(session, person, row, "claim_approved", said)


async def return_claim(session: AsyncSession, person: Principal, claim_id: UUID, reason: str) -> None:
    """Return a claim with a reason: its visits can be claimed again."""
    row = await get_claim(session, person, Permission.MANAGE_CLAIM, claim_id)
    await _move(
        session,
        person,
        row,
        models.RETURN,
        note=reason,
        decided_by=person.id,
        decided_at=datetime.now(UTC),
        returned_because=reason,
    )
    said = (
        f"Your claim of {format_money(row.pence)} for support of {row.requesting_name} was returned: {reason}"
    )
    await _notify_school(session, person, row, "claim_returned", said)


async def pay_claim(
    session: AsyncSession, person: Principal, claim_id: UUID, paid_on: date, payment_reference: str
) -> None:
    """Mark an approved claim as paid, with the date and the reference of the payment."""
    row = await get_claim(session, person, Permission.MANAGE_CLAIM, claim_id)
    await _move(
        session,
        person,
        row,
        models.PAY,
        paid_by=person.id,
        paid_on=paid_on,
        payment_reference=payment_reference,
    )
    said = (
        f"Your claim of {format_money(row.pence)} was paid on {format_date(paid_on)}, "
        f"reference {payment_reference}."
    )
    await _notify_school(session, person, row, "claim_paid", said)


async def credit_claim(session: AsyncSession, person: Principal, claim_id: UUID, reason: str) -> None:
    """Write a credit note for a claim: counter-entries return its money, and its visits can be claimed again."""
    row = await get_claim(session, person, Permission.MANAGE_CLAIM, claim_id)
    await _move(
        session,
        person,
        row,
        models.CREDIT,
        note=reason,
        credited_by=person.id,
        credited_at=datetime.now(UTC),
        credited_because=reason,
    )
    said = f"A credit note was written for your claim of {format_money(row.pence)}: {reason}"
    await _notify_school(session, person, row, "claim_credited", said)


def path_of(claim_id: UUID) -> str:
    """The address of a claim."""
    return f"/claims/{claim_id}"


async def identify_requester(session: AsyncSession, person: Principal) -> None:
    """Set this person as the requester of the transaction, whom PostgreSQL asks for at each step of a claim."""
    interests: frozenset[int] = frozenset()
    if person.id is not None and person.school_urn is None:
        interests = await schools_of_interest(session, person.authority_id, person.id, person.today)
    await set_requester(
        session,
        RequesterContext(
            person.authority_id, person.role.value, person.id, person.school_urn, interests=interests
        ),
    )


async def _move(
    session: AsyncSession,
    person: Principal,
    row: ClaimRow,
    move: Transition,
    note: str | None = None,
    **written: object,
) -> None:
    await identify_requester(session, person)
    with explain_constraints(MESSAGES, row.state):
        await apply_transition(session, person, Claim, row, move, note=note, written=written)


async def _notify_school(
    session: AsyncSession, person: Principal, row: ClaimRow, kind: str, text: str
) -> None:
    people = await people_of_schools(session, person.authority_id, person.today, [row.supporting_urn])
    await notify(session, person, ids(people), kind, text, path_of(row.id), once=f"{kind}:{row.id}")
