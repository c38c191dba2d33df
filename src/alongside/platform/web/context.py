"""The objects that every request needs, built once by `app.py`, so that the platform need not import the features."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from jinja2 import Environment
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.session import Database
from alongside.platform.process_pool import ProcessPool
from alongside.platform.web.form_data import FormData
from alongside.platform.web.navigation import NavigationItem
from alongside.platform.web.turns import Turns

LONDON = ZoneInfo("Europe/London")
SESSION_COOKIE = "__Host-alongside"


class Tenant(Protocol):
    """What the web layer needs to know of an authority."""

    @property
    def authority_id(self) -> int:
        """The DfE's code of the authority, which is the tenant id."""

    @property
    def slug(self) -> str:
        """The short name in addresses and commands."""

    @property
    def name(self) -> str:
        """The name that people see."""


class UnsentForms(Protocol):
    """Keeps for a day what people typed into a form that could not be sent: one form for each person."""

    async def person_of_ended_session(
        self, session: AsyncSession, authority_id: int, token: str
    ) -> UUID | None:
        """Return the person of a session that ended in the last day."""

    async def keep(
        self, session: AsyncSession, authority_id: int, person_id: UUID, path: str, form: FormData
    ) -> None:
        """Keep a form that was sent to `path`; it replaces the one before."""

    async def kept(self, session: AsyncSession, person: Principal, path: str) -> FormData | None:
        """Return what this person typed into the form that is sent to `path`; None if nothing is kept."""


@dataclass(frozen=True, slots=True)
class OtherRole:
    """Another role that a person holds now: its assignment, its label, and the person in it."""

    id: UUID
    label: str
    principal: Principal


def london_now() -> datetime:
    """Return the current time in London; tests replace this function."""
    return datetime.now(UTC)


@dataclass
class AppContext:
    """The objects that every request needs.

    `roles_of` returns the label of the person's role and their other roles.
    `known_tenant` finds an authority that this process has read already, without waiting. `live_events` maps what
    triggers send to an authority's channel to the name of the event and who receives it.
    """

    database: Database
    environment: Environment
    find_tenant: Callable[[str], Awaitable[Tenant | None]]
    find_person: Callable[[AsyncSession, Tenant, str | None, date], Awaitable[Principal]]
    keep_awake: Callable[[Principal], Awaitable[None]]
    unsent: UnsentForms
    roles_of: Callable[[AsyncSession, Principal], Awaitable[tuple[str, Sequence[OtherRole]]]]
    known_tenant: Callable[[str], Tenant | None] = lambda _: None
    navigation: tuple[NavigationItem, ...] = ()
    live_events: Mapping[str, tuple[str, Permission]] = field(default_factory=dict)
    demonstration: bool = False
    secret: bytes = b""
    metrics_token: str | None = None
    now: Callable[[], datetime] = field(default=london_now)
    pool: ProcessPool = field(default_factory=ProcessPool)
    turns: Turns = field(default_factory=Turns)

    def today(self) -> date:
        """Return the date in London, by which deadlines are counted."""
        return self.now().astimezone(LONDON).date()
