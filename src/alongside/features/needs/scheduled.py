"""What time does to needs: the worker calls these every day or oftener, and twice does no more than once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import calendar_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.needs.confirmation import asked_if_confirmed_by, lapsed_if_confirmed_by
from alongside.features.needs.models import LAPSE_NEED, Need
from alongside.features.people.queries import ids, leaders_of_schools, people_of_schools
from alongside.features.schools.models import School
from alongside.platform.access.principal import Principal
from alongside.platform.notifications import notify
from alongside.platform.workflow import apply_transition

AT_ONCE = 200
"""As many posts as one transaction takes in hand; the worker comes back for the rest."""

OPEN_NEEDS: Select[Any] = (
    select(
        *(column for column in Need.__table__.columns if column.name != "words"), School.name.label("school")
    )
    .join(School, (School.authority_id == Need.authority_id) & (School.urn == Need.school_urn))
    .where(Need.authority_id == bindparam("authority_id"), Need.state == "open")
    .order_by(Need.confirmed_on, Need.id)
    .limit(literal_column(str(AT_ONCE)))
)
CONFIRMED_BY = OPEN_NEEDS.where(Need.confirmed_on <= bindparam("day")).with_for_update(
    of=Need, skip_locked=True
)
TO_CONFIRM = OPEN_NEEDS.where(Need.confirmed_on.between(bindparam("after"), bindparam("day"))).limit(None)
WIDENED = OPEN_NEEDS.where(
    Need.audience == "widening",
    Need.visible_to_authority_from.between(bindparam("since"), bindparam("today")),
    Need.visible_to_authority_from > func.date(Need.posted_at),
).limit(None)


async def lapse_unconfirmed_needs(
    session: AsyncSession, system_person: Principal, settings: AuthoritySettings
) -> int:
    """Pause open needs that nobody confirmed for a term, and say so to their school; how many were paused.

    At most 200 in a transaction: call again until it gives 0. Source: domain.md §5.2.
    """
    calendar = calendar_of(system_person.authority_id)
    day = lapsed_if_confirmed_by(calendar, system_person.today, settings.clocks.need_good_for)
    values = {"authority_id": system_person.authority_id, "day": day}
    lapsed = (await session.execute(CONFIRMED_BY, values)).all()
    for need in lapsed:
        await apply_transition(session, system_person, Need, need, LAPSE_NEED)
        text = f"A need of {need.school} was not confirmed for a term, so it is paused. Does it still hold?"
        await _tell_school(session, system_person, need, "need_lapsed", text)
    return len(lapsed)


async def ask_to_confirm_needs(
    session: AsyncSession, system_person: Principal, settings: AuthoritySettings
) -> int:
    """Ask schools whether their needs still hold, a school week before they would pause; each time once."""
    calendar, good_for = calendar_of(system_person.authority_id), settings.clocks.need_good_for
    values = {
        "authority_id": system_person.authority_id,
        "day": asked_if_confirmed_by(calendar, system_person.today, good_for),
        "after": lapsed_if_confirmed_by(calendar, system_person.today, good_for) + timedelta(days=1),
    }
    asked = (await session.execute(TO_CONFIRM, values)).all()
    for need in asked:
        text = f"Does this need of {need.school} still hold? It pauses soon unless you confirm it."
        await _tell_school(session, system_person, need, "confirm_need", text)
    return len(asked)


async def notify_needs_that_widen(
    session: AsyncSession, system_person: Principal, settings: AuthoritySettings
) -> int:
    """Tell school and consortium lead when the whole authority begins to see a need; each need once.

    Looks a fortnight back, so a worker that stood still over a break misses none. Nothing is written to the
    need itself: from that date on it is shown by the date alone.
    """
    today = system_person.today
    values = {
        "authority_id": system_person.authority_id,
        "since": today - timedelta(days=14),
        "today": today,
    }
    widened = (await session.execute(WIDENED, values)).all()
    word = settings.words.consortium
    for need in widened:
        heads = await people_of_schools(session, need.authority_id, today, [need.school_urn])
        leaders = await leaders_of_schools(session, need.authority_id, today, [need.school_urn])
        text = f"A need of {need.school} is now shown to schools beyond its {word}."
        once = f"need_widened:{need.id}:{need.visible_to_authority_from}"
        to = [*ids(heads), *ids(leaders)]
        await notify(session, system_person, to, "need_widened", text, f"/needs/{need.id}", once=once)
    return len(widened)


async def _tell_school(
    session: AsyncSession, person: Principal, need: Row[Any], kind: str, text: str
) -> None:
    people: Sequence[Row[Any]] = await people_of_schools(
        session, need.authority_id, person.today, [need.school_urn]
    )
    once = f"{kind}:{need.id}:{need.confirmed_on}"
    await notify(session, person, ids(people), kind, text, f"/needs/{need.id}/confirmation", once=once)
