"""What these tests start from: needs and offers that a plan can be made of, and a worker that makes it."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from alongside.features.matching.plans.job import process_plan_queue
from alongside.features.matching.replacement.actions import replan_after_declines
from alongside.platform.database.session import Database
from tests.client import Client
from tests.features.agreements.builders import TODAY, a_need, acting, an_offer
from tests.personas import LEAD_OF_NORTH, LOCK, MILL, NORTH, NORTHSHIRE, PARK, QUAY, Persona

__all__ = ["TODAY", "a_need", "acting", "an_offer"]


async def posts(database: Database) -> dict[str, UUID]:
    """Mill and Park need help with phonics; Quay and Lock of the other consortium offer it to all, Park to its own."""
    async with database.transaction(NORTHSHIRE) as session:
        return {
            "mill": await a_need(session, MILL, days=2, urgency="now", title="Fluency at Mill"),
            "park": await a_need(session, PARK, days=2, title="Fluency at Park"),
            "quay_offer": await an_offer(session, QUAY, days="2", title="Quay comes", phases=["primary"]),
            "lock_offer": await an_offer(session, LOCK, days="6", title="Lock comes", phases=["primary"]),
        }


async def ask(client: Client, as_: Persona = LEAD_OF_NORTH, scope: str = str(NORTH)) -> str:
    """Ask for a plan; where its page is."""
    answer = await client.post("/plans", {"scope": scope}, as_=as_)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def work(database: Database, today: Any = TODAY) -> int:
    """What the worker does in a turn: look after declines, work out what waits."""
    from alongside.platform.access.principal import system

    async with database.transaction(NORTHSHIRE) as session:
        await replan_after_declines(session, system(NORTHSHIRE, today))
    return await process_plan_queue(database, NORTHSHIRE, today)


async def a_plan(client: Client, database: Database) -> str:
    """A plan for North, worked out; where its page is."""
    where = await ask(client)
    assert await work(database) == 1
    return where


async def rows(database: Database, sql: str, **values: Any) -> list[Any]:
    """Rows as they stand in the authority of the cast."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        return list((await session.execute(text(sql), values)).all())


async def partners(database: Database, where: str) -> dict[str, str | None]:
    """Who a plan chose for whom: title of the need, title of the offer."""
    found = await rows(
        database,
        "SELECT n.title AS need, o.title AS offer FROM plan_assignment p JOIN need n ON n.id = p.need_id"
        " LEFT JOIN offer o ON o.id = p.offer_id WHERE p.run_id = CAST(:run AS uuid)",
        run=where.rpartition("/")[2],
    )
    return {row.need: row.offer for row in found}
