"""The commands `alongside profiles calculate` and `alongside profiles replay`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities.queries import refresh_settings
from alongside.features.authorities.settings_cache import all_settings
from alongside.features.people.sessions import today
from alongside.features.profiles.calculation import calculate
from alongside.features.profiles.forms import YEAR
from alongside.features.profiles.replay import Difference, replay
from alongside.platform.access.principal import Principal, Role
from alongside.platform.database.session import Database
from alongside.platform.web.formatting import format_count
from alongside.settings import Settings

PHASES = ("primary", "secondary")
Result = TypeVar("Result")
Work = Callable[[AsyncSession, Principal], Awaitable[Result]]
authority_option = click.option(
    "--authority", "slug", required=True, help="The authority, by its slug (wigan)."
)


@click.group()
def profiles() -> None:
    """Calculate and recalculate performance profiles."""


@profiles.command("calculate")
@click.argument("year")
@authority_option
def calculate_all(year: str, slug: str) -> None:
    """Calculate the profiles of an academic year (2024-25). What has not changed is left as it is."""
    checked = _checked(year)
    for phase in PHASES:

        async def work(session: AsyncSession, person: Principal, of: str = phase) -> int:
            return await calculate(session, person, checked, of)

        changed = asyncio.run(_work(slug, work))
        click.echo(f"{phase.capitalize()}: {format_count(changed, 'profile')} new or changed.")


@profiles.command("replay")
@click.argument("year")
@authority_option
def replay_all(year: str, slug: str) -> None:
    """Recalculate the profiles of a year by their own method, and list each difference. Nothing is written.

    Exits with 1 if there is a difference.
    """
    checked = _checked(year)
    found: list[Difference] = []
    for phase in PHASES:

        async def work(
            session: AsyncSession, person: Principal, of: str = phase
        ) -> tuple[int, list[Difference]]:
            return await replay(session, person, checked, of)

        count, differences = asyncio.run(_work(slug, work))
        click.echo(
            f"{phase.capitalize()}: {format_count(count, 'profile')} recalculated,"
            f" {format_count(len(differences), 'difference')}."
        )
        found += differences
    for one in found:
        click.echo(f"{one.school} ({one.urn}), {one.about}: {one.old} -> {one.new}")
    if found:
        raise SystemExit(1)


def _checked(year: str) -> str:
    if not YEAR.fullmatch(year) or (int(year[2:4]) + 1) % 100 != int(year[5:]):
        raise click.BadParameter("Give an academic year, like 2024-25.")
    return year


async def _work(slug: str, work: Work[Result]) -> Result:
    database = Database.of(Settings.from_environment())
    try:
        await refresh_settings(database)
        settings = next((one for one in all_settings() if one.slug == slug), None)
        if settings is None:
            raise click.ClickException(
                f"There is no authority {slug}. Run “alongside authority apply {slug}” first."
            )
        person = Principal(
            settings.authority_id, Role.CORE_OFFICER, today(), name="Operator (alongside profiles)"
        )
        async with database.transaction(settings.authority_id) as session:
            return await work(session, person)
    finally:
        await database.close()
