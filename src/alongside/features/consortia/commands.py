"""The commands `alongside authority plan`, `alongside authority apply` and `alongside consortia assign`."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import click
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import AlongsideError
from alongside.features.authorities import register_settings
from alongside.features.authorities.actions import apply_settings, plan_settings
from alongside.features.authorities.commands import authority
from alongside.features.authorities.files import declared_authority
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.consortia.membership_import import (
    PlannedMembership,
    apply_memberships,
    plan_memberships,
    read_memberships,
)
from alongside.features.consortia.provisioning import apply_consortia, consortium_changes
from alongside.platform.access.principal import Principal, system
from alongside.platform.database.session import Database
from alongside.platform.web.formatting import format_count
from alongside.settings import Settings

Answer = TypeVar("Answer")


@authority.command()
@click.argument("slug")
def plan(slug: str) -> None:
    """Print what applying tenants/SLUG.toml would change; nothing is changed."""
    settings = _declared(slug)
    lines, refused = _in_transaction(
        settings, lambda session, _: planned_lines(session, settings), read_only=True
    )
    _show(settings, lines, refused)


@authority.command()
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Apply without asking.")
def apply(slug: str, *, yes: bool) -> None:
    """Print the plan for tenants/SLUG.toml and, when it is confirmed, put it in force.

    Needs ALONGSIDE_MIGRATOR_URL: the app's own role may not write hosts and settings.
    """
    Settings.from_environment().needed_migrator_url()
    settings = _declared(slug)
    lines, refused = _in_transaction(
        settings, lambda session, _: planned_lines(session, settings), read_only=True
    )
    _show(settings, lines, refused)
    if not lines:
        return
    if not yes:
        click.confirm("Apply this?", abort=True)
    version = _in_transaction(
        settings, lambda session, person: apply_authority(session, person, settings), operator=True
    )
    click.echo(f"{settings.name} now has version {version} of its settings.")


@click.group()
def consortia() -> None:
    """Groups of schools: who belongs to which."""


@consortia.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--authority", "slug", required=True, help="The authority, by its slug.")
@click.option(
    "--from", "on", type=click.DateTime(["%Y-%m-%d"]), help="First day of membership; today if not given."
)
@click.option("--apply", "go", is_flag=True, help="Do it; without it only the plan is printed.")
def assign(file: Path, slug: str, on: datetime | None, *, go: bool) -> None:
    """Place schools in consortia: FILE is a CSV with the columns urn and consortium (its key)."""
    settings = _declared(slug)
    day = on.date() if on else today()
    try:
        memberships, mistakes = read_memberships(
            io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")
        )
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not UTF-8. Save it as CSV UTF-8.") from None
    planned, more = _in_transaction(
        settings, lambda session, _: plan_memberships(session, settings, memberships, day), read_only=True
    )
    for mistake in mistakes + more:
        click.echo(mistake, err=True)
    for one in planned:
        click.echo(str(one))
    if mistakes or more:
        raise click.ClickException("Nothing was changed. Correct these lines and try again.")
    if not planned:
        click.echo("Every school is in its place already.")
    elif go:
        _in_transaction(settings, lambda session, person: _placed(session, person, planned, day))
        click.echo(f"{format_count(len(planned), 'school')} placed from {day}.")
    else:
        click.echo(
            f"{format_count(len(planned), 'school')} would be placed from {day}. Add --apply to do it."
        )


async def planned_lines(session: AsyncSession, settings: AuthoritySettings) -> tuple[list[str], list[str]]:
    """The lines of the plan for an authority, and the reasons why it would be refused."""
    changes, refused = await plan_settings(session, settings)
    steps = await consortium_changes(session, settings, today())
    done = [str(step) for step in steps if step.verb != "refuse"]
    refused += [str(step) for step in steps if step.verb == "refuse"]
    shown = [str(change) for change in changes if not change.path.startswith("consortia.")]
    return shown + done, refused


async def apply_authority(session: AsyncSession, person: Principal, settings: AuthoritySettings) -> int:
    """Apply an authority's settings and consortia together; returns the version of the settings."""
    version = await apply_settings(session, person, settings)
    await apply_consortia(session, person, settings)
    return version


def today() -> date:
    """The date in London."""
    return datetime.now(UTC).astimezone(ZoneInfo("Europe/London")).date()


def _declared(slug: str) -> AuthoritySettings:
    try:
        settings = declared_authority(slug)
    except AlongsideError as problem:
        raise click.ClickException(str(problem)) from problem
    register_settings(settings, 0)
    return settings


def _show(settings: AuthoritySettings, lines: list[str], refused: list[str]) -> None:
    for line in lines:
        click.echo(line)
    for line in refused:
        click.echo(line, err=True)
    if refused:
        raise click.ClickException("This cannot be applied. Nothing was changed.")
    if not lines:
        click.echo(f"{settings.name}: nothing differs.")


async def _placed(
    session: AsyncSession, person: Principal, planned: list[PlannedMembership], day: date
) -> None:
    await apply_memberships(session, person, planned, day)


def _in_transaction(
    settings: AuthoritySettings,
    work: Callable[[AsyncSession, Principal], Awaitable[Answer]],
    *,
    read_only: bool = False,
    operator: bool = False,
) -> Answer:
    """Run work in one transaction in the authority's tenant context, with the app's or the migrator's role."""

    async def inside() -> Answer:
        here = Settings.from_environment()
        database = Database.of_migrator(here) if operator else Database.of(here)
        try:
            async with database.transaction(settings.dfe_code, read_only=read_only) as session:
                return await work(session, system(settings.dfe_code, today()))
        finally:
            await database.close()

    try:
        return asyncio.run(inside())
    except AlongsideError as problem:
        raise click.ClickException(str(problem)) from problem
