"""`alongside schools import FILE --authority wigan`: show the changes of a register, then apply them.

The import also moves the data of closed schools to their successors, or asks an administrator.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from alongside.errors import AlongsideError
from alongside.features.authorities.files import declared_authority
from alongside.features.authorities.queries import refresh_settings
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.school_successions.actions import apply_successions
from alongside.features.school_successions.families import Families, families_after
from alongside.features.school_successions.queries import Plan, plan_successions
from alongside.features.school_successions.report import print_plans, rows_of_plans
from alongside.features.schools.actions import apply_register
from alongside.features.schools.changes import ChangeReport, refuse_cut_off
from alongside.features.schools.commands import add_links, plan_import, read_with_progress
from alongside.features.schools.contact import rebuild_contacts
from alongside.features.schools.gias import Register
from alongside.features.schools.queries import known_links, known_schools
from alongside.features.schools.report import print_report, write_report
from alongside.platform.access.principal import Principal, system
from alongside.platform.database.retries import DATABASE_ERRORS, is_retryable
from alongside.platform.database.session import Database
from alongside.settings import Settings

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
    except AlongsideError as problem:
        raise click.ClickException(str(problem)) from problem
    except DATABASE_ERRORS as problem:
        if not is_retryable(problem):
            raise
        raise click.ClickException(
            "The database cannot be reached or broke off. Nothing was changed; try again."
        ) from problem


@schools.command("rebuild-contacts")
@click.option("--authority", "slug", required=True, help="The authority, by its slug (wigan).")
def rebuild_school_contacts(slug: str) -> None:
    """Recalculate the day of the last contact with each school from the audit log. Safe to repeat."""
    try:
        changed = asyncio.run(_rebuild(declared_authority(slug).dfe_code))
    except AlongsideError as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(f"{changed:,} schools have a later last contact than was stored.")


async def _rebuild(authority_id: int) -> int:
    database = Database.of(Settings.from_environment())
    try:
        async with database.transaction(authority_id) as session:
            return await rebuild_contacts(session)
    finally:
        await database.close()


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
        plans = await plan_carrying(database, person, register, report)
        print_report(console, register, report)
        print_plans(console, plans)
        if report_file is not None:
            write_report(report_file, register, report, rows_of_plans(plans))
        if not fewer:
            refuse_cut_off(register, report)
        if (report.changes or plans) and not yes:
            click.confirm("Apply these changes?", abort=True)
        await apply_import(database, person, register, report, plans)
    finally:
        await database.close()
    console.print(f"{settings.name}: {_outcome(register, report, plans)}", highlight=False)


def _outcome(register: Register, report: ChangeReport, plans: Sequence[Plan]) -> str:
    if report.changes or plans:
        return f"{len(register.schools):,} schools are as in {register.file_name}."
    if report.missing:
        return f"nothing was changed. {len(report.missing):,} open schools are not in {register.file_name}."
    return "nothing to change."


async def plan_carrying(
    database: Database, person: Principal, register: Register, report: ChangeReport
) -> list[Plan]:
    """Plan the successions of closed schools for this register."""
    async with database.transaction(person.authority_id, read_only=True) as session:
        known = await known_schools(session, person.authority_id)
        links = await known_links(session, person.authority_id)
        return await plan_successions(session, person, families_after(register, report, known, links))


async def apply_import(
    database: Database, person: Principal, register: Register, report: ChangeReport, plans: Sequence[Plan]
) -> None:
    """Apply a register and the successions of closed schools, in one transaction."""
    async with database.transaction(person.authority_id) as session:
        await apply_register(session, person, register, report, fewer=True)
        known = await known_schools(session, person.authority_id)
        links = await known_links(session, person.authority_id)
        await apply_successions(session, person, Families(known, links), plans)
