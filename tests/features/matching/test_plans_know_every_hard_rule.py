"""Plans rule out pairs that could not be agreed: unavailable offers, interests of leads, later bars."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from alongside.features.matching.problem_input.builder import build_instance
from alongside.platform.database.session import Database
from tests.features.agreements.builders import a_proposal, look, propose, terms
from tests.features.matching.builders import TODAY, a_need, acting, an_offer
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, MILL, NORTHSHIRE, PARK, QUAY


async def instance_of(database: Database) -> Any:
    """The instance of a plan for the whole authority."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        return await build_instance(session, NORTHSHIRE, TODAY, None)


async def run(database: Database, sql: str) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text(sql))


@pytest.mark.parametrize(
    "change", ["UPDATE offer SET appetite = 'no'", "UPDATE offer SET designation_until = '2026-11-23'"]
)
async def test_an_offer_not_for_this_year_is_no_candidate_for_other_needs_because_of_one_proposal(
    database: Database, change: str
) -> None:
    await a_proposal(database, LEAD_OF_NORTH, designation="nle")
    async with database.transaction(NORTHSHIRE) as session:
        await a_need(session, QUAY)
    assert [one.confirmed for one in (await instance_of(database)).offers] == [True]
    await run(database, change)
    found = await instance_of(database)
    assert [one.confirmed for one in found.offers] == [False]
    assert [one for one in found.known if one.what == "accepted"] == []


async def test_an_interest_declared_as_lead_keeps_the_lead_s_own_school_apart(database: Database) -> None:
    """Mina Mill declares an interest as lead, without a school; as head of Mill it still applies to Mill."""
    await run(
        database,
        "INSERT INTO declared_interest (authority_id, person_id, school_urn, other_urn, kind)"
        f" VALUES ({NORTHSHIRE}, '{HEAD_OF_MILL.person_id}', NULL, {PARK}, 'governor')",
    )
    [between] = (await instance_of(database)).between
    assert (between.school, between.other, between.what) == (MILL, PARK, "interest")


async def test_a_pair_that_one_side_accepted_and_that_is_barred_since_holds_no_place(
    database: Database,
) -> None:
    proposal_id = await a_proposal(database)
    accepted = [one.what for one in (await instance_of(database)).known]
    assert "accepted" in accepted
    await run(database, f"UPDATE school SET trust_uid = '77' WHERE urn IN ({MILL}, {PARK})")
    assert "accepted" not in [one.what for one in (await instance_of(database)).known]
    assert (await look(database, "proposal", proposal_id)).state == "proposed"


async def test_a_decline_counts_until_the_next_term_however_long_ago_it_was_proposed(
    database: Database,
) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        need_id: UUID = await a_need(session)
        offer_id: UUID = await an_offer(session)
        proposal_id = await propose(session, acting(HEAD_OF_PARK), need_id, offer_id, terms())
    await run(
        database,
        "UPDATE proposal SET proposed_at = '2026-03-01', state = 'declined', declined_by = 'requesting',"
        f" not_again_before = '2027-01-05' WHERE id = '{proposal_id}'",
    )
    assert "declined" in [one.what for one in (await instance_of(database)).known]
