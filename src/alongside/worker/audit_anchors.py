"""Anchoring: at least hourly, and when a day is over, the head of each authority's journal is written down outside."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog

from alongside.platform.audit.anchors import write_anchor
from alongside.platform.audit.queries import head_of
from alongside.platform.database.session import Database
from alongside.platform.web.templates import LONDON

EVERY = timedelta(hours=1)
log = structlog.get_logger("alongside.worker")


@dataclass
class Anchoring:
    """Which heads this process has written down, and when."""

    database: Database
    folder: Path | None
    key: bytes | None
    written: dict[int, tuple[datetime, date, int]] = field(default_factory=dict)

    async def run(self, authority_id: int, now: datetime) -> bool:
        """Write the head down if an hour or a day is over since this process did; whether it was.

        Nothing is written twice in a day where nothing has happened. What cannot be written is told and tried again.
        """
        if self.folder is None:
            return False
        at, day, number = self.written.get(authority_id, (now - EVERY, date.min, -1))
        today = now.astimezone(LONDON).date()
        if now - at < EVERY and day == today:
            return False
        async with self.database.transaction(authority_id, read_only=True) as session:
            head = await head_of(session, authority_id)
        if head is None or (head.number == number and day == today):
            return False
        try:
            await asyncio.to_thread(
                write_anchor, self.folder, authority_id, head.number, head.seal, now, self.key
            )
        except OSError as problem:
            log.error("not anchored", authority=authority_id, error=str(problem))  # noqa: TRY400  (one line says it)
            return False
        self.written[authority_id] = (now, today, head.number)
        return True
