"""What the actions on needs refuse by themselves, without the form in front of them."""

from typing import Any

import pytest

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.needs import actions
from alongside.features.needs.closing.actions import reopen_need, withdraw_need
from alongside.features.needs.listing import states_of_needs
from alongside.platform.database.session import Database
from tests.features.agreements.builders import a_need, acting
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, MILL, NORTHSHIRE, PARK, QUAY

WRITTEN: dict[str, Any] = {
    "title": "Fluency",
    "theme": "phonics",
    "phase": "primary",
    "wanted": "",
    "success_criteria": "",
    "form_of_support": "",
    "urgency": "",
}


@pytest.mark.parametrize(("reason", "words"), [("weather", "Snow"), ("", ""), ("other", " ")])
async def test_a_need_is_withdrawn_for_a_reason_of_the_list_only(
    database: Database, reason: str, words: str
) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session)
        with pytest.raises(ValidationFailed):
            await withdraw_need(session, acting(HEAD_OF_MILL), need_id, reason, words)


async def test_a_draft_that_was_withdrawn_is_not_posted_by_reopening_it(database: Database) -> None:
    head = acting(HEAD_OF_MILL)
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await actions.draft_need(session, head, MILL, WRITTEN)
        await withdraw_need(session, head, need_id, "not_now", "")
        with pytest.raises(ActionRefused, match="write a new need"):
            await reopen_need(session, head, need_id, "It is back")


async def test_the_counts_of_needs_are_those_of_the_own_schools(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        for urn in (MILL, PARK, QUAY):
            await a_need(session, urn)
        counted = {
            one.name: sum((await states_of_needs(session, acting(one))).values())
            for one in (HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH)
        }
    assert counted == {HEAD_OF_MILL.name: 1, HEAD_OF_PARK.name: 1, LEAD_OF_NORTH.name: 2}
