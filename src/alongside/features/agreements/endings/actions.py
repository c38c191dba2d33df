"""Ending, challenging and closing a support agreement."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import bindparam, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.agreements.amendment import DROP_AMENDMENT, Amendment
from alongside.features.agreements.models import (
    CHALLENGE,
    CLOSE,
    END_EARLY,
    SupportAgreement,
)
from alongside.features.agreements.parties import (
    OTHER_SIDE,
    NotificationText,
    Sides,
    notify_schools_and_leads,
    notify_with_bad_news,
    own_side,
    urn_on,
)
from alongside.features.agreements.queries import AUTHORITY, AgreementRow, NeedState, lock_agreement
from alongside.features.agreements.review import Review
from alongside.features.agreements.visit import DROP_VISIT, Visit
from alongside.features.authorities import settings_of
from alongside.features.funding.requester import name_person
from alongside.features.needs.models import (
    LOOK_AGAIN,
    MEET_NEED,
    NOT_MEET_NEED,
    PART_MEET_NEED,
    Need,
)
from alongside.features.offers.balance.actions import balance_offer
from alongside.features.schools.term_dates.hard_news import message_goes_out
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, system
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.reads import Read, columns_of, fetch_all
from alongside.platform.notifications.actions import release_held
from alongside.platform.web.formatting import format_date
from alongside.platform.workflow import Transition, apply_transition


class LeftOver(Sides, frozen=True):
    """A planned visit or a proposed change of an agreement that has ended."""

    id: UUID
    state: str


def _left_over(table: type[Visit] | type[Amendment], state: str) -> Read[LeftOver]:
    columns = columns_of(
        LeftOver,
        table,
        requesting_urn=SupportAgreement.requesting_urn,
        supporting_urn=SupportAgreement.supporting_urn,
    )
    of_agreement = (SupportAgreement.authority_id == AUTHORITY) & (SupportAgreement.id == table.agreement_id)
    return Read(
        select(*columns)
        .select_from(table)
        .join(SupportAgreement, of_agreement)
        .where(
            table.authority_id == AUTHORITY,
            table.agreement_id == bindparam("agreement_id"),
            table.state == literal_column(f"'{state}'"),
        )
        .order_by(table.id),
        LeftOver,
    )


PLANNED_VISITS, PROPOSED_AMENDMENTS = _left_over(Visit, "planned"), _left_over(Amendment, "proposed")
LEFT_OVER: tuple[tuple[Read[LeftOver], type[Visit] | type[Amendment], Transition], ...] = (
    (PLANNED_VISITS, Visit, DROP_VISIT),
    (PROPOSED_AMENDMENTS, Amendment, DROP_AMENDMENT),
)


async def end_early(
    session: AsyncSession, person: Principal, agreement_id: UUID, reason: str, words: str, call: str = ""
) -> datetime | None:
    """End an agreement early: unused days return to the pool and the need is open again.

    `reason` is a key of the authority's list, `call` says when the other headteacher is called. Returns when the
    message to the other school goes out, if that is later than now.

    Raises ActionRefused when the agreement has already ended.
    """
    reasons = settings_of(person.authority_id).ending_reasons
    row = await lock_agreement(session, person, Permission.END_AGREEMENT, agreement_id, pool=True)
    side = own_side(person, Permission.END_AGREEMENT, row)
    if reason not in reasons:
        raise ValidationFailed({"reason": ["Choose a reason from the list."]})
    note = ": ".join(part for part in (reasons[reason].label, words, call) if part)
    await name_person(session, person)
    news = await _delayed_news(session, person, row, OTHER_SIDE[side])
    written = {"ended_because": reason, **news}
    await apply_transition(session, person, SupportAgreement, row, END_EARLY, note=note, written=written)
    return await _after_early_end(
        session,
        person,
        row,
        (OTHER_SIDE[side], news["shown_from"]),
        NotificationText(
            "agreement_ended",
            f"The agreement of {row.supporting_name} and {row.requesting_name} has ended early.",
            f"/agreements/{row.id}",
            f"agreement_ended:{row.id}",
        ),
    )


def no_challenge(person: Principal, row: AgreementRow) -> str | None:
    """A message that says why this match cannot be challenged today and what to do instead; None when it can."""
    if row.challenge_until is None:
        return "The schools proposed this match themselves. You can end it early, with a reason."
    if person.today > row.challenge_until:
        return (
            f"You could challenge this match until {format_date(row.challenge_until)}. "
            "You can still end it early, with a reason."
        )
    return None


async def challenge_match(
    session: AsyncSession, person: Principal, agreement_id: UUID, words: str, call: str = ""
) -> datetime | None:
    """Challenge a match that a lead made for both schools: it ends, and the leads are notified of the reason.

    Returns when the message to the other school goes out, if that is later than now.

    Raises ActionRefused for a match that a school proposed, and after the last day to challenge.
    """
    row = await lock_agreement(session, person, Permission.END_AGREEMENT, agreement_id, pool=True)
    side = own_side(person, Permission.END_AGREEMENT, row)
    if refused := no_challenge(person, row):
        raise ActionRefused(refused, row.state)
    note = ": ".join(part for part in (words, call) if part)
    news = await _delayed_news(session, person, row, OTHER_SIDE[side])
    changed = {"challenged_on": person.today, "ended_because": "challenged", **news}
    await name_person(session, person)
    await apply_transition(session, person, SupportAgreement, row, CHALLENGE, note=note, written=changed)
    return await _after_early_end(
        session,
        person,
        row,
        (OTHER_SIDE[side], news["shown_from"]),
        NotificationText(
            "match_challenged",
            f"The match of {row.supporting_name} with {row.requesting_name} was challenged. The need is open again.",
            f"/agreements/{row.id}",
            f"match_challenged:{row.id}",
        ),
    )


class DelayedNews(TypedDict):
    """The columns of an ending whose message to the school of one side goes out later; both None if it goes at once."""

    delayed_side: str | None
    shown_from: datetime | None


async def _delayed_news(
    session: AsyncSession, person: Principal, row: AgreementRow, side: str
) -> DelayedNews:
    held = await message_goes_out(session, person.authority_id, urn_on(side, row))
    return {"delayed_side": side if held else None, "shown_from": held}


async def _after_early_end(
    session: AsyncSession,
    person: Principal,
    row: AgreementRow,
    news: tuple[str, datetime | None],
    word: NotificationText,
) -> datetime | None:
    product = system(person.authority_id, person.today)
    await apply_transition(session, product, Need, _need_of(row), LOOK_AGAIN)
    await wind_up(session, person, row)
    side, held = news
    await notify_with_bad_news(session, person, row, side, word, held)
    return held


async def send_held_message(
    session: AsyncSession, person: Principal, agreement_id: UUID, reason: str
) -> None:
    """Tell the school at once, whose message about this agreement waits for a school morning.

    Raises ActionRefused if no message waits.
    """
    row = await lock_agreement(session, person, Permission.SEND_HELD_MESSAGE, agreement_id)
    if not await release_held(session, person, f"/agreements/{agreement_id}"):
        raise ActionRefused("No message is waiting for a school morning.", row.state)
    await session.execute(
        update(Review)
        .where(
            Review.authority_id == person.authority_id,
            Review.agreement_id == agreement_id,
            Review.shown_from > func.now(),
        )
        .values(shown_from=func.now())
    )
    await session.execute(
        update(SupportAgreement)
        .where(
            SupportAgreement.authority_id == person.authority_id,
            SupportAgreement.id == agreement_id,
            SupportAgreement.shown_from > func.now(),
        )
        .values(shown_from=func.now())
        .execution_options(synchronize_session=False)
    )
    urns = (row.requesting_urn, row.supporting_urn)
    verb = "send_held_message"
    await record_audit(session, person, verb, "support_agreement", row.id, schools=urns, note=reason)


async def close_agreement(
    session: AsyncSession, person: Principal, row: AgreementRow, outcome: str, delayed_side: str | None = None
) -> None:
    """Close an agreement with the requesting school's outcome. Its offer and need must be locked.

    The school of the side `delayed_side` is told when a school morning suits.
    """
    product = system(person.authority_id, person.today)
    news: DelayedNews = {"delayed_side": None, "shown_from": None}
    if delayed_side is not None:
        news = await _delayed_news(session, person, row, delayed_side)
    await apply_transition(
        session, product, SupportAgreement, row, CLOSE, written={"outcome": outcome, **news}
    )
    ending = {"met": MEET_NEED, "part_met": PART_MEET_NEED, "not_met": NOT_MEET_NEED}[outcome]
    await apply_transition(session, product, Need, _need_of(row), ending)
    await wind_up(session, person, row)
    word = NotificationText(
        "agreement_closed",
        f"The agreement of {row.supporting_name} and {row.requesting_name} is closed: both have reviewed it.",
        f"/agreements/{row.id}",
        f"agreement_closed:{row.id}",
    )
    if delayed_side is None:
        await notify_schools_and_leads(session, person, row, word)
    else:
        await notify_with_bad_news(session, person, row, delayed_side, word, news["shown_from"])


async def wind_up(session: AsyncSession, person: Principal, row: AgreementRow) -> None:
    """Follow-up of an ending: cancel planned visits, withdraw proposed amendments, and update the offer's state."""
    await balance_offer(session, person, row.offer_id)
    product = system(person.authority_id, person.today)
    values = {"authority_id": person.authority_id, "agreement_id": row.id}
    for read, table, move in LEFT_OVER:
        for left in await fetch_all(session, read, values):
            await apply_transition(session, product, table, left, move)


def _need_of(row: AgreementRow) -> NeedState:
    """The need of an agreement whose need is locked."""
    return NeedState(row.need_id, row.requesting_urn, row.need_state)
