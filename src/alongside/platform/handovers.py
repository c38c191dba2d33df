"""Open work that is assigned to one person by name, and who takes it over when their role ends. Features declare it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal, Role


@dataclass(frozen=True, slots=True)
class Handover:
    """Records of one kind that are assigned to a person.

    `label` is the word for one of them. `roles` are those in which a person may have such work: it is handed over when
    the last of these ends. `columns` are the columns that assign it ("escalation.owner_id"). `count` is called with
    the person who acts and the id of the one who leaves; `hand_over` also with the id of the successor, or None to
    leave it to the core team. Neither shows the records, because who ends a role may not read them.
    """

    label: str
    roles: frozenset[Role]
    columns: tuple[str, ...]
    count: Callable[[AsyncSession, Principal, UUID], Awaitable[int]]
    hand_over: Callable[[AsyncSession, Principal, UUID, UUID | None], Awaitable[None]]
