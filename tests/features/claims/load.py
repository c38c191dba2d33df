"""Random claims, decisions, payments and credit notes by many sessions at once, beside new visits."""

import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from alongside.features.authorities.settings_cache import register_settings
from alongside.features.claims.actions import (
    approve_claim,
    credit_claim,
    make_claim,
    pay_claim,
    return_claim,
    withdraw_claim,
)
from alongside.platform.ledger.verification import ledger_faults
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.agreements.builders import acting
from tests.features.authorities.tenant_file_text import settings_with, store_settings
from tests.features.claims.builders import a_visit, delivered
from tests.features.funding.test_commit_from_funds import RATE, fund
from tests.personas import HEAD_OF_PARK, HEAD_OF_SERVICE, NORTHSHIRE, OFFICER
from tests.platform.ledger.load import Load

DAYS = 6
FAULTS = text(
    """
    WITH claimed AS (SELECT state, sum(pence) AS pence FROM claim GROUP BY state),
    funds AS (
        SELECT sum(one.reserved) AS committed, sum(invoiced.balance) AS invoiced, sum(paid.balance) AS paid
          FROM fund f JOIN ledger_account one ON one.id = f.account_id
          JOIN ledger_account invoiced ON invoiced.id = f.invoiced_account_id
          JOIN ledger_account paid ON paid.id = f.paid_account_id)
    SELECT 'a visit is claimed twice: ' || visit_id FROM claim_line WHERE counts GROUP BY visit_id HAVING count(*) > 1
    UNION ALL
    SELECT 'the claim ' || c.id || ' is not the sum of its lines' FROM claim c
     WHERE c.pence <> (SELECT coalesce(sum(l.pence), 0) FROM claim_line l WHERE l.claim_id = c.id)
    UNION ALL
    SELECT 'a line counts for a claim that is over: ' || c.id FROM claim c JOIN claim_line l ON l.claim_id = c.id
     WHERE l.counts <> (c.state IN ('submitted', 'approved', 'paid')) OR l.invoiced <> (c.state IN ('approved', 'paid'))
    UNION ALL
    SELECT 'invoiced is ' || invoiced || ', approved claims sum to ' || coalesce(pence, 0)
      FROM funds LEFT JOIN claimed ON state = 'approved' WHERE invoiced <> coalesce(pence, 0)
    UNION ALL
    SELECT 'paid is ' || paid || ', paid claims sum to ' || coalesce(pence, 0)
      FROM funds LEFT JOIN claimed ON state = 'paid' WHERE paid <> coalesce(pence, 0)
    UNION ALL
    SELECT 'committed, invoiced and paid are ' || committed + invoiced + paid || ', agreed is ' || CAST(:agreed AS bigint)
      FROM funds WHERE committed + invoiced + paid <> CAST(:agreed AS bigint)
    """
)


@dataclass
class ClaimLoad(Load):
    """Sessions that claim, decide and pay for the same agreements at once."""

    agreements: list[tuple[UUID, list[UUID]]] = field(default_factory=list)
    claims: list[UUID] = field(default_factory=list)

    async def prepare(self, copy: DatabaseCopy, agreements: int, visits: int) -> None:
        """Declare a fund, and agree support with so many confirmed visits of half a day each."""
        with tempfile.TemporaryDirectory() as folder:
            settings = settings_with(Path(folder), {"funds": {"first": fund(agreements * DAYS * RATE)}})
        await store_settings(copy, settings, 2)
        register_settings(settings, 2)
        for _ in range(agreements):
            self.agreements.append(await delivered(self.database, *["0.5"] * visits, agreed=str(DAYS)))

    def _chosen(self, cause: str) -> Callable[[], Awaitable[None]]:
        """An operation on a random agreement or claim."""
        kind = self.random.choice((*("claim", "approve", "pay") * 3, "return", "withdraw", "credit", "visit"))
        agreement_id, visits = self.random.choice(self.agreements)
        if kind == "claim" or not self.claims:
            chosen = self.random.sample(visits, self.random.randint(1, 3))
            return lambda: self._claim(agreement_id, chosen, cause)
        if kind == "visit":
            return lambda: self._visit(agreement_id)
        claim_id = self.random.choice(self.claims[-40:])
        return lambda: self._decide(kind, claim_id)

    async def _claim(self, agreement_id: UUID, visits: list[UUID], cause: str) -> None:
        async with self.database.transaction(NORTHSHIRE) as session:
            made = await make_claim(session, acting(HEAD_OF_PARK), agreement_id, visits, cause)
        self.claims.append(made)

    async def _visit(self, agreement_id: UUID) -> None:
        await a_visit(self.database, agreement_id, confirmed=False)

    async def _decide(self, kind: str, claim_id: UUID) -> None:
        officer, head = acting(OFFICER, APP_DAY), acting(HEAD_OF_SERVICE, APP_DAY)
        async with self.database.transaction(NORTHSHIRE) as session:
            if kind == "approve":
                await approve_claim(session, officer, claim_id)
            elif kind == "pay":
                await pay_claim(session, officer, claim_id, APP_DAY, "BACS")
            elif kind == "return":
                await return_claim(session, officer, claim_id, "Wrong")
            elif kind == "credit":
                await credit_claim(session, head, claim_id, "Wrong")
            else:
                await withdraw_claim(session, acting(HEAD_OF_PARK), claim_id)

    async def faults(self) -> list[str]:
        """What is wrong: the ledger, and the claims beside it, recounted here."""
        async with self.database.transaction(NORTHSHIRE, read_only=True) as session:
            agreed = {"agreed": len(self.agreements) * DAYS * RATE}
            return [
                *await ledger_faults(session, NORTHSHIRE),
                *(await session.execute(FAULTS, agreed)).scalars(),
            ]
