"""From an entry to a visit: one school asks, the other answers, and both see whose turn it is."""

import asyncpg
import pytest

from alongside.features.calendar_feeds.queries import calendar_items
from alongside.features.visit_requests.asking import actions as asking
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.databases import DatabaseCopy
from tests.features.agreements.builders import acting
from tests.features.directory.form_values import verified_entry
from tests.features.directory.stored_rows import asked, id_of
from tests.features.needs.form_values import form_at
from tests.features.visit_requests.builders import (
    agreed,
    entry_of_mill,
    move_days,
    notified_of_visits,
    request_form,
    requested,
    row_of,
    school_day,
    typed,
    yes,
)
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    Persona,
)


async def test_the_whole_way_from_an_entry_to_a_visit_that_counts(client: Client, database: Database) -> None:
    """Asked from an entry, agreed with a date, took place: each school reads whose turn it is at every step."""
    entry = await entry_of_mill(client)
    page = soup(await client.get(entry, as_=HEAD_OF_PARK))
    (link,) = [str(one["href"]) for one in page.select("a.govuk-button") if "visit" in one.text]
    assert list((await form_at(client, link, HEAD_OF_PARK)).keys()) == [
        "wanted",
        "dates",
        "visitors",
        "visitor_count",
    ]
    visit = await requested(client, entry)
    row = await row_of(database, visit)
    assert (row.state, row.requesting_urn, row.supporting_urn) == ("asked", PARK, MILL)
    assert row.respond_by == school_day(5)
    assert "Mill Primary School must answer by" in words(await client.get(visit, as_=HEAD_OF_PARK))
    for one in (HEAD_OF_MILL, DELEGATE_OF_MILL):
        assert "It is your turn. Answer by" in words(await client.get(visit, as_=one))
        assert (await notified_of_visits(database, one))[0].startswith(
            "Park Primary School asks to visit your school."
        )
    assert "Answer a request for a visit: Ten minutes of reading" in words(
        await client.get("/home", as_=HEAD_OF_MILL)
    )
    answer = await client.post(f"{visit}/answers/yes", yes(), as_=HEAD_OF_MILL)
    assert answer.status_code == 303, answer.text
    assert (await row_of(database, visit)).visit_on == school_day(8)
    shown = words(await client.get(visit, as_=HEAD_OF_PARK))
    for said in ("Main entrance", "Mina Mill, headteacher", "Coffee is ready.", "Nobody has to do anything"):
        assert said in shown
    assert (await notified_of_visits(database, HEAD_OF_PARK))[0].startswith(
        "Mill Primary School says yes to your visit on"
    )
    early = await client.post(f"{visit}/confirmation", as_=HEAD_OF_PARK)
    assert early.status_code == 409 and "Come back after that day" in words(early)
    await move_days(database, visit, visit_on=-30)
    for one in (HEAD_OF_MILL, HEAD_OF_PARK):
        assert "Say whether a visit took place" in words(await client.get("/home", as_=one))
    assert (await client.post(f"{visit}/confirmation", as_=HEAD_OF_PARK)).status_code == 303
    assert "took place" in words(await client.get("/visit-requests?show=ended", as_=HEAD_OF_MILL))
    assert "Park Primary School : too early to say" in words(await client.get(entry, as_=HEAD_OF_QUAY))
    assert "Say how it works in your school" in words(await client.get(visit, as_=HEAD_OF_PARK))


async def test_the_host_says_that_it_took_place_and_nothing_on_behalf_of_the_visitors(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    visit = await agreed(client)
    await move_days(database, visit, visit_on=-30)
    assert (await client.post(f"{visit}/confirmation", as_=HEAD_OF_MILL)).status_code == 303
    assert (await row_of(database, visit)).state == "took_place"
    assert await asked(copy, "SELECT school_urn FROM entry_adoption") == []


async def test_what_a_school_has_said_of_an_entry_is_kept_when_it_visits(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    entry = await entry_of_mill(client)
    await client.post(f"{entry}/use", {"worked": "yes", "notes": "All classes"}, as_=HEAD_OF_PARK)
    visit = await agreed(client, entry)
    await move_days(database, visit, visit_on=-30)
    assert (await client.post(f"{visit}/confirmation", as_=HEAD_OF_PARK)).status_code == 303
    (use,) = await asked(copy, "SELECT worked, notes FROM entry_adoption")
    assert tuple(use) == ("yes", "All classes")


async def test_other_dates_go_back_to_the_school_that_asks(client: Client, database: Database) -> None:
    """Two other dates: it is the asking school's turn, with a due date of its own; it chooses one."""
    visit = await requested(client)
    days = [school_day(12), school_day(13)]
    form = yes(chosen="other", dates=f"{typed(days[0])}, {typed(days[1])}")
    assert (await client.post(f"{visit}/answers/yes", form, as_=HEAD_OF_MILL)).status_code == 303
    assert (await row_of(database, visit)).state == "dates_offered"
    assert "It is your turn. Choose a date by" in words(await client.get(visit, as_=HEAD_OF_PARK))
    assert "Park Primary School must answer by" in words(await client.get(visit, as_=HEAD_OF_MILL))
    assert "Choose a date for a visit" in words(await client.get("/home", as_=HEAD_OF_PARK))
    wrong = await client.post(f"{visit}/date", {"date": school_day(1).isoformat()}, as_=HEAD_OF_PARK)
    assert wrong.status_code == 422 and "Select a date" in words(wrong)
    assert (await client.post(f"{visit}/date", {"date": "x"}, as_=HEAD_OF_MILL)).status_code == 404
    chosen = await client.post(f"{visit}/date", {"date": days[1].isoformat()}, as_=HEAD_OF_PARK)
    assert chosen.status_code == 303
    row = await row_of(database, visit)
    assert (row.state, row.visit_on, row.venue) == ("agreed", days[1], "Main entrance")
    assert "will visit your school" in (await notified_of_visits(database, HEAD_OF_MILL))[-1]


async def test_any_school_day_of_a_period_agrees_at_once(client: Client, database: Database) -> None:
    first, last = school_day(8), school_day(12)
    visit = await requested(client, dates=f"{typed(first)} to {typed(last)}")
    assert "chosen" not in await form_at(client, f"{visit}/answers/yes", HEAD_OF_MILL)
    form = yes(dates=typed(school_day(9)))
    assert (await client.post(f"{visit}/answers/yes", form, as_=HEAD_OF_MILL)).status_code == 303
    assert (await row_of(database, visit)).visit_on == school_day(9)


@pytest.mark.parametrize(
    ("slug", "form", "state", "read"),
    [
        (
            "not-now",
            {"not_before": school_day(30).isoformat(), "message": "We have an inspection."},
            "not_now",
            "We have an inspection.",
        ),
        (
            "other-school",
            {"school": str(LOCK), "message": ""},
            "other_school",
            "suggests Lock Primary School",
        ),
        ("no", {"note": "Our hall is being rebuilt."}, "declined", "Our hall is being rebuilt."),
    ],
)
async def test_the_other_answers_end_the_request_and_say_why(
    client: Client, database: Database, slug: str, form: dict[str, str], state: str, read: str
) -> None:
    visit = await requested(client)
    empty = await client.post(f"{visit}/answers/{slug}", {}, as_=HEAD_OF_MILL)
    assert empty.status_code == 422
    answer = await client.post(f"{visit}/answers/{slug}", form, as_=HEAD_OF_MILL)
    assert answer.status_code == 303, answer.text
    assert (await row_of(database, visit)).state == state
    assert read in words(await client.get(visit, as_=HEAD_OF_PARK))
    assert len(await notified_of_visits(database, HEAD_OF_PARK)) == 1
    again = await client.post(f"{visit}/answers/yes", yes(), as_=HEAD_OF_MILL)
    assert again.status_code == 409


async def test_who_was_told_to_wait_asks_again_after_that_day(client: Client, database: Database) -> None:
    entry = await entry_of_mill(client)
    visit = await requested(client, entry)
    later = {"not_before": school_day(30).isoformat(), "message": ""}
    await client.post(f"{visit}/answers/not-now", later, as_=HEAD_OF_MILL)
    refused = await client.get(f"{entry}/visit-requests/new", as_=HEAD_OF_PARK)
    assert refused.status_code == 409 and "You can ask again from" in words(refused)
    for elsewhere in (
        f"/directory/schools/{MILL}",
        await entry_of_mill(client, title="Another way to teach"),
    ):
        asked_again = await client.post(
            f"{elsewhere}/visit-requests", request_form(wanted="Your reading lessons"), as_=HEAD_OF_PARK
        )
        assert asked_again.status_code == 409 and "You can ask again from" in words(asked_again)
        assert "Your reading lessons" in asked_again.text
    await move_days(database, visit, not_before=-200)
    await requested(client, entry)


async def test_one_school_sends_another_three_requests_a_day(client: Client, copy: DatabaseCopy) -> None:
    """Each is an email: asking, withdrawing and asking again had no end. The text comes back."""
    where = f"/directory/schools/{MILL}"
    for _ in range(3):
        visit = await requested(client, where)
        await client.post(f"{visit}/withdrawal", as_=HEAD_OF_PARK)
    refused = await client.post(
        f"{where}/visit-requests", request_form(wanted="Your reading lessons"), as_=HEAD_OF_PARK
    )
    assert refused.status_code == 429 and "3 times in the last day" in words(refused)
    assert "Your reading lessons" in refused.text
    await requested(client, f"/directory/schools/{LOCK}")
    await asked(copy, "UPDATE visit_request SET asked_at = asked_at - interval '1 day'")
    await requested(client, where)


async def test_one_person_sends_ten_requests_an_hour(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_OF_ONE_PERSON", 1)
    await requested(client, f"/directory/schools/{MILL}")
    refused = await client.post(f"/directory/schools/{LOCK}/visit-requests", request_form(), as_=HEAD_OF_PARK)
    assert refused.status_code == 429 and "in the last hour" in words(refused)


async def test_a_suggested_school_is_asked_with_one_click(client: Client) -> None:
    visit = await requested(client)
    await client.post(f"{visit}/answers/other-school", {"school": str(LOCK)}, as_=HEAD_OF_MILL)
    page = soup(await client.get(visit, as_=HEAD_OF_PARK))
    (link,) = [str(one["href"]) for one in page.select("a.govuk-button") if "Ask Lock" in one.text]
    answer = await client.post(link.removesuffix("/new"), request_form(), as_=HEAD_OF_PARK)
    assert answer.status_code == 303
    assert "asks to visit" in words(await client.get("/notifications", as_=HEAD_OF_LOCK))


async def test_a_visit_is_cancelled_with_a_reason(client: Client, database: Database) -> None:
    visit = await agreed(client)
    assert (await client.post(f"{visit}/cancellation", {"note": " "}, as_=HEAD_OF_PARK)).status_code == 422
    answer = await client.post(f"{visit}/cancellation", {"note": "Our bus is broken"}, as_=HEAD_OF_PARK)
    assert answer.status_code == 303
    assert "Our bus is broken" in words(await client.get(visit, as_=HEAD_OF_MILL))
    assert "has cancelled the visit" in (await notified_of_visits(database, HEAD_OF_MILL))[-1]


async def test_a_request_is_withdrawn_by_the_school_that_asked(client: Client, database: Database) -> None:
    visit = await requested(client)
    assert (await client.post(f"{visit}/withdrawal", as_=HEAD_OF_MILL)).status_code == 404
    assert (await client.post(f"{visit}/withdrawal", as_=HEAD_OF_PARK)).status_code == 303
    assert "You do not need to answer" in (await notified_of_visits(database, HEAD_OF_MILL))[-1]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"wanted": " "}, "Enter what you want to see"),
        ({"dates": ""}, "Enter the dates"),
        ({"dates": "any Tuesday"}, "Enter dates like 12 January 2027"),
        ({"dates": "25 December"}, "closed on 25 December"),
        ({"visitors": ""}, "Enter who would come"),
        ({"visitor_count": "many"}, "Enter a number of people from 1 to 30"),
        ({"visitor_count": ""}, "Enter the number of people"),
    ],
)
async def test_a_wrong_request_is_shown_again_with_everything_that_was_typed(
    module_client: Client, changed: dict[str, str], error: str
) -> None:
    answer = await module_client.post(
        f"/directory/schools/{MILL}/visit-requests", request_form(**changed), as_=HEAD_OF_PARK
    )
    assert answer.status_code == 422 and error in words(answer)
    for name, text in request_form(**changed).items():
        shown = soup(answer).select_one(f"main [name={name}]")
        assert shown is not None
        assert str(shown.get("value") or shown.get_text().removeprefix("\n")).strip() == text.strip()


async def test_only_the_two_schools_read_it(client: Client) -> None:
    visit = await requested(client)
    for one in (HEAD_OF_QUAY, LEAD_OF_NORTH, OFFICER, HEAD_OF_MILL.twin, HEAD_OF_PARK.twin):
        assert (await client.get(visit, as_=one)).status_code == 404, one.name
    for one in (HEAD_OF_PARK, LEAD_OF_NORTH, OFFICER):
        assert (await client.post(f"{visit}/answers/no", {"note": "No"}, as_=one)).status_code == 404
    assert "Who can read this" in words(await client.get(visit, as_=HEAD_OF_PARK))
    assert "How you teach" not in words(await client.get("/consortium", as_=LEAD_OF_NORTH))


@pytest.mark.parametrize("who", [HEAD_OF_QUAY, HEAD_OF_MILL.twin, LEAD_OF_NORTH, OFFICER])
async def test_an_entry_that_is_hidden_cannot_be_asked_about(client: Client, who: Persona) -> None:
    entry = await verified_entry(client, visibility="consortium")
    assert (await client.get(f"{entry}/visit-requests/new", as_=who)).status_code == 404
    assert (await client.post(f"{entry}/visit-requests", request_form(), as_=who)).status_code == 404


async def test_a_school_asks_neither_itself_nor_twice(client: Client, copy: DatabaseCopy) -> None:
    """The second request is refused by the page, and by PostgreSQL if two pages are open."""
    entry = await entry_of_mill(client)
    own = await client.get(f"{entry}/visit-requests/new", as_=HEAD_OF_MILL)
    assert own.status_code == 409 and "This is your own school" in words(own)
    visit = await requested(client, entry)
    again = await client.post(f"{entry}/visit-requests", request_form(), as_=HEAD_OF_PARK)
    assert again.status_code == 409 and "has asked for this visit already" in words(again)
    assert "How you teach phonics in Year 1" in again.text
    await requested(client, f"/directory/schools/{MILL}")
    columns = (
        "authority_id, requesting_urn, supporting_urn, entry_id, state, wanted, visitors, visitor_count,"
        " earliest_on, latest_on, asked_by, respond_by, respond_from, respond_days"
    )
    for entry_id in (id_of(entry), None):
        with pytest.raises(asyncpg.UniqueViolationError) as refused:
            await asked(
                copy,
                f"INSERT INTO visit_request ({columns}) SELECT {columns} FROM visit_request"
                " WHERE entry_id IS NOT DISTINCT FROM $1",
                entry_id,
            )
        assert refused.value.constraint_name == "uq_visit_request_open"
    assert (await client.post(f"{visit}/withdrawal", as_=HEAD_OF_PARK)).status_code == 303
    await requested(client, entry)


async def test_a_school_asks_again_as_soon_as_its_request_is_late(client: Client, database: Database) -> None:
    """The job has not ended the late request yet: the new one ends it."""
    visit = await requested(client, f"/directory/schools/{MILL}")
    await move_days(database, visit, respond_by=-60)
    await requested(client, f"/directory/schools/{MILL}")
    assert (await row_of(database, visit)).state == "lapsed"


async def test_no_addressed_need_is_offered_for_a_visit(client: Client) -> None:
    """The way that ended at a school without an offer is gone from entries and schools."""
    entry = await entry_of_mill(client)
    for where in (entry, f"/directory/schools/{MILL}"):
        assert "/needs/new" not in (await client.get(where, as_=HEAD_OF_PARK)).text
    assert "Ask for a visit" not in words(await client.get(entry, as_=OFFICER))


async def test_the_database_knows_whose_request_it_is(client: Client, copy: DatabaseCopy) -> None:
    visit = await requested(client)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await asked(
            copy,
            "UPDATE visit_request SET supporting_urn = requesting_urn WHERE authority_id = $1 AND id = $2",
            NORTHSHIRE,
            id_of(visit),
        )
    assert refused.value.constraint_name == "ck_visit_request_two_schools"


async def test_an_agreed_visit_is_in_the_calendars_of_both_schools(
    client: Client, database: Database
) -> None:
    visit = await agreed(client)
    for one, title in (
        (HEAD_OF_PARK, "Visit to Mill Primary School"),
        (HEAD_OF_MILL, "Visit from Park Primary School"),
        (HEAD_OF_QUAY, None),
    ):
        async with database.transaction(NORTHSHIRE, read_only=True) as session:
            items = await calendar_items(session, [acting(one)])
        found = [(item.title, item.day, item.location) for item in items if item.path == visit]
        assert found == ([(title, school_day(8), "Main entrance")] if title else [])
