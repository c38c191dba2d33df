"""`alongside ledger verify`: recomputes every ledger."""

import asyncio

import click
from sqlalchemy import text

from alongside.platform.database.session import Database
from alongside.platform.ledger.verification import ledger_faults
from alongside.settings import Settings

AUTHORITIES = text("SELECT authority_id, slug FROM authority ORDER BY slug")


@click.group()
def ledger() -> None:
    """Money and credits: accounts, transactions and commitments."""


@ledger.command()
@click.option("--authority", help="Only this one, by its short name.")
def verify(authority: str | None) -> None:
    """Recompute every balance and commitment from the entries, and name each difference.

    Exit code 1 when there is one.
    """
    faults = asyncio.run(_faults(Settings.from_environment(), authority))
    for line in faults:
        click.echo(line, err=True)
    if faults:
        raise SystemExit(1)
    click.echo("Every ledger balances.")


async def _faults(settings: Settings, wanted: str | None) -> list[str]:
    """Return the faults of the chosen authorities, each with its short name. Raises ClickException without one."""
    database = Database.of(settings)
    try:
        async with database.system_connection() as connection:
            authorities = (await connection.execute(AUTHORITIES)).all()
        chosen = [one for one in authorities if wanted in (None, one.slug)]
        if not chosen:
            known = ", ".join(one.slug for one in authorities)
            raise click.ClickException(f"There is no authority {wanted}. Known: {known}.")
        found = []
        for one in chosen:
            async with database.transaction(one.authority_id, read_only=True) as session:
                found += [f"{one.slug}: {fault}" for fault in await ledger_faults(session, one.authority_id)]
        return found
    finally:
        await database.close()
