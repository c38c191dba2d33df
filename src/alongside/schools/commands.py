"""`alongside schools import FILE --authority wigan`: the DfE's register, shown first, then applied."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import SQLAlchemyError

from alongside.access.person import system
from alongside.authorities.files import declared_authority
from alongside.authorities.queries import refresh_settings, stored_settings
from alongside.authorities.settings import AuthoritySettings
from alongside.database.session import Database, may_try_again
from alongside.errors import Alongside, Refused
from alongside.schools.actions import apply_register
from alongside.schools.changes import ChangeReport, compare, refuse_cut_off
from alongside.schools.gias import Register, read_register
from alongside.schools.links import read_links
from alongside.schools.queries import known_links, known_schools, last_import
from alongside.schools.report import print_report, write_report
from alongside.settings import Settings

PASSES = 2
"""A register is passed over twice: to see that it is whole, and to read it."""

CSV_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def schools() -> None:
    """Look after the register of schools."""


@schools.command("import")
@click.argument("file", type=CSV_FILE)
@click.option("--authority", "slug", required=True, help="The authority, by its slug (wigan).")
@click.option("--links", "links_file", type=CSV_FILE, help="The DfE's file of links, if FILE has none.")
@click.option("--report", "report_file", type=click.Path(path_type=Path), help="Write all changes as CSV.")
@click.option("--yes", is_flag=True, help="Apply without asking.")
@click.option("--fewer", is_flag=True, help="Apply though many schools are missing (boundaries changed).")
def import_schools(
    file: Path, slug: str, links_file: Path | None, report_file: Path | None, *, yes: bool, fewer: bool
) -> None:
    """Import the DfE's register (edubasealldata*.csv, or .gz) for one authority.

    Shows what would change and asks before changing it. Ends with 0 when the register is in force, 1 when
    nothing was changed.
    """
    console = Console()
    try:
        settings = declared_authority(slug)
        register = read_with_progress(console, file, settings.dfe_code)
        if links_file is not None:
            add_links(register, links_file)
        asyncio.run(_import(console, settings, register, report_file, yes=yes, fewer=fewer))
    except Alongside as problem:
        raise click.ClickException(str(problem)) from problem
    except (OSError, SQLAlchemyError) as problem:
        if not may_try_again(problem):
            raise
        raise click.ClickException(
            "The database cannot be reached or broke off. Nothing was changed; try again."
        ) from problem


def read_with_progress(console: Console, file: Path, la_code: int) -> Register:
    """Read a register with a bar that moves by its bytes."""
    bar = Progress(
        TextColumn("Reading {task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task(file.name, total=file.stat().st_size)
        return read_register(file, la_code, lambda count: bar.advance(task, count / PASSES))


def add_links(register: Register, file: Path) -> None:
    """Take the links of a register's schools from the DfE's file of links instead."""
    found = read_links(file)
    register.links = {urn: found.get(urn, []) for urn in register.schools}


async def _import(
    console: Console,
    settings: AuthoritySettings,
    register: Register,
    report_file: Path | None,
    *,
    yes: bool,
    fewer: bool,
) -> None:
    here = Settings.from_environment()
    database = Database.of(here)
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/London")).date()
    person = replace(system(settings.dfe_code, today), name="alongside schools import")
    try:
        await refresh_settings(database)
        report = await plan_import(database, settings, register, console)
        print_report(console, register, report)
        if report_file is not None:
            write_report(report_file, register, report)
        if not fewer:
            refuse_cut_off(register, report)
        if report.changes and not yes:
            click.confirm("Apply these changes?", abort=True)
        async with database.fenced(person.authority_id) as session:
            await apply_register(session, person, register, report, fewer=True)
    finally:
        await database.close()
    console.print(
        f"{settings.name}: {len(register.schools):,} schools are as in {register.file_name}."
        if report.changes
        else f"{settings.name}: nothing to change.",
        highlight=False,
    )


async def plan_import(
    database: Database, settings: AuthoritySettings, register: Register, console: Console
) -> ChangeReport:
    """What importing a register would change. Raises Refused for an authority that was never applied."""
    async with database.fenced(settings.dfe_code, read_only=True) as session:
        if await stored_settings(session, settings.dfe_code) is None:
            raise Refused(
                f"{settings.name} is not in force yet. Run “alongside authority apply {settings.slug}”."
            )
        before = await last_import(session, settings.dfe_code)
        if before and before.as_at and register.as_at and register.as_at < before.as_at:
            console.print(
                f"{register.file_name} is as at {register.as_at}, older than what stands ({before.as_at}).",
                style="yellow",
            )
        known = await known_schools(session, settings.dfe_code)
        return compare(register, known, await known_links(session, settings.dfe_code))
