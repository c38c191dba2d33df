"""Writes the end of each authority's audit log to its anchor file, at least hourly and once a day."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog

from alongside.platform.audit.anchors import write_anchor
from alongside.platform.audit.queries import head_of
from alongside.platform.database.session import Database
from alongside.platform.web.formatting import LONDON

EVERY = timedelta(hours=1)
log = structlog.get_logger("alongside.worker")


@dataclass
class Anchoring:
    """The anchors that this process has written, and when."""

    database: Database
    folder: Path | None
    key: bytes | None
    written: dict[int, tuple[datetime, date, int]] = field(default_factory=dict)

    async def run(self, authority_id: int, now: datetime) -> bool:
        """Write an anchor if an hour or a day has passed since the last; returns whether it did.

        Without new entries only one anchor is written a day. A failure is logged and retried.
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
            log.error("not anchored", authority=authority_id, error=str(problem))  # noqa: TRY400  (one line without a traceback)
            return False
        self.written[authority_id] = (now, today, head.number)
        return True
