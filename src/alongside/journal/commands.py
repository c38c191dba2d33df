"""`alongside audit verify`: does the chain of every authority's journal still hold?"""

import asyncio

import click
from sqlalchemy import text

from alongside.database.session import Database
from alongside.journal.queries import broken_links
from alongside.settings import Settings

AUTHORITIES = text("SELECT authority_id, slug FROM authority ORDER BY slug")


@click.group()
def audit() -> None:
    """The journal: who did what, when."""


@audit.command()
@click.option("--authority", help="Only this one, by its short name.")
def verify(authority: str | None) -> None:
    """Recompute every seal; name each place where the journal was changed. Exit code 1 when there is one."""
    broken = asyncio.run(_broken(Settings.from_environment(), authority))
    for line in broken:
        click.echo(line, err=True)
    if broken:
        raise SystemExit(1)
    click.echo("Every chain holds.")


async def _broken(settings: Settings, wanted: str | None) -> list[str]:
    database = Database(settings.database_url, settings.fence_key, pool_size=1)
    try:
        async with database.unfenced() as connection:
            authorities = (await connection.execute(AUTHORITIES)).all()
        chosen = [one for one in authorities if wanted in (None, one.slug)]
        if not chosen:
            raise click.ClickException(
                f"There is no authority {wanted}. Known: {', '.join(one.slug for one in authorities)}."
            )
        found = []
        for one in chosen:
            async with database.fenced(one.authority_id, read_only=True) as session:
                links = await broken_links(session, one.authority_id)
            found += [
                f"{one.slug}: number {link.number or '?'}, entry {link.entry_id or '?'}: {link.fault}"
                for link in links
            ]
        return found
    finally:
        await database.close()
