"""Actions for setting a school's own terms and training days, and removing them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.schools.queries import school_with
from alongside.features.schools.term_dates.models import SchoolTerm, TrainingDay
from alongside.features.schools.term_dates.queries import forget_own_days
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.school_calendar.calendar import TermDates

OVERLAPS = ("starts_on", "These days lie in another term that the school has set. Correct one")


async def set_term(session: AsyncSession, person: Principal, urn: int, term: TermDates) -> None:
    """Save a term of this school; it replaces an earlier one.

    Raises NotFound for an unknown school, ValidationFailed when it overlaps another term that the school has set.
    """
    require(person, Permission.MANAGE_TERM_DATES, urn)
    await school_with(session, person.authority_id, urn)
    days = {
        "starts_on": term.starts_on,
        "ends_on": term.ends_on,
        "break_starts_on": term.break_starts_on,
        "break_ends_on": term.break_ends_on,
    }
    key = {"authority_id": person.authority_id, "school_urn": urn, "year": term.year, "name": term.name}
    statement = (
        insert(SchoolTerm).values(**key, **days).on_conflict_do_update(index_elements=list(key), set_=days)
    )
    with explain_constraints({"ex_school_term_one_at_a_time": OVERLAPS}):
        async with session.begin_nested():
            await session.execute(statement)
    changes = {name: [None, day.isoformat()] for name, day in days.items()}
    await _audit(session, person, "set_term", urn, changes | {"term": [None, f"{term.year} {term.name}"]})


async def drop_term(session: AsyncSession, person: Principal, urn: int, year: str, name: str) -> None:
    """Remove the school's own term, so that the authority's applies. Raises NotFound when the school has not set it."""
    require(person, Permission.MANAGE_TERM_DATES, urn)
    gone = await session.execute(
        delete(SchoolTerm)
        .where(
            SchoolTerm.authority_id == person.authority_id,
            SchoolTerm.school_urn == urn,
            SchoolTerm.year == year,
            SchoolTerm.name == name,
        )
        .returning(SchoolTerm.year)
    )
    if gone.first() is None:
        raise NotFound
    await _audit(session, person, "drop_term", urn, {"term": [f"{year} {name}", None]})


async def set_training_day(session: AsyncSession, person: Principal, urn: int, day: date) -> None:
    """Add a training day; adding it again changes nothing. Raises NotFound for an unknown school."""
    require(person, Permission.MANAGE_TERM_DATES, urn)
    await school_with(session, person.authority_id, urn)
    made = await session.execute(
        insert(TrainingDay)
        .values(authority_id=person.authority_id, school_urn=urn, day=day)
        .on_conflict_do_nothing()
        .returning(TrainingDay.day)
    )
    if made.first() is not None:
        await _audit(session, person, "set_training_day", urn, {"day": [None, day.isoformat()]})


async def drop_training_day(session: AsyncSession, person: Principal, urn: int, day: date) -> None:
    """Remove a training day. Raises NotFound when the school has not set it."""
    require(person, Permission.MANAGE_TERM_DATES, urn)
    gone = await session.execute(
        delete(TrainingDay)
        .where(
            TrainingDay.authority_id == person.authority_id,
            TrainingDay.school_urn == urn,
            TrainingDay.day == day,
        )
        .returning(TrainingDay.day)
    )
    if gone.first() is None:
        raise NotFound
    await _audit(session, person, "drop_training_day", urn, {"day": [day.isoformat(), None]})


async def _audit(
    session: AsyncSession, person: Principal, verb: str, urn: int, changes: Mapping[str, object]
) -> None:
    forget_own_days(session)
    await record_audit(session, person, verb, "school", urn, schools=[urn], changes=changes)
