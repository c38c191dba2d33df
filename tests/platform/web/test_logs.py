"""Logs contain who, where and the result, never what people wrote, and nobody can forge a line."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from bs4 import Tag
from sqlalchemy import text

from alongside.platform.web import routing
from alongside.platform.web.logs import start_logs, written_out
from alongside.platform.web.page_request import PageRequest
from alongside.settings import Settings
from tests.client import Client, soup
from tests.personas import HEAD_OF_MILL, MILL

CANARY = "CNRY-what-somebody-wrote"
STARTS = (
    "/home",
    "/needs-and-offers",
    "/needs/new",
    f"/needs/new?school={MILL}",
    "/offers/new",
    "/account",
    "/people",
    "/schools",
)


def settings(log_format: str = "json") -> Settings:
    return Settings(database_url="postgresql://x", signing_key=b"", secret=b"", log_format=log_format)


@pytest.fixture(params=["json", "text"])
def logged(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Return what is logged during a test."""
    handlers, level = logging.root.handlers[:], logging.root.level
    stream = io.StringIO()
    start_logs(settings(request.param), stream)
    yield stream
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def filled(form: Tag) -> dict[str, str]:
    """Return a form with a marker in every text field, and the first choice in each other field."""
    typed: dict[str, str] = {}
    for one in form.find_all(["input", "textarea", "select"]):
        name, kind = str(one.get("name") or ""), one.get("type", "text")
        if not name or name in ("csrf_token", "idempotency_key"):
            continue
        if one.name == "select":
            options = [str(option.get("value") or "") for option in one.find_all("option")]
            typed[name] = next((value for value in options if value), "")
        elif kind in ("hidden", "radio", "checkbox"):
            typed.setdefault(name, str(one.get("value") or ""))
        else:
            typed[name] = CANARY
    return typed


async def test_nothing_that_was_typed_into_any_form_is_logged(client: Client, logged: io.StringIO) -> None:
    sent = 0
    for start in STARTS:
        page = await client.get(start, HEAD_OF_MILL)
        for form in soup(page).find_all("form"):
            action = str(form.get("action") or start)
            if action == "/sign-out":
                continue
            typed = filled(form)
            if str(form.get("method")).lower() == "post":
                await client.post(action, typed, HEAD_OF_MILL)
            else:
                await client.get(
                    f"{action}?" + "&".join(f"{name}={value}" for name, value in typed.items()), HEAD_OF_MILL
                )
            sent += 1
    assert sent > 5
    output = logged.getvalue()
    assert "answered" in output
    assert "northshire" in output
    assert str(HEAD_OF_MILL.person_id) in output
    assert CANARY not in output
    assert HEAD_OF_MILL.token not in output


async def test_an_error_is_told_without_the_row_that_caused_it(
    client: Client, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(ctx: PageRequest) -> Any:
        await ctx.session.execute(
            text("INSERT INTO person (authority_id, name, email, mail_choice) VALUES (901, :n, :n, :n)"),
            {"n": CANARY},
        )

    async def instead(request: Any, _function: Any, permission: Any) -> Any:
        return await answered(request, fails, permission)

    answered = routing._handle_request
    monkeypatch.setattr(routing, "_handle_request", instead)
    answer = await client.post("/notifications/done", as_=HEAD_OF_MILL)
    assert answer.status_code == 500
    output = logged.getvalue()
    assert CANARY not in output
    assert "23514" in output, "PostgreSQL's code is there to look up"
    assert "ck_person_mail_choice" in output
    assert "test_logs.py" in output, "and the place"


def test_what_libraries_put_into_their_lines_stays_out(logged: io.StringIO) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("library").exception("could not read %s", CANARY)
    assert "could not read %s" in logged.getvalue()
    assert CANARY not in logged.getvalue()


HOSTILE = 'x\r\n{"event": "forged"}\x1b[2J\u2028\u202e'


def test_nobody_writes_a_line_of_their_own(logged: io.StringIO) -> None:
    structlog.get_logger("t").info("answered", request_id=HOSTILE, act=HOSTILE)
    output = logged.getvalue()
    assert output.count("\n") == 1
    assert "\x1b[2J" not in output
    assert "\u2028" not in output
    assert "\u202e" not in output


def test_machines_can_read_every_line() -> None:
    stream = io.StringIO()
    start_logs(settings(), stream)
    structlog.get_logger("t").info("answered", act=HOSTILE, status=200)
    structlog.reset_defaults()
    read = json.loads(stream.getvalue())
    assert (read["event"], read["act"], read["status"]) == ("answered", written_out(HOSTILE), 200)
