"""Changing, extending, withdrawing and reopening an offer; its days never fall below those promised."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from alongside.errors import ValidationFailed
from alongside.features.offers.actions import change_offer, extend_offer
from alongside.features.offers.balance.actions import balance_offer
from alongside.features.offers.queries import get_offer
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, Role
from alongside.platform.database.session import Database
from tests.client import Client, element, soup, words
from tests.databases import DatabaseCopy
from tests.features.needs.form_values import form_at
from tests.features.needs.stored_rows import audit_of, set_columns
from tests.features.offers.form_values import posted_offer
from tests.personas import DELEGATE_OF_MILL, HEAD_OF_MILL, MILL, NORTHSHIRE

PERSON = Principal(
    NORTHSHIRE, Role.HEADTEACHER, date(2026, 11, 25), HEAD_OF_MILL.person_id, "Mina Mill", school_urn=MILL
)


async def test_the_form_comes_back_as_it_was_typed_and_nothing_changes_by_saving_it(
    client: Client, database: Database
) -> None:
    where = await posted_offer(client)
    kept = await form_at(client, f"{where}/edit")
    assert kept["themes"] == ["early_reading", "writing"]
    assert kept["evidence_writing"] == "Two schools came to see it."
    assert (await client.post(f"{where}/edit", kept, as_=HEAD_OF_MILL)).status_code == 303
    assert [one.verb for one in await audit_of(database, "offer", where)] == ["draft_offer", "post_offer"]


async def test_a_change_of_themes_is_told_in_the_story(client: Client, database: Database) -> None:
    where = await posted_offer(client)
    kept = await form_at(client, f"{where}/edit")
    kept |= {"themes": ["early_reading"], "evidence_early_reading": "All pass.", "days_total": "7½"}
    assert (await client.post(f"{where}/edit", kept, as_=HEAD_OF_MILL)).status_code == 303
    entry = (await audit_of(database, "offer", where))[-1]
    assert entry.changes["days_total"] == ["6", "7.5"]
    assert entry.changes["themes"][1] == {"early_reading": "All pass."}
    seen = words(await client.get(where, as_=HEAD_OF_MILL))
    assert "Early reading and phonics: All pass.”" in seen
    assert "Days in all: “6 days” became “7.5 days”" in seen


async def test_a_stale_change_shows_both_texts(client: Client) -> None:
    where = await posted_offer(client)
    mine = await form_at(client, f"{where}/edit")
    theirs = await form_at(client, f"{where}/edit", DELEGATE_OF_MILL)
    await client.post(f"{where}/edit", theirs | {"description": "By the delegate."}, as_=DELEGATE_OF_MILL)
    stale = await client.post(f"{where}/edit", mine | {"description": "By the head."}, as_=HEAD_OF_MILL)
    assert stale.status_code == 409
    table = element(soup(stale), "main table").get_text(" ")
    assert "By the head." in table
    assert "By the delegate." in table
    extension = {"days_total": "9", "version": mine["version"]}
    late = await client.post(f"{where}/extension", extension, as_=HEAD_OF_MILL)
    assert late.status_code == 409
    assert "9 days" in element(soup(late), "main table").get_text(" ")


async def test_the_pool_cannot_become_smaller_than_what_is_promised(
    client: Client, copy: DatabaseCopy
) -> None:
    where = await posted_offer(client)
    await set_columns(copy, "offer", where, days_taken=Decimal("4.5"), engagements_taken=2)
    kept = await form_at(client, f"{where}/edit")
    small = await client.post(f"{where}/edit", kept | {"days_total": "4"}, as_=HEAD_OF_MILL)
    assert small.status_code == 422
    assert "4.5 of these days are promised already: enter 4.5 or more" in words(small)
    few = await client.post(f"{where}/edit", kept | {"engagements_max": "1"}, as_=HEAD_OF_MILL)
    assert few.status_code == 422
    assert "2 schools are being supported: enter 2 or more" in words(few)
    short = await client.post(
        f"{where}/extension", {"days_total": "4", "version": kept["version"]}, as_=HEAD_OF_MILL
    )
    assert short.status_code == 422
    assert "enter 4.5 or more" in words(short)


async def test_the_database_itself_refuses_a_pool_below_what_is_promised(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await posted_offer(client)
    await set_columns(copy, "offer", where, days_taken=Decimal(5))
    offer_id = UUID(where.rpartition("/")[2])
    acts: tuple[Callable[..., Awaitable[object]], ...] = (extend_offer, change_offer)
    for act in acts:
        async with database.transaction(NORTHSHIRE) as session:
            more = ({"early_reading": "x"},) if act is change_offer else ()
            version = (await get_offer(session, PERSON, Permission.VIEW_POST, offer_id)).version
            with pytest.raises(ValidationFailed, match="enter 5 or more"):
                await act(session, PERSON, offer_id, {"days_total": Decimal(3)}, *more, version)


async def test_state_follows_the_pool_when_days_are_taken_given_back_and_added(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await posted_offer(client)
    await set_columns(copy, "offer", where, days_taken=Decimal(6))
    async with database.transaction(NORTHSHIRE) as session:
        await balance_offer(session, PERSON, UUID(where.rpartition("/")[2]))
        await balance_offer(session, PERSON, UUID(where.rpartition("/")[2]))
    seen = words(await client.get(where, as_=HEAD_OF_MILL))
    assert "All days of this offer are promised." in seen
    assert "None of 6 days" in seen
    kept = await form_at(client, f"{where}/extension")
    more = await client.post(f"{where}/extension", kept | {"days_total": "8"}, as_=HEAD_OF_MILL)
    assert more.status_code == 303
    assert "2 of 8 days" in words(await client.get(where, as_=HEAD_OF_MILL))
    assert [one.verb for one in await audit_of(database, "offer", where)][-3:] == [
        "exhaust_offer",
        "extend_offer",
        "refill_offer",
    ]


async def test_it_is_withdrawn_and_reopened_with_what_holds_now(client: Client, database: Database) -> None:
    where = await posted_offer(client)
    assert "Support that is already agreed continues" in words(
        await client.get(f"{where}/withdrawal", as_=HEAD_OF_MILL)
    )
    assert (
        await client.post(f"{where}/withdrawal", {"note": "Rita has left."}, as_=HEAD_OF_MILL)
    ).status_code == 303
    assert "This offer has ended." in words(await client.get(where, as_=HEAD_OF_MILL))
    assert (await client.get(f"{where}/edit", as_=HEAD_OF_MILL)).status_code == 409
    assert (await client.post(f"{where}/confirmation", {}, as_=HEAD_OF_MILL)).status_code == 409
    kept = await form_at(client, f"{where}/reopening")
    bad = await client.post(f"{where}/reopening", kept | {"ends_on": "1/1/2020"}, as_=HEAD_OF_MILL)
    assert bad.status_code == 422
    assert (
        await client.post(f"{where}/reopening", kept | {"days_total": "3"}, as_=HEAD_OF_MILL)
    ).status_code == 303
    seen = words(await client.get(where, as_=HEAD_OF_MILL))
    assert "3 of 3 days" in seen
    assert "Rita has left." in seen
    assert (await audit_of(database, "offer", where))[-1].changes == {"days_total": ["6", "3"]}
    again = await client.post(f"{where}/reopening", kept, as_=HEAD_OF_MILL)
    assert again.status_code == 409
