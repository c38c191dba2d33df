"""Many schools compete for the last day of one offer: one gets it, the others get a reason, and the totals match."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.agreements.acceptance.actions import accept_proposal
from alongside.features.agreements.answers.actions import refuse_proposal, withdraw_proposal
from alongside.features.agreements.endings.actions import end_early
from alongside.features.agreements.proposal import Proposal
from alongside.features.agreements.proposals.scheduled import lapse_proposals
from alongside.features.agreements.proposing.actions import propose
from alongside.features.needs.models import Need
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.databases import DatabaseCopy, current_database_server, open_database
from tests.features.agreements.builders import (
    TODAY,
    a_need,
    a_proposal,
    acting,
    an_agreement,
    an_offer,
    books_add_up,
    look,
    terms,
)
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, NORTHSHIRE, PARK, QUAY

ASKERS = range(991001, 991201)
"""200 schools, each with a need for which Park's offer is proposed."""


async def two_hundred_proposals(
    database: Database, *, days: str, places: int = 50
) -> tuple[UUID, list[UUID]]:
    """One offer of Park's, proposed to 200 schools and accepted by Park."""
    async with database.transaction(NORTHSHIRE) as session:
        offer_id = await an_offer(session, days=days, engagements_max=places)
        await session.execute(
            text(
                "INSERT INTO school (authority_id, urn, name, phase, status, la_code, establishment_number)"
                " SELECT :a, urn, 'School ' || urn, 'primary', 'open', :a, urn - 988000"
                "   FROM generate_series(991001, 991200) AS urn"
            ),
            {"a": NORTHSHIRE},
        )
        need = {
            "title": "Fluency",
            "theme": "phonics",
            "phase": "primary",
            "wanted": "",
            "success_criteria": "",
        }
        need |= {"form_of_support": "coaching", "urgency": "this_term", "audience": "everybody"}
        need = {name: value for name, value in need.items() if hasattr(Need, name)}
        needs = [Need(authority_id=NORTHSHIRE, school_urn=urn, state="draft", **need) for urn in ASKERS]
        session.add_all(needs)
        await session.flush()
        for state in ("open", "proposed"):
            await session.execute(text("UPDATE need SET state = :s"), {"s": state})
        proposals = [
            Proposal(
                authority_id=NORTHSHIRE,
                need_id=one.id,
                offer_id=offer_id,
                requesting_urn=one.school_urn,
                supporting_urn=PARK,
                state="proposed",
                proposed_as="supporting",
                supporting_accepted_at=datetime.now(UTC),
                respond_by=TODAY,
                **terms("1").columns(),
            )
            for one in needs
        ]
        session.add_all(proposals)
        await session.flush()
        return offer_id, [one.id for one in proposals]


async def outcome_of(database: Database, act: Callable[[AsyncSession], Awaitable[object]]) -> str:
    """The outcome of a command in its own transaction: “done”, or the message of its refusal."""
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await act(session)
    except ActionRefused as refused:
        return refused.sentence
    return "done"


@pytest.mark.slow
@pytest.mark.parametrize("capacity", [1, 5, 20])
async def test_two_hundred_accept_at_once(copy: DatabaseCopy, capacity: int) -> None:
    """As many agree as there are days; the others get the reason, and no change is partial."""
    database = open_database(copy, pool_size=20)
    database.engine.pool._timeout = 60  # type: ignore[attr-defined]
    try:
        offer_id, proposals = await two_hundred_proposals(database, days=str(capacity))

        def accepts(urn: int, proposal_id: UUID) -> Callable[[AsyncSession], Awaitable[object]]:
            head = replace(acting(HEAD_OF_MILL), school_urn=urn, name=f"Head of {urn}")
            return lambda session: accept_proposal(session, head, proposal_id, 1)

        answers = Counter(
            await asyncio.gather(
                *(outcome_of(database, accepts(*one)) for one in zip(ASKERS, proposals, strict=True))
            )
        )
        assert answers.pop("done") == capacity
        ((sentence, refused),) = answers.items()
        assert refused == 200 - capacity
        assert sentence.startswith("Park Primary School has meanwhile promised all days of this offer")
        offer = await look(database, "offer", offer_id)
        assert (offer.state, offer.days_taken, offer.engagements_taken) == ("exhausted", capacity, capacity)
        states = Counter(row.state for row in await look(database, "proposal"))
        assert states == {"agreed": capacity, "proposed": 200 - capacity}
        assert Counter(row.state for row in await look(database, "need"))["agreed"] == capacity
        assert len(await look(database, "support_agreement")) == capacity
        await books_add_up(database)
    finally:
        await database.close()


async def test_places_run_out_like_days(copy: DatabaseCopy) -> None:
    """Enough days, but only two engagements."""
    database = open_database(copy, pool_size=10)
    try:
        _, proposals = await two_hundred_proposals(database, days="50", places=2)
        heads = [replace(acting(HEAD_OF_MILL), school_urn=urn) for urn in ASKERS[:6]]
        answers = Counter(
            await asyncio.gather(
                *(
                    outcome_of(
                        database, partial(accept_proposal, person=head, proposal_id=one, terms_version=1)
                    )
                    for head, one in zip(heads, proposals[:6], strict=True)
                )
            )
        )
        assert answers.pop("done") == 2
        assert all("as many schools at once" in sentence for sentence in answers)
        await books_add_up(database)
    finally:
        await database.close()


async def waits_on_a_lock(database: Database, number: int = 1) -> None:
    """Wait until PostgreSQL reports that a number of transactions wait for a row lock."""
    name = database.address.rpartition("/")[2]
    connection = await asyncpg.connect(current_database_server().url(name, "postgres"))
    try:
        for _ in range(500):
            waiting = await connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if waiting >= number:
                return
            await asyncio.sleep(0.01)
    finally:
        await connection.close()
    raise AssertionError("nobody waits: the two acts were not forced to interleave")


async def interleaved(
    database: Database,
    first: Callable[[AsyncSession], Awaitable[object]],
    second: Callable[[AsyncSession], Awaitable[object]],
) -> tuple[str, str]:
    """Run two commands so that the second starts before the first has committed."""
    did, go_on = asyncio.Event(), asyncio.Event()

    async def stops_before_its_commit(session: AsyncSession) -> None:
        await first(session)
        did.set()
        await go_on.wait()

    one = asyncio.create_task(outcome_of(database, stops_before_its_commit))
    await did.wait()
    two = asyncio.create_task(outcome_of(database, second))
    await waits_on_a_lock(database)
    go_on.set()
    return await one, await two


async def test_two_sessions_interleaved_on_the_last_day(database: Database) -> None:
    """The second waits for the lock of the first, reads the committed row, and is refused."""
    _, proposals = await two_hundred_proposals(database, days="1")
    mill, park = (replace(acting(HEAD_OF_MILL), school_urn=urn) for urn in ASKERS[:2])
    first, second = await interleaved(
        database,
        lambda session: accept_proposal(session, mill, proposals[0], 1),
        lambda session: accept_proposal(session, park, proposals[1], 1),
    )
    assert first == "done"
    assert "has meanwhile promised all days" in second
    await books_add_up(database)


@pytest.mark.parametrize("order", ["accept first", "other first"])
@pytest.mark.parametrize("other", ["withdraw", "refuse", "lapse", "accept again"])
async def test_an_acceptance_against_any_other_act(database: Database, order: str, other: str) -> None:
    """The first succeeds and the other is refused, in both orders."""
    proposal_id = await a_proposal(database)
    mill = acting(HEAD_OF_MILL)
    late = system(NORTHSHIRE, TODAY.replace(year=2027))

    async def lapse(session: AsyncSession) -> None:
        if await lapse_proposals(session, late) == 0:
            raise ActionRefused("nothing was left to lapse")

    acts: dict[str, Callable[[AsyncSession], Awaitable[object]]] = {
        "withdraw": lambda session: withdraw_proposal(session, acting(HEAD_OF_PARK), proposal_id),
        "refuse": lambda session: refuse_proposal(session, mill, proposal_id, "other", "No"),
        "lapse": lapse,
        "accept again": lambda session: accept_proposal(session, mill, proposal_id, 1),
    }
    pair = [lambda session: accept_proposal(session, mill, proposal_id, 1), acts[other]]
    first, second = await interleaved(database, *(pair if order == "accept first" else reversed(pair)))
    assert first == "done" and second != "done"
    agreed = order == "accept first" or other == "accept again"
    row = await look(database, "proposal", proposal_id)
    assert (row.state == "agreed") is agreed
    assert len(await look(database, "support_agreement")) == agreed
    assert (await look(database, "need", row.need_id)).state == ("agreed" if agreed else "open")
    await books_add_up(database)


async def test_ending_and_agreeing_on_one_offer_do_not_wait_in_a_circle(database: Database) -> None:
    """Days return from one agreement while another school takes some: both succeed without a deadlock."""
    agreement_id = await an_agreement(database, days="4", pool="6")
    ended = await look(database, "support_agreement", agreement_id)
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session, QUAY)
        proposal_id = await propose(session, acting(HEAD_OF_PARK), need_id, ended.offer_id, terms("2"))
    outcome = await interleaved(
        database,
        lambda session: end_early(session, acting(HEAD_OF_PARK), agreement_id, "other", "Plans changed"),
        lambda session: accept_proposal(session, acting(HEAD_OF_QUAY), proposal_id, 1),
    )
    assert outcome == ("done", "done")
    assert (await look(database, "offer", ended.offer_id)).days_taken == 2
    await books_add_up(database)
