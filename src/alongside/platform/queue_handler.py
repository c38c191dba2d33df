"""What a feature declares for the worker: how the due work of one authority is done."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from alongside.platform.database.session import Database
from alongside.platform.notifications.delivery import Sender
from alongside.platform.web.formatting import LONDON
from alongside.settings import Settings


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """What handlers need: the database, the installation's settings, the sender of emails, and the present time."""

    database: Database
    settings: Settings
    sender: Sender
    now: Callable[[], datetime]

    def today(self) -> date:
        """Return the date in London."""
        return self.now().astimezone(LONDON).date()


class Turn(StrEnum):
    """When a handler has its turn."""

    SHORT = "short"
    """Batches of a few seconds, for some authorities at once."""

    IDLE = "idle"
    """As SHORT, but only when no SHORT handler of the authority had work."""

    LONG = "long"
    """Work of up to minutes on a whole processor, for one authority at a time."""


@dataclass(frozen=True, slots=True)
class QueueHandler:
    """Does one batch of an authority's due work, and returns how many rows it claimed; 0 when none was due."""

    run: Callable[[WorkerContext, int], Awaitable[int]]
    turn: Turn = Turn.SHORT
