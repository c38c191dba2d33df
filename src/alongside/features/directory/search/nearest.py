"""Entries closest in meaning to a search, from the authority's embeddings cached in memory."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.search.embedding_model import from_bytes, reader, similarity
from alongside.features.directory.search.embeddings import TEXTS, EntryEmbedding

MOST_BYTES = 64_000_000
"""Most bytes of cached embeddings per process, for the most recently used authorities: about 80,000 entries."""

NEAREST = 60
"""Most entries that similarity in meaning can add to one search."""

FAINT = 0.25
"""Least cosine similarity; below it two texts are unrelated."""

OF_AUTHORITY = EntryEmbedding.authority_id == bindparam("authority_id")
STAMP = select(func.count(EntryEmbedding.read_at), func.max(EntryEmbedding.read_at)).where(OF_AUTHORITY)
ALL: Any = select(EntryEmbedding.entry_id, EntryEmbedding.numbers).where(
    OF_AUTHORITY, EntryEmbedding.numbers.is_not(None)
)


@dataclass(frozen=True, slots=True)
class CachedVectors:
    """The embeddings of one authority's entries, with the stamp (count, latest time) that they were read at."""

    stamp: tuple[Any, ...]
    ids: tuple[UUID, ...]
    numbers: npt.NDArray[np.int8]


_cache: OrderedDict[int, CachedVectors] = OrderedDict()


async def nearest(session: AsyncSession, authority_id: int, sentence: str) -> tuple[list[UUID], list[float]]:
    """The ids of the entries closest in meaning to a sentence, closest first, and their similarity.

    They are from the whole authority: `search.find` drops those that the person may not see.
    """
    cached = await _of(session, authority_id)
    if not cached.ids:
        return [], []
    (asked,) = await asyncio.to_thread(lambda: reader().read([sentence]))
    alike = similarity(asked, cached.numbers)
    order = np.argsort(-alike, kind="stable")[:NEAREST]
    found = [(cached.ids[at], float(alike[at])) for at in order if alike[at] > FAINT]
    return [entry_id for entry_id, _ in found], [near for _, near in found]


async def _of(session: AsyncSession, authority_id: int) -> CachedVectors:
    values = {"authority_id": authority_id}
    stamp = tuple((await session.execute(STAMP, values)).one())
    cached = _cache.get(authority_id)
    if cached is None or cached.stamp != stamp:
        rows = (await session.execute(ALL, values)).all()
        numbers = from_bytes([row.numbers for row in rows], TEXTS)
        cached = CachedVectors(stamp, tuple(row.entry_id for row in rows), numbers)
        _cache[authority_id] = cached
    _cache.move_to_end(authority_id)
    while len(_cache) > 1 and sum(one.numbers.nbytes for one in _cache.values()) > MOST_BYTES:
        _cache.popitem(last=False)
    return cached
