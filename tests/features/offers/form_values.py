"""Form values of an offer, and a helper that posts one."""

from typing import Any

from tests.client import Client
from tests.personas import HEAD_OF_MILL, Persona

OFFER: dict[str, Any] = {
    "title": "Phonics that sticks",
    "description": "Our reading lead works with yours for half a term.",
    "themes": ["early_reading", "writing"],
    "evidence_early_reading": "Nine in ten pass the check.",
    "evidence_writing": "Two schools came to see it.",
    "phases": ["primary"],
    "leader_name": "Rita Reading",
    "designation": "sle",
    "designation_until": "31/8/2030",
    "days_total": "6",
    "engagements_max": "2",
    "when_not_sure": "y",
    "travel_miles": "8",
    "forms_of_support": ["coaching", "visit_in"],
    "appetite": "yes",
    "audience": "widening",
    "act": "post",
}


def offer(**changed: Any) -> dict[str, Any]:
    """Form values of an offer with some changed; None omits a field."""
    return {name: value for name, value in (OFFER | changed).items() if value is not None}


async def posted_offer(client: Client, as_: Persona = HEAD_OF_MILL, **changed: Any) -> str:
    """Post an offer and return its path."""
    answer = await client.post("/offers", offer(**changed), as_=as_)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]
