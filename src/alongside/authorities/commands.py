"""`alongside authority check`: whether the files that declare authorities are right.

Plan and apply stand in `consortia/commands.py`, for they bring an authority's consortia too.
"""

from pathlib import Path

import click

from alongside.authorities.files import DEFAULTS, read_authorities, tenant_files, tenants_folder
from alongside.authorities.handbook import handbook
from alongside.settings import bundled


@click.group()
def authority() -> None:
    """Declare the authorities served here: check the files, see the plan, apply it."""


@authority.command()
@click.option(
    "--tenants",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with the files (else ALONGSIDE_TENANTS, else the product's own).",
)
def check(tenants: Path | None) -> None:
    """Read every file in tenants/ and say all that is wrong; nothing is changed."""
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


@authority.command("handbook")
def print_handbook() -> None:
    """Print tenants/README.md: every setting with its meaning, its default and who settles it."""
    click.echo(handbook((bundled("tenants") / DEFAULTS).read_text(encoding="utf-8")), nl=False)
