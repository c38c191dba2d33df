"""The list of a person's needs: its filters, its pages, and its CSV export."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.needs.labels import LABELS, STATES, display_value, state_today
from alongside.features.needs.models import Need
from alongside.features.needs.queries import NEED_WITH_SCHOOL
from alongside.features.needs.rows import NeedRow
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.features.schools.posting import PostingSchool
from alongside.platform.access.authorisation import scope_filter
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import select_all
from alongside.platform.web.formatting import format_iso_date
from alongside.platform.web.spreadsheet import as_csv

A_PAGE = 25

NEEDS_OF_SCHOOLS = (
    NEED_WITH_SCHOOL.where(Need.authority_id == bindparam("authority_id"))
    .order_by(func.coalesce(Need.posted_at, Need.created_at).desc(), Need.id.desc())
    .limit(literal_column(str(A_PAGE + 1)))
    .offset(bindparam("skipped"))
)
ALL_NEEDS_OF_SCHOOLS = (
    NEED_WITH_SCHOOL.where(Need.authority_id == bindparam("authority_id"))
    .order_by(Need.state, Need.id)
    .limit(literal_column("10000"))
)
STATES_OF_NEEDS = (
    select(Need.state, func.count())
    .where(Need.authority_id == bindparam("authority_id"))
    .group_by(Need.state)
)
OPEN_SCHOOLS = (
    select(*(School.__table__.c[name] for name in PostingSchool.__struct_fields__))
    .where(School.authority_id == bindparam("authority_id"), School.status.in_(OPEN_STATUSES))
    .order_by(School.name, School.urn)
)

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "drafts": ("Drafts", ("draft", "to_confirm")),
    "open": ("Open", ("open", "proposed", "paused")),
    "support": ("Support agreed", ("agreed", "in_support")),
    "closed": ("Closed", ("met", "part_met", "not_met", "unmet", "withdrawn")),
}
"""The filters of a list: key in the query string → label and states."""

COLUMNS = ("title", "theme", "phase", "key_stage", "form_of_support", "days", "terms", "urgency")


def needs_as_csv(settings: AuthoritySettings, needs: Iterable[NeedRow], today: date) -> bytes:
    """Needs as CSV, one per row, with labels instead of keys."""
    heads = ("School", "URN", "State", *(LABELS[name] for name in COLUMNS), "Posted", "Confirmed", "Link")
    rows = (
        (
            need.school,
            need.school_urn,
            STATES[state_today(need, today)],
            *(display_value(settings, name, getattr(need, name)) for name in COLUMNS),
            format_iso_date(need.posted_at),
            need.confirmed_on or "",
            f"/needs/{need.id}",
        )
        for need in needs
    )
    return as_csv(heads, rows)


async def needs_of(
    session: AsyncSession, person: Principal, *, states: Sequence[str] = (), page: int = 1
) -> tuple[Sequence[NeedRow], bool]:
    """One page of the needs of the schools in the person's scope, newest first, and whether there are more."""
    statement = NEEDS_OF_SCHOOLS.where(*_of(person, states))
    values = {"authority_id": person.authority_id, "skipped": (page - 1) * A_PAGE}
    found = await select_all(session, statement, NeedRow, values)
    return found[:A_PAGE], len(found) > A_PAGE


async def all_needs_of(
    session: AsyncSession, person: Principal, *, states: Sequence[str] = ()
) -> Sequence[NeedRow]:
    """The same needs for the CSV export, 10,000 at most."""
    statement = ALL_NEEDS_OF_SCHOOLS.where(*_of(person, states))
    return await select_all(session, statement, NeedRow, {"authority_id": person.authority_id})


async def states_of_needs(session: AsyncSession, person: Principal) -> Mapping[str, int]:
    """The number of those needs by state."""
    statement = STATES_OF_NEEDS.where(*_of(person, ()))
    found = await session.execute(statement, {"authority_id": person.authority_id})
    return {state: number for state, number in found}  # noqa: C416  (rows are not pairs for mypy)


async def schools_to_draft_for(session: AsyncSession, person: Principal) -> Sequence[PostingSchool]:
    """The open schools for which this person may draft a need, by name."""
    statement = OPEN_SCHOOLS.where(scope_filter(person, Permission.DRAFT_NEED, School.urn))
    return await select_all(session, statement, PostingSchool, {"authority_id": person.authority_id})


def _of(person: Principal, states: Sequence[str]) -> list[ColumnElement[bool]]:
    scope = scope_filter(person, Permission.DRAFT_NEED, Need.school_urn)
    return [scope, Need.state.in_(states)] if states else [scope]
