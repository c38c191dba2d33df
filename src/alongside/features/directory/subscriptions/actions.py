"""Commands that subscribe, unsubscribe and notify subscribers once a day."""

from datetime import UTC, datetime, time
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.directory.subscriptions.models import Subscription
from alongside.features.directory.subscriptions.queries import MOST, NewEntries, new_entries_followed
from alongside.platform.access.principal import Principal
from alongside.platform.notifications import notify
from alongside.platform.web.formatting import LONDON, format_count


async def follow(session: AsyncSession, person: Principal, kind: str, subject: str, name: str) -> None:
    """Subscribe to a theme or a school, or save a search. A search with the same URL gets the new name.

    The caller has checked that the subject exists. Raises ActionRefused above 100 subscriptions.
    """
    number = await session.scalar(
        select(func.count())
        .select_from(Subscription)
        .where(Subscription.authority_id == person.authority_id, Subscription.person_id == person.id)
    )
    if int(number or 0) >= MOST:
        raise ActionRefused(f"You follow {MOST} things already. Take one away first.")
    await session.execute(
        insert(Subscription)
        .values(authority_id=person.authority_id, person_id=person.id, kind=kind, subject=subject, name=name)
        .on_conflict_do_update(
            index_elements=["authority_id", "person_id", "kind", "subject"], set_={"name": name}
        )
    )


async def unsubscribe(session: AsyncSession, person: Principal, following_id: UUID) -> str:
    """Delete a subscription; return its name. Raises NotFound for another person's."""
    gone = await session.execute(
        delete(Subscription)
        .where(
            Subscription.authority_id == person.authority_id,
            Subscription.person_id == person.id,
            Subscription.id == following_id,
        )
        .returning(Subscription.name)
    )
    name: str | None = gone.scalar_one_or_none()
    if name is None:
        raise NotFound
    return name


async def notify_subscribers(session: AsyncSession, product: Principal) -> int:
    """Notify people of new entries in what they follow; return the number of subscriptions processed.

    Entries listed before today count. At most 200 in a transaction: call again until fewer are returned. The
    notification names the theme or the school and a number, never an entry: the reader of the email may not be allowed
    to read the entry.
    """
    until = datetime.combine(product.today, time(), LONDON).astimezone(UTC)
    news = await new_entries_followed(session, product, until)
    for one in news:
        if one.number:
            await _notify(session, product, one)
    if news:
        await session.execute(
            update(Subscription)
            .where(
                Subscription.authority_id == product.authority_id,
                Subscription.id.in_([one.id for one in news]),
            )
            .values(notified_until=until)
        )
    return len(news)


async def _notify(session: AsyncSession, product: Principal, one: NewEntries) -> None:
    entries = format_count(one.number, "new entry", "new entries")
    where = "from" if one.kind == "school" else "on"
    path = f"/directory/schools/{one.subject}" if one.kind == "school" else _newest(one.subject)
    text = f"{entries} of good practice {where} {one.name}, which you follow."
    once = f"following:{one.id}:{product.today}"
    await notify(session, product, [one.person_id], "practice_followed", text, path, once=once)


def _newest(theme: str) -> str:
    return f"/directory?theme={theme}&sort=newest"
