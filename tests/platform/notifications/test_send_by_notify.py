"""GOV.UK Notify, tested against a local server with the same API."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey
from litestar import Litestar, Request, Response, get, post

from alongside.errors import ConfigurationError
from alongside.platform.database.session import Database
from alongside.platform.notifications.transports import DemoOutboxTransport, Notify, Smtp, transport_of
from tests.personas import HEAD_OF_MILL
from tests.platform.notifications.mail_server import change, emails, send_all, sender_over, tell_about

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"live-{SERVICE}-{SECRET}"


@dataclass
class Desk:
    """The messages that Notify received, and its answers."""

    url: str = ""
    taken: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    status: int = 201
    lose_the_answer: bool = False


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    present = Desk()

    def refuses(request: Request[Any, Any, Any]) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return jwt.decode(token, OctKey.import_key(SECRET)).claims["iss"] != SERVICE

    @post("/v2/notifications/email")
    async def take(request: Request[Any, Any, Any]) -> Response[Any]:
        if refuses(request):
            return Response({}, status_code=403)
        body = json.loads(await request.body())
        if present.status == 201:
            assert body["reference"] not in present.taken, "the same letter twice"
            present.taken[body["reference"]] = body
            if present.lose_the_answer:
                return Response({}, status_code=502)
        return Response({}, status_code=present.status)

    @get("/v2/notifications")
    async def find(request: Request[Any, Any, Any]) -> dict[str, Any]:
        present.asked += 1
        reference = request.query_params["reference"]
        return {"notifications": [{"reference": reference}] if reference in present.taken else []}

    server = uvicorn.Server(uvicorn.Config(Litestar([take, find]), port=0, log_config=None, lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    present.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield present
    server.should_exit = True
    await running


def notify(desk: Desk) -> Notify:
    made = transport_of(f"notify:{KEY}?template=welcome&api={desk.url}", "x@y.example")
    assert isinstance(made, Notify)
    return made


async def test_an_email_is_signed_and_carries_its_reference(database: Database, desk: Desk) -> None:
    await tell_about(database, [HEAD_OF_MILL.person_id], "1", text_="Park posted a need.")
    await send_all(sender_over(database, notify(desk)))
    [rendered] = await emails(database)
    assert rendered.state == "sent"
    body = desk.taken[rendered.message_id]
    assert (body["email_address"], body["template_id"]) == ("mina.mill@901.example", "welcome")
    assert body["personalisation"]["subject"] == "Northshire: Park posted a need."
    assert "https://northshire.example/needs/1" in body["personalisation"]["body"]


async def test_taken_but_the_answer_lost_is_not_sent_twice(database: Database, desk: Desk) -> None:
    await tell_about(database, [HEAD_OF_MILL.person_id], "1")
    desk.lose_the_answer = True
    sender = sender_over(database, notify(desk))
    await send_all(sender)
    assert [one.state for one in await emails(database)] == ["waiting"]
    await change(database, "UPDATE email_outbox SET run_at = now()")
    await send_all(sender)
    assert [one.state for one in await emails(database)] == ["sent"]
    assert (len(desk.taken), desk.asked) == (1, 1)


@pytest.mark.parametrize(
    ("status", "state"), [(400, "given_up"), (403, "waiting"), (429, "waiting"), (500, "waiting")]
)
async def test_what_is_the_emails_fault_is_given_up_and_what_is_not_is_tried_again(
    database: Database, desk: Desk, status: int, state: str
) -> None:
    await tell_about(database, [HEAD_OF_MILL.person_id], "1")
    desk.status = status
    await send_all(sender_over(database, notify(desk)))
    assert [one.state for one in await emails(database)] == [state]


def test_a_setting_names_its_transport() -> None:
    assert isinstance(transport_of("readable", "x@y"), DemoOutboxTransport)
    assert isinstance(transport_of("smtps://mail.example", "x@y"), Smtp)
    for wrong in ("notify:short?template=x", f"notify:{KEY}"):
        with pytest.raises(ConfigurationError):
            transport_of(wrong, "x@y")
