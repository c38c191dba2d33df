"""PostgreSQL keeps the rules of claims with the app bypassed: raw SQL as the app's role, and races."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.claims.actions import approve_claim, credit_claim, pay_claim
from alongside.features.funding.requester import name_person
from tests.databases import APP_DAY, constraint_of
from tests.features.agreements.builders import acting, an_agreement
from tests.features.claims.builders import a_claim, a_visit, columns, delivered, sign
from tests.features.funding.test_commit_from_funds import RATE, Funds, fund, funds
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_SERVICE,
    NORTHSHIRE,
    OFFICER,
    Persona,
)

__all__ = ["funds"]

CLAIM = (
    "INSERT INTO claim (authority_id, agreement_id, state, claimed_by, pence, days)"
    " VALUES (1, :agreement, :state, :by, 999999, 99) RETURNING id"
)
LINE = (
    "INSERT INTO claim_line (authority_id, claim_id, visit_id, fund_id, visit_on, days, pence_per_day, pence)"
    " VALUES (1, :claim, :visit, :visit, '2020-01-01', 20, 999999, 99999999)"
)


async def run(session: AsyncSession, sql: str, **values: object) -> None:
    """Run SQL in the transaction."""
    await session.execute(text(sql.replace("VALUES (1,", f"VALUES ({NORTHSHIRE},")), values)


async def refused(funds: Funds, who: Persona | None, sql: str, **values: object) -> str:
    """Run SQL as the app's role for a person; returns the constraint or error code, or an empty text."""
    try:
        async with funds.database.transaction(NORTHSHIRE) as session:
            if who is not None:
                await name_person(session, acting(who))
            await run(session, sql, **values)
    except IntegrityError as error:
        return constraint_of(error)
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlstate", ""))
    return ""


async def put_claim(session: AsyncSession, agreement_id: UUID, by: Persona = HEAD_OF_PARK) -> UUID:
    """Insert a claim without code of the product."""
    await name_person(session, acting(by))
    values = {"agreement": agreement_id, "state": "submitted", "by": by.person_id}
    sql = CLAIM.replace("VALUES (1,", f"VALUES ({NORTHSHIRE},")
    made: UUID = (await session.execute(text(sql), values)).scalar_one()
    return made


async def test_only_the_head_of_the_supporting_school_claims_in_their_own_name(funds: Funds) -> None:
    agreement_id, _ = await delivered(funds.database)
    for who, by in (
        (HEAD_OF_MILL, HEAD_OF_MILL),
        (OFFICER, HEAD_OF_PARK),
        (DELEGATE_OF_MILL, DELEGATE_OF_MILL),
        (HEAD_OF_PARK, OFFICER),
    ):
        values = {"agreement": agreement_id, "state": "submitted", "by": by.person_id}
        assert await refused(funds, who, CLAIM, **values) == "claim_by_supporting_school", who.name
    values = {"agreement": agreement_id, "by": HEAD_OF_PARK.person_id}
    assert await refused(funds, HEAD_OF_PARK, CLAIM, **values, state="approved") == "allowed_transition"
    assert await refused(funds, None, CLAIM, **values, state="submitted") == "42501"


async def test_a_line_is_what_its_visit_says_and_never_what_is_typed(funds: Funds) -> None:
    agreement_id, visits = await delivered(funds.database, "0.5")
    async with funds.database.transaction(NORTHSHIRE) as session:
        claim = await put_claim(session, agreement_id)
        await run(session, LINE, claim=claim, visit=visits[0])
    async with funds.database.transaction(NORTHSHIRE) as session:
        line = (await session.execute(text("SELECT days, pence_per_day, pence FROM claim_line"))).one()
        assert (str(line.days), line.pence_per_day, line.pence) == ("0.5", RATE, RATE // 2)
        assert await session.scalar(text("SELECT pence FROM claim")) == RATE // 2
    assert (
        await refused(funds, HEAD_OF_PARK, LINE, claim=claim, visit=visits[0]) == "claim_line_with_its_claim"
    )
    assert await refused(funds, HEAD_OF_PARK, "UPDATE claim_line SET pence = 1") == "42501"
    assert await refused(funds, HEAD_OF_PARK, "DELETE FROM claim_line") == "42501"


async def test_a_visit_is_claimed_once_also_by_two_at_the_same_time(funds: Funds) -> None:
    agreement_id, visits = await delivered(funds.database, "0.5")
    found = await asyncio.gather(
        *(a_claim(funds.database, agreement_id, visits) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(one, UUID) for one in found) == 1
    assert all(isinstance(one, UUID | ActionRefused) for one in found), found
    async with funds.database.transaction(NORTHSHIRE) as session:
        claim = await put_claim(session, agreement_id)
        with pytest.raises(IntegrityError, match="uq_claim_line_visit"):
            await run(session, LINE, claim=claim, visit=visits[0])
        await session.rollback()


async def test_a_claim_has_visits_that_are_confirmed_and_that_a_fund_pays_for(funds: Funds) -> None:
    agreement_id, _ = await delivered(funds.database)
    waiting = await a_visit(funds.database, agreement_id, confirmed=False)
    with pytest.raises(ActionRefused, match="not confirmed by both schools"):
        await a_claim(funds.database, agreement_id, [waiting])
    _, others = await delivered(funds.database, "0.5")
    with pytest.raises(ActionRefused, match="not confirmed by both schools"):
        await a_claim(funds.database, agreement_id, others)


async def test_a_claim_is_not_above_what_is_committed(funds: Funds) -> None:
    """Days that moved into a year without money are not claimed there."""
    agreement_id = await an_agreement(funds.database, pool="12")
    await funds.apply(first=fund(10 * RATE), next=fund(10 * RATE, "2027-28"))
    await funds.move(agreement_id, "2027-03-18", "2027-04-14")
    await funds.apply(first=fund(RATE))
    await sign(funds.database, agreement_id)
    visits = [await a_visit(funds.database, agreement_id, "1") for _ in range(2)]
    with pytest.raises(ActionRefused, match="more than the fund has committed"):
        await a_claim(funds.database, agreement_id, visits)
    await a_claim(funds.database, agreement_id, visits[:1])
    with pytest.raises(ActionRefused, match="more than the fund has committed"):
        await a_claim(funds.database, agreement_id, visits[1:])


DECIDE = "UPDATE claim SET state = 'approved', decided_by = :by, decided_at = now() WHERE id = :id"


async def test_a_claim_is_approved_by_an_officer_without_a_part_in_it(funds: Funds) -> None:
    agreement_id = await an_agreement(funds.database, pool="12")
    committed = "UPDATE support_agreement SET days = 3 WHERE id = :id"
    assert await refused(funds, HEAD_OF_SERVICE, committed, id=agreement_id) == ""
    await sign(funds.database, agreement_id)
    claim = await a_claim(funds.database, agreement_id, [await a_visit(funds.database, agreement_id)])
    for who, by, why in (
        (HEAD_OF_PARK, HEAD_OF_PARK, "claim_decided_by_core_team"),
        (HEAD_OF_MILL, HEAD_OF_MILL, "claim_decided_by_core_team"),
        (OFFICER, HEAD_OF_SERVICE, "claim_decided_by_requester"),
        (None, OFFICER, "42501"),
    ):
        assert await refused(funds, who, DECIDE, by=by.person_id, id=claim) == why
    interest = (
        "INSERT INTO declared_interest (authority_id, person_id, other_urn, kind)"
        " SELECT authority_id, :by, supporting_urn, 'family' FROM support_agreement WHERE id = :id"
    )
    assert await refused(funds, OFFICER, interest, by=OFFICER.person_id, id=agreement_id) == ""
    assert (
        await refused(funds, OFFICER, DECIDE, by=OFFICER.person_id, id=claim)
        == "claim_decided_without_interest"
    )
    own = await refused(funds, HEAD_OF_SERVICE, DECIDE, by=HEAD_OF_SERVICE.person_id, id=claim)
    assert own == "claim_approved_by_another"


EDITS = (
    "UPDATE claim SET pence = 1",
    "UPDATE claim SET invoice_number = 'other'",
    "UPDATE claim SET decided_at = now()",
    "UPDATE claim SET state = 'paid', paid_on = current_date, payment_reference = 'x', paid_by = :by, pence = 1",
    "UPDATE claim SET state = 'paid', paid_on = current_date, payment_reference = 'x', paid_by = :by, agreement_id = id",
)


async def test_an_approved_claim_is_never_edited_deleted_or_paid_twice(funds: Funds) -> None:
    agreement_id, visits = await delivered(funds.database, "0.5")
    claim = await a_claim(funds.database, agreement_id, visits)
    async with funds.database.transaction(NORTHSHIRE) as session:
        await approve_claim(session, acting(OFFICER, APP_DAY), claim)
    for sql in EDITS:
        values = {"by": OFFICER.person_id} if ":by" in sql else {}
        assert await refused(funds, OFFICER, sql, **values) == "claim_is_not_edited", sql
    assert await refused(funds, OFFICER, "DELETE FROM claim") == "claim_is_not_deleted"
    back = "UPDATE claim SET state = 'submitted'"
    assert await refused(funds, OFFICER, back) in ("allowed_transition", "claim_is_not_edited")

    async def pay(number: int) -> None:
        async with funds.database.transaction(NORTHSHIRE) as session:
            await pay_claim(session, acting(OFFICER, APP_DAY), claim, APP_DAY, f"BACS {number}")

    found = await asyncio.gather(*(pay(number) for number in range(3)), return_exceptions=True)
    assert found.count(None) == 1
    assert (await columns(funds.database))["paid"] == RATE // 2
    await funds.read()


async def test_the_app_cannot_write_the_entries_of_a_claim_itself(funds: Funds) -> None:
    agreement_id, visits = await delivered(funds.database, "0.5")
    await a_claim(funds.database, agreement_id, visits)
    for function in ("invoice_claim", "pay_claim", "credit_claim"):
        sql = f"SELECT {function}(c) FROM claim c"
        assert await refused(funds, OFFICER, sql) in ("42501", "claim_within_commitment"), function
    assert (await columns(funds.database))["invoiced"] == 0


async def test_a_claim_and_its_credit_note_keep_a_shortfall_in_order(funds: Funds) -> None:
    """A lowered fund still pays for what is committed; what a credit note brings back reduces the shortfall."""
    agreement_id, visits = await delivered(funds.database, "1", agreed="6")
    await funds.apply(first=fund(4 * RATE))
    assert (await funds.read())["first 2026-27"] == (-2 * RATE, 6 * RATE, 2 * RATE)
    claim = await a_claim(funds.database, agreement_id, visits)
    async with funds.database.transaction(NORTHSHIRE) as session:
        await approve_claim(session, acting(OFFICER, APP_DAY), claim)
    assert (await funds.read())["first 2026-27"] == (-2 * RATE, 5 * RATE, 2 * RATE)
    async with funds.database.transaction(NORTHSHIRE) as session:
        await credit_claim(session, acting(HEAD_OF_SERVICE, APP_DAY), claim, "Wrong")
    assert (await funds.read())["first 2026-27"] == (-RATE, 5 * RATE, RATE)


async def test_claims_and_changed_agreements_at_the_same_time_count_once(funds: Funds) -> None:
    """Approvals beside new visits: no day is both committed and invoiced."""
    agreement_id, visits = await delivered(funds.database, "0.5", "0.5", "0.5", agreed="6")
    claims = [await a_claim(funds.database, agreement_id, [one]) for one in visits]

    async def approve(claim: UUID) -> None:
        async with funds.database.transaction(NORTHSHIRE) as session:
            await approve_claim(session, acting(OFFICER, APP_DAY), claim)

    visit = a_visit(funds.database, agreement_id, confirmed=False)
    more = (a_visit(funds.database, agreement_id, confirmed=False) for _ in range(4))
    await asyncio.gather(visit, *(approve(one) for one in claims), *more)
    found = await columns(funds.database)
    assert found["invoiced"] == 3 * RATE // 2
    assert found["committed"] == 6 * RATE - 3 * RATE // 2
    await funds.read()
