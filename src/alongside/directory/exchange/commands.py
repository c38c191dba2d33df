"""`alongside directory import FILE --authority wigan` and `export`: a directory brought along and taken away."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.markup import escape
from sqlalchemy.exc import SQLAlchemyError

from alongside.access.person import Person, system
from alongside.authorities.files import declared_authority
from alongside.authorities.queries import refresh_settings
from alongside.authorities.registry import settings_of
from alongside.authorities.settings import AuthoritySettings
from alongside.database.session import Database, may_try_again
from alongside.directory.exchange.actions import take_in
from alongside.directory.exchange.fates import IN_WORDS, NEW, Fate, fates_of
from alongside.directory.exchange.form import COLUMNS, cells_of, json_lines, row_of
from alongside.directory.exchange.queries import open_urns, what_is_there, whole_entries
from alongside.directory.exchange.reading import rows_in
from alongside.errors import Alongside
from alongside.settings import Settings
from alongside.web.spreadsheet import as_csv, as_xlsx

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
SHOWN = 20
"""Rows of each fate shown on a terminal; the report has them all."""

FILLS = ("themes", "source_name", "source_base", "licence", "attribution", "visibility")


@click.group()
def directory() -> None:
    """Bring good practice in and take it along."""


@directory.command("import")
@click.argument("file", type=FILE)
@click.option("--authority", "slug", required=True, help="The authority, by its slug (wigan).")
@click.option("--report", type=click.Path(path_type=Path), help="Write the fate of every row as CSV.")
@click.option("--dry-run", is_flag=True, help="Tell each row's fate and change nothing.")
@click.option("--yes", is_flag=True, help="Take in without asking.")
@click.option(
    "--fill",
    multiple=True,
    metavar="COLUMN=TEXT",
    help=f"What every row has that leaves it empty: {', '.join(FILLS)}.",
)
def import_entries(
    file: Path, slug: str, report: Path | None, fill: tuple[str, ...], *, dry_run: bool, yes: bool
) -> None:
    """Take in entries from a CSV, XLSX or JSONL file, after showing what becomes of each row.

    Ends with 0 when the file's new rows are in the directory (or with --dry-run could be), 1 otherwise.
    """
    console = Console()
    given = dict(_filled(one) for one in fill)
    try:
        settings = declared_authority(slug)
        rows = rows_in(file.name, file.read_bytes())
        asyncio.run(_import(console, settings, rows, given, report, dry_run=dry_run, yes=yes))
    except Alongside as problem:
        raise click.ClickException(str(problem)) from problem
    except (OSError, SQLAlchemyError) as problem:
        if not may_try_again(problem):
            raise
        raise click.ClickException(
            "The database cannot be reached or broke off. Nothing was changed; try again."
        ) from problem


def _filled(written: str) -> tuple[str, str]:
    name, sign, text = written.partition("=")
    if not sign or name not in FILLS:
        raise click.BadParameter(f"--fill takes one of {', '.join(FILLS)}, then = and the text.")
    return name, text


async def _import(
    console: Console,
    settings: AuthoritySettings,
    rows: Sequence[Mapping[str, Any]],
    given: dict[str, str],
    report: Path | None,
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    person = _product(settings, "alongside directory import")
    database = _database()
    try:
        await refresh_settings(database)
        settings = settings_of(person.authority_id)
        async with database.fenced(person.authority_id, read_only=True) as session:
            schools, there = (
                await open_urns(session, person.authority_id),
                await what_is_there(session, person.authority_id),
            )
        fates, strange = fates_of(rows, settings, schools, there, given)
        _show(console, fates, strange)
        if report is not None:
            _write(report, fates)
        new = sum(fate.what == NEW for fate in fates)
        if dry_run or not new:
            console.print("Nothing was changed." if dry_run else "There is nothing new to take in.")
            return
        if not yes:
            click.confirm(f"Take in {new} entries?", abort=True)
        async with database.fenced(person.authority_id) as session:
            made = await take_in(session, person, fates)
        console.print(f"{settings.name}: {len(made)} entries were taken in.", highlight=False)
    finally:
        await database.close()


def _show(console: Console, fates: list[Fate], strange: list[str]) -> None:
    if strange:
        console.print(f"Columns passed over: {escape(', '.join(strange))}", highlight=False, soft_wrap=True)
    for what, count in Counter(fate.what for fate in fates).items():
        console.print(f"{IN_WORDS[what]}: {count:,}", style="bold", highlight=False)
        of_this = [fate for fate in fates if fate.what == what]
        for fate in of_this[:SHOWN]:
            remarks = f" – {' '.join(fate.remarks)}" if fate.remarks else ""
            line = f"  row {fate.number}: {fate.title or '(no title)'}{remarks}"
            console.print(escape(line), highlight=False, soft_wrap=True)
        if len(of_this) > SHOWN:
            console.print(f"  … and {len(of_this) - SHOWN:,} more (--report FILE writes them all)")


def _write(report: Path, fates: list[Fate]) -> None:
    heads = ("row", "title", "what becomes of it", "remarks")
    rows = [(one.number, one.title, IN_WORDS[one.what], " ".join(one.remarks)) for one in fates]
    report.write_bytes(as_csv(heads, rows))


@directory.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--authority", "slug", required=True, help="The authority, by its slug (wigan).")
def export_entries(file: Path, slug: str) -> None:
    """Write all that the directory lists into a CSV, XLSX or JSONL file, in the form that import takes."""
    kind = file.suffix.lower()
    if kind not in (".csv", ".xlsx", ".jsonl"):
        raise click.BadParameter("The file's name must end in .csv, .xlsx or .jsonl.")
    settings = declared_authority(slug)
    rows = asyncio.run(_rows(settings))
    if kind == ".jsonl":
        body = json_lines(rows)
    elif kind == ".csv":
        body = as_csv(COLUMNS, [cells_of(row) for row in rows])
    else:
        body = as_xlsx("Good practice", COLUMNS, [cells_of(row) for row in rows])
    file.write_bytes(body)
    click.echo(f"{settings.name}: {len(rows)} entries are in {file}.")


async def _rows(settings: AuthoritySettings) -> list[dict[str, object]]:
    database = _database()
    try:
        await refresh_settings(database)
        async with database.fenced(settings.dfe_code, read_only=True) as session:
            return [row_of(entry) for entry in await whole_entries(session, settings.dfe_code)]
    finally:
        await database.close()


def _product(settings: AuthoritySettings, name: str) -> Person:
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/London")).date()
    return replace(system(settings.dfe_code, today), name=name)


def _database() -> Database:
    here = Settings.from_environment()
    return Database.of(here)
