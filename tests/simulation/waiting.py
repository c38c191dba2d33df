"""Waits until the worker has done all due work, by the database and not by elapsed time."""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alongside.features.authorities.files import read_authority
from alongside.features.authorities.sending_hours import hours_now
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import register_settings
from alongside.worker.schedule import declared_schedule
from tests.simulation.clock import VirtualClock
from tests.simulation.database import Watcher
from tests.simulation.faults import Faults
from tests.simulation.schools import SimulatedSchool

PATIENCE = 60.0
"""Maximum real seconds for the work of one part of a day."""

STEP = 2.0
"""Seconds of real time after which some minutes of virtual time pass."""

WORK_LEFT = {
    "scheduled jobs": "SELECT count(*) FROM unnest($2::text[]) AS due (name) WHERE NOT EXISTS (SELECT FROM scheduled_job_run r"
    " WHERE r.authority_id = $1 AND r.day = $3 AND r.job = due.name)",
    "emails": "SELECT count(*) FROM email_outbox WHERE authority_id = $1 AND (state = 'sending'"
    " OR state = 'waiting' AND run_at <= now() AND hours = ANY($2::text[]))",
    "reminders": "SELECT count(*) FROM escalation_timer WHERE authority_id = $1"
    " AND (state = 'claimed' OR $2::boolean AND state = 'armed' AND run_at <= now())",
    "plans": "SELECT count(*) FROM plan_run WHERE authority_id = $1 AND state IN ('queued', 'running')",
}


def settings_in(folder: Path, place: SimulatedSchool) -> AuthoritySettings:
    """Load the applied settings into this process."""
    settings, mistakes = read_authority(folder / f"{place.slug}.toml")
    assert settings is not None, mistakes
    register_settings(settings, 1)
    return settings


async def until_quiet(
    watcher: Watcher,
    known: Mapping[int, AuthoritySettings],
    places: list[SimulatedSchool],
    clock: VirtualClock,
    faults: Faults,
) -> None:
    """Wake the worker and wait until no work is due. Work that stays undone is a fault.

    Jobs of a killed worker stay leased for some minutes of virtual time, which pass during the wait.
    """
    until, step = time.monotonic() + PATIENCE, time.monotonic() + STEP
    turn = 0
    while True:
        if turn % 10 == 0:
            for place in places:
                await watcher.execute(f"NOTIFY alongside_work, '{place.code}'")
        left = {place.slug: await _left(watcher, known[place.code], clock.now()) for place in places}
        if not any(left.values()):
            return
        if time.monotonic() > until:
            faults.add("the worker left work undone", f"{clock.now():%H:%M}: {left}")
            return
        if time.monotonic() > step:
            step += STEP
            clock.move_by(timedelta(minutes=3))
        turn += 1
        await asyncio.sleep(0.05)


async def _left(watcher: Watcher, settings: AuthoritySettings, moment: datetime) -> dict[str, int]:
    """The amount of due work by kind."""
    code = settings.dfe_code
    hours = list(hours_now(settings, moment))
    jobs = [job.name for job in declared_schedule().due(settings.dfe_code, moment)]
    values = {
        "scheduled jobs": (jobs, moment.astimezone(UTC).date()),
        "emails": (hours,),
        "reminders": ("school_hours" in hours,),
        "plans": (),
    }
    counts = {
        name: int(await watcher.fetchval(query, code, *values[name])) for name, query in WORK_LEFT.items()
    }
    return {name: count for name, count in counts.items() if count}
