"""Signed versions are stored, shown and printed; an amendment is shown in full before it is agreed."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from alongside.errors import ActionRefused
from alongside.features.agreements.amendments.actions import agree_amendment, propose_amendment
from alongside.platform.database.session import Database
from tests.client import Client, element, soup, words
from tests.features.agreements.builders import AIM, a_running_agreement, acting, an_agreement, look
from tests.features.agreements.test_change_agreement import wanted
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, LEAD_OF_NORTH, NORTHSHIRE, OFFICER

CHANGED = {"measure": "Pages a week", "baseline": "20", "target": "300"}


async def a_change(database: Database) -> tuple[str, str]:
    """Propose a new measure, baseline and target for an aim as Mill's head; returns both ids."""
    agreement_id = await a_running_agreement(database)
    change = await wanted(database, "2")
    aims = [{**change.aims[0], **CHANGED}, {**AIM, "aim": "A second aim"}]
    async with database.transaction(NORTHSHIRE) as session:
        made = await propose_amendment(
            session, acting(HEAD_OF_MILL), agreement_id, replace(change, aims=aims)
        )
    return str(agreement_id), str(made)


async def test_the_other_head_sees_every_field_side_by_side(client: Client, database: Database) -> None:
    agreement_id, _ = await a_change(database)
    page = soup(await client.get(f"/agreements/{agreement_id}", as_=HEAD_OF_PARK))
    rows = {
        element(row, "th").get_text(" ", strip=True): [td.get_text(strip=True) for td in row.select("td")]
        for row in page.select("tbody tr")
    }
    assert rows["Aim 1: How it is measured Changes"] == ["Words a minute", "Pages a week"]
    assert rows["Aim 1: Now Changes"] == ["55", "20"]
    assert rows["Aim 1: Target Changes"] == ["90", "300"]
    assert rows["Aim 1: Aim"] == ["Fluent readers in Year 2", "Fluent readers in Year 2"]
    assert rows["A new aim: Aim Changes"] == ["Not given", "A second aim"]
    assert rows["Days and dates: Days"] == ["2 days", "2 days"]


async def test_both_signed_versions_are_kept_and_printed(client: Client, database: Database) -> None:
    agreement_id, amendment_id = await a_change(database)
    path = f"/agreements/{agreement_id}"
    answer = await client.post(f"/amendments/{amendment_id}/agreement", {"version": "2"}, as_=HEAD_OF_PARK)
    assert answer.status_code == 303, words(answer)
    first, second = sorted(await look(database, "signed_agreement"), key=lambda one: one.agreement_version)
    assert first.content["aims"] == [AIM]
    assert [one["aim"] for one in second.content["aims"]] == [AIM["aim"], "A second aim"]
    assert second.content["aims"][0]["target"] == "300"
    for one in (HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, OFFICER):
        latest = words(await client.get(f"{path}/agreement", as_=one))
        assert "version 3" in latest
        assert "Target: 300" in latest
        assert "Signed for Mill Primary School by Mina Mill" in latest
        earlier = words(await client.get(f"{path}/agreement?version=2", as_=one))
        assert "Target: 90" in earlier
        assert "300" not in earlier
    assert (await client.get(f"{path}/agreement", as_=HEAD_OF_QUAY)).status_code == 404
    assert (await client.get(f"{path}/agreement?version=9", as_=HEAD_OF_MILL)).status_code == 404


async def test_a_change_is_agreed_only_beside_the_agreement_that_was_shown(
    client: Client, database: Database
) -> None:
    _, amendment_id = await a_change(database)
    with pytest.raises(ActionRefused, match="has changed since"):
        async with database.transaction(NORTHSHIRE) as session:
            await agree_amendment(session, acting(HEAD_OF_PARK), amendment_id, 1)  # type: ignore[arg-type]
    assert (
        await client.post(f"/amendments/{amendment_id}/agreement", {}, as_=HEAD_OF_PARK)
    ).status_code == 422


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE aim SET target = '1'",
        "DELETE FROM aim",
        "INSERT INTO aim (authority_id, agreement_id, aim, measure, baseline, target)"
        " SELECT authority_id, id, 'More', 'm', '', '' FROM support_agreement",
        "UPDATE support_agreement SET agreement_version = agreement_version + 1",
        "UPDATE support_agreement SET days = days + 0.5",
        "UPDATE support_agreement SET starts_on = starts_on - 1",
        "UPDATE support_agreement SET ends_on = ends_on + 1",
    ],
)
async def test_postgresql_lets_nobody_change_what_was_signed(database: Database, sql: str) -> None:
    await a_running_agreement(database)
    with pytest.raises(IntegrityError, match="both headteachers signed"):
        async with database.transaction(NORTHSHIRE) as session:
            await session.execute(text(sql))


async def test_an_aim_that_was_signed_is_not_moved_to_another_agreement(database: Database) -> None:
    await a_running_agreement(database)
    other = await an_agreement(database)
    with pytest.raises(IntegrityError, match="both headteachers signed"):
        async with database.transaction(NORTHSHIRE) as session:
            await session.execute(text("UPDATE aim SET agreement_id = :other"), {"other": other})


@pytest.mark.parametrize("sql", ["UPDATE signed_agreement SET text = 'x'", "DELETE FROM signed_agreement"])
async def test_a_signed_version_is_never_changed(database: Database, sql: str) -> None:
    await a_running_agreement(database)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.transaction(NORTHSHIRE) as session:
            await session.execute(text(sql))


async def test_postgresql_writes_down_what_is_signed_whatever_it_is_told(database: Database) -> None:
    agreement_id = await a_running_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO signed_agreement (authority_id, agreement_id, agreement_version, content, text)"
                " VALUES (:a, :p, 99, '{\"aims\": []}', 'Forged')"
            ),
            {"a": NORTHSHIRE, "p": agreement_id},
        )
        content = await session.scalar(
            text("SELECT content FROM signed_agreement WHERE agreement_version = 99")
        )
    assert content["aims"] == [AIM]
