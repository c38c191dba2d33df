"""Which entries come near a question in meaning: kept meanings of an authority, held in memory while they hold."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.search.embedding_model import from_bytes, likeness, reader
from alongside.features.directory.search.embeddings import TEXTS, EntryEmbedding

MOST_BYTES = 64_000_000
"""Meanings held in memory by one process, of the authorities asked for last: 80,000 entries."""

NEAREST = 60
"""Entries that meaning may bring into one search."""

FAINT = 0.25
"""Below this likeness (a cosine) two texts have nothing to do with each other."""

OF_AUTHORITY = EntryEmbedding.authority_id == bindparam("authority_id")
STAMP = select(func.count(EntryEmbedding.read_at), func.max(EntryEmbedding.read_at)).where(OF_AUTHORITY)
ALL: Any = select(EntryEmbedding.entry_id, EntryEmbedding.numbers).where(
    OF_AUTHORITY, EntryEmbedding.numbers.is_not(None)
)


@dataclass(frozen=True, slots=True)
class CachedVectors:
    """The meanings of one authority's entries, as they were at a stamp."""

    stamp: tuple[Any, ...]
    ids: tuple[UUID, ...]
    numbers: npt.NDArray[np.int8]


_held: OrderedDict[int, CachedVectors] = OrderedDict()


async def nearest(session: AsyncSession, authority_id: int, sentence: str) -> tuple[list[UUID], list[float]]:
    """The ids of entries that come near a sentence, nearest first, and how near.

    They are of the whole authority: who may see which is asked of the shelf, which takes these as a wish only.
    """
    held = await _of(session, authority_id)
    if not held.ids:
        return [], []
    (asked,) = await asyncio.to_thread(lambda: reader().read([sentence]))
    alike = likeness(asked, held.numbers)
    order = np.argsort(-alike, kind="stable")[:NEAREST]
    found = [(held.ids[at], float(alike[at])) for at in order if alike[at] > FAINT]
    return [entry_id for entry_id, _ in found], [near for _, near in found]


async def _of(session: AsyncSession, authority_id: int) -> CachedVectors:
    values = {"authority_id": authority_id}
    stamp = tuple((await session.execute(STAMP, values)).one())
    held = _held.get(authority_id)
    if held is None or held.stamp != stamp:
        rows = (await session.execute(ALL, values)).all()
        numbers = from_bytes([row.numbers for row in rows], TEXTS)
        held = CachedVectors(stamp, tuple(row.entry_id for row in rows), numbers)
        _held[authority_id] = held
    _held.move_to_end(authority_id)
    while len(_held) > 1 and sum(one.numbers.nbytes for one in _held.values()) > MOST_BYTES:
        _held.popitem(last=False)
    return held
