"""Support that Park gives Mill, with visits that both schools agree on, and claims for it."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from alongside.features.agreements.aims.actions import write_aim
from alongside.features.agreements.signing.actions import sign_agreement
from alongside.features.agreements.visit_answers.actions import answer_record
from alongside.features.agreements.visit_answers.values import RecordAnswer
from alongside.features.agreements.visits.actions import log_visit
from alongside.features.agreements.visits.values import VisitRecord
from alongside.features.claims.actions import make_claim
from alongside.platform.database.session import Database
from tests.features.agreements.builders import AIM, TODAY, acting, an_agreement
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, NORTHSHIRE, Persona


async def a_visit(
    database: Database, agreement_id: UUID, days: str = "0.5", *, on: date = TODAY, confirmed: bool = True
) -> UUID:
    """Record a visit for Park; with `confirmed` Mill says that the record is correct."""
    record = VisitRecord(on, Decimal(days), "Guided reading", "Watched two lessons", "")
    async with database.transaction(NORTHSHIRE) as session:
        visit_id = await log_visit(session, acting(HEAD_OF_PARK), agreement_id, record)
    if confirmed:
        async with database.transaction(NORTHSHIRE) as session:
            await answer_record(session, acting(HEAD_OF_MILL), visit_id, RecordAnswer("correct"), 1)
    return visit_id


async def sign(database: Database, agreement_id: UUID) -> None:
    """Both heads sign an agreement with one aim."""
    async with database.transaction(NORTHSHIRE) as session:
        await write_aim(session, acting(HEAD_OF_PARK), agreement_id, AIM)
        for head in (HEAD_OF_MILL, HEAD_OF_PARK):
            await sign_agreement(session, acting(head), agreement_id, 2)


async def delivered(database: Database, *days: str, agreed: str = "2") -> tuple[UUID, list[UUID]]:
    """Support with so many agreed days, and confirmed visits of these days."""
    agreement_id = await an_agreement(database, days=agreed, pool="12")
    await sign(database, agreement_id)
    return agreement_id, [await a_visit(database, agreement_id, one) for one in days]


async def a_claim(
    database: Database, agreement_id: UUID, visits: list[UUID], by: Persona = HEAD_OF_PARK
) -> UUID:
    """Claim these visits."""
    async with database.transaction(NORTHSHIRE) as session:
        return await make_claim(session, acting(by), agreement_id, visits, "INV-7")


COLUMNS = text(
    "SELECT one.balance + invoiced.balance + paid.balance AS allocated, one.reserved, invoiced.balance AS invoiced,"
    " paid.balance AS paid, one.balance - one.reserved AS left FROM fund f"
    " JOIN ledger_account one ON one.id = f.account_id"
    " JOIN ledger_account invoiced ON invoiced.id = f.invoiced_account_id"
    " JOIN ledger_account paid ON paid.id = f.paid_account_id WHERE f.key = :key"
)


async def columns(database: Database, key: str = "first") -> dict[str, int]:
    """Committed, invoiced, paid and left of a fund, in pence; the columns add up."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        row = (await session.execute(COLUMNS, {"key": key})).one()
    assert row.allocated == row.reserved + row.invoiced + row.paid + row.left
    return {"committed": row.reserved, "invoiced": row.invoiced, "paid": row.paid, "left": row.left}
