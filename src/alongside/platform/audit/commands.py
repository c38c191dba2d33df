"""`alongside audit verify`: checks the audit log of every authority."""

import asyncio
from pathlib import Path

import click
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.audit.anchors import faults_against, read_anchors
from alongside.platform.audit.queries import broken_links, head_of, seals_at, start_of
from alongside.platform.audit.records import changed_records
from alongside.platform.database.session import Database
from alongside.settings import Settings

AUTHORITIES = text("SELECT authority_id, slug FROM authority ORDER BY slug")


@click.group()
def audit() -> None:
    """The journal: who did what, when."""


@audit.command()
@click.option("--authority", help="Only this one, by its short name.")
@click.option(
    "--anchors",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder of anchors (else ALONGSIDE_ANCHORS): without it a tail that was cut off cannot be missed.",
)
def verify(authority: str | None, anchors: Path | None) -> None:
    """Recompute every seal and every row of record, compare with the anchors, and name each place that was changed.

    Exit code 1 when there is one.
    """
    settings = Settings.from_environment()
    folder = anchors or settings.anchors
    broken, compared = asyncio.run(_broken(settings, authority, folder))
    for line in broken:
        click.echo(line, err=True)
    if broken:
        raise SystemExit(1)
    click.echo("Every chain holds.")
    if folder is None:
        click.echo("No anchors were compared: set ALONGSIDE_ANCHORS, or a tail that was cut off goes unseen.")
    else:
        click.echo(f"It is what was anchored, {compared} times.")


async def _broken(settings: Settings, wanted: str | None, folder: Path | None) -> tuple[list[str], int]:
    """Return every fault of the chosen authorities, and how many anchors were compared."""
    database = Database.of(settings)
    try:
        async with database.system_connection() as connection:
            authorities = (await connection.execute(AUTHORITIES)).all()
        chosen = [one for one in authorities if wanted in (None, one.slug)]
        if not chosen:
            raise click.ClickException(
                f"There is no authority {wanted}. Known: {', '.join(one.slug for one in authorities)}."
            )
        found, compared = [], 0
        for one in chosen:
            async with database.transaction(one.authority_id, read_only=True) as session:
                links = await broken_links(session, one.authority_id)
                anchored, faults = await _anchored(session, one.authority_id, folder, settings.anchor_key)
                faults += await changed_records(session, one.authority_id)
            compared += anchored
            found += [
                f"{one.slug}: number {link.number or '?'}, entry {link.entry_id or '?'}: {link.fault}"
                for link in links
            ] + [f"{one.slug}: {fault}" for fault in faults]
        return found, compared
    finally:
        await database.close()


async def _anchored(
    session: AsyncSession, authority_id: int, folder: Path | None, key: bytes | None
) -> tuple[int, list[str]]:
    """Return how many anchors an authority has, and the faults that they show."""
    if folder is None:
        return 0, []
    anchors, faults = read_anchors(folder, authority_id, key)
    head = await head_of(session, authority_id)
    seals = await seals_at(session, authority_id, [one.number for one in anchors])
    start = await start_of(session, authority_id)
    return len(anchors), faults + faults_against(anchors, seals, start, head.number if head else 0)
