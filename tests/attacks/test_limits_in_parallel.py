"""Requests that come at the same moment pass no limit together: each counts after the one before has been stored.

Two files of one person are read at a time, so that others of the same moment are refused before they are counted.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from typing import Any

import pytest

from alongside.features.messages import actions as message_actions
from alongside.features.messages import limits as message_limits
from alongside.features.notices import actions as notice_actions
from alongside.features.notices import limits as notice_limits
from alongside.features.visit_requests.asking import actions as asking
from tests.client import Client
from tests.features.messages.test_write_to_the_other_school import HELLO, send, thread_of
from tests.features.notices.builders import a_draft, a_notice, attach
from tests.features.visit_requests.builders import request_form
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, LOCK, MILL, QUAY

AT_ONCE = 6


async def statuses(requests: Sequence[Awaitable[Any]]) -> Counter[int]:
    """How often each status was the answer to these requests, sent at once."""
    answers = await asyncio.gather(*requests)
    return Counter(one if isinstance(one, int) else one.status_code for one in answers)


async def test_messages_of_a_person(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_limits, "MOST_OF_ONE_PERSON", 2)
    where = await thread_of(client)
    sent = [client.post(where, HELLO, as_=HEAD_OF_PARK) for _ in range(AT_ONCE)]
    assert await statuses(sent) == {303: 2, 429: AT_ONCE - 2}


async def test_bytes_of_a_school(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_limits, "MOST_BYTES", 15)
    where = await thread_of(client)
    sent = [send(client, where, HEAD_OF_PARK, f"{name}.txt", b"0123456789") for name in range(AT_ONCE)]
    assert (await statuses(sent))[303] == 1


async def test_files_of_a_thread_from_both_sides(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_actions, "MOST_FILES", 2)
    where = await thread_of(client)
    sides = (HEAD_OF_PARK, HEAD_OF_MILL)
    sent = [send(client, where, sides[n % 2], f"{n}.txt", b"0123456789") for n in range(AT_ONCE)]
    assert (await statuses(sent))[303] == 2


async def test_visit_requests_of_a_person(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_OF_ONE_PERSON", 1)
    schools = (MILL, LOCK, QUAY)
    sent = [
        client.post(f"/directory/schools/{urn}/visit-requests", request_form(), as_=HEAD_OF_PARK)
        for urn in schools
    ]
    assert await statuses(sent) == {303: 1, 429: len(schools) - 1}


async def test_questions_about_notices(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice_limits, "MOST_QUESTIONS", 2)
    notice = await a_notice(client)
    sent = [
        client.post(f"{notice}/questions", {"question": f"Is there parking {n}?"}, as_=HEAD_OF_MILL)
        for n in range(AT_ONCE)
    ]
    assert await statuses(sent) == {303: 2, 429: AT_ONCE - 2}


@pytest.mark.parametrize(
    ("module", "name", "most"), [(notice_actions, "MOST_FILES", 1), (notice_limits, "MOST_BYTES", 15)]
)
async def test_attachments_of_notices(
    client: Client, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, most: int
) -> None:
    monkeypatch.setattr(module, name, most)
    notice = await a_draft(client)
    sent = [attach(client, notice, f"{number}.txt", b"0123456789") for number in range(AT_ONCE)]
    assert (await statuses(sent))[303] == 1
