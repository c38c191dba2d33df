"""Helpers for tests of matching: needs and offers, a plan, and a call of the worker."""

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
    """Needs of Mill and Park; offers of Quay and Lock, visible to all, and a private one of Park."""
    async with database.transaction(NORTHSHIRE) as session:
        return {
            "mill": await a_need(session, MILL, days=2, urgency="now", title="Fluency at Mill"),
            "park": await a_need(session, PARK, days=2, title="Fluency at Park"),
            "quay_offer": await an_offer(session, QUAY, days="2", title="Quay comes", phases=["primary"]),
            "lock_offer": await an_offer(session, LOCK, days="6", title="Lock comes", phases=["primary"]),
        }


async def ask(client: Client, as_: Persona = LEAD_OF_NORTH, scope: str = str(NORTH)) -> str:
    """Request a plan. Returns the path of its page."""
    answer = await client.post("/plans", {"scope": scope}, as_=as_)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def work(database: Database, today: Any = TODAY) -> int:
    """Do what the worker does in one cycle: replan after declines, calculate queued plans."""
    from alongside.platform.access.principal import system

    async with database.transaction(NORTHSHIRE) as session:
        await replan_after_declines(session, system(NORTHSHIRE, today))
    return await process_plan_queue(database, NORTHSHIRE, today)


async def a_plan(client: Client, database: Database) -> str:
    """A calculated plan for North. Returns the path of its page."""
    where = await ask(client)
    assert await work(database) == 1
    return where


async def rows(database: Database, sql: str, **values: Any) -> list[Any]:
    """Query rows in the authority of the personas."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        return list((await session.execute(text(sql), values)).all())


async def partners(database: Database, where: str) -> dict[str, str | None]:
    """The pairs of a plan: title of the need, title of the offer."""
    found = await rows(
        database,
        "SELECT n.title AS need, o.title AS offer FROM plan_assignment p JOIN need n ON n.id = p.need_id"
        " LEFT JOIN offer o ON o.id = p.offer_id WHERE p.run_id = CAST(:run AS uuid)",
        run=where.rpartition("/")[2],
    )
    return {row.need: row.offer for row in found}
