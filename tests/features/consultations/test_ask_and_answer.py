"""A consultation over HTTP: written, opened, answered once for each school, closed, decided, and deleted."""

import csv
import io
from datetime import timedelta

import asyncpg
from sqlalchemy import text

from alongside.features.authorities import calendar_of, settings_of
from alongside.features.consultations.scheduled import (
    close_consultations,
    recalculate_consultation_deadlines,
    remind_of_consultations,
)
from alongside.features.data_retention.actions import purge_expired
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import add_school_days, school_days_before
from alongside.platform.web.formatting import format_weekday
from tests.client import Client, attribute, element, soup, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.consultations.builders import (
    a_consultation,
    a_draft,
    answer,
    first_question,
    written,
)
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    Persona,
)


async def notified(database: Database, one: Persona) -> list[str]:
    """Return the texts of a person's notifications, oldest first."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        found = await session.execute(
            text("SELECT text FROM notification WHERE person_id = :id ORDER BY id"), {"id": one.person_id}
        )
        return list(found.scalars())


async def run(database: Database, job: object, days: int) -> None:
    """Run a daily job as on a later day."""
    async with database.transaction(NORTHSHIRE) as session:
        await job(session, system(NORTHSHIRE, APP_DAY + timedelta(days=days)))  # type: ignore[operator]


async def test_a_consultation_is_answered_counted_and_decided(client: Client, database: Database) -> None:
    """The whole way, with the words of each side: numbers for everybody asked, free text for the core team only."""
    last_day = add_school_days(calendar_of(NORTHSHIRE), APP_DAY, 10)
    address = await a_consultation(client)
    assert await notified(database, HEAD_OF_MILL) == [
        "The core team asks for your school’s answer: Method for profiles."
        f" Please answer by {format_weekday(last_day)}."
    ]
    assert await notified(database, DELEGATE_OF_MILL) == await notified(database, LEAD_OF_NORTH) == []
    home = await client.get("/home", as_=HEAD_OF_MILL)
    assert "Answer a consultation" in words(home) and soup(home).select_one(f'main a[href="{address}"]')
    assert "Answer a consultation" not in words(await client.get("/home", as_=DELEGATE_OF_MILL))

    assert await answer(client, address, HEAD_OF_MILL, "Agree", "More on small schools") == 303
    assert await answer(client, address, HEAD_OF_PARK, "Disagree") == 303
    assert await answer(client, address, HEAD_OF_PARK, "No view") == 303
    page = words(await client.get(address, as_=HEAD_OF_MILL))
    assert "Your school has answered" in page and "More on small schools" in page
    assert "of 5 schools answered" not in page
    assert "Answer a consultation" not in words(await client.get("/home", as_=HEAD_OF_MILL))

    await run(database, close_consultations, 1)
    assert "Answers so far" in words(await client.get(address, as_=OFFICER))
    await run(database, close_consultations, 60)
    assert (await notified(database, OFFICER))[-1].startswith("2 of 5 schools answered")
    assert "Record the decision after a consultation" in words(await client.get("/consortium", as_=OFFICER))
    result = words(await client.get(address, as_=HEAD_OF_LOCK))
    assert "2 of 5 schools answered" in result and "Agree 1 Disagree 0 No view 1" in result
    assert "Three 2 Five 0" in result and "small schools" not in result
    assert "More on small schools" in words(await client.get(f"{address}/schools", as_=OFFICER))
    assert await answer(client, address, HEAD_OF_LOCK) == 409

    decided = {
        "decision": "We pool three years.",
        "decision_reference": "Board minutes, item 4",
        "decided_on": APP_DAY.isoformat(),
    }
    assert (await client.post(f"{address}/decision", decided, as_=OFFICER)).status_code == 303
    page = words(await client.get(address, as_=HEAD_OF_LOCK))
    assert "We pool three years." in page and "Board minutes, item 4" in page
    assert "There is a decision" in (await notified(database, HEAD_OF_LOCK))[-1]
    assert "Method" in words(await client.get("/consultations?show=ended", as_=HEAD_OF_LOCK))


async def test_the_export_has_every_school_that_is_asked(client: Client) -> None:
    address = await a_consultation(client)
    await answer(client, address, HEAD_OF_MILL, "Agree", "=1+1")
    sheet = await client.get(f"{address}/answers.csv", as_=OFFICER)
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert rows[0][4:] == ["Do you agree?", "How many years?", "Anything else?"]
    assert len(rows) == 6
    assert [row[4:] for row in rows[1:] if row[0] == str(MILL)] == [["Agree", "Three", "'=1+1"]]
    assert (await client.get(f"{address}/answers.csv", as_=HEAD_OF_MILL)).status_code == 404


async def test_the_form_offers_the_period_of_the_settings(client: Client) -> None:
    page = soup(await client.get("/consultations/new", as_=OFFICER))
    days = settings_of(NORTHSHIRE).periods.consultation_due
    assert attribute(element(page, "#school_days"), "value") == str(days)


async def test_each_school_has_its_own_last_day(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    """A training day of a school moves its last day, at the opening and when it is entered later."""
    calendar = calendar_of(NORTHSHIRE)
    first = add_school_days(calendar, APP_DAY, 1)
    owner = await asyncpg.connect(copy.superuser_url)
    closed = "INSERT INTO school_training_day (authority_id, school_urn, day) VALUES ($1, $2, $3)"
    await owner.execute(closed, NORTHSHIRE, MILL, first)
    address = await a_consultation(client)
    usual, later = (add_school_days(calendar, APP_DAY, days) for days in (10, 11))
    assert format_weekday(later) in words(await client.get(address, as_=HEAD_OF_MILL))
    assert format_weekday(usual) in words(await client.get(address, as_=HEAD_OF_PARK))
    await owner.execute("DELETE FROM school_training_day")
    await owner.close()
    await run(database, recalculate_consultation_deadlines, 0)
    assert format_weekday(usual) in words(await client.get(address, as_=HEAD_OF_MILL))
    assert f"until {format_weekday(usual)}" in words(await client.get(address, as_=OFFICER))


async def test_those_who_have_not_answered_are_reminded_once(client: Client, database: Database) -> None:
    address = await a_consultation(client)
    await answer(client, address, HEAD_OF_MILL)
    calendar = calendar_of(NORTHSHIRE)
    last_day = add_school_days(calendar, APP_DAY, 10)
    before = (school_days_before(calendar, last_day, 1) - APP_DAY).days
    await run(database, remind_of_consultations, 1)
    assert len(await notified(database, HEAD_OF_PARK)) == 1
    for _ in range(2):
        await run(database, remind_of_consultations, before)
    assert len(await notified(database, HEAD_OF_MILL)) == 1
    assert len(await notified(database, HEAD_OF_PARK)) == 2
    assert "has not answered yet" in (await notified(database, HEAD_OF_PARK))[-1]


async def test_a_withdrawn_consultation_says_why(client: Client, database: Database) -> None:
    address = await a_consultation(client)
    assert (await client.post(f"{address}/withdrawal", {"note": ""}, as_=OFFICER)).status_code == 422
    assert (await client.post(f"{address}/withdrawal", {"note": "New rules"}, as_=OFFICER)).status_code == 303
    assert "New rules" in words(await client.get(address, as_=HEAD_OF_MILL))
    assert "You do not need to answer" in (await notified(database, HEAD_OF_MILL))[-1]
    assert await answer(client, address) == 409
    assert "Answer a consultation" not in words(await client.get("/home", as_=HEAD_OF_MILL))


async def test_a_draft_is_edited_with_its_questions(client: Client) -> None:
    address = await a_draft(client)
    question = await first_question(client, address)
    changed = {"wording": "Is it fair?", "kind": "agreement"}
    assert (await client.post(f"{question}/edition", changed, as_=OFFICER)).status_code == 303
    form = written(title="Changed", version="1")
    assert (await client.post(f"{address}/edition", form, as_=OFFICER)).status_code == 303
    assert (await client.post(f"{address}/edition", form, as_=OFFICER)).status_code == 409
    page = words(await client.get(address, as_=OFFICER))
    assert "Changed" in page and "Is it fair?" in page and "Do you agree?" not in page
    assert (await client.post(f"{question}/removal", {}, as_=OFFICER)).status_code == 303
    assert "Is it fair?" not in words(await client.get(address, as_=OFFICER))
    for number in range(10):
        await client.post(f"{address}/questions", {"wording": f"Q{number}", "kind": "text"}, as_=OFFICER)
    more = await client.post(f"{address}/questions", {"wording": "One more", "kind": "text"}, as_=OFFICER)
    assert more.status_code == 409 and "12 questions at most" in words(more)


async def test_nothing_opens_without_a_question_or_a_school(client: Client) -> None:
    made = await client.post("/consultations", written(), as_=OFFICER)
    draft = words(await client.get(made.headers["location"], as_=OFFICER))
    assert "Open the consultation" not in draft and "Add one before you open" in draft
    refused = await client.post(f"{made.headers['location']}/opening", {}, as_=OFFICER)
    assert refused.status_code == 409 and "Add a question" in words(refused)
    nobody = await a_draft(client, audience="secondary")
    refused = await client.post(f"{nobody}/opening", {}, as_=OFFICER)
    assert refused.status_code == 409 and "No open school is in this audience" in words(refused)


BAD = [
    ("", {"title": "…"}, "Enter a title"),
    ("", {"body": ""}, "Enter the text of the consultation"),
    ("", {"audience": "nobody"}, "Select who you ask"),
    ("", {"school_days": "0"}, "from 1 to 60"),
    ("", {"school_days": "soon"}, "from 1 to 60"),
    ("questions", {"wording": "", "kind": "text"}, "Enter the question"),
    ("questions", {"wording": "Which?"}, "Select the kind of answer"),
    ("questions", {"wording": "Which?", "kind": "choice", "choices": "One"}, "Enter 2 to 10 choices"),
    ("questions", {"wording": "Which?", "kind": "choice", "choices": "A\na"}, "Enter each choice once"),
    ("questions", {"wording": "Which?", "kind": "text", "choices": "A\nB"}, "Delete the choices"),
    ("answer", {"q0": "Perhaps", "q1": "Three"}, "Select an answer"),
    ("answer", {"q0": "Agree"}, "Select an answer"),
    ("answer", {"q0": "Agree", "q1": "Three", "q2": "x" * 2001}, "2,000 characters or fewer"),
]


async def test_bad_input_is_explained(client: Client) -> None:
    addresses = {"": "", "questions": await a_draft(client), "answer": await a_consultation(client)}
    for part, form, error in BAD:
        sent = form if part else written(**form)
        where = f"{addresses[part] or '/consultations'}/{part}".rstrip("/")
        refused = await client.post(where, sent, as_=HEAD_OF_MILL if part == "answer" else OFFICER)
        assert refused.status_code == 422, (part, form)
        assert error in words(refused), (part, form)


async def test_a_decision_needs_its_reference_and_a_date_after_the_opening(
    client: Client, database: Database
) -> None:
    address = await a_consultation(client)
    await run(database, close_consultations, 60)
    for form, error in (
        ({"decided_on": APP_DAY.isoformat(), "decision": "Yes"}, "Enter where the decision is recorded"),
        (
            {"decided_on": "", "decision": "Yes", "decision_reference": "Item 4"},
            "Enter the date of the decision",
        ),
        (
            {"decided_on": (APP_DAY - timedelta(days=1)).isoformat()},
            "Enter a date after the consultation opened",
        ),
        ({"decided_on": (APP_DAY + timedelta(days=1)).isoformat()}, "Enter a date that is today or earlier"),
    ):
        refused = await client.post(f"{address}/decision", form, as_=OFFICER)
        assert refused.status_code == 422 and error in words(refused)


async def test_a_consultation_is_deleted_with_its_answers_years_after_the_decision(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    address = await a_consultation(client)
    assert await answer(client, address) == 303
    withdrawn = await client.post(f"{address}/withdrawal", {"note": "New rules"}, as_=OFFICER)
    assert withdrawn.status_code == 303
    owner = await asyncpg.connect(copy.superuser_url)
    for years, left in ((6, 1), (8, 0)):
        async with database.transaction(NORTHSHIRE) as session:
            await purge_expired(session, system(NORTHSHIRE, APP_DAY + timedelta(days=366 * years)))
        for table in ("consultation", "consultation_school", "consultation_answer"):
            found = await owner.fetchval(f"SELECT count(*) FROM {table}")
            assert bool(found) == bool(left), (years, table)
    await owner.close()
