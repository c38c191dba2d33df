"""PostgreSQL keeps the books, with the app bypassed: raw SQL as the app's role shows each refusal."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.errors import ActionRefused
from alongside.platform.database.session import Database
from alongside.platform.ledger.actions import (
    Reason,
    commit_amount,
    correct,
    expire_commitments,
    open_account,
    post,
    resolve,
)
from alongside.platform.ledger.verification import ledger_faults
from tests.databases import DatabaseCopy, open_database
from tests.personas import NORTHSHIRE, OFFICER, SOUTHSHIRE

BALANCES = text("SELECT key, balance, reserved, expected, shortfall FROM ledger_account ORDER BY key")
NEW_TRANSACTION = (
    f"INSERT INTO ledger_transaction (authority_id, id, cause) VALUES ({NORTHSHIRE}, '%s', '%s');"
)


def because(cause: str) -> Reason:
    """A reason with this cause, without a decision."""
    return Reason(cause, OFFICER.person_id)


class Books:
    """A grant that pays into a fund of 1,000 pence at most, from which a provider is paid."""

    def __init__(self, database: Database, grant: UUID, fund: UUID, provider: UUID) -> None:
        self.database, self.grant, self.fund, self.provider = database, grant, fund, provider

    async def run(self, sql: str) -> str:
        """Run SQL as the app's role. Returns the constraint or the SQLSTATE that refuses it, or nothing."""
        try:
            async with self.database.transaction(NORTHSHIRE) as session:
                for one in sql.split(";"):
                    if one.strip():
                        await session.execute(text(one))
        except DBAPIError as error:
            cause = getattr(error.orig, "__cause__", None)
            return str(getattr(cause, "constraint_name", None) or getattr(cause, "sqlstate", ""))
        return ""

    def posting(self, transaction_id: UUID, account: UUID, amount: int) -> str:
        """The statement that inserts a posting."""
        return (
            "INSERT INTO ledger_posting (authority_id, transaction_id, account_id, amount)"
            f" VALUES ({NORTHSHIRE}, '{transaction_id}', '{account}', {amount});"
        )

    async def state(self) -> dict[str, tuple[int, int, int, int]]:
        """Balance, reserved, expected and shortfall of each account; the books must be in order."""
        async with self.database.transaction(NORTHSHIRE) as session:
            assert await ledger_faults(session, NORTHSHIRE) == []
            return {row[0]: tuple(row[1:]) for row in await session.execute(BALANCES)}

    async def reserve(self, amount: int, cause: str = "order", expires_on: date | None = None) -> UUID:
        """Commit an amount of the fund to the provider."""
        async with self.database.transaction(NORTHSHIRE) as session:
            return await commit_amount(
                session,
                NORTHSHIRE,
                self.fund,
                self.provider,
                amount,
                because(cause),
                expires_on=expires_on,
            )


@pytest.fixture
async def books(copy: DatabaseCopy) -> Books:
    """1,000 pence in the fund."""
    database = open_database(copy)
    async with database.transaction(NORTHSHIRE) as session:
        grant = await open_account(session, NORTHSHIRE, "grant", "pence")
        fund = await open_account(session, NORTHSHIRE, "fund", "pence", floor=0, ceiling=1000)
        provider = await open_account(session, NORTHSHIRE, "provider", "pence")
        await post(session, NORTHSHIRE, {grant: -1000, fund: 1000}, because("award"))
    return Books(database, grant, fund, provider)


async def test_raw_sql_is_refused_and_leaves_the_books_as_they_were(books: Books) -> None:
    """Overspending, an unbalanced transaction, changed entries, a late posting, a forged balance or unit."""
    first = (await books.reserve(400), uuid4(), uuid4())
    before = await books.state()
    new = NEW_TRANSACTION % (first[1], "x")

    def spend(amount: int, received: int) -> str:
        """A transaction from the fund to the provider."""
        return (
            new
            + books.posting(first[1], books.fund, -amount)
            + books.posting(first[1], books.provider, received)
        )

    resolution = (
        "INSERT INTO ledger_resolution (authority_id, commitment_id, outcome, amount, cause)"
        f" VALUES ({NORTHSHIRE}, '{first[0]}', '%s', %s, 'end')"
    )
    commitment = (
        "INSERT INTO ledger_commitment (authority_id, from_account_id, to_account_id, amount, cause)"
        f" VALUES ({NORTHSHIRE}, '%s', '%s', %s, 'more')"
    )
    account = f"INSERT INTO ledger_account (authority_id, id, key, unit) VALUES ({NORTHSHIRE}, '{first[2]}', 'c', 'credits');"
    [(award,)] = await rows(books, "SELECT id FROM ledger_transaction WHERE cause = 'award'")
    for sql, refusal in (
        (spend(601, 601), "ck_ledger_account_floor"),
        (spend(10, 9), "ledger_transaction_balances"),
        (new, "ledger_transaction_balances"),
        (new + books.posting(first[1], books.fund, -1), "ledger_transaction_balances"),
        (new + books.posting(first[1], books.fund, 0), "ck_ledger_posting_amount"),
        (books.posting(award, books.provider, 5), "ledger_transaction_balances"),
        (account + new + books.posting(first[1], first[2], 5) + books.posting(first[1], books.fund, -5),
         "ledger_transaction_balances"),
        (account + commitment % (books.fund, first[2], 1), "ledger_commitment_unit"),
        (new + books.posting(first[1], books.grant, -1) + books.posting(first[1], books.fund, 1),
         "ck_ledger_account_ceiling"),
        (commitment % (books.fund, books.provider, 601), "ck_ledger_account_floor"),
        (commitment % (books.grant, books.fund, 1), "ck_ledger_account_ceiling"),
        (commitment % (books.fund, books.provider, -1), "ck_ledger_commitment_amount"),
        (resolution % ("posted", 401), "ledger_resolution_at_most"),
        (resolution % ("posted", 0), "ck_ledger_resolution_amount"),
        (resolution % ("released", 5), "ck_ledger_resolution_amount"),
        (resolution % ("expired", 0), "ledger_resolution_expired"),
        (NEW_TRANSACTION % (first[1], "award"), "uq_ledger_transaction_authority_id_cause"),
        (new.replace("cause)", "cause, lowers)").replace("'x')", "'x', true)"), "42501"),
        (new.replace("cause)", "cause, corrects)").replace("'x')", f"'x', '{award}')")
         + books.posting(first[1], books.fund, -9) + books.posting(first[1], books.grant, 9),
         "ledger_transaction_corrects"),
        *((f"UPDATE ledger_{one} SET authority_id = authority_id", "42501") for one in TABLES),
        *((f"DELETE FROM ledger_{one}", "42501") for one in TABLES),
        *((f"TRUNCATE ledger_{one} CASCADE", "42501") for one in TABLES),
    ):  # fmt: skip
        assert await books.run(sql) == refusal, sql
    assert await books.state() == before
    assert before["fund"] == (1000, 400, 0, 0) and before["provider"] == (0, 0, 400, 0)
    forged = account.replace("unit)", "unit, balance, reserved)").replace("'credits')", "'credits', 7, 7)")
    assert await books.run(forged) == ""
    assert (await books.state())["c"] == (0, 0, 0, 0)


TABLES = ("account", "transaction", "posting", "commitment", "resolution")


async def rows(books: Books, sql: str) -> list[tuple[UUID]]:
    """Rows as the app's role reads them."""
    async with books.database.transaction(NORTHSHIRE) as session:
        return [(row[0],) for row in await session.execute(text(sql))]


async def test_a_commitment_is_resolved_once_and_the_rest_returns(books: Books) -> None:
    order = await books.reserve(400)
    async with books.database.transaction(NORTHSHIRE) as session:
        for _ in range(2):  # a repeated request changes nothing
            await resolve(session, NORTHSHIRE, order, "posted", because("invoice"), amount=150)
    assert (await books.state())["fund"] == (850, 0, 0, 0)
    with pytest.raises(ActionRefused, match="already posted or released"):
        async with books.database.transaction(NORTHSHIRE) as session:
            await resolve(session, NORTHSHIRE, order, "released", because("decline"))
    other = await books.reserve(850, "all")
    async with books.database.transaction(NORTHSHIRE) as session:
        await resolve(session, NORTHSHIRE, other, "released", because("decline"))
    assert (await books.state())["fund"] == (850, 0, 0, 0)


async def test_an_expired_commitment_gives_its_money_back_once(books: Books) -> None:
    await books.reserve(400, expires_on=date(2020, 3, 31))
    await books.reserve(100, "open")
    async with books.database.transaction(NORTHSHIRE) as session:
        assert await expire_commitments(session, NORTHSHIRE, date(2020, 3, 31)) == 0
        assert await expire_commitments(session, NORTHSHIRE, date(2020, 4, 1)) == 1
        assert await expire_commitments(session, NORTHSHIRE, date(2020, 4, 1)) == 0
    assert (await books.state())["fund"] == (1000, 100, 0, 0)


async def test_the_same_cause_writes_one_entry_and_another_amount_is_refused(books: Books) -> None:
    amounts = {books.fund: -300, books.provider: 300}
    async with books.database.transaction(NORTHSHIRE) as session:
        first = await post(session, NORTHSHIRE, amounts, because("invoice 7"))
        assert await post(session, NORTHSHIRE, amounts, because("invoice 7")) == first
        assert await books_commit(session, books, 100) == await books_commit(session, books, 100)
        for call in (
            post(session, NORTHSHIRE, {books.fund: -1, books.provider: 1}, because("invoice 7")),
            books_commit(session, books, 99),
        ):
            with pytest.raises(ActionRefused, match="recorded before with other amounts"):
                await call
    assert (await books.state())["fund"] == (700, 100, 0, 0)


async def books_commit(session: object, books: Books, amount: int) -> UUID:
    """Commit within a transaction that is open already."""
    return await commit_amount(
        session,  # type: ignore[arg-type]
        NORTHSHIRE,
        books.fund,
        books.provider,
        amount,
        because("order 7"),
    )


async def test_a_correction_is_a_counter_entry_and_is_made_once(books: Books) -> None:
    async with books.database.transaction(NORTHSHIRE) as session:
        spent = await post(session, NORTHSHIRE, {books.fund: -300, books.provider: 300}, because("invoice"))
        taken_back = await correct(session, NORTHSHIRE, spent, because("wrong invoice"))
        assert await correct(session, NORTHSHIRE, spent, because("wrong invoice")) == taken_back
    assert (await books.state())["fund"] == (1000, 0, 0, 0)
    with pytest.raises(DBAPIError, match="uq_ledger_transaction_authority_id_corrects"):
        async with books.database.transaction(NORTHSHIRE) as session:
            await correct(session, NORTHSHIRE, spent, because("wrong again"))


async def test_a_lowered_allocation_leaves_a_shortfall_that_money_coming_back_reduces(
    books: Books, copy: DatabaseCopy
) -> None:
    """Nothing is committed while it lasts; the owner's functions alone may lower."""
    order = await books.reserve(900)
    lowering = uuid4()
    owner = Database(copy.superuser_url, books.database.signing_key, pool_size=1)
    async with owner.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                f"INSERT INTO ledger_transaction (authority_id, id, cause, lowers) VALUES ({NORTHSHIRE}, :id, 'l', true)"
            ),
            {"id": lowering},
        )
        for account, amount in ((books.fund, -300), (books.grant, 300)):
            await session.execute(text(books.posting(lowering, account, amount)))
    await owner.close()
    assert (await books.state())["fund"] == (700, 900, 0, 200)
    assert await books.run(NEW_TRANSACTION % (uuid4(), "y")) == "ledger_transaction_balances"
    with pytest.raises(DBAPIError, match="ck_ledger_account_floor"):
        await books.reserve(1, "more")
    async with books.database.transaction(NORTHSHIRE) as session:
        await resolve(session, NORTHSHIRE, order, "posted", because("invoice"), amount=850)
    assert (await books.state())["fund"] == (-150, 0, 0, 150)
    async with books.database.transaction(NORTHSHIRE) as session:
        await post(session, NORTHSHIRE, {books.grant: -400, books.fund: 400}, because("second award"))
    assert (await books.state())["fund"] == (250, 0, 0, 0)


async def test_a_protected_account_is_written_by_functions_of_the_owner_alone(books: Books) -> None:
    account = uuid4()
    await books.run(
        "INSERT INTO ledger_account (authority_id, id, key, unit, protected)"
        f" VALUES ({NORTHSHIRE}, '{account}', 'p', 'pence', true)"
    )
    transaction = uuid4()
    posting = books.posting(transaction, account, 5) + books.posting(transaction, books.grant, -5)
    assert await books.run(NEW_TRANSACTION % (transaction, "z") + posting) == "42501"
    for pair in ((account, books.grant), (books.grant, account)):
        assert (
            await books.run(
                "INSERT INTO ledger_commitment (authority_id, from_account_id, to_account_id, amount, cause)"
                f" VALUES ({NORTHSHIRE}, '{pair[0]}', '{pair[1]}', 1, 'z')"
            )
            == "42501"
        )


async def test_another_authority_neither_reads_nor_uses_the_accounts(books: Books) -> None:
    async with books.database.transaction(SOUTHSHIRE) as session:
        assert not (await session.execute(BALANCES)).all()
    with pytest.raises(DBAPIError):
        async with books.database.transaction(SOUTHSHIRE) as session:
            await post(session, SOUTHSHIRE, {books.fund: -1, books.provider: 1}, because("theft"))


async def test_verify_names_what_the_owner_changed_past_the_rules(books: Books, copy: DatabaseCopy) -> None:
    import asyncpg

    owner = await asyncpg.connect(copy.superuser_url)
    await owner.execute("UPDATE ledger_account SET balance = 999 WHERE key = 'fund'")
    await owner.execute("UPDATE ledger_account SET reserved = 3 WHERE key = 'provider'")
    await owner.execute("UPDATE ledger_posting SET amount = 1001 WHERE amount = 1000")
    await owner.close()
    async with books.database.transaction(NORTHSHIRE) as session:
        faults = "\n".join(await ledger_faults(session, NORTHSHIRE))
    assert "account fund: the balance is 999, its postings sum to 1001" in faults
    assert "account provider: 3 is reserved, its open commitments sum to 0" in faults
    assert "postings of 1 units sum to 1" in faults
