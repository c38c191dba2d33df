"""The worker calculates embeddings of listed entries once, and again when their text changes."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from alongside.features.directory.search.actions import A_BATCH, embed_pending_entries
from alongside.platform.database.session import Database
from alongside.platform.notifications.transports import Smtp
from tests.databases import DatabaseCopy
from tests.features.directory.search_index import insert_entry
from tests.personas import NORTHSHIRE, SOUTHSHIRE
from tests.platform.notifications.mail_server import SENDER, mail_server
from tests.worker.test_work import until, worker_here

pytest.importorskip("onnxruntime")


async def unread(database: Database) -> int:
    """The number of listed entries without embeddings."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        return int(
            await session.scalar(text("SELECT count(*) FROM entry_embedding WHERE numbers IS NULL")) or 0
        )


async def test_a_worker_reads_all_that_is_listed(database: Database, copy: DatabaseCopy) -> None:
    """More than one batch, in several rounds, without a request."""
    async with database.transaction(NORTHSHIRE) as session:
        for number in range(A_BATCH + 1):
            await insert_entry(session, f"Entry {number}")
    assert await unread(database) == A_BATCH + 1

    async def all_read() -> bool:
        return await unread(database) == 0

    async with mail_server() as room, worker_here(database, copy, Smtp(room.url, SENDER)):
        await until(all_read)


async def test_two_workers_read_different_entries_and_none_twice(database: Database) -> None:
    """A row locked by one worker is skipped by the other; a rolled-back batch is processed again."""
    async with database.transaction(NORTHSHIRE) as session:
        for number in range(A_BATCH + 2):
            await insert_entry(session, f"Entry {number}")
    async with database.transaction(NORTHSHIRE) as one:
        assert await embed_pending_entries(one, NORTHSHIRE) == A_BATCH
        async with database.transaction(NORTHSHIRE) as other:
            assert await embed_pending_entries(other, NORTHSHIRE) == 2
        await one.rollback()
    assert await unread(database) == A_BATCH
    async with database.transaction(SOUTHSHIRE) as session:
        assert await embed_pending_entries(session, SOUTHSHIRE) == 0


@pytest.mark.parametrize(
    ("change", "waiting"),
    [
        ("state = 'review_due', edition = 2, title = 'Other words'", 1),
        ("state = 'review_due'", 0),
        ("state = 'archived'", 0),
        ("uses_yes = 1", 0),
    ],
)
async def test_new_words_are_read_again_and_nothing_else_is(
    database: Database, change: str, waiting: int
) -> None:
    """Adoptions and due reviews do not trigger it, and an archived entry loses its embeddings."""
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(session, "Some words")
    async with database.transaction(NORTHSHIRE) as session:
        assert await embed_pending_entries(session, NORTHSHIRE) == 1
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text(f"UPDATE directory_entry SET version = version + 1, {change}"))
    assert await unread(database) == waiting
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        kept: Any = await session.scalar(text("SELECT count(*) FROM entry_embedding"))
    assert kept == (0 if "archived" in change else 1)


def test_what_reads_reports_to_nobody(tmp_path: Path) -> None:
    """ONNX Runtime stores a machine id and sends telemetry by default; no such file may appear."""
    reads = (
        "from alongside.features.directory.search.embedding_model import SentenceEncoder\n"
        "SentenceEncoder().read(['phonics'])"
    )
    kept = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", reads], env=kept, check=True)
    assert not list(tmp_path.rglob("*")), "a number of this machine, and a store of what is to be reported"
