"""Writes, opens and answers consultations over HTTP, and puts one in a state into the database."""

from datetime import date, timedelta
from uuid import UUID

import asyncpg

from tests.access.dataset import put
from tests.client import Client, attribute, element, soup
from tests.databases import APP_DAY
from tests.personas import HEAD_OF_MILL, MILL, NORTHSHIRE, OFFICER, Persona

AGREEMENT = ["Agree", "Disagree", "No view"]


def written(**more: str) -> dict[str, str]:
    """Return the form of a consultation that asks all headteachers."""
    return {
        "title": "Method for profiles",
        "body": "We propose to pool three years.",
        "audience": "all",
        "school_days": "10",
    } | more


async def a_draft(client: Client, **more: str) -> str:
    """Write a draft with three questions; returns its address."""
    answer = await client.post("/consultations", written(**more), as_=OFFICER)
    assert answer.status_code == 303, answer.text
    address = str(answer.headers["location"])
    for question in (
        {"wording": "Do you agree?", "kind": "agreement"},
        {"wording": "How many years?", "kind": "choice", "choices": "Three\nFive"},
        {"wording": "Anything else?", "kind": "text"},
    ):
        added = await client.post(f"{address}/questions", question, as_=OFFICER)
        assert added.status_code == 303, added.text
    return address


async def a_consultation(client: Client, **more: str) -> str:
    """Write and open a consultation; returns its address."""
    address = await a_draft(client, **more)
    opened = await client.post(f"{address}/opening", {}, as_=OFFICER)
    assert opened.status_code == 303, opened.text
    return address


async def answer(
    client: Client, address: str, by: Persona = HEAD_OF_MILL, agree: str = "Agree", text: str = ""
) -> int:
    """Answer the three questions; returns the status."""
    form = {"q0": agree, "q1": "Three", "q2": text}
    return (await client.post(f"{address}/answer", form, as_=by)).status_code


def id_of(address: str) -> UUID:
    """Return the id in the address of a consultation."""
    return UUID(address.rpartition("/")[2])


async def first_question(client: Client, address: str) -> str:
    """Return the address of the first question of a draft."""
    page = soup(await client.get(address, as_=OFFICER))
    return attribute(element(page, 'main ol a[href$="/edition"]'), "href").removesuffix("/edition")


async def put_consultation(
    owner: asyncpg.Connection,
    state: str,
    asked: tuple[int, ...] = (MILL,),
    answer_by: date = APP_DAY + timedelta(days=14),
) -> UUID:
    """Insert a consultation in a state with one question; `owner` has switched triggers off."""
    opened = {"opens_on": APP_DAY, "closes_on": answer_by} if state != "draft" else {}
    closed = {"closed_at": await owner.fetchval("SELECT now()"), "asked": 1, "answered": 0}
    decided = {"decision": "Adopted", "decision_reference": "Item 4", "decided_on": APP_DAY}
    more = opened | (closed if state in ("closed", "decided") else {})
    more |= (decided if state == "decided" else {}) | (
        {"withdrawn_because": "No"} if state == "withdrawn" else {}
    )
    inside = {"authority_id": NORTHSHIRE}
    row = {"state": state, "title": "Method", "body": "We propose", "school_days": 10}
    made = await put(owner, "consultation", **inside, **row, **more)
    question = {"number": 1, "kind": "agreement", "wording": "Agree?", "choices": AGREEMENT}
    await put(owner, "consultation_question", **inside, consultation_id=made, **question)
    for urn in asked if state != "draft" else ():
        await owner.execute(
            "INSERT INTO consultation_school (authority_id, consultation_id, school_urn, answer_by)"
            " VALUES ($1, $2, $3, $4)",
            NORTHSHIRE,
            made,
            urn,
            answer_by,
        )
    return made
