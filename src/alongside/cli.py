"""The command line: demonstration, servers, migrations, and the commands of the features."""

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import click

from alongside.errors import ConfigurationError
from alongside.feature_list import FEATURES
from alongside.process_manager import ManagedProcess, Supervisor, child
from alongside.settings import Settings
from alongside.web_server import SUPERVISOR, end_with_supervisor, listen, serve, web_processes


class FeatureCommands(click.Group):
    """The commands of this file and those that the features declare, which are loaded only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *(name for one in FEATURES for name in one.commands)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command."""
        for feature in FEATURES:
            if cmd_name in feature.commands:
                import_module("alongside.models_registry")  # the command may open a database
                return feature.load((feature.commands[cmd_name],), click.Command)[0]
        return super().get_command(ctx, cmd_name)


@click.group(cls=FeatureCommands, context_settings={"help_option_names": ["-h", "--help"]})
def alongside() -> None:
    """Schools help schools: a board of needs and offers, and the support that comes of it."""


def say(line: str) -> None:
    """Print a message for the operator, apart from the logs."""
    click.echo(f"alongside: {line}", err=True)


port_option = click.option("--port", default=8000, show_default=True, help="The port to listen on.")
host_option = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
web_option = click.option(
    "--web", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes."
)


@alongside.command()
@port_option
@web_option
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), help="Where its database is kept."
)
def demo(port: int, web: int, folder: Path | None) -> None:
    """Try it: a database, authorities with invented schools, web app and worker. Nothing else is needed."""
    from alongside.dev.demo_runner import chosen_folder, demonstrate

    raise SystemExit(demonstrate(folder or chosen_folder(), port, web, say))


@alongside.command()
@host_option
@port_option
@web_option
def run(host: str, port: int, web: int) -> None:
    """Serve web app and worker together, on the database that DATABASE_URL names."""
    raise SystemExit(_supervise(host, port, web, worker=True))


@alongside.command()
@host_option
@port_option
@click.option(
    "--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="How many share the port."
)
@click.option("--descriptor", type=int, hidden=True, help="A listening socket handed down by our supervisor.")
def web(host: str, port: int, processes: int, descriptor: int | None) -> None:
    """Serve the web app alone."""
    gc.disable()  # until the app is put together (alongside.app): what is imported stays, and counting it takes time
    end_with_supervisor()
    settings = Settings.from_environment()
    asyncio.run(_look_at_database(settings))
    if descriptor is not None:
        serve(descriptor, settings)
    elif processes == 1:
        serve(listen(host, port).detach(), settings)
    else:
        raise SystemExit(_supervise(host, port, processes, worker=False))


@alongside.command()
def worker() -> None:
    """Send emails and run scheduled jobs. Several may run side by side."""
    gc.disable()  # as for the web app: what is imported stays, and counting it takes time
    end_with_supervisor()
    Settings.from_environment()
    work: Callable[[], None] = import_module("alongside.worker.main").main
    gc.freeze()
    gc.enable()
    work()


@alongside.command()
def migrate() -> None:
    """Bring the database of ALONGSIDE_MIGRATOR_URL to the present schema; harmless when it is there."""
    from alongside.platform.database.schema import upgrade_schema

    settings = Settings.from_environment()
    asyncio.run(upgrade_schema(settings.needed_migrator_url(), settings.signing_key))
    click.echo("The database has the present schema.")


async def _look_at_database(settings: Settings) -> None:
    """Exit with one sentence if PostgreSQL is unreachable or too old, or the password or role is wrong."""
    import_module("alongside.models_registry")
    session = import_module("alongside.platform.database.session")
    database = session.Database(settings.database_url, settings.signing_key, pool_size=1)
    try:
        await session.check_database_role(database)
    finally:
        await database.close()


def _supervise(host: str, port: int, processes: int, *, worker: bool) -> int:
    # report an error once here, and not once for each child
    asyncio.run(_look_at_database(Settings.from_environment()))
    sock = listen(host, port)
    environment = os.environ | {SUPERVISOR: str(os.getpid())}
    with web_processes(sock.fileno(), processes, environment) as kept:
        if worker:
            kept.append(ManagedProcess("the worker", lambda: child(["worker"], environment)))
        return asyncio.run(Supervisor(kept, say).run())


def main() -> None:
    """The console script; configuration and database errors become one line and exit code 1."""
    try:
        alongside()
    except ConfigurationError as problem:
        say(str(problem))
        sys.exit(1)
    except Exception as problem:
        from alongside.platform.database.connecting import explained

        sentence = explained(problem)
        if sentence is None:
            raise
        say(sentence)
        sys.exit(1)


if __name__ == "__main__":
    main()
