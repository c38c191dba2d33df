"""Commands that watch a school, and tell people once a day of changes at the schools they watch."""

from collections import Counter
from datetime import UTC, datetime, time

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.people.queries import principals_of_person
from alongside.features.schools.sections import NewsRow, news_of_schools, sections_for
from alongside.features.watched_schools.models import WatchedSchool
from alongside.features.watched_schools.queries import (
    MOST,
    watchable_school,
    watched_schools,
    watchers_to_check,
)
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import SCHOOL_ROLES, Principal
from alongside.platform.notifications import notify
from alongside.platform.school_sections import SchoolSection
from alongside.platform.web.formatting import LONDON, format_count

PAGE = "/watched-schools"
MOST_NEWS = 100
"""Changes that one notification counts."""


def own_school_refusal(person: Principal, urn: int) -> str | None:
    """Return why a school cannot be watched: the own school's changes are notified already."""
    return "You are told of changes at your own school already." if person.school_urn == urn else None


async def watch(session: AsyncSession, person: Principal, urn: int) -> None:
    """Watch a school; nothing changes if the person does already.

    Raises NotFound, or ActionRefused for the own school and above MOST schools.
    """
    await watchable_school(session, person, Permission.WATCH_SCHOOL, urn)
    if refusal := own_school_refusal(person, urn):
        raise ActionRefused(refusal)
    number = await session.scalar(
        select(func.count())
        .select_from(WatchedSchool)
        .where(
            WatchedSchool.authority_id == person.authority_id,
            WatchedSchool.role_assignment_id == person.role_assignment_id,
        )
    )
    if int(number or 0) >= MOST:
        raise ActionRefused(f"You watch {MOST} schools already. Stop watching one of them first.")
    await session.execute(
        insert(WatchedSchool)
        .values(
            authority_id=person.authority_id,
            person_id=person.id,
            role_assignment_id=person.role_assignment_id,
            school_urn=urn,
        )
        .on_conflict_do_nothing()
    )


async def stop_watching(session: AsyncSession, person: Principal, urn: int) -> None:
    """Stop watching a school; nothing changes if the person does not watch it. Raises NotFound."""
    await watchable_school(session, person, Permission.WATCH_SCHOOL, urn)
    await session.execute(
        delete(WatchedSchool).where(
            WatchedSchool.authority_id == person.authority_id,
            WatchedSchool.role_assignment_id == person.role_assignment_id,
            WatchedSchool.school_urn == urn,
        )
    )


def watched_sections(person: Principal) -> list[SchoolSection]:
    """Return the sections of a school whose changes this person is told of."""
    school = person.role in SCHOOL_ROLES
    return [one for one in sections_for(person) if one.news and (one.news_for_schools or not school)]


async def notify_watchers(session: AsyncSession, product: Principal) -> int:
    """Notify people of changes before today at the schools they watch; return the number of people handled.

    The notification names no school and no record, because an email may be read by others.
    """
    until = datetime.combine(product.today, time(), LONDON).astimezone(UTC)
    watchers = await watchers_to_check(session, product.authority_id, until)
    for one in watchers:
        roles = await principals_of_person(session, product.authority_id, one.person_id, product.today)
        person = next((role for role in roles if role.role_assignment_id == one.role_assignment_id), None)
        if person is not None and has_permission(person, Permission.WATCH_SCHOOL):
            await _notify(session, product, person, until)
        await session.execute(
            update(WatchedSchool)
            .where(
                WatchedSchool.authority_id == product.authority_id,
                WatchedSchool.role_assignment_id == one.role_assignment_id,
            )
            .values(checked_until=until)
        )
    return len(watchers)


async def _notify(session: AsyncSession, product: Principal, person: Principal, until: datetime) -> None:
    since = {one.urn: one.checked_until for one in await watched_schools(session, person)}
    sections = watched_sections(person)
    news = await news_of_schools(session, person, sections, since, until, MOST_NEWS)
    if news and person.id is not None:
        once = f"watched_schools:{person.role_assignment_id}:{product.today}"
        await notify(session, product, [person.id], "school_watched", said(news, sections), PAGE, once=once)


def said(news: list[NewsRow], sections: list[SchoolSection]) -> str:
    """Return one sentence that counts the changes by kind: “Schools that you watch: 2 new offers.”"""
    words = {section.name: section.news for section in sections}
    counted = Counter(words[row.section] for row in {(row.section, row.path): row for row in news}.values())
    kinds = ", ".join(format_count(number, kind, _plural(kind)) for kind, number in counted.items())
    schools = format_count(len({row.urn for row in news}), "school", "schools")
    return f"News of {schools} that you watch: {kinds}."


def _plural(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
