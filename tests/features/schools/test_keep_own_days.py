"""A school's own terms and training days: set by its head or the core team, and deadlines follow them."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec import structs

from alongside.errors import ValidationFailed
from alongside.features.authorities import calendar_of
from alongside.features.schools.term_dates.actions import set_term
from alongside.features.schools.term_dates.forms import TermForm
from alongside.features.schools.term_dates.queries import calendar_of_school, own_days
from alongside.platform.access.principal import Principal, Role
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import TermDates, add_school_days, is_school_day, terms_from
from alongside.platform.web.form_data import FormData
from tests.client import Client, soup, words
from tests.databases import APP_DAY
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    SOUTHSHIRE,
    TWIN_HEAD_OF_MILL,
)

PAGE = f"/schools/{MILL}/days"
TODAY = APP_DAY
WEEK = timedelta(days=7)


def coming_terms() -> tuple[TermDates, ...]:
    """The authority's terms that have not begun yet."""
    return tuple(term for term in terms_from(calendar_of(NORTHSHIRE), TODAY) if term.starts_on > TODAY)


def typed(term: TermDates, **others: str) -> dict[str, str]:
    """A term that begins a week later than the authority's, as it is typed."""
    return {
        "term": f"{term.year} {term.name}",
        "starts_on": f"{term.starts_on + WEEK:%-d/%-m/%Y}",
        "break_starts_on": f"{term.break_starts_on + WEEK:%-d/%-m/%Y}",
        "break_ends_on": f"{term.break_ends_on + WEEK:%-d/%-m/%Y}",
        "ends_on": f"{term.ends_on:%-d/%-m/%Y}",
    } | others


def day_in_term() -> date:
    """A school day ahead of the present, whatever day it is."""
    return add_school_days(calendar_of(NORTHSHIRE), TODAY, 3)


async def calendar(database: Database, authority_id: int = NORTHSHIRE, urn: int = MILL) -> Any:
    async with database.transaction(authority_id, read_only=True) as session:
        return await calendar_of_school(session, authority_id, urn)


async def test_a_training_day_is_left_out_of_this_schools_deadlines_alone(
    client: Client, database: Database
) -> None:
    day = day_in_term()
    answer = await client.post(f"/schools/{MILL}/training-days", {"day": day.isoformat()}, as_=HEAD_OF_MILL)
    assert answer.status_code == 303
    assert not is_school_day(await calendar(database), day)
    assert is_school_day(await calendar(database, urn=PARK), day)
    assert is_school_day(await calendar(database, SOUTHSHIRE), day)
    page = await client.get(PAGE, as_=HEAD_OF_MILL)
    assert f"{day:%-d %B %Y}" in words(page)
    gone = await client.post(f"/schools/{MILL}/training-days/removal", {"day": day.isoformat()}, as_=OFFICER)
    assert gone.status_code == 303
    assert is_school_day(await calendar(database), day)


async def test_a_term_of_its_own_stands_in_place_of_the_authoritys(
    client: Client, database: Database
) -> None:
    term, after = coming_terms()[:2]
    first = add_school_days(calendar_of(NORTHSHIRE), term.starts_on, 1)
    answer = await client.post(f"/schools/{MILL}/terms", typed(term), as_=HEAD_OF_MILL)
    assert answer.status_code == 303
    own = await calendar(database)
    assert not is_school_day(own, first)
    assert is_school_day(own, term.break_starts_on), "the break is a week later too"
    assert terms_from(own, TODAY)[-1] == terms_from(calendar_of(NORTHSHIRE), TODAY)[-1]
    assert after in own.terms, "the other terms stay the authority's"
    earlier = typed(term, starts_on=f"{term.starts_on:%-d/%-m/%Y}")
    assert (await client.post(f"/schools/{MILL}/terms", earlier, as_=OFFICER)).status_code == 303
    assert is_school_day(await calendar(database), first)
    back = {"term": f"{term.year} {term.name}"}
    assert (await client.post(f"/schools/{MILL}/terms/removal", back, as_=HEAD_OF_MILL)).status_code == 303
    assert await calendar(database) is calendar_of(NORTHSHIRE)


TERM = TermDates(
    year="2026-27",
    name="spring",
    starts_on=date(2027, 1, 4),
    ends_on=date(2027, 3, 25),
    break_starts_on=date(2027, 2, 15),
    break_ends_on=date(2027, 2, 19),
)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"starts_on": "", "ends_on": ""}, "Enter the first day of term"),
        ({"term": "2020-21 winter"}, "Choose a term from the list"),
        ({"ends_on": "1/2/2027"}, "This is before the last day of the half-term break"),
        ({"starts_on": "11/1/2026"}, "not in the academic year 2026-27"),
        ({"starts_on": "30/2/2027"}, "Enter a real date"),
    ],
)
def test_a_term_that_cannot_be_is_told_with_its_cure(wrong: dict[str, str], sentence: str) -> None:
    form = TermForm(FormData((typed(TERM) | wrong).items()))
    form.offer([TERM])
    assert not form.is_valid()
    assert sentence in " ".join(str(one) for errors in form.errors.values() for one in errors)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("", "Enter the day on which the school is closed to pupils"),
        ("30/2/2027", "Enter a real date"),
        ("28/11/2026", "Enter a weekday"),
        ("24/12/2026", "on holiday that day"),
    ],
)
async def test_what_cannot_be_kept_stays_in_the_form_and_changes_nothing(
    client: Client, database: Database, day: str, sentence: str
) -> None:
    answer = await client.post(f"/schools/{MILL}/training-days", {"day": day}, as_=HEAD_OF_MILL)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert await calendar(database) is calendar_of(NORTHSHIRE)
    boxes = {box.get("value") for box in soup(answer).select("input[type=text]")}
    assert set(day.split("/")) - {""} <= boxes


async def test_two_terms_of_a_school_never_overlap(database: Database) -> None:
    """The database says so, no matter who writes; people are told in words."""
    officer = Principal(NORTHSHIRE, Role.CORE_OFFICER, TODAY, name="Ola Officer")
    late = structs.replace(TERM, name="summer", starts_on=TERM.ends_on, ends_on=date(2027, 7, 21))
    late = structs.replace(late, break_starts_on=date(2027, 5, 31), break_ends_on=date(2027, 6, 4))
    async with database.transaction(NORTHSHIRE) as session:
        await set_term(session, officer, MILL, TERM)
        with pytest.raises(ValidationFailed, match="lie in another term"):
            await set_term(session, officer, MILL, late)
        assert (await own_days(session, NORTHSHIRE, MILL)).terms == (TERM,)


@pytest.mark.parametrize("one", [HEAD_OF_PARK, DELEGATE_OF_MILL, LEAD_OF_NORTH])
async def test_nobody_else_sets_them(client: Client, database: Database, one: Any) -> None:
    answer = await client.post(f"/schools/{MILL}/terms", typed(coming_terms()[0]), as_=one)
    assert answer.status_code == 404
    assert await calendar(database) is calendar_of(NORTHSHIRE)


async def test_the_twin_sets_the_days_of_the_twins_school(client: Client, database: Database) -> None:
    await client.post(f"/schools/{MILL}/terms", typed(coming_terms()[0]), as_=TWIN_HEAD_OF_MILL)
    assert await calendar(database) is calendar_of(NORTHSHIRE)
    assert await calendar(database, SOUTHSHIRE) is not calendar_of(SOUTHSHIRE)


async def test_the_page_of_the_school_leads_there_for_whom_it_is_for(client: Client) -> None:
    for one, there in ((HEAD_OF_MILL, True), (OFFICER, True), (HEAD_OF_PARK, False)):
        page = await client.get(f"/schools/{MILL}", as_=one)
        assert bool(soup(page).select(f'a[href="{PAGE}"]')) is there
