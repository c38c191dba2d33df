"""The hard rules bind proposals, answers and plans alike, in Python and in PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.agreements.acceptance.actions import accept_proposal, release_leader
from alongside.features.agreements.answers.actions import counter_propose, refuse_proposal
from alongside.features.agreements.proposals import hard_rules
from alongside.features.agreements.proposals.forms import Terms
from alongside.features.agreements.proposing.actions import propose
from alongside.features.agreements.proposing.candidates import need_to_propose_for, offers_for_need
from alongside.features.authorities.settings_cache import register_settings
from alongside.features.interests.actions import declare_interest
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.databases import DatabaseCopy, make_known
from tests.features.agreements.builders import (
    TODAY,
    a_need,
    a_pair,
    a_proposal,
    acting,
    an_offer,
    look,
    terms,
)
from tests.features.authorities.tenant_file_text import settings_with, store_settings
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
)

EXCLUDED = (
    "INSERT INTO school_exclusion (authority_id, school_urn, other_urn, made_by)"
    f" VALUES ({NORTHSHIRE}, {{one}}, {{other}}, '{HEAD_OF_MILL.person_id}')"
)
INTEREST = (
    "INSERT INTO declared_interest (authority_id, person_id, school_urn, other_urn, kind)"
    f" VALUES ({NORTHSHIRE}, '{HEAD_OF_MILL.person_id}', {{own}}, {PARK}, 'governor')"
)
SUSPENDED = (
    "INSERT INTO school_support_suspension (authority_id, school_urn, reason, until_on, set_by)"
    f" VALUES ({NORTHSHIRE}, {{urn}}, 'In intervention', {{until}}, '{OFFICER.person_id}')"
)
YESTERDAY = TODAY - timedelta(days=1)
NOW = max(TODAY, datetime.now(ZoneInfo("Europe/London")).date())
"""The later of the two periods: PostgreSQL checks the rules for the present day."""
NOT_SHOWN = "reason that is not shown here"
BARRED = {
    "not_this_year": ("UPDATE offer SET appetite = 'no'", "not want to give support this year"),
    "excluded_by_asker": (EXCLUDED.format(one=MILL, other=PARK), NOT_SHOWN),
    "excluded_by_giver": (EXCLUDED.format(one=PARK, other=MILL), NOT_SHOWN),
    "same_trust": (f"UPDATE school SET trust_uid = '77' WHERE urn IN ({MILL}, {PARK})", "same trust"),
    "same_federation": (
        f"UPDATE school SET federation_uid = '8' WHERE urn IN ({MILL}, {PARK})",
        "same trust",
    ),
    "suspended": (SUSPENDED.format(urn=PARK, until="NULL"), NOT_SHOWN),
    "suspended_until_today": (SUSPENDED.format(urn=PARK, until=f"'{NOW}'"), NOT_SHOWN),
    "interest": (INTEREST.format(own=MILL), NOT_SHOWN),
    "interest_declared_as_lead": (INTEREST.format(own="NULL"), NOT_SHOWN),
    "designation_expired": (
        f"UPDATE offer SET designation_until = '{YESTERDAY}'",
        "designation .* has expired",
    ),
    "offer_ended": (f"UPDATE offer SET ends_on = '{YESTERDAY}'", "before the support would begin"),
    "asking_closed": (
        f"UPDATE school SET status = 'closed' WHERE urn = {MILL}",
        "Mill Primary School is closed",
    ),
    "giving_closed": (
        f"UPDATE school SET status = 'closed' WHERE urn = {PARK}",
        "Park Primary School is closed",
    ),
}
FREE = {
    "suspended_until_yesterday": SUSPENDED.format(urn=PARK, until=f"'{YESTERDAY}'"),
    "requesting_suspended": SUSPENDED.format(urn=MILL, until="NULL"),
    "another_excluded": EXCLUDED.format(one=MILL, other=QUAY),
    "designation_today": f"UPDATE offer SET designation_until = '{NOW}'",
    "no_trust": "UPDATE school SET trust_uid = NULL, federation_uid = NULL",
}


async def run(database: Database, sql: str, **values: Any) -> None:
    """Run SQL directly, without the actions."""
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text(sql), values)


@pytest.fixture
async def may_override(copy: DatabaseCopy, tmp_path: Path) -> AsyncIterator[None]:
    """Allow a declared interest to be overridden with a reason in this authority."""
    settings = settings_with(tmp_path, {"matching": {"interest_may_be_set_aside": True}})
    await store_settings(copy, settings)
    register_settings(settings, 2)
    yield
    make_known("northshire")


@pytest.mark.parametrize("escalation", BARRED)
async def test_no_school_and_no_lead_can_propose_a_barred_pair(database: Database, escalation: str) -> None:
    change, sentence = BARRED[escalation]
    need_id, offer_id = await a_pair(database, designation="nle")
    await run(database, change)
    for one in (HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH):
        with pytest.raises(ActionRefused, match=sentence):
            async with database.transaction(NORTHSHIRE) as session:
                await propose(session, acting(one), need_id, offer_id, terms())
    assert await look(database, "proposal") == []


@pytest.mark.parametrize("escalation", BARRED)
async def test_a_pair_barred_since_it_was_proposed_cannot_be_accepted(
    database: Database, escalation: str
) -> None:
    """Counter-proposals are refused too, and PostgreSQL refuses without the check in Python."""
    change, sentence = BARRED[escalation]
    proposal_id = await a_proposal(database, designation="nle")
    await run(database, change)
    with pytest.raises(ActionRefused, match=sentence):
        async with database.transaction(NORTHSHIRE) as session:
            await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1)
    with pytest.raises(ActionRefused, match=sentence):
        async with database.transaction(NORTHSHIRE) as session:
            await counter_propose(session, acting(HEAD_OF_MILL), proposal_id, terms("1"), 1)
    assert (await look(database, "proposal", proposal_id)).requesting_accepted_at is None
    assert await look(database, "support_agreement") == []


@pytest.mark.parametrize("escalation", BARRED)
async def test_postgresql_refuses_a_barred_pair_with_the_check_in_python_removed(
    database: Database, monkeypatch: pytest.MonkeyPatch, escalation: str
) -> None:
    change, sentence = BARRED[escalation]
    proposal_id = await a_proposal(database, designation="nle")
    async with database.transaction(NORTHSHIRE) as session:
        need_id, offer_id = await a_need(session), (await look(database, "proposal", proposal_id)).offer_id
    await run(database, change)

    async def nothing(*_: Any, **__: Any) -> list[str]:
        return []

    monkeypatch.setattr(hard_rules, "obstacles_of_pair", nothing)
    acts: tuple[Callable[[AsyncSession], Awaitable[object]], ...] = (
        lambda s: propose(s, acting(HEAD_OF_PARK), need_id, offer_id, terms()),
        lambda s: accept_proposal(s, acting(HEAD_OF_MILL), proposal_id, 1),
    )
    for act in acts:
        with pytest.raises(ActionRefused, match=sentence):
            async with database.transaction(NORTHSHIRE) as session:
                await act(session)
    for sql in (
        "UPDATE proposal SET state = 'agreed'",
        "UPDATE proposal SET requesting_accepted_at = now()",
        "INSERT INTO support_agreement (authority_id, proposal_id, need_id, offer_id, requesting_urn, supporting_urn, state,"
        " days, starts_on, ends_on) SELECT authority_id, id, need_id, offer_id, requesting_urn, supporting_urn,"
        " 'preparing', days, starts_on, ends_on FROM proposal",
    ):
        with pytest.raises(IntegrityError, match="pair_barred"):
            await run(database, sql)


@pytest.mark.parametrize("escalation", FREE)
async def test_what_bars_nothing_bars_nothing(database: Database, escalation: str) -> None:
    need_id, offer_id = await a_pair(database, designation="nle")
    await run(database, FREE[escalation])
    async with database.transaction(NORTHSHIRE) as session:
        proposal_id = await propose(session, acting(HEAD_OF_PARK), need_id, offer_id, terms())
        assert await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1)


async def test_a_release_is_an_agreement_too(database: Database) -> None:
    proposal_id = await a_proposal(database, HEAD_OF_MILL, leader_is_head=False, leader_name="Kim")
    await run(database, "UPDATE proposal SET state = 'to_release', supporting_accepted_at = now()")
    await run(database, BARRED["same_trust"][0])
    with pytest.raises(ActionRefused, match="same trust"):
        async with database.transaction(NORTHSHIRE) as session:
            await release_leader(session, acting(HEAD_OF_PARK), proposal_id)


async def test_who_cannot_release_says_so_although_the_pair_is_barred(
    client: Client, database: Database
) -> None:
    """The headteacher can refuse the release and reads what the supporting school can do."""
    proposal_id = await a_proposal(database, HEAD_OF_MILL, leader_is_head=False, leader_name="Kim")
    await run(database, "UPDATE proposal SET state = 'to_release', supporting_accepted_at = now()")
    await run(database, INTEREST.format(own=MILL))
    page = await client.get(f"/proposals/{proposal_id}", as_=HEAD_OF_PARK)
    assert "Look for another need" in words(page) and "Choose another offer" not in words(page)
    assert "/release-refusal" in page.text and '/release"' not in page.text
    asking = await client.get(f"/proposals/{proposal_id}", as_=HEAD_OF_MILL)
    assert "Choose another offer" in words(asking) and "/release-refusal" not in asking.text
    answer = await client.post(
        f"/proposals/{proposal_id}/release-refusal", {"note": "Not now"}, as_=HEAD_OF_PARK
    )
    assert answer.status_code == 303, words(answer)


async def test_an_offer_must_not_end_before_the_support_begins(database: Database) -> None:
    """The proposed dates count, not only today."""
    need_id, offer_id = await a_pair(database, designation="nle")
    await run(database, "UPDATE offer SET ends_on = '2027-01-10'")
    with pytest.raises(ActionRefused, match="before the support would begin"):
        async with database.transaction(NORTHSHIRE) as session:
            await propose(session, acting(HEAD_OF_PARK), need_id, offer_id, terms())
    sooner = Terms(Decimal(1), TODAY + timedelta(days=7), TODAY + timedelta(days=20), "")
    async with database.transaction(NORTHSHIRE) as session:
        assert await propose(session, acting(HEAD_OF_PARK), need_id, offer_id, sooner)


async def test_the_pair_that_was_just_declined_is_not_proposed_again_this_term(database: Database) -> None:
    """The school that declined can propose it itself, and next term anybody can."""
    proposal_id = await a_proposal(database, designation="nle")
    row = await look(database, "proposal", proposal_id)
    async with database.transaction(NORTHSHIRE) as session:
        await refuse_proposal(session, acting(HEAD_OF_MILL), proposal_id, "no_days", "")
    for one in (HEAD_OF_PARK, LEAD_OF_NORTH):
        with pytest.raises(ActionRefused, match="was declined .* again from"):
            async with database.transaction(NORTHSHIRE) as session:
                await propose(session, acting(one), row.need_id, row.offer_id, terms())
    with pytest.raises(IntegrityError, match="pair_barred"):
        await run(
            database,
            "INSERT INTO proposal (authority_id, need_id, offer_id, requesting_urn, supporting_urn, state, days, starts_on,"
            " ends_on, message, proposed_as, respond_by) SELECT authority_id, need_id, offer_id, requesting_urn,"
            " supporting_urn, 'proposed', days, starts_on, ends_on, '', 'leader', respond_by FROM proposal",
        )
    spring = (await look(database, "proposal", proposal_id)).not_again_before
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        for day, there in ((TODAY, False), (spring, True)):
            person = acting(LEAD_OF_NORTH, day)
            need = await need_to_propose_for(session, person, row.need_id)
            found = [one.id for one in await offers_for_need(session, person, need)]
            assert (row.offer_id in found) is there, day
    async with database.transaction(NORTHSHIRE) as session:
        assert await propose(session, acting(HEAD_OF_MILL), row.need_id, row.offer_id, terms())


@pytest.mark.usefixtures("may_override")
async def test_a_declared_interest_can_be_set_aside_with_a_reason_that_both_schools_read(
    client: Client, database: Database
) -> None:
    need_id, offer_id = await a_pair(database, designation="nle")
    await run(database, INTEREST.format(own=MILL))
    with pytest.raises(ActionRefused, match="declared an interest"):
        async with database.transaction(NORTHSHIRE) as session:
            await propose(session, acting(LEAD_OF_NORTH), need_id, offer_id, terms())
    form = {
        "begun_from": "need",
        "need_id": str(need_id),
        "picked": str(offer_id),
        "days": "2",
        "interest_reason": "",
        **{f"starts_on-{part}": value for part, value in (("day", "11"), ("month", "1"), ("year", "2027"))},
        **{f"ends_on-{part}": value for part, value in (("day", "19"), ("month", "3"), ("year", "2027"))},
    }
    page = await client.get(f"/needs/{need_id}/proposals/new", as_=LEAD_OF_NORTH)
    assert "Declared interest" in words(page)
    answer = await client.post("/proposals", form, as_=LEAD_OF_NORTH)
    assert answer.status_code == 422
    assert "Give a reason" in words(answer)
    form["interest_reason"] = "The only school with this expertise"
    answer = await client.post("/proposals", form, as_=LEAD_OF_NORTH)
    assert answer.status_code == 303, words(answer)
    [row] = await look(database, "proposal")
    for one in (HEAD_OF_MILL, HEAD_OF_PARK):
        read = words(await client.get(f"/proposals/{row.id}", as_=one))
        assert "despite a declaration of interest" in read
        assert "The only school with this expertise" in read
        async with database.transaction(NORTHSHIRE) as session:
            made = await accept_proposal(session, acting(one), row.id, 1)
    assert made is not None


@pytest.mark.usefixtures("may_override")
@pytest.mark.parametrize(
    "escalation", ["same_trust", "excluded_by_asker", "giving_closed", "designation_expired"]
)
async def test_nothing_else_can_be_set_aside(database: Database, escalation: str) -> None:
    change, sentence = BARRED[escalation]
    need_id, offer_id = await a_pair(database, designation="nle")
    await run(database, change)
    with pytest.raises(ActionRefused, match=sentence):
        async with database.transaction(NORTHSHIRE) as session:
            await propose(
                session, acting(HEAD_OF_PARK), need_id, offer_id, terms(), interest_reason="Because I want to"
            )


async def test_where_the_authority_does_not_allow_it_a_reason_changes_nothing(database: Database) -> None:
    need_id, offer_id = await a_pair(database, designation="nle")
    await run(database, INTEREST.format(own=MILL))
    with pytest.raises(ActionRefused, match=NOT_SHOWN):
        async with database.transaction(NORTHSHIRE) as session:
            await propose(session, acting(HEAD_OF_PARK), need_id, offer_id, terms(), interest_reason="Please")


async def test_a_lead_does_not_propose_a_school_in_which_they_declared_an_interest(
    database: Database,
) -> None:
    """The officer, who has none, can."""
    need_id, offer_id = await a_pair(database, designation="nle")
    async with database.transaction(NORTHSHIRE) as session:
        await declare_interest(session, acting(LEAD_OF_NORTH), PARK, "family", "")
    with pytest.raises(ActionRefused, match=NOT_SHOWN):
        async with database.transaction(NORTHSHIRE) as session:
            await propose(session, acting(LEAD_OF_NORTH), need_id, offer_id, terms())
    async with database.transaction(NORTHSHIRE) as session:
        assert await propose(session, acting(OFFICER), need_id, offer_id, terms())


async def test_the_list_of_offers_has_no_barred_pair_and_a_chosen_one_says_why(
    client: Client, database: Database
) -> None:
    need_id, offer_id = await a_pair(database, designation="nle")
    async with database.transaction(NORTHSHIRE) as session:
        other: UUID = await an_offer(session, QUAY)
    await run(database, BARRED["same_trust"][0])
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        need = await need_to_propose_for(session, acting(HEAD_OF_MILL), need_id)
        assert [one.id for one in await offers_for_need(session, acting(HEAD_OF_MILL), need)] == [other]
    page = words(await client.get(f"/needs/{need_id}/proposals/new?offer={offer_id}", as_=HEAD_OF_MILL))
    assert "belong to the same trust or federation" in page


async def test_the_page_of_a_proposal_says_why_it_cannot_be_accepted_and_has_no_button_for_it(
    client: Client, database: Database
) -> None:
    proposal_id = await a_proposal(database, designation="nle")
    before = await client.get(f"/proposals/{proposal_id}", as_=HEAD_OF_MILL)
    assert "/acceptance" in before.text
    assert "interest" not in words(before), "a proposal without a declared interest does not speak of one"
    await run(database, BARRED["same_trust"][0])
    page = await client.get(f"/proposals/{proposal_id}", as_=HEAD_OF_MILL)
    assert "belong to the same trust or federation" in words(page)
    assert "/acceptance" not in page.text
    assert "/counter-proposal" not in page.text
    assert "/refusal" in page.text


async def test_who_ruled_whom_out_is_told_to_the_core_team_alone(client: Client, database: Database) -> None:
    proposal_id = await a_proposal(database, designation="nle")
    await run(database, BARRED["excluded_by_asker"][0])
    assert "asked not to be paired" in words(await client.get(f"/proposals/{proposal_id}", as_=OFFICER))
    for one in (HEAD_OF_PARK, HEAD_OF_MILL, LEAD_OF_NORTH):
        page = words(await client.get(f"/proposals/{proposal_id}", as_=one))
        assert NOT_SHOWN in page
        assert "asked not to be paired" not in page
    assert (await client.get(f"/proposals/{proposal_id}", as_=HEAD_OF_QUAY)).status_code == 404
