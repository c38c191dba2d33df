"""Row locks for decisions on needs, offers and what is agreed about them."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.database.reads import Read, fetch_all


def holding(offer_id: str, need_id: str) -> Read[int]:
    """Lock an offer and then its need until the transaction ends; the ids are SQL expressions.

    Every decision locks the offer first, then the need, then its own row. The fixed order prevents deadlocks: the need
    is locked only when the offer has been counted.
    """
    named = [one for one in ("offer_id", "need_id", "row_id") if f":{one}" in offer_id + need_id]
    return Read(
        text(
            f"""
            WITH held_offer AS MATERIALIZED (
                SELECT o.id FROM offer o
                 WHERE o.authority_id = :authority_id AND o.id = {offer_id} FOR NO KEY UPDATE
            ), held_need AS MATERIALIZED (
                SELECT n.id FROM need n
                 WHERE n.authority_id = :authority_id AND n.id = {need_id}
                   AND (SELECT count(*) FROM held_offer) >= 0 FOR NO KEY UPDATE
            )
            SELECT count(*) FROM held_need
            """  # noqa: S608  (only our own expressions are put in)
        ).bindparams(*(bindparam(one, type_=Uuid) for one in named)),
        int,
    )


def holding_pair_of(table: str) -> Read[int]:
    """Lock the offer and the need of a row of a table, which has `offer_id` and `need_id` and never changes them."""
    of_row = f"FROM {table} r WHERE r.authority_id = :authority_id AND r.id = :row_id"
    return holding(f"(SELECT r.offer_id {of_row})", f"(SELECT r.need_id {of_row})")


HOLD_PAIR = holding(":offer_id", ":need_id")
HOLD_PAIR_OF_AGREEMENT = holding_pair_of("support_agreement")
HOLD_PAIR_OF_PROPOSAL = holding_pair_of("proposal")


async def hold_pool_and_need(session: AsyncSession, authority_id: int, offer_id: UUID, need_id: UUID) -> None:
    """Lock this offer and then this need until the transaction ends."""
    values = {"authority_id": authority_id, "offer_id": offer_id, "need_id": need_id}
    await fetch_all(session, HOLD_PAIR, values)
