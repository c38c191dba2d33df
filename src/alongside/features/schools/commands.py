"""Helpers for reading the DfE's register and planning its import (`school_successions.commands` applies it)."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from alongside.errors import ActionRefused
from alongside.features.authorities.queries import stored_settings
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.schools.changes import ChangeReport, compare
from alongside.features.schools.gias import Register, read_register
from alongside.features.schools.gias_links import read_links
from alongside.features.schools.queries import known_links, known_schools, last_import
from alongside.platform.database.session import Database

PASSES = 2
"""A register is read twice: to check it and to parse it."""


def read_with_progress(console: Console, file: Path, la_code: int) -> Register:
    """Read a register with a progress bar in bytes."""
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


async def plan_import(
    database: Database, settings: AuthoritySettings, register: Register, console: Console
) -> ChangeReport:
    """The changes that an import would make. Raises ActionRefused for an authority that was never applied."""
    async with database.transaction(settings.dfe_code, read_only=True) as session:
        if await stored_settings(session, settings.dfe_code) is None:
            raise ActionRefused(
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
