"""Form values of a need, and a helper that posts one."""

from typing import Any

from tests.client import Client, soup
from tests.personas import HEAD_OF_MILL, Persona

NEED: dict[str, Any] = {
    "theme": "mathematics",
    "title": "Fluency in Year 3 and 4",
    "phase": "primary",
    "key_stage": "ks2",
    "wanted": "Our results in number have fallen for two years.",
    "success_criteria": "Every class recalls number bonds.",
    "form_of_support": "coaching",
    "urgency": "this_term",
    "when_not_sure": "y",
    "days": "2½",
    "audience": "widening",
    "act": "post",
}


def need(**changed: Any) -> dict[str, Any]:
    """Form values of a need with some changed; None omits a field."""
    return {name: value for name, value in (NEED | changed).items() if value is not None}


async def posted_need(client: Client, as_: Persona = HEAD_OF_MILL, **changed: Any) -> str:
    """Post a need and return its path."""
    answer = await client.post("/needs", need(**changed), as_=as_)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def form_at(client: Client, path: str, as_: Persona = HEAD_OF_MILL) -> dict[str, Any]:
    """The values of the form at a path, as a browser would send them."""
    page = soup(await client.get(path, as_=as_))
    kept: dict[str, Any] = {}
    for one in page.select("main form [name]"):
        kind, name = one.get("type", one.name), str(one["name"])
        if one.name == "textarea":
            kept[name] = one.get_text().removeprefix("\n")
        elif one.name == "select":
            chosen = one.select_one("option[selected]")
            kept[name] = chosen["value"] if chosen else ""
        elif kind in ("radio", "checkbox"):
            if one.has_attr("checked"):
                kept.setdefault(name, []).append(one["value"])
        elif kind != "submit" and one.name != "button":
            kept[name] = one.get("value", "")
    return {name: value for name, value in kept.items() if name not in ("csrf_token", "idempotency_key")}
