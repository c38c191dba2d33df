"""Opens connections to PostgreSQL; what keeps one from opening is a sentence and an error of one kind."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
from sqlalchemy.exc import DBAPIError

OLDEST = 18
"""The first version of PostgreSQL that has all that the schema uses (uuidv7)."""

NO_SCHEMA = {"42P01", "3F000", "42883", "42703"}
"""Undefined table, schema, function, column."""

NOT_ALLOWED = "42501"


class DatabaseAway(ConnectionError):
    """PostgreSQL cannot be reached just now. The text says which server, why, and what to do."""


class DatabaseSilent(DatabaseAway, TimeoutError):
    """PostgreSQL took the call and did not answer in time."""


class DatabaseRefuses(DatabaseAway):
    """PostgreSQL is there and lets us in on no account, or is too old: waiting does not help."""


async def open_connection(*arguments: Any, **options: Any) -> Any:
    """Connect as `asyncpg.connect` does.

    Raises DatabaseAway in place of every OSError (socket gone, host unreachable, name not resolved), DatabaseSilent
    after the time-out, DatabaseRefuses for a wrong password, role or database and a server older than OLDEST.
    """
    where = _server_of(arguments, options)
    try:
        connection = await asyncpg.connect(*arguments, **options)
    except TimeoutError:
        raise DatabaseSilent(f"PostgreSQL at {where} does not answer. Look at the server.") from None
    except OSError as problem:
        why = problem.strerror or str(problem) or type(problem).__name__
        raise DatabaseAway(
            f"PostgreSQL at {where} cannot be reached ({why}). Start it, or correct the address."
        ) from problem
    except asyncpg.InvalidCatalogNameError:
        raise DatabaseRefuses(
            f"PostgreSQL at {where} has no database of this name. Correct the address."
        ) from None
    except asyncpg.InvalidAuthorizationSpecificationError as problem:
        raise DatabaseRefuses(
            f"PostgreSQL at {where} refuses this role or its password ({problem}). Correct the address."
        ) from None
    version = connection.get_server_version()
    if version.major < OLDEST:
        connection.terminate()
        raise DatabaseRefuses(
            f"PostgreSQL {OLDEST} or newer is needed, and at {where} there is PostgreSQL {version.major}. "
            "Upgrade it, or correct the address."
        )
    return connection


def explained(problem: BaseException) -> str | None:
    """One sentence for who typed a command, when a database failed for a reason outside the product; else None."""
    if isinstance(problem, DatabaseAway):
        return str(problem)
    if not isinstance(problem, DBAPIError):
        return None
    state = getattr(problem.orig, "sqlstate", None)
    if state in NO_SCHEMA:
        return "The database does not have the present schema. Run “alongside migrate” first."
    if state == NOT_ALLOWED:
        return "The role in the database's address may not do this. Use the roles of infra/roles.sql."
    if problem.connection_invalidated or (state or "").startswith(("08", "57P")):
        return "The connection to the database broke off. Nothing was changed; try again."
    return None


def _server_of(arguments: tuple[Any, ...], options: dict[str, Any]) -> str:
    """Host and port without user and password."""
    address = urlsplit(str(options.get("dsn") or (arguments[0] if arguments else "")))
    try:
        port = f":{address.port}" if address.port else ""
    except ValueError:
        port = ""
    named = parse_qs(address.query).get("host", [])
    return f"{address.hostname or ', '.join(named) or 'the local socket'}{port}"
