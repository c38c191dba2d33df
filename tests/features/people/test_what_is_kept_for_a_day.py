"""The worker deletes what is kept for a short time only: unsent forms for a day, idempotency keys for 30 days."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg

from alongside.platform.database.session import Database
from alongside.platform.jobs.scheduler import Scheduler
from alongside.worker.schedule import declared_schedule
from tests.databases import DatabaseCopy
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, NORTHSHIRE, SOUTHSHIRE

A_SCHOOL_MORNING = datetime(2026, 11, 25, 10, tzinfo=ZoneInfo("Europe/London"))
FORM = "INSERT INTO unsent_form (authority_id, person_id, path, sealed, at) VALUES ($1, $2, '/needs', 's', now() - $3::interval)"
KEY = (
    "INSERT INTO idempotency_key (authority_id, person_id, key, fingerprint, at)"
    " VALUES ($1, $2, 'a-key-of-sixteen', 'f', now() - $3::interval)"
)


async def test_the_worker_deletes_expired_forms_and_keys_of_its_authority(
    database: Database, copy: DatabaseCopy
) -> None:
    """Those that are still in time stay, and those of another authority wait for its own turn."""
    owner = await asyncpg.connect(copy.superuser_url)
    try:
        for statement, kept in ((FORM, timedelta(days=1)), (KEY, timedelta(days=30))):
            for authority_id in (NORTHSHIRE, SOUTHSHIRE):
                await owner.execute(
                    statement, authority_id, HEAD_OF_MILL.person_id, kept + timedelta(minutes=5)
                )
            await owner.execute(statement, NORTHSHIRE, HEAD_OF_PARK.person_id, kept - timedelta(minutes=5))
        await Scheduler(database, declared_schedule()).run(NORTHSHIRE, A_SCHOOL_MORNING)
        left = [
            [tuple(row) for row in await owner.fetch(f"SELECT authority_id, person_id FROM {table}")]
            for table in ("unsent_form", "idempotency_key")
        ]
    finally:
        await owner.close()
    for rows in left:
        assert sorted(rows) == [
            (NORTHSHIRE, HEAD_OF_PARK.person_id),
            (SOUTHSHIRE, HEAD_OF_MILL.person_id),
        ]
