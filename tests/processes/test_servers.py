"""Web app, worker and solver as processes of their own, on a database with two authorities."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from alongside.app import page_routes
from alongside.features.matching.plans.actions import ask_for_plan
from alongside.platform.database.session import Database
from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.security import csrf_token
from alongside.worker.schedule import declared_schedule
from tests.databases import DatabaseCopy
from tests.features.escalations.builders import put_escalation
from tests.features.matching.builders import acting, posts
from tests.personas import (
    ADMINISTRATOR,
    HEAD_OF_MILL,
    LEAD_OF_NORTH,
    NORTH,
    NORTHSHIRE,
    OFFICER,
    PERSONAS,
    SOUTHSHIRE,
    Persona,
)
from tests.processes.running import environment, eventually, fetch, running, serving

ALL_JOBS_NOW = (
    "import sys\n"
    "from alongside.platform.jobs.scheduler import Schedule\n"
    "Schedule.due = lambda schedule, authority_id, now: schedule.jobs\n"
    "sys.argv = ['alongside', 'worker']\n"
    "from alongside.cli import main; main()\n"
)
"""`alongside worker` on which every job is due now, whatever hour and day the test runs at."""

LISTS = sorted({path for route in page_routes() for path in getattr(route, "paths", ()) if "{" not in path})


def as_one(one: Persona) -> dict[str, str]:
    """Return the headers of a browser in which a persona is signed in."""
    return {"host": one.host, "cookie": f"{SESSION_COOKIE}={one.token}", "sec-fetch-site": "same-origin"}


def test_web_answers_every_list_for_every_role(copy: DatabaseCopy, tmp_path: Path) -> None:
    """No page of a real web process fails because of a missing import that only tests make."""
    seen = {one.role: one for one in (*PERSONAS, OFFICER.twin)}
    with serving(copy, tmp_path, "web") as (started, http):
        codes = {
            (one.role, path): http.get(path, headers=as_one(one)).status_code
            for one in seen.values()
            for path in LISTS
            if "live" not in path and "events" not in path
        }
    assert len(codes) > 5 * len(seen)
    assert {key: code for key, code in codes.items() if code >= 500} == {}, started.text()
    assert 200 in codes.values()


def test_two_web_processes_and_the_worker_run_together(copy: DatabaseCopy, tmp_path: Path) -> None:
    """`alongside run`: a submitted form is stored, and the worker runs."""
    with serving(copy, tmp_path, "run", "--web", "2", ALONGSIDE_DEMONSTRATION="yes") as (started, http):
        one = ADMINISTRATOR
        form = {
            "csrf_token": csrf_token(one.token),
            "idempotency_key": "0" * 32,
            "kind": "authority",
            "why": "Inquiry",
        }
        answer = http.post("/data-protection/holds", data=form, headers=as_one(one))
        assert answer.status_code == 303, answer.text
        assert "starting it again" not in started.text(), started.text()


async def _old_rows(copy: DatabaseCopy) -> None:
    """Insert rows past retention in both authorities: a closed escalation and an email, twenty years old."""
    at = datetime.now(UTC) - timedelta(days=20 * 365)
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        for authority_id in (NORTHSHIRE, SOUTHSHIRE):
            await put_escalation(connection, "closed", authority_id=authority_id, closed_at=at, raised_at=at)
            await connection.execute(
                "INSERT INTO email_outbox (authority_id, person_id, to_address, subject, body, state, written_at, sent_at)"
                " VALUES ($1, $2, 'x@x.example', 's', 'b', 'sent', $3, $3)",
                authority_id,
                HEAD_OF_MILL.person_id,
                at,
            )
    finally:
        await connection.close()


async def test_worker_runs_every_job_of_every_authority(copy: DatabaseCopy, tmp_path: Path) -> None:
    """Including retention: old escalations and emails are deleted, with their rows in other tables."""
    await _old_rows(copy)
    wanted = len(declared_schedule().jobs) * 2
    with running(environment(copy), tmp_path, "-c", ALL_JOBS_NOW) as started:
        await eventually(copy, f"SELECT count(*) >= {wanted} FROM scheduled_job_run", started)
        assert "failed" not in started.text()
    left = await fetch(
        copy,
        "SELECT (SELECT count(*) FROM escalation) + (SELECT count(*) FROM email_outbox WHERE subject = 's')",
    )
    assert left[0][0] == 0


async def test_worker_calculates_a_plan_with_a_solver_of_its_own(
    copy: DatabaseCopy, database: Database, tmp_path: Path
) -> None:
    """Worker and solver are the product's own processes, from the request to the result."""
    await posts(database)
    async with database.transaction(NORTHSHIRE) as session:
        await ask_for_plan(session, acting(LEAD_OF_NORTH), NORTH)
    with running(environment(copy), tmp_path, "-m", "alongside.cli", "worker") as started:
        await eventually(copy, "SELECT bool_and(state = 'done') FROM plan_run", started)
    assert "failed" not in started.text()
    [row] = await fetch(copy, "SELECT count(*) FILTER (WHERE offer_id IS NOT NULL) FROM plan_assignment")
    assert row[0] == 2


def test_no_process_opens_a_database_with_tables_missing(copy: DatabaseCopy) -> None:
    """A process without alongside.models_registry is refused at once, and not at the first unresolved foreign key."""
    program = "from alongside.platform.database.session import Database; Database('postgresql://x@localhost/x', b'')"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(copy), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "Import alongside.models_registry" in done.stderr
