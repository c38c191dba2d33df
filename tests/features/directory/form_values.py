"""Form values of an entry, and helpers that create entries in every state."""

from typing import Any

from tests.client import Client
from tests.features.needs.form_values import form_at
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, Persona

ENTRY: dict[str, Any] = {
    "kind": "practice",
    "title": "Ten minutes of reading aloud, every day",
    "themes": ["early_reading"],
    "phases": ["primary"],
    "key_stages": ["ks1"],
    "problem": "Too few children **heard** a story at home.",
    "context": "Two forms of entry, a third of pupils on free school meals.",
    "what_we_did": "1. A box of books for each class\n2. Ten minutes after lunch",
    "evidence": "Library loans rose from 40 to 190 in a month.",
    "claimed_level": "1",
    "what_to_avoid": "Do not turn it into a test.",
    "what_you_need": "- A box of books\n- A timetable that holds",
    "cost_pence": "£1,200",
    "staff_hours": "40",
    "staff_time": "All class teachers",
    "term": "2025-26_summer",
    "who_to_ask": "Reading lead",
    "visibility": "consortium",
    "act": "submit",
}


def entry(**changed: Any) -> dict[str, Any]:
    """The form values with some changed; None leaves one out."""
    return {name: value for name, value in (ENTRY | changed).items() if value is not None}


async def sent_entry(client: Client, as_: Persona = HEAD_OF_MILL, **changed: Any) -> str:
    """The URL of an entry that was just submitted."""
    answer = await client.post("/directory/entries", entry(**changed), as_=as_)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def checked_entry(client: Client, as_: Persona = HEAD_OF_MILL, **changed: Any) -> str:
    """The URL of an entry that a peer has checked."""
    where = await sent_entry(client, as_, **changed)
    said = {"fit": "yes", "note": "We could do this tomorrow."}
    answer = await client.post(f"{where}/check", said, as_=HEAD_OF_PARK)
    assert answer.status_code == 303, answer.text
    return where


async def verify(client: Client, where: str, as_: Persona = LEAD_OF_NORTH, level: str = "1") -> None:
    """Verify the current text of an entry."""
    kept = await form_at(client, f"{where}/verification", as_)
    answer = await client.post(f"{where}/verification", kept | {"level": level, "seen": "y"}, as_=as_)
    assert answer.status_code == 303, answer.text


async def verified_entry(
    client: Client, as_: Persona = HEAD_OF_MILL, level: str = "1", **changed: Any
) -> str:
    """The URL of a verified entry."""
    where = await checked_entry(client, as_, **changed)
    await verify(client, where, level=level)
    return where
