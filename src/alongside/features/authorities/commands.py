"""`alongside authority check`, `new` and `handbook`: check, create and document the files in tenants/.

`plan` and `apply` are in `consortia/commands.py`, because they also apply an authority's consortia.
"""

import re
from pathlib import Path

import click

from alongside.errors import ConfigurationError
from alongside.features.authorities.files import (
    DEFAULTS,
    declared_authority,
    read_authorities,
    tenant_files,
    tenants_folder,
)
from alongside.features.authorities.settings_reference import handbook
from alongside.features.authorities.starting import BY_HAND, Start, file_of
from alongside.settings import bundled

SLUG = re.compile(r"[a-z][a-z0-9-]{1,30}")


@click.group()
def authority() -> None:
    """Manage the authorities: check their files, show the plan, apply it."""


@authority.command()
@click.option(
    "--tenants",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with the files (else ALONGSIDE_TENANTS, else the product's own).",
)
def check(tenants: Path | None) -> None:
    """Read every file in tenants/ and list all mistakes; nothing is changed."""
    folder = tenants or tenants_folder()
    found, mistakes = read_authorities(folder)
    for mistake in mistakes:
        click.echo(str(mistake), err=True)
    if mistakes:
        raise click.exceptions.Exit(1)
    if not tenant_files(folder):
        raise click.ClickException(f"There is no authority in {folder}. Add a file such as wigan.toml.")
    for settings in found:
        click.echo(
            f"{settings.slug}: {settings.name} ({settings.dfe_code}), {len(settings.consortia)} consortia"
        )


@authority.command()
@click.argument("slug")
@click.option("--name", required=True, help="The authority's full name.")
@click.option(
    "--code", "dfe_code", required=True, type=click.IntRange(200, 999), help="The DfE's number (919)."
)
@click.option("--gss", "gss_code", required=True, help="The code of the Office for National Statistics.")
@click.option("--host", default="", help="The name at which it will be served.")
@click.option("--short-name", default="", help="The name in the header, if the full one is long.")
@click.option("--mailbox", default="", help="The core team's mailbox, for questions and answers to emails.")
@click.option("--safeguarding", default="", help="The mailbox for a child at risk of harm.")
@click.option("--director", default="", help="The mailbox of the director of children's services.")
def new(slug: str, dfe_code: int, **texts: str) -> None:
    """Write tenants/SLUG.toml with the given values and list what to fill in; an existing file is never changed."""
    path = tenants_folder() / f"{slug}.toml"
    if path.exists():
        raise click.ClickException(f"{path} exists already. Change it, or choose another short name.")
    if not SLUG.fullmatch(slug):
        raise click.ClickException(
            "A short name has small letters, digits and hyphens, and starts with a letter."
        )
    path.write_text(file_of(Start(slug=slug, dfe_code=dfe_code, **texts)), encoding="utf-8")
    click.echo(f"{path} is written. Fill in:")
    try:
        declared_authority(slug)
    except ConfigurationError as problem:
        click.echo("\n".join(f"  {line}" for line in str(problem).splitlines()))
    for line in BY_HAND:
        click.echo(f"  {line}")
    click.echo("Then run “alongside authority check”.")


@authority.command("handbook")
def print_handbook() -> None:
    """Print tenants/README.md: every setting with its meaning and its default."""
    click.echo(handbook((bundled("tenants") / DEFAULTS).read_text(encoding="utf-8")), nl=False)
