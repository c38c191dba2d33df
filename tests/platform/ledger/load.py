"""Random operations on a ledger by many sessions at once, a third of them cancelled."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from alongside.errors import ActionRefused
from alongside.platform.database.retries import DATABASE_ERRORS, is_passing, is_retryable
from alongside.platform.database.session import Database
from alongside.platform.ledger.actions import (
    Outcome,
    Reason,
    commit_amount,
    correct,
    open_account,
    post,
    resolve,
)
from alongside.platform.ledger.verification import ledger_faults
from tests.personas import NORTHSHIRE

Entry = TypeVar("Entry")
FUNDS, FLOOR, CEILING, START = 12, 0, 20_000, 5_000


@dataclass
class Load:
    """Sessions that write to one ledger, and what they know of the outcome.

    `certain` are the causes whose commit was confirmed; `commitments` what may be resolved, `posted` what may be
    corrected.
    """

    database: Database
    random: random.Random
    funds: list[UUID] = field(default_factory=list)
    outside: UUID | None = None
    certain: set[str] = field(default_factory=set)
    commitments: list[tuple[UUID, int]] = field(default_factory=list)
    posted: list[UUID] = field(default_factory=list)
    begun: int = 0
    refused: int = 0
    cancelled: int = 0

    async def open(self) -> None:
        """Open the accounts and fill the funds."""
        async with self.database.transaction(NORTHSHIRE) as session:
            self.outside = await open_account(session, NORTHSHIRE, "outside", "pence")
            for number in range(FUNDS):
                fund = await open_account(
                    session, NORTHSHIRE, f"fund {number}", "pence", floor=FLOOR, ceiling=CEILING
                )
                await post(
                    session, NORTHSHIRE, {self.outside: -START, fund: START}, Reason(f"start {number}", None)
                )
                self.funds.append(fund)

    async def run(self, operations: int, sessions: int) -> None:
        """Run so many operations, by so many sessions at once; a third of them is cancelled, most of those part way."""
        waiting = list(range(self.begun, self.begun + operations))
        self.begun += operations

        async def session() -> None:
            while waiting:
                await self._one(waiting.pop())

        await asyncio.gather(*(session() for _ in range(sessions)))

    async def _one(self, number: int) -> None:
        """One operation, repeated with its cause until its outcome is known, unless it is cancelled."""
        operation = self._chosen(f"operation {number}")
        task = asyncio.ensure_future(self._until_known(operation, f"operation {number}"))
        if number % 9 < 4:  # one in four of these ends before it is cancelled
            for _ in range(self.random.randint(0, 25)):  # steps and not seconds: the same on every machine
                await asyncio.sleep(0)
            if task.cancel():
                self.cancelled += 1
        await asyncio.gather(task, return_exceptions=True)
        if not task.cancelled() and (problem := task.exception()) is not None:
            raise problem

    async def _until_known(self, operation: Callable[[], Awaitable[None]], cause: str) -> None:
        while True:
            try:
                await operation()
            except (IntegrityError, ActionRefused):
                self.refused += 1
            except DATABASE_ERRORS as problem:
                if not (is_retryable(problem) or is_passing(problem)):
                    raise
                await asyncio.sleep(0.05)
                continue
            else:
                self.certain.add(cause)
            return

    def _chosen(self, cause: str) -> Callable[[], Awaitable[None]]:
        """An operation with random accounts and amounts."""
        kind = self.random.choice(("post", "commit", "commit", "resolve", "resolve", "correct"))
        amount = self.random.randint(1, 3_000)
        first, second = self.random.sample([*self.funds, self.outside or self.funds[0]], 2)
        if kind == "resolve" and self.commitments:
            commitment, most = self._one_of(self.commitments)
            outcome: Outcome = "posted" if self.random.random() < 0.5 else "released"
            part = self.random.randint(1, most + 1) if outcome == "posted" else 0
            return lambda: self._resolve(cause, commitment, outcome, part)
        if kind == "correct" and self.posted:
            before = self._one_of(self.posted)
            return lambda: self._correct(cause, before)
        if kind == "commit":
            return lambda: self._commit(cause, first, second, amount)
        return lambda: self._post(cause, first, second, amount)

    def _one_of(self, those: list[Entry]) -> Entry:
        """One entry; one in five is chosen again, also by another session at the same time."""
        position = self.random.randrange(len(those))
        return those[position] if self.random.random() < 0.2 else those.pop(position)

    async def _post(self, cause: str, first: UUID, second: UUID, amount: int) -> None:
        async with self.database.transaction(NORTHSHIRE) as session:
            found = await post(session, NORTHSHIRE, {first: -amount, second: amount}, Reason(cause, None))
        self.posted.append(found)

    async def _commit(self, cause: str, first: UUID, second: UUID, amount: int) -> None:
        async with self.database.transaction(NORTHSHIRE) as session:
            found = await commit_amount(session, NORTHSHIRE, first, second, amount, Reason(cause, None))
        self.commitments.append((found, amount))

    async def _resolve(self, cause: str, commitment: UUID, outcome: Outcome, part: int) -> None:
        async with self.database.transaction(NORTHSHIRE) as session:
            await resolve(session, NORTHSHIRE, commitment, outcome, Reason(cause, None), amount=part)

    async def _correct(self, cause: str, before: UUID) -> None:
        async with self.database.transaction(NORTHSHIRE) as session:
            await correct(session, NORTHSHIRE, before, Reason(cause, None))

    async def faults(self) -> list[str]:
        """What is wrong with the books: as verified, and recounted here from the entries."""
        async with self.database.transaction(NORTHSHIRE, read_only=True) as session:
            found = await ledger_faults(session, NORTHSHIRE)
            causes = [
                str(one)
                for one in (
                    await session.execute(
                        text(
                            "SELECT cause FROM ledger_transaction UNION ALL SELECT cause FROM ledger_commitment"
                            " UNION ALL SELECT cause FROM ledger_resolution WHERE amount = 0"
                        )
                    )
                ).scalars()
            ]
            below = (
                await session.execute(
                    text(
                        "SELECT key FROM ledger_account WHERE balance - reserved < floor OR balance > ceiling"
                    )
                )
            ).scalars()
            total = await session.scalar(text("SELECT sum(balance) FROM ledger_account"))
            unbalanced = await session.scalar(
                text(
                    "SELECT count(*) FROM (SELECT FROM ledger_posting GROUP BY transaction_id HAVING sum(amount) <> 0)"
                )
            )
        found += [f"{key} is beyond its limit" for key in below]
        if total or unbalanced:
            found.append(f"{unbalanced} transactions are not balanced, all accounts sum to {total}")
        if len(causes) != len(set(causes)):
            found.append("a cause was written twice")
        return found + [f"{cause} was confirmed and is lost" for cause in self.certain - set(causes)]
