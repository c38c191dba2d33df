"""Writes, sends and reads notices over HTTP."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from tests.client import Client
from tests.databases import APP_DAY
from tests.personas import NORTH, OFFICER, Persona

LATER = APP_DAY + timedelta(days=20)
EVENT = APP_DAY + timedelta(days=10)
TO_NORTH = f"consortium-{NORTH}"


def written(**more: str) -> dict[str, str]:
    """Return the form of a notice to all headteachers."""
    return {
        "audience": "heads",
        "title": "Moderation meeting",
        "body": "Bring three books.",
        "ends_on": LATER.isoformat(),
    } | more


async def a_draft(client: Client, by: Persona = OFFICER, **more: str) -> str:
    """Write a draft; returns its address."""
    answer = await client.post("/notices", written(**more), as_=by)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def a_notice(client: Client, by: Persona = OFFICER, **more: str) -> str:
    """Write and send a notice; returns its address."""
    address = await a_draft(client, by, **more)
    answer = await client.post(f"{address}/sending", {"version": "1"}, as_=by)
    assert answer.status_code == 303, answer.text
    return address


async def sees(client: Client, address: str, one: Persona) -> bool:
    """Return whether a person can open a notice."""
    status = (await client.get(address, as_=one)).status_code
    assert status in (200, 404)
    return status == 200


async def attach(client: Client, address: str, name: str, content: bytes, by: Persona = OFFICER) -> int:
    """Attach a file to a notice; returns the status."""
    sent: Mapping[str, str] = {"csrf_token": client.token_of(by), "idempotency_key": f"{name:x<32}"}
    answer = await client.http.post(
        f"{address}/files",
        data=sent,
        files={"attachment": (name, content, "application/octet-stream")},
        headers=client._headers(by, {"sec-fetch-site": "same-origin"}),
    )
    return answer.status_code


def id_of(address: str) -> UUID:
    """Return the id in the address of a notice."""
    return UUID(address.rpartition("/")[2])
