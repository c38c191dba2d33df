"""Form values and steps of visit requests."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from alongside.features.authorities import calendar_of
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import add_school_days
from tests.client import Client
from tests.databases import APP_DAY
from tests.features.directory.form_values import verified_entry
from tests.features.directory.stored_rows import id_of
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, NORTHSHIRE, Persona


def school_day(days: int) -> date:
    """The date that is some school days after the app's day."""
    return add_school_days(calendar_of(NORTHSHIRE), APP_DAY, days)


def typed(day: date) -> str:
    """A date as a person types it."""
    return f"{day.day} {day:%B %Y}"


def request_form(**changed: str) -> dict[str, str]:
    """The form values of a request, with some changed."""
    return {
        "wanted": "How you teach phonics in Year 1",
        "dates": f"{typed(school_day(8))} and {typed(school_day(10))}",
        "visitors": "English lead and two teachers",
        "visitor_count": "3",
    } | changed


def yes(**changed: str) -> dict[str, str]:
    """The form values of the answer “yes”, with some changed."""
    return {
        "chosen": school_day(8).isoformat(),
        "dates": "",
        "venue": "Main entrance",
        "contact": "Mina Mill, headteacher",
        "message": "Coffee is ready.",
    } | changed


async def entry_of_mill(client: Client, **changed: Any) -> str:
    """The URL of a verified entry of Mill that the whole authority sees."""
    return await verified_entry(client, **{"visibility": "authority", **changed})


async def requested(
    client: Client, where: str | None = None, as_: Persona = HEAD_OF_PARK, **changed: str
) -> str:
    """The URL of a request to visit Mill, about an entry unless another address is given."""
    where = where or await entry_of_mill(client)
    answer = await client.post(f"{where}/visit-requests", request_form(**changed), as_=as_)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def agreed(client: Client, where: str | None = None, **changed: str) -> str:
    """The URL of an agreed visit of Park to Mill."""
    visit = await requested(client, where, HEAD_OF_PARK, **changed)
    answer = await client.post(f"{visit}/answers/yes", yes(), as_=HEAD_OF_MILL)
    assert answer.status_code == 303, answer.text
    return visit


async def row_of(database: Database, visit: str) -> Any:
    """The stored row of a request."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        found = await session.execute(
            text("SELECT * FROM visit_request WHERE authority_id = :authority_id AND id = :id"),
            {"authority_id": NORTHSHIRE, "id": id_of(visit)},
        )
        return found.one()


async def move_days(database: Database, visit: str, **days: int) -> None:
    """Move dates of a request by a number of days, so that a later day is today."""
    sets = ", ".join(f"{name} = {name} + {number}" for name, number in days.items())
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(f"UPDATE visit_request SET {sets} WHERE authority_id = :authority_id AND id = :id"),
            {"authority_id": NORTHSHIRE, "id": id_of(visit)},
        )


async def notified_of_visits(database: Database, who: Persona) -> list[str]:
    """The notifications of a person about visits, oldest first."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        found = await session.scalars(
            text(
                "SELECT text FROM notification WHERE authority_id = :authority_id AND person_id = :person_id"
                " AND kind LIKE 'visit\\_%' ORDER BY id"
            ),
            {"authority_id": NORTHSHIRE, "person_id": who.person_id},
        )
        return list(found)


YESTERDAY = APP_DAY - timedelta(days=1)
