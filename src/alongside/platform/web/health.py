"""Endpoints for monitoring, at any host: liveness, readiness and metrics."""

import asyncio
import hmac
import os
import time

import structlog
from litestar import Response, get
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import text

from alongside.platform.access.permissions import Permission
from alongside.platform.web.context import AppContext
from alongside.platform.web.http import HttpRequest

OPEN = {"permission": Permission.VIEW_PUBLIC_PAGES}
PLAIN = "text/plain"

SOON = 3.0
"""Seconds within which the database must answer for the process to be ready."""

REQUESTS_TOTAL = Counter(
    "alongside_http_requests_total", "Requests answered.", ["act", "method", "status", "authority"]
)
REQUEST_SECONDS = Histogram(
    "alongside_answer_seconds",
    "Time to answer a request.",
    ["act"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
POOL_USED = Gauge(
    "alongside_pool_connections_used", "Connections of the pool in use.", multiprocess_mode="livesum"
)
EMAILS_PENDING = Gauge(
    "alongside_emails_pending",
    "Letters not yet sent.",
    ["authority", "state"],
    multiprocess_mode="mostrecent",
)
JOBS_BEHIND = Gauge(
    "alongside_scheduled_jobs_lag_days",
    "Days since the worker last ran a scheduled job.",
    ["authority"],
    multiprocess_mode="mostrecent",
)

AUTHORITIES = text("SELECT authority_id, slug FROM authority ORDER BY authority_id")
READY = text(
    "SELECT security.authority_id() AS inside, count(*) AS versions FROM authority_settings"
    " WHERE authority_id = :authority_id"
)
UNSENT = text(
    "SELECT state, count(*) AS letters FROM email_outbox"
    " WHERE authority_id = :authority_id AND state IN ('waiting', 'sending', 'given_up') GROUP BY state"
)
LAST_JOB = text("SELECT current_date - max(day) FROM scheduled_job_run WHERE authority_id = :authority_id")
log = structlog.get_logger("alongside.health")


@get("/health/live", opt=OPEN, sync_to_thread=False)
def live() -> Response[str]:
    """Answer that the process runs; nothing else is checked."""
    return Response("alive\n", media_type=PLAIN)


@get("/health/ready", opt=OPEN)
async def ready(request: HttpRequest) -> Response[str]:
    """Answer 200 if the database runs a query with a tenant context, otherwise 503 with the reason."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(SOON):
            trouble = await _trouble(request.app.state.app_context)
    except TimeoutError:
        trouble = f"the database has not answered within {SOON:g} seconds"
    except Exception as problem:
        log.warning("not ready", exc_info=problem)
        trouble = "the database cannot be asked"
    if trouble:
        return Response(f"not ready: {trouble}\n", status_code=503, media_type=PLAIN)
    return Response(f"ready in {(time.perf_counter() - began) * 1000:.1f} ms\n", media_type=PLAIN)


async def _trouble(app_context: AppContext) -> str | None:
    """Return why the process is not ready; None if it is."""
    async with app_context.database.system_connection() as connection:
        first = (await connection.execute(AUTHORITIES)).first()
    if first is None:
        return "no authority has been applied yet (alongside authority apply)"
    async with app_context.database.transaction(first.authority_id, read_only=True) as session:
        found = (await session.execute(READY, {"authority_id": first.authority_id})).one()
    if found.inside != first.authority_id or not found.versions:
        return "the tenant context does not let an authority see its own settings"
    return None


@get("/metrics", opt=OPEN)
async def metrics(request: HttpRequest) -> Response[bytes]:
    """Return the metrics for Prometheus, to this machine or with the token; otherwise the page does not exist.

    With several web processes, PROMETHEUS_MULTIPROC_DIR joins their metrics; otherwise each process returns its own.
    """
    app_context: AppContext = request.app.state.app_context
    if not (_near(request) or _knows(request, app_context.metrics_token)):
        return Response(b"", status_code=404)
    POOL_USED.set(app_context.database.connections_used())
    try:
        async with asyncio.timeout(SOON):
            await _look_at_late_work(app_context)
    except Exception as problem:
        log.warning("late work not counted", exc_info=problem)
    return Response(generate_latest(_registry()), headers={"content-type": CONTENT_TYPE_LATEST})


async def _look_at_late_work(app_context: AppContext) -> None:
    async with app_context.database.system_connection() as connection:
        authorities = (await connection.execute(AUTHORITIES)).all()
    for one in authorities:
        asked = {"authority_id": one.authority_id}
        async with app_context.database.transaction(one.authority_id, read_only=True) as session:
            counted = {row.state: row.letters for row in await session.execute(UNSENT, asked)}
            days = await session.scalar(LAST_JOB, asked)
        for state in ("waiting", "sending", "given_up"):
            EMAILS_PENDING.labels(one.slug, state).set(counted.get(state, 0))
        if days is not None:
            JOBS_BEHIND.labels(one.slug).set(days)


def _near(request: HttpRequest) -> bool:
    """Return whether the request comes from this machine itself and not through a proxy on it."""
    through_proxy = any(
        name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via")
    )
    return request.client is not None and request.client.host in ("127.0.0.1", "::1") and not through_proxy


def _knows(request: HttpRequest, token: str | None) -> bool:
    given = request.headers.get("authorization", "")
    return token is not None and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _registry() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


routes = [live, ready, metrics]
