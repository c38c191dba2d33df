"""Remembering that a search found nothing, without who searched."""

import re
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

WORDS = re.compile(r"[^\W\d_](?:[^\W\d_]|['-])*(?: [^\W\d_](?:[^\W\d_]|['-])*){0,5}")
"""One to six words of letters: what has numbers or goes on for longer may be about somebody, and is not kept."""

MISS = text(
    """
    INSERT INTO missed_search AS m (authority_id, words, times, last_on) VALUES (:authority_id, :words, 1, :today)
    ON CONFLICT (authority_id, words) DO UPDATE SET times = m.times + 1, last_on = :today
    """
)


async def remember_missed(session: AsyncSession, authority_id: int, words: str, today: date) -> None:
    """Count words that were searched for and not found; nothing where they could be about a person."""
    if len(words) <= 80 and WORDS.fullmatch(words):
        values = {"authority_id": authority_id, "words": words, "today": today}
        await session.execute(MISS, values)
