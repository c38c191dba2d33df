"""`alongside people appoint`: invite the first administrator of an authority."""

import asyncio

import click
from sqlalchemy.exc import IntegrityError

from alongside.features.authorities.queries import refresh_settings
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import all_settings
from alongside.features.people.addresses import is_email, is_name
from alongside.features.people.invitations.actions import post_invitation, scope_matches_role
from alongside.features.people.invitations.invitee import Invitee
from alongside.features.people.sessions import today
from alongside.platform.access.principal import ROLE_NAMES, Principal, Role, system
from alongside.platform.database.session import Database
from alongside.platform.web.formatting import format_days
from alongside.settings import Settings

ROLES = [role.value for role in ROLE_NAMES if role not in (Role.NOBODY, Role.SYSTEM)]


@click.group()
def people() -> None:
    """People and their roles."""


@people.command()
@click.option("--authority", "slug", required=True, help="The authority, by its slug.")
@click.option("--role", type=click.Choice(ROLES), default="authority_administrator", show_default=True)
@click.option("--name", required=True, help="Full name.")
@click.option("--email", required=True, help="Work email address; the invitation is sent there too.")
@click.option("--school", type=int, help="URN, for the roles of schools.")
def appoint(slug: str, role: str, name: str, email: str, school: int | None) -> None:
    """Invite the first administrator and print the link. Further people are invited in the product."""
    wanted = Role(role)
    if not scope_matches_role(wanted, school, None):
        raise click.ClickException(
            "Give --school for a headteacher or delegate only; invite leads on the page."
        )
    if not is_email(email.strip()) or not is_name(" ".join(name.split())):
        raise click.ClickException("Give a name and an email address like name@council.gov.uk.")
    invitee = Invitee(name=" ".join(name.split()), email=email.strip(), role=role, school_urn=school)
    link, settings = asyncio.run(_invite(slug, invitee))
    days = settings.periods.invitation_good_for_days
    click.echo(
        f"{name} is invited as {ROLE_NAMES[wanted]} of {settings.name}. For {format_days(days)}, once:\n\n{link}\n"
    )


async def _invite(slug: str, invitee: Invitee) -> tuple[str, AuthoritySettings]:
    installed = Settings.from_environment()
    database = Database.of(installed)
    try:
        await refresh_settings(database)
        settings = next((one for one in all_settings() if one.slug == slug), None)
        if settings is None:
            raise click.ClickException(
                f"There is no authority {slug}: run “alongside authority apply {slug}” first."
            )
        operator: Principal = system(settings.authority_id, today())
        async with database.transaction(settings.authority_id) as session:
            origin = installed.address(slug, settings.hosts[0])
            return await post_invitation(session, operator, invitee, origin), settings
    except IntegrityError:
        raise click.ClickException(f"{slug} has no school {invitee.school_urn}: look at its URN.") from None
    finally:
        await database.close()
