"""The commands `alongside directory import FILE --authority wigan` and `alongside directory export`."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.markup import escape

from alongside.errors import AlongsideError
from alongside.features.authorities.files import declared_authority
from alongside.features.authorities.queries import refresh_settings
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import settings_of
from alongside.features.directory.import_export.actions import import_rows
from alongside.features.directory.import_export.file_format import COLUMNS, cells_of, export_row, json_lines
from alongside.features.directory.import_export.parsers import rows_in
from alongside.features.directory.import_export.queries import existing_rows, open_urns, whole_entries
from alongside.features.directory.import_export.row_results import (
    NEW,
    REFUSED,
    RESULT_LABELS,
    RowResult,
    validate_rows,
)
from alongside.platform.access.principal import Principal, system
from alongside.platform.database.retries import DATABASE_ERRORS, is_retryable
from alongside.platform.database.session import Database
from alongside.platform.web.formatting import format_count
from alongside.platform.web.spreadsheet import as_csv, as_xlsx
from alongside.settings import Settings

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
SHOWN = 20
"""Rows of each result shown on a terminal; the report lists all of them."""

FILLS = ("themes", "source_name", "source_base", "licence", "attribution", "visibility")


@click.group()
def directory() -> None:
    """Import and export good practice."""


@directory.command("import")
@click.argument("file", type=FILE)
@click.option("--authority", "slug", required=True, help="The authority, by its slug (wigan).")
@click.option("--report", type=click.Path(path_type=Path), help="Write the result of every row as CSV.")
@click.option("--dry-run", is_flag=True, help="Show the result of every row and change nothing.")
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
    """Import entries from a CSV, XLSX or JSONL file, after showing the result of each row.

    Exits with 0 when the file's new rows are in the directory (with --dry-run: could be), 1 otherwise.
    """
    console = Console()
    given = dict(_filled(one) for one in fill)
    try:
        settings = declared_authority(slug)
        rows = rows_in(file.name, file.read_bytes())
        asyncio.run(_import(console, settings, rows, given, report, dry_run=dry_run, yes=yes))
    except AlongsideError as problem:
        raise click.ClickException(str(problem)) from problem
    except DATABASE_ERRORS as problem:
        if not is_retryable(problem):
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
    rows: Sequence[Mapping[str, object]],
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
        async with database.transaction(person.authority_id, read_only=True) as session:
            schools, there = (
                await open_urns(session, person.authority_id),
                await existing_rows(session, person.authority_id),
            )
        row_results, unknown_headings = validate_rows(rows, settings, schools, there, given)
        _show(console, row_results, unknown_headings)
        if report is not None:
            _write(report, row_results)
        new = sum(row_result.what == NEW for row_result in row_results)
        if not new and any(row_result.what == REFUSED for row_result in row_results):
            raise click.ClickException("No row can be imported. Nothing was changed; correct the rows above.")
        if dry_run or not new:
            console.print("Nothing was changed." if dry_run else "There is nothing new to take in.")
            return
        if not yes:
            click.confirm(f"Import {format_count(new, 'entry', 'entries')}?", abort=True)
        async with database.transaction(person.authority_id) as session:
            made = await import_rows(session, person, row_results)
        console.print(
            f"{settings.name}: {format_count(len(made), 'entry', 'entries')} imported.", highlight=False
        )
    finally:
        await database.close()


def _show(console: Console, row_results: list[RowResult], unknown_headings: list[str]) -> None:
    if unknown_headings:
        console.print(
            f"Columns passed over: {escape(', '.join(unknown_headings))}", highlight=False, soft_wrap=True
        )
    for what, count in Counter(row_result.what for row_result in row_results).items():
        console.print(f"{RESULT_LABELS[what]}: {count:,}", style="bold", highlight=False)
        of_this = [row_result for row_result in row_results if row_result.what == what]
        for row_result in of_this[:SHOWN]:
            remarks = f" – {' '.join(row_result.remarks)}" if row_result.remarks else ""
            line = f"  row {row_result.number}: {row_result.title or '(no title)'}{remarks}"
            console.print(escape(line), highlight=False, soft_wrap=True)
        if len(of_this) > SHOWN:
            console.print(f"  … and {len(of_this) - SHOWN:,} more (--report FILE writes them all)")


def _write(report: Path, row_results: list[RowResult]) -> None:
    heads = ("row", "title", "what becomes of it", "remarks")
    rows = [(one.number, one.title, RESULT_LABELS[one.what], " ".join(one.remarks)) for one in row_results]
    report.write_bytes(as_csv(heads, rows))


@directory.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--authority", "slug", required=True, help="The authority, by its slug (wigan).")
def export_entries(file: Path, slug: str) -> None:
    """Export all listed entries to a CSV, XLSX or JSONL file, in the format that import reads."""
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
    click.echo(f"{settings.name}: {format_count(len(rows), 'entry', 'entries')} exported to {file}.")


async def _rows(settings: AuthoritySettings) -> list[dict[str, object]]:
    database = _database()
    try:
        await refresh_settings(database)
        async with database.transaction(settings.dfe_code, read_only=True) as session:
            return [export_row(entry) for entry in await whole_entries(session, settings.dfe_code)]
    finally:
        await database.close()


def _product(settings: AuthoritySettings, name: str) -> Principal:
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/London")).date()
    return replace(system(settings.dfe_code, today), name=name)


def _database() -> Database:
    here = Settings.from_environment()
    return Database.of(here)
