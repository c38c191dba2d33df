"""Motions over HTTP: in a meeting and between meetings, interests, what follows, and who reads them."""

from datetime import date, timedelta
from uuid import UUID

import asyncpg

from alongside.features.data_retention.actions import purge_expired
from alongside.features.motions.scheduled import close_written_motions
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.client import Client, Form, attribute, element, soup, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.boards.builders import BOARD, constituted, day_of, fill, id_of, seat
from tests.personas import (
    CLERK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    HEAD_OF_SERVICE,
    MEMBER_OF_BOARD,
    MILL,
    NORTHSHIRE,
    OFFICER,
    Persona,
)

BEGINS = date(2026, 9, 7)
"""The seats are in force on the day of the database, which is earlier than that of the app."""

TEXT = {"remit": "categories", "title": "Agree the dates", "text": "The board agrees the dates."}
MEETING = TEXT | {"how": "meeting"}
WRITTEN = TEXT | {"how": "written"} | day_of("last_day", APP_DAY + timedelta(days=7))


async def seated(client: Client) -> dict[str, UUID]:
    """Constitute the board and fill five of its seats."""
    await constituted(client, BEGINS)
    found = {}
    for name, group, number, persona in (
        ("mill", "Primary schools", 1, HEAD_OF_MILL),
        ("park", "Primary schools", 2, HEAD_OF_PARK),
        ("quay", "Primary schools", 3, HEAD_OF_QUAY),
        ("member", "Independent members", 1, MEMBER_OF_BOARD),
        ("officer", "Officers", 1, OFFICER),
    ):
        address = await seat(client, group, number)
        assert await fill(client, address, persona, BEGINS) == 303
        found[name] = id_of(address)
    return found


async def tabled(client: Client, form: Form) -> str:
    """Table a motion; returns its address."""
    answer = await client.post(f"{BOARD}/motions", form, as_=CLERK)
    assert answer.status_code == 303, words(answer)
    return answer.headers["location"]


async def act(client: Client, path: str, form: Form, who: Persona, status: int = 303) -> str:
    """Send a form; returns the words of the answer."""
    answer = await client.post(path, form, as_=who)
    assert answer.status_code == status, words(answer)
    return words(answer)


async def test_a_motion_is_decided_in_a_meeting_and_overruled(client: Client, copy: DatabaseCopy) -> None:
    """Tabled, opened with those present, votes by the clerk, closed, reasons, overruled; and what each reads."""
    seats = await seated(client)
    assert "Motions and decisions The authority has overruled no decision" in words(
        await client.get(BOARD, as_=HEAD_OF_PARK)
    )
    motion = await tabled(client, MEETING)
    listed = words(await client.get("/boards", as_=CLERK))
    assert "Open the vote: Agree the dates (board-1)" in listed
    before = words(await client.get(motion, as_=MEMBER_OF_BOARD))
    assert "The board agrees the dates." in before and "Who could vote if all are present" in before
    assert "Officers, seat 1 Olga" in before or "No vote: non-voting seat" in before
    for one in (HEAD_OF_MILL, MEMBER_OF_BOARD, OFFICER):
        assert (await client.post(f"{motion}/opening", {"present": []}, as_=one)).status_code == 404
    await act(client, f"{motion}/opening", {}, CLERK, 422)
    present = [str(seats[one]) for one in ("mill", "park", "member", "officer")]
    await act(client, f"{motion}/opening", {"present": present}, CLERK)
    page = words(await client.get(motion, as_=MEMBER_OF_BOARD))
    assert "No vote: absent" in page and "0 of 3 seats voted so far" in page
    votes = {
        f"seat_{seats['mill'].hex}": "for",
        f"seat_{seats['park'].hex}": "for",
        f"seat_{seats['member'].hex}": "against",
    }
    await act(client, f"{motion}/votes", votes, CLERK)
    await act(client, f"{motion}/vote", {"choice": "for"}, MEMBER_OF_BOARD, 409)
    assert (await client.post(f"{motion}/close", {}, as_=MEMBER_OF_BOARD)).status_code == 404
    await act(client, f"{motion}/close", {}, HEAD_OF_SERVICE)
    reasons = {"result_reason": "They suit all", "conditions": "", "owner": ""}
    await act(client, f"{motion}/outcome", reasons | day_of("review_on", APP_DAY), CLERK)
    page = words(await client.get(motion, as_=MEMBER_OF_BOARD))
    assert "Carried" in page and "2 for, 1 against, 0 abstained" in page and "They suit all" in page

    overruling = {"ground": "unlawful", "legal_basis": "Education Act 1996", "reason": "It is unlawful"}
    assert (await client.post(f"{motion}/overruling", overruling, as_=CLERK)).status_code == 404
    refused = await client.post(f"{motion}/overruling", overruling | {"ground": ""}, as_=HEAD_OF_SERVICE)
    assert refused.status_code == 422 and "It is unlawful" in refused.text
    await act(client, f"{motion}/overruling", overruling, HEAD_OF_SERVICE)
    page = words(await client.get(motion, as_=MEMBER_OF_BOARD))
    assert (
        "Overruled by the authority" in page and "2 for, 1 against" in page and "Education Act 1996" in page
    )
    year = APP_DAY.year
    assert f"by year: {year}: 1 decision." in words(await client.get(BOARD, as_=HEAD_OF_PARK))
    owner = await asyncpg.connect(copy.superuser_url)
    sent = await owner.fetch(
        "SELECT kind, count(*) AS people FROM notification WHERE kind LIKE 'motion%' GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(one) for one in sent] == [("motion_opened", 4), ("motion_overruled", 5)]
    await owner.close()
    exported = (await client.get(f"{BOARD}/motions.csv", as_=MEMBER_OF_BOARD)).text
    assert "board-1,Agree the dates,Support categories,Carried" in exported and ",2,1,0,3,yes," in exported
    assert "Overruled" in words(await client.get(f"{BOARD}/motions?show=decided", as_=MEMBER_OF_BOARD))
    await act(client, f"{motion}/rescission", {"note": ""}, CLERK, 422)
    await act(client, f"{motion}/rescission", {"note": "The law has changed"}, CLERK)
    assert "The law has changed" in words(await client.get(motion, as_=MEMBER_OF_BOARD))


async def test_members_vote_between_meetings_until_the_job_closes_it(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    """A member votes and changes the vote; nobody votes for another; silence counts as nothing."""
    seats = await seated(client)
    motion = await tabled(client, WRITTEN)
    await act(client, f"{motion}/opening", {}, CLERK)
    todo = words(await client.get("/boards", as_=MEMBER_OF_BOARD))
    assert "Vote: Agree the dates (board-1)" in todo
    await act(client, f"{motion}/vote", {"choice": ""}, MEMBER_OF_BOARD, 422)
    await act(client, f"{motion}/vote", {"choice": "against"}, MEMBER_OF_BOARD)
    await act(client, f"{motion}/vote", {"choice": "for"}, MEMBER_OF_BOARD)
    assert "Vote: Agree" not in words(await client.get("/boards", as_=MEMBER_OF_BOARD))
    page = words(await client.get(motion, as_=CLERK))
    assert "1 of 4 seats voted so far" in page and "Against" not in page.partition("Who votes")[2]
    by_clerk = {f"seat_{seats['park'].hex}": "for"}
    assert "no vote" in await act(client, f"{motion}/votes", by_clerk, CLERK, 409)
    assert "Members can still vote" in await act(client, f"{motion}/close", {}, CLERK, 409)
    for one in (HEAD_OF_PARK, OFFICER):
        assert (await client.post(f"{motion}/vote", {"choice": "for"}, as_=one)).status_code in (403, 404)

    async with database.transaction(NORTHSHIRE) as session:
        await close_written_motions(session, system(NORTHSHIRE, APP_DAY))
    assert "Open for votes" in words(await client.get(motion, as_=CLERK))
    owner = await asyncpg.connect(copy.superuser_url)
    await owner.execute("SET session_replication_role = replica")
    await owner.execute("UPDATE motion SET closes_at = now() - interval '1 second', quorum_needed = 1")
    await owner.close()
    late = await act(client, f"{motion}/vote", {"choice": "against"}, MEMBER_OF_BOARD, 409)
    assert "Voting is closed" in late
    async with database.transaction(NORTHSHIRE) as session:
        await close_written_motions(session, system(NORTHSHIRE, APP_DAY))
    async with database.transaction(NORTHSHIRE) as session:
        await close_written_motions(session, system(NORTHSHIRE, APP_DAY))
    assert "1 for, 0 against, 0 abstained" in words(await client.get(motion, as_=CLERK))


async def test_a_motion_on_a_school_is_closed_to_members_with_an_interest(
    client: Client, copy: DatabaseCopy
) -> None:
    """Neither the page nor the lists show it, until the clerk sets the interest aside with a reason."""
    seats = await seated(client)
    motion = await tabled(client, MEETING | {"school": str(MILL), "title": "On Mill"})
    assert "On Mill" in words(await client.get(motion, as_=MEMBER_OF_BOARD))
    owner = await asyncpg.connect(copy.superuser_url)
    await owner.execute("SET session_replication_role = replica")
    await owner.execute(
        "INSERT INTO declared_interest (authority_id, person_id, kind, other_urn, words)"
        " SELECT $1, $2, kind, $3, 'works there' FROM (VALUES ('family')) k (kind)",
        NORTHSHIRE,
        MEMBER_OF_BOARD.person_id,
        MILL,
    )
    await owner.close()
    motion_two = await tabled(client, MEETING | {"school": str(MILL), "title": "Second on Mill"})
    for path in (motion, motion_two, f"{motion_two}/interest"):
        assert (await client.get(path, as_=MEMBER_OF_BOARD)).status_code == 404
    for path in (f"{BOARD}/motions", f"{BOARD}/motions.csv", "/boards"):
        assert "on Mill" not in (await client.get(path, as_=MEMBER_OF_BOARD)).text
    page = words(await client.get(motion_two, as_=CLERK))
    assert "interest in Mill Primary School (Known to the system)" in page
    aside = {"seat": str(seats["member"]), "note": "Nobody else knows the building"}
    await act(client, f"{motion_two}/dispensation", aside, CLERK)
    assert "Nobody else knows the building" in words(await client.get(motion_two, as_=MEMBER_OF_BOARD))
    declared = {"words": "my cousin works there", "followed": "spoke"}
    await act(client, f"{motion_two}/interest", declared, MEMBER_OF_BOARD)
    again = await act(client, f"{motion_two}/interest", declared, MEMBER_OF_BOARD, 409)
    assert "already" in again
    recorded = declared | {"seat": str(seats["park"]), "followed": "withdrew"}
    await act(client, f"{motion_two}/interests", recorded, CLERK)
    present = [str(seats[one]) for one in ("mill", "park", "quay", "member")]
    await act(client, f"{motion_two}/opening", {"present": present}, CLERK)
    page = words(await client.get(motion_two, as_=CLERK))
    assert "No vote: declared interest: my cousin works there" in page
    assert "No vote: interest in Mill Primary School" in page and "0 of 1 seat voted" in page
    await act(client, f"{motion_two}/withdrawal", {"note": "Too few can vote"}, CLERK)
    await act(client, f"{motion}/deferral", {"note": "Next time"}, CLERK)
    ended = words(await client.get(f"{BOARD}/motions?show=ended", as_=CLERK))
    assert "Second on Mill" in ended and "Deferred" in ended


async def test_a_refused_motion_keeps_what_was_typed(client: Client) -> None:
    """A written motion needs a last day, one in a meeting has none; each field says what to do."""
    await seated(client)
    typed = MEETING | {"text": "Typed by hand"} | day_of("last_day", APP_DAY)
    answer = await client.post(f"{BOARD}/motions", typed, as_=CLERK)
    assert (
        answer.status_code == 422 and "Typed by hand" in answer.text and "Delete the last day" in answer.text
    )
    answer = await client.post(f"{BOARD}/motions", TEXT | {"how": "written", "title": ""}, as_=CLERK)
    assert "Enter the last day to vote" in answer.text and "Enter a title" in answer.text
    long_ago = TEXT | {"how": "written"} | day_of("last_day", APP_DAY - timedelta(days=1))
    assert "Enter a day from today" in (await client.post(f"{BOARD}/motions", long_ago, as_=CLERK)).text
    page = soup(await client.get(f"{BOARD}/motions", as_=CLERK))
    assert attribute(element(page, "main .alongside-acts a"), "href") == f"{BOARD}/motions/new"
    assert (await client.get(f"{BOARD}/motions", as_=HEAD_OF_MILL)).status_code in (403, 404)


async def test_a_motion_is_deleted_with_its_votes_ten_years_after_it_ended(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    """With electorate, interests and overruling; a motion that is still open stays."""
    seats = await seated(client)
    motion, open_one = await tabled(client, MEETING | {"school": str(MILL)}), await tabled(client, MEETING)
    present = {"present": [str(seats[one]) for one in ("park", "quay", "member")]}
    for one in (motion, open_one):
        await act(client, f"{one}/opening", present, CLERK)
        await act(client, f"{one}/votes", {f"seat_{seats['park'].hex}": "for"}, CLERK)
    await act(client, f"{motion}/close", {}, CLERK)
    overruling = {"ground": "unlawful", "legal_basis": "Education Act 1996", "reason": "It is unlawful"}
    await act(client, f"{motion}/overruling", overruling, HEAD_OF_SERVICE)
    owner = await asyncpg.connect(copy.superuser_url)
    tables = ("motion", "motion_elector", "motion_interest", "vote", "motion_subject", "motion_overruling")
    for years, left in ((9, (2, 14, 1, 2, 1, 1)), (11, (1, 7, 0, 1, 0, 0))):
        async with database.transaction(NORTHSHIRE) as session:
            await purge_expired(session, system(NORTHSHIRE, APP_DAY + timedelta(days=366 * years)))
        found = [await owner.fetchval(f"SELECT count(*) FROM {table}") for table in tables]
        assert dict(zip(tables, found, strict=True)) == dict(zip(tables, left, strict=True)), years
    await owner.close()
