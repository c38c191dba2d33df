"""Signing an agreement: aims by either side, signatures of both headteachers on the version shown."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict, NotFound
from alongside.features.agreements.aims.actions import change_aim, remove_aim, write_aim
from alongside.features.agreements.signing.actions import sign_agreement
from alongside.platform.database.session import Database
from tests.features.agreements.builders import AIM, a_running_agreement, acting, an_agreement, look, notified
from tests.features.agreements.test_last_day_of_an_offer import interleaved
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    TWIN_HEAD_OF_MILL,
)


async def test_the_second_signature_begins_the_support(database: Database) -> None:
    """The agreement is active, the need is in support, and everybody concerned is notified."""
    agreement_id = await a_running_agreement(database)
    row = await look(database, "support_agreement", agreement_id)
    assert row.state == "active" and row.requesting_signed_by and row.supporting_signed_by
    assert (await look(database, "need", row.need_id)).state == "in_support"
    assert "agreement_began" in await notified(database, LEAD_OF_NORTH)


async def test_an_agreement_without_an_aim_cannot_be_signed(database: Database) -> None:
    """An aim is required."""
    agreement_id = await an_agreement(database)
    with pytest.raises(ActionRefused, match="no aim yet"):
        async with database.transaction(NORTHSHIRE) as session:
            await sign_agreement(session, acting(HEAD_OF_MILL), agreement_id, 1)


async def test_a_signature_falls_when_the_aims_change(database: Database) -> None:
    """Nobody is bound to aims that they have not read."""
    agreement_id = await an_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        await write_aim(session, acting(HEAD_OF_PARK), agreement_id, AIM)
        await sign_agreement(session, acting(HEAD_OF_PARK), agreement_id, 2)
    (aim,) = await look(database, "aim")
    async with database.transaction(NORTHSHIRE) as session:
        await change_aim(session, acting(DELEGATE_OF_MILL), agreement_id, aim.id, AIM | {"target": "100"}, 2)
    row = await look(database, "support_agreement", agreement_id)
    assert row.supporting_signed_at is None and row.agreement_version == 3
    assert "aims_changed" in await notified(database, HEAD_OF_PARK)
    with pytest.raises(ActionRefused, match="has changed since you opened it"):
        async with database.transaction(NORTHSHIRE) as session:
            await sign_agreement(session, acting(HEAD_OF_MILL), agreement_id, 2)


async def test_two_who_word_an_aim_at_once_see_both_texts(database: Database) -> None:
    """The later person keeps their text and overwrites nothing."""
    agreement_id = await an_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        await write_aim(session, acting(HEAD_OF_PARK), agreement_id, AIM)
    (aim,) = await look(database, "aim")
    async with database.transaction(NORTHSHIRE) as session:
        await change_aim(session, acting(HEAD_OF_PARK), agreement_id, aim.id, AIM | {"target": "100"}, 2)
    with pytest.raises(EditConflict) as stale:
        async with database.transaction(NORTHSHIRE) as session:
            await change_aim(session, acting(HEAD_OF_MILL), agreement_id, aim.id, AIM | {"target": "80"}, 2)
    assert list(stale.value.differences) == [("Target", "80", "100")]


async def test_only_heads_of_the_two_schools_sign(database: Database) -> None:
    """Not a delegate, a lead, another school, or the same role in another authority."""
    agreement_id = await an_agreement(database)
    for other in (DELEGATE_OF_MILL, LEAD_OF_NORTH, HEAD_OF_QUAY, TWIN_HEAD_OF_MILL):
        with pytest.raises(NotFound):
            async with database.transaction(other.authority_id) as session:
                await sign_agreement(session, acting(other), agreement_id, 1)


async def test_nobody_signs_twice(database: Database) -> None:
    """The second signature is refused with the reason."""
    agreement_id = await an_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        await write_aim(session, acting(HEAD_OF_PARK), agreement_id, AIM)
        await sign_agreement(session, acting(HEAD_OF_MILL), agreement_id, 2)
    with pytest.raises(ActionRefused, match="Mill Primary School has signed this agreement already"):
        async with database.transaction(NORTHSHIRE) as session:
            await sign_agreement(session, acting(HEAD_OF_MILL), agreement_id, 2)


async def test_two_heads_who_sign_at_once_begin_it(database: Database) -> None:
    """Concurrent signatures: the second one starts the support."""
    agreement_id = await an_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        await write_aim(session, acting(HEAD_OF_PARK), agreement_id, AIM)
    outcome = await interleaved(
        database,
        lambda session: sign_agreement(session, acting(HEAD_OF_MILL), agreement_id, 2),
        lambda session: sign_agreement(session, acting(HEAD_OF_PARK), agreement_id, 2),
    )
    assert outcome == ("done", "done")
    assert (await look(database, "support_agreement", agreement_id)).state == "active"


async def test_aims_of_a_running_agreement_are_changed_by_both_only(database: Database) -> None:
    """Adding, changing and removing aims are refused after both have signed."""
    agreement_id = await a_running_agreement(database)
    (aim,) = await look(database, "aim")
    acts: tuple[Callable[[AsyncSession], Awaitable[object]], ...] = (
        lambda s: write_aim(s, acting(HEAD_OF_MILL), agreement_id, AIM),
        lambda s: change_aim(s, acting(HEAD_OF_MILL), agreement_id, aim.id, AIM, 2),
        lambda s: remove_aim(s, acting(HEAD_OF_MILL), agreement_id, aim.id),
    )
    for act in acts:
        with pytest.raises(ActionRefused, match="Propose a change instead"):
            async with database.transaction(NORTHSHIRE) as session:
                await act(session)
