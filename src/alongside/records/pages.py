"""The page of records: how long they are kept, what is held, and copies of what is held about a person."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import calendar_of, settings_of
from alongside.authorities.calendar import LONDON
from alongside.errors import NotThere
from alongside.journal.actions import write_journal
from alongside.records import actions, queries
from alongside.records.about import as_json, as_workbook, can_be_sought, held_about, sees_every_case
from alongside.records.forms import HoldForm, RequestForm
from alongside.records.model import HELD
from alongside.records.terms import answer_by
from alongside.web.answers import AfterCommit, Answer, Download, Page, SeeOther
from alongside.web.gate import page
from alongside.web.spreadsheet import XLSX
from alongside.web.typed import asked, typed

KEEP = Permission.KEEP_RECORDS
COPY_GOOD_FOR = timedelta(days=30)
"""How long after a request its copy can be taken; then it is asked for again, with a reason."""


@page.get("/records", permission=KEEP)
async def show_records(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """How long each class is kept, what would go next, and what is held."""
    return await _page(session, person, HoldForm(), RequestForm(), wanted=asked(request).one("person"))


@page.post("/records/holds", permission=KEEP)
async def place_hold(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Place a legal hold."""
    form = HoldForm(await typed(request))
    answer = await _page(session, person, form, RequestForm(), 422)
    if not form.holds(person.today):
        return answer
    await actions.place_hold(session, person, form.hold())
    return SeeOther(
        "/records", "It is held. Nothing of it goes until the hold is lifted or its day has come."
    )


@page.post("/records/holds/{hold_id:uuid}/lifting", permission=KEEP)
async def lift_hold(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, hold_id: UUID
) -> Answer:
    """Lift a legal hold."""
    await actions.lift_hold(session, person, hold_id)
    return SeeOther("/records", "The hold is lifted. What has had its time goes with the next run.")


@page.post("/records/requests", permission=KEEP)
async def ask_for_records(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Ask for all that is held about somebody."""
    form = RequestForm(await typed(request))
    answer = await _page(session, person, HoldForm(), form, 422)
    if not form.holds():
        return answer
    made = await actions.ask_for_records(
        session, person, UUID(form.about.data), (form.reason.data or "").strip()
    )
    return SeeOther(f"/records/requests/{made}", "The copy can be taken now.")


@page.get("/records/requests/{request_id:uuid}", permission=KEEP)
async def show_request(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, request_id: UUID
) -> Answer:
    """One request, with its copies to take."""
    row = await queries.request_of(session, person.authority_id, request_id)
    asked_on = row.asked_at.astimezone(LONDON).date()
    context = {
        "row": row,
        "open": _is_open(row),
        "until": row.asked_at + COPY_GOOD_FOR,
        "settings": settings_of(person.authority_id),
        "sought": can_be_sought(row.name),
        "with_cases": sees_every_case(person),
        "answer_by": answer_by(calendar_of(person.authority_id), asked_on),
    }
    return Page("records/request.html", context)


@page.get("/records/requests/{request_id:uuid}/copy.xlsx", permission=KEEP)
async def copy_as_workbook(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, request_id: UUID
) -> Answer:
    """The copy for people."""
    return await _copy(request, session, person, request_id, "xlsx")


@page.get("/records/requests/{request_id:uuid}/copy.json", permission=KEEP)
async def copy_as_json(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, request_id: UUID
) -> Answer:
    """The copy for machines."""
    return await _copy(request, session, person, request_id, "json")


async def _copy(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, request_id: UUID, kind: str
) -> Answer:
    """A copy, and a line in the journal that it was taken: without the line no copy."""
    row = await queries.request_of(session, person.authority_id, request_id)
    if not _is_open(row):
        raise NotThere
    held = await held_about(session, person, row.person_id, row.name)
    database = request.app.state.house.database

    async def note_and_give() -> Answer:
        async with database.fenced(person.authority_id) as writing:
            await write_journal(writing, person, "take_copy", "subject_request", request_id)
        if kind == "json":
            return Download(as_json(row.name, held), "held-about-a-person.json", "application/json")
        body = await asyncio.to_thread(as_workbook, held)
        return Download(body, "held-about-a-person.xlsx", XLSX)

    return AfterCommit(note_and_give, expensive=True)


def _is_id(text: str | None) -> bool:
    try:
        return bool(UUID(text or ""))
    except ValueError:
        return False


def _is_open(row: Any) -> bool:
    return bool(row.asked_at + COPY_GOOD_FOR > datetime.now(UTC))


async def _page(
    session: AsyncSession,
    person: Person,
    hold: HoldForm,
    request: RequestForm,
    status: int = 200,
    wanted: str = "",
) -> Page:
    chosen = [UUID(one) for one in (hold.person.data, request.about.data) if _is_id(one)]
    people = await queries.people_of(session, person.authority_id, wanted.strip()[:100], chosen)
    hold.offer(await queries.schools_of(session, person.authority_id), people)
    request.offer(people)
    settings = settings_of(person.authority_id)
    context = {
        "outlook": await queries.outlook(session, person, settings),
        "holds": await queries.holds_of(session, person.authority_id),
        "hold": hold,
        "asking": request,
        "wanted": wanted,
        "HELD": HELD,
        "today": person.today,
    }
    return Page("records/show.html", context, status)


routes = [
    show_records,
    place_hold,
    lift_hold,
    ask_for_records,
    show_request,
    copy_as_workbook,
    copy_as_json,
]
