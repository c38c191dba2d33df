"""A school's page lists the proposals that wait and the messages with it, each to those who may open them."""

import pytest

from alongside.features.agreements.answers.actions import refuse_proposal
from alongside.platform.database.session import Database
from tests.client import Client, soup
from tests.features.agreements.builders import a_proposal, acting
from tests.features.messages.test_write_to_the_other_school import thread_of, written
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    TWIN_HEAD_OF_MILL,
    Persona,
)


async def links(client: Client, urn: int, as_: Persona) -> set[str]:
    """The addresses that the page of a school leads to."""
    page = soup(await client.get(f"/schools/{urn}", as_=as_))
    return {str(one["href"]) for one in page.select("main a[href]")}


async def test_messages_are_listed_for_the_two_schools_alone(client: Client) -> None:
    thread = await thread_of(client)
    assert thread not in await links(client, PARK, HEAD_OF_MILL), "nothing is written yet"
    await written(client, thread, HEAD_OF_MILL, body="Shall we say Tuesday?")
    assert thread in await links(client, PARK, HEAD_OF_MILL)
    assert thread in await links(client, MILL, HEAD_OF_PARK)
    for other in (LEAD_OF_NORTH, OFFICER, HEAD_OF_QUAY, TWIN_HEAD_OF_MILL):
        assert thread not in await links(client, PARK, other), other.name


@pytest.mark.parametrize(
    ("reader", "sees"), [(HEAD_OF_MILL, True), (OFFICER, True), (LEAD_OF_NORTH, True), (HEAD_OF_QUAY, False)]
)
async def test_a_proposal_is_listed_until_it_is_answered(
    client: Client, database: Database, reader: Persona, sees: bool
) -> None:
    proposal_id = await a_proposal(database)
    address = f"/proposals/{proposal_id}"
    assert (address in await links(client, PARK, reader)) is sees
    async with database.transaction(NORTHSHIRE) as session:
        await refuse_proposal(session, acting(HEAD_OF_MILL), proposal_id, "other", "Our plans have changed")
    assert address not in await links(client, PARK, reader)
