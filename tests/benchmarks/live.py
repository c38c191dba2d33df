"""What open pages cost that wait for events: memory and processor time of one process with many of them."""

import asyncio

import asyncpg

from alongside.platform.web.context import SESSION_COOKIE
from tests.benchmarks import processor
from tests.benchmarks.databases import Data
from tests.benchmarks.web import Server
from tests.personas import HEAD_OF_MILL, NORTHSHIRE

OF_ONE = 2
"""Pages that one person may have open (`server_sent_events.MOST_OF_ONE`)."""

AT_ONCE = 10
IDLE_SECONDS = 10
PEOPLE = (
    "INSERT INTO person (authority_id, id, name, email)"
    " SELECT $1, ('00000000-0000-7000-8000-0000099' || lpad(n::text, 5, '0'))::uuid, 'Live ' || n, 'live.' || n || '@bench.example'"
    " FROM generate_series(1, $2::int) n",
    "INSERT INTO role_assignment (authority_id, id, person_id, role, starts_on)"
    " SELECT $1, ('00000000-0000-7000-8000-0000098' || lpad(n::text, 5, '0'))::uuid,"
    " ('00000000-0000-7000-8000-0000099' || lpad(n::text, 5, '0'))::uuid, 'core_officer', '2020-09-01'"
    " FROM generate_series(1, $2::int) n",
    "INSERT INTO user_session (authority_id, token_hash, person_id, role_assignment_id, issuer, device, seen_at, expires_at)"
    " SELECT $1, sha256(('live-' || n)::bytea), ('00000000-0000-7000-8000-0000099' || lpad(n::text, 5, '0'))::uuid,"
    " ('00000000-0000-7000-8000-0000098' || lpad(n::text, 5, '0'))::uuid, 'https://stage.example', 'Stage',"
    " now() + interval '1 day', now() + interval '1 day' FROM generate_series(1, $2::int) n",
)


async def _add_people(data: Data, number: int) -> None:
    connection = await asyncpg.connect(data.copy.superuser_url)
    try:
        await connection.execute("SET session_replication_role = replica")
        for sql in PEOPLE:
            await connection.execute(sql, NORTHSHIRE, number)
    finally:
        await connection.close()


class _Open:
    """Open pages of one server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.writers: list[asyncio.StreamWriter] = []

    async def open(self, person: int) -> None:
        """Open one page of a person. Raises RuntimeError when it is refused."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"GET /live HTTP/1.1\r\nhost: {HEAD_OF_MILL.host}\r\ncookie: {SESSION_COOKIE}=live-{person}\r\n\r\n"
        writer.write(head.encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        self.writers.append(writer)
        if b" 200 " not in answer.splitlines()[0]:
            raise RuntimeError(answer.decode())

    def close(self) -> None:
        """Close all of them."""
        for writer in self.writers:
            writer.close()


async def _measure(server: Server, data: Data, number: int) -> dict[str, float | None]:
    await _add_people(data, number // OF_ONE)
    memory, opening = processor.memory(server.pid), processor.of_process(server.pid)
    pages = _Open(server.port)
    try:
        for first in range(0, number, AT_ONCE):
            await asyncio.gather(*(pages.open(1 + n // OF_ONE) for n in range(first, first + AT_ONCE)))
        opening = processor.of_process(server.pid) - opening
        memory = processor.memory(server.pid) - memory
        idle = processor.of_process(server.pid)
        await asyncio.sleep(IDLE_SECONDS)
        idle = (processor.of_process(server.pid) - idle) / IDLE_SECONDS
    finally:
        pages.close()
    name = f"{number:,} live connections"
    return {
        f"{name}, kB of memory for each": memory * 1024 / number,
        f"{name}, processor ms to open one": opening * 1000 / number,
        f"{name}, cores while nothing happens": idle,
    }


def live_connections(server: Server, data: Data, number: int) -> dict[str, float | None]:
    """Figures of this many open pages on one process."""
    return asyncio.run(_measure(server, data, number))
