"""What machines ask: does the process live, can it serve, how is it doing."""

import time
from typing import Any

from litestar import Request, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import text

from alongside.access.permissions import Permission
from alongside.web.house import House

OPEN = {"permission": Permission.OPEN_FRONT_DOOR}

ANSWERED = Counter("alongside_answers_total", "Requests answered", ["act", "method", "status", "authority"])
SECONDS = Histogram("alongside_answer_seconds", "Time to answer a request", ["act"])
POOL_USED = Gauge("alongside_pool_connections_used", "Connections of the pool in use")

READY = text(
    "SELECT (SELECT count(*) FROM (SELECT 1 FROM school WHERE authority_id = fence.authority_id() LIMIT 1) s) AS schools"
)
FIRST_AUTHORITY = text("SELECT min(authority_id) FROM authority")


@get("/health/live", opt=OPEN, sync_to_thread=False)
def live() -> Response[str]:
    """The process answers; nothing else is asked."""
    return Response("alive\n", media_type="text/plain")


@get("/health/ready", opt=OPEN)
async def ready(request: Request[Any, Any, Any]) -> Response[str]:
    """A true question through the fence (which is PL/pgSQL) can be answered by the database; else 503."""
    house: House = request.app.state.house
    began = time.perf_counter()
    try:
        async with house.database.unfenced() as connection:
            authority_id = await connection.scalar(FIRST_AUTHORITY)
        if authority_id is None:
            return Response("no authority has been applied yet\n", status_code=503, media_type="text/plain")
        async with house.database.fenced(authority_id, read_only=True) as session:
            await session.execute(READY)
    except Exception as problem:  # noqa: BLE001  (whatever it is, we are not ready)
        return Response(f"not ready: {type(problem).__name__}\n", status_code=503, media_type="text/plain")
    return Response(f"ready in {(time.perf_counter() - began) * 1000:.1f} ms\n", media_type="text/plain")


@get("/metrics", opt=OPEN)
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Figures for Prometheus: to this machine, or to who knows the token."""
    house: House = request.app.state.house
    near = request.client is not None and request.client.host in ("127.0.0.1", "::1")
    token = house.metrics_token
    if request.headers.get("authorization") != f"Bearer {token}" if token else not near:
        return Response(b"", status_code=404)
    POOL_USED.set(house.database.connections_used())
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})


routes = [live, ready, metrics]
