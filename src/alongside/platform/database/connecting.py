"""Opens connections to PostgreSQL, and turns every failure into one kind of error with a sentence for the operator."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
from sqlalchemy.exc import DBAPIError

OLDEST = 18
"""The oldest supported version of PostgreSQL: the first with uuidv7()."""

NO_SCHEMA = {"42P01", "3F000", "42883", "42703"}
"""SQLSTATEs for an undefined table, schema, function or column."""

NOT_ALLOWED = "42501"


class DatabaseAway(ConnectionError):
    """PostgreSQL cannot be reached. The text says which server, why, and what to do."""


class DatabaseSilent(DatabaseAway, TimeoutError):
    """PostgreSQL accepted the connection and did not answer in time."""


class DatabaseRefuses(DatabaseAway):
    """PostgreSQL rejects our login or is too old, so waiting does not help."""


async def open_connection(*arguments: Any, **options: Any) -> asyncpg.Connection:
    """Connect as `asyncpg.connect` does.

    Raises DatabaseAway for every OSError (no socket, unreachable host, unknown name), DatabaseSilent after the timeout,
    and DatabaseRefuses for a wrong password, role or database and for a server older than OLDEST.
    """
    where = _server_of(arguments, options)
    try:
        connection: asyncpg.Connection = await asyncpg.connect(*arguments, **options)
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
    """Return one sentence for the operator if a database error has a cause outside the product; otherwise None."""
    if isinstance(problem, DatabaseAway):
        return str(problem)
    if not isinstance(problem, DBAPIError):
        return None
    state = getattr(problem.orig, "sqlstate", None)
    if state in NO_SCHEMA:
        return "The database does not have the present schema. Run “alongside migrate” first."
    if state == NOT_ALLOWED and "is not signed by us" in str(problem.orig):
        return (
            "The database does not accept ALONGSIDE_RLS_SIGNING_KEY. Use the key with which “alongside migrate” ran, "
            "or run it with this one."
        )
    if state == NOT_ALLOWED:
        return "The role in the database's address may not do this. Use the roles of infra/roles.sql."
    if problem.connection_invalidated or (state or "").startswith(("08", "57P")):
        return "The connection to the database broke off. Nothing was changed; try again."
    return None


def _server_of(arguments: Sequence[object], options: Mapping[str, object]) -> str:
    """Return host and port, without user and password."""
    address = urlsplit(str(options.get("dsn") or (arguments[0] if arguments else "")))
    try:
        port = f":{address.port}" if address.port else ""
    except ValueError:
        port = ""
    named = parse_qs(address.query).get("host", [])
    return f"{address.hostname or ', '.join(named) or 'the local socket'}{port}"
