"""Calls every action of every feature directly, without the page in front of it."""

import importlib
import inspect
import typing
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from alongside import features
from alongside.errors import NotFound
from alongside.platform.access.principal import Principal
from alongside.platform.database.session import Database
from tests.databases import APP_DAY
from tests.features.escalations.builders import ask_as
from tests.personas import NORTHSHIRE, OFFICER

FEATURES = Path(features.__file__ or "").parent
Action = Callable[..., Awaitable[Any]]
TODAY = APP_DAY


def actions() -> dict[str, Action]:
    """Every public coroutine of an `actions.py` that takes a session, a person, and the id of a row or a URN."""
    found = {}
    for file in sorted(FEATURES.rglob("actions.py")):
        package = ".".join(file.relative_to(FEATURES).with_suffix("").parts)
        module = importlib.import_module(f"alongside.features.{package}")
        for name, function in vars(module).items():
            is_own = inspect.iscoroutinefunction(function) and function.__module__ == module.__name__
            if is_own and not name.startswith("_") and names_a_row(function):
                found[f"{package.removesuffix('.actions')}.{name}"] = function
    return found


def names_a_row(action: Action) -> bool:
    """Return whether an action takes an id or a URN of something that belongs to somebody."""
    given = list(inspect.signature(action).parameters)
    return given[:2] == ["session", "person"] and any(one.endswith(("_id", "urn")) for one in given)


def arguments(action: Action, ids: Mapping[str, Any], special: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments for an action: the ids of the rows, and anything of the right type for the rest."""
    kinds = typing.get_type_hints(action)
    given: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(action).parameters.items())[2:]:
        if name in special:
            given[name] = special[name]
        elif name in ids:
            given[name] = ids[name]
        elif parameter.default is inspect.Parameter.empty and parameter.kind is not parameter.VAR_KEYWORD:
            given[name] = anything(kinds[name])
    return given


def anything(kind: Any) -> Any:
    """Return a value of a type."""
    if kind is str:
        return "words"
    if kind is UUID:
        return UUID(int=7)
    if kind in (date, datetime):
        return TODAY
    if kind in (int, bool, bytes):
        return kind(1)
    origin = typing.get_origin(kind)
    if typing.is_typeddict(kind) or (origin is not None and issubclass(origin, Mapping)):
        return defaultdict(str)
    if origin is not None and issubclass(origin, Iterable):
        return []
    return Anything()


class Anything:
    """A value each of whose attributes is a value again."""

    def __getattr__(self, name: str) -> "Anything":
        """Return another."""
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __iter__(self) -> Iterator[Any]:
        """Hold nothing."""
        return iter(())


async def is_there_for(
    database: Database, action: Action, person: Principal, given: Mapping[str, Any]
) -> bool:
    """Return whether an action treats its row as there for a person; what it did is rolled back.

    The policies of PostgreSQL are asked as an officer of the row's authority, so that only the code can refuse.
    """
    with suppress(NotFound):
        async with database.transaction(NORTHSHIRE) as session:
            await ask_as(session, OFFICER)
            try:
                await action(session, person, **given)
            except NotFound:
                raise
            except Exception:  # noqa: BLE001  (whatever it says after it has found the row)
                await session.rollback()
                return True
            await session.rollback()
            return True
    return False
