"""The command `alongside performance import FILE --authority wigan`: show what would change, then store it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from alongside.errors import AlongsideError
from alongside.features.authorities.files import declared_authority
from alongside.features.authorities.queries import refresh_settings
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import settings_of
from alongside.features.performance.catalogue import measures_of
from alongside.features.performance.importing.actions import Origin, apply_import
from alongside.features.performance.importing.plan import ImportPlan, plan_import, summary_of
from alongside.features.performance.importing.queries import counted_schools
from alongside.features.performance.published.content import Question, Table
from alongside.features.performance.published.reading import read_table
from alongside.features.performance.published.sheets import Sheet, read_sheet
from alongside.features.performance.statuses import RELEASES
from alongside.platform.access.principal import system
from alongside.platform.database.retries import DATABASE_ERRORS, is_retryable
from alongside.platform.database.session import Database
from alongside.platform.web.formatting import format_count
from alongside.settings import Settings

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
SHOWN = 20
"""Rows left out that are shown on a terminal; the page of the import lists them all."""


@click.group()
def performance() -> None:
    """Import published figures of schools."""


@performance.command("import")
@click.argument("file", type=FILE)
@click.option("--authority", "slug", required=True, help="The authority, by its slug (wigan).")
@click.option("--year", help="The academic year of the table, like 2024-25, if its name does not say it.")
@click.option(
    "--release", type=click.Choice(list(RELEASES)), help="The release, if the file does not say it."
)
@click.option(
    "--as-at", type=click.DateTime(["%Y-%m-%d"]), help="The day of a file of inspections without dates."
)
@click.option("--source", default="", help="Where the file comes from.")
@click.option("--yes", is_flag=True, help="Store without asking.")
def import_table(
    file: Path,
    slug: str,
    year: str | None,
    release: str | None,
    as_at: datetime | None,
    source: str,
    *,
    yes: bool,
) -> None:
    """Import a published table (CSV or XLSX) for one authority, after showing what would change.

    Exits with 0 when the figures of the file are stored, 1 when nothing was changed.
    """
    console = Console()
    try:
        settings = declared_authority(slug)
        sheet = read_sheet(file.name, file.read_bytes())
        question = Question(
            settings.dfe_code, {}, frozenset(), year, release, as_at.date() if as_at else None
        )
        asyncio.run(_import(console, settings, sheet, question, Origin(source), yes=yes))
    except AlongsideError as problem:
        raise click.ClickException(str(problem)) from problem
    except DATABASE_ERRORS as problem:
        if not is_retryable(problem):
            raise
        raise click.ClickException(
            "The database cannot be reached or broke off. Nothing was changed; try again."
        ) from problem


async def _import(
    console: Console,
    settings: AuthoritySettings,
    sheet: Sheet,
    question: Question,
    origin: Origin,
    *,
    yes: bool,
) -> None:
    here = settings.dfe_code
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/London")).date()
    person = replace(system(here, today), name="alongside performance import")
    database = Database.of(Settings.from_environment())
    try:
        await refresh_settings(database)
        async with database.transaction(here, read_only=True) as session:
            schools = await counted_schools(session, here)
            measures = measures_of(settings_of(here))
            table = read_table(sheet, replace(question, measures=measures, schools=frozenset(schools)))
            plan = await plan_import(session, person, table, schools)
        _show(console, table, plan)
        if plan.is_empty:
            console.print(f"{settings.name}: nothing to change.", highlight=False)
            return
        if not yes:
            click.confirm("Store these figures?", abort=True)
        async with database.transaction(here) as session:
            await apply_import(session, person, table, schools, origin=origin, expected=plan.digest)
        stored = format_count(len(plan.figures) + len(plan.benchmarks) + len(plan.outcomes), "figure")
        console.print(f"{settings.name}: {stored} stored.", highlight=False)
    finally:
        await database.close()


def _show(console: Console, table: Table, plan: ImportPlan) -> None:
    """Print what an import would change, the notes on its columns, and the first rows left out."""
    heading = f"{table.filename}: {table.label}, {table.academic_year}, {RELEASES[table.release].lower()}"
    grid = Grid(title=escape(heading), title_justify="left")
    grid.add_column("What would change")
    grid.add_column("Number", justify="right")
    for label, number in summary_of(table, plan):
        if number:
            grid.add_row(label, f"{number:,}")
    console.print(grid)
    for note in table.notes:
        console.print(escape(note), highlight=False, soft_wrap=True)
    for fault in table.faults[:SHOWN]:
        console.print(escape(f"Left out, {fault}"), highlight=False, soft_wrap=True)
    if len(table.faults) > SHOWN:
        console.print(f"… and {len(table.faults) - SHOWN:,} more", highlight=False)
