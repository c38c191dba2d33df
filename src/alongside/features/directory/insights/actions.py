"""Record that a search found nothing, without who searched."""

import hmac
import re
from datetime import timedelta

from sqlalchemy import ARRAY, Date, Integer, LargeBinary, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.insights.models import KEPT_DAYS, MARK_BYTES
from alongside.platform.access.principal import Principal

WORDS = re.compile(r"[^\W\d_](?:[^\W\d_]|['-])*(?: [^\W\d_](?:[^\W\d_]|['-])*){0,5}")
"""One to six words of letters. A text with digits or more words may be about a person, and is not stored."""

A_DAY = 20
"""Failed searches recorded per person and day; further ones are not counted."""

IN_ALL = 5_000
"""Most rows that an authority keeps; the oldest are deleted first."""

MISS = text(
    """
    WITH again AS (
        UPDATE zero_result_search SET last_on = :today
         WHERE authority_id = :authority_id AND words = :words AND seeker = :seeker AND last_on < :today
    )
    INSERT INTO zero_result_search (authority_id, words, seeker, slot, last_on)
    SELECT :authority_id, :words, :seeker, mine.slot, :today
      FROM unnest(:slots) WITH ORDINALITY AS mine(slot, number)
     WHERE NOT EXISTS (SELECT FROM zero_result_search m WHERE m.authority_id = :authority_id AND m.slot = mine.slot)
       AND NOT EXISTS (SELECT FROM zero_result_search m
                        WHERE m.authority_id = :authority_id AND m.words = :words AND m.seeker = :seeker)
     ORDER BY mine.number LIMIT 1
    ON CONFLICT DO NOTHING
    RETURNING true
    """
).bindparams(
    bindparam("authority_id", type_=Integer),
    bindparam("words", type_=Text),
    bindparam("seeker", type_=LargeBinary),
    bindparam("slots", type_=ARRAY(LargeBinary)),
    bindparam("today", type_=Date),
)
DELETE_EXPIRED = text(
    """
    DELETE FROM zero_result_search WHERE authority_id = :authority_id AND (last_on <= :since OR (words, seeker) IN (
        SELECT words, seeker FROM zero_result_search WHERE authority_id = :authority_id
         ORDER BY last_on DESC, words, seeker OFFSET :in_all))
    """
).bindparams(bindparam("since", type_=Date))


async def record_zero_result_search(session: AsyncSession, person: Principal, words: str, key: bytes) -> None:
    """Count one person, once, among those whose search found nothing.

    Searches that could be about a person are not recorded. `key` makes the pseudonyms, which cannot be recalculated
    from the table alone.
    """
    if person.id is None or len(words) > 80 or not WORDS.fullmatch(words):
        return

    def mark(*of: object) -> bytes:
        said = "\n".join(map(str, ("missed search", person.authority_id, person.id, *of)))
        return hmac.digest(key, said.encode(), "sha256")[:MARK_BYTES]

    here: dict[str, object] = {"authority_id": person.authority_id}
    values = here | {
        "words": words,
        "seeker": mark("words", words),
        "slots": [mark("slot", person.today, number) for number in range(A_DAY)],
        "today": person.today,
    }
    if await session.scalar(MISS, values):
        since = person.today - timedelta(days=KEPT_DAYS)
        await session.execute(DELETE_EXPIRED, here | {"since": since, "in_all": IN_ALL})
