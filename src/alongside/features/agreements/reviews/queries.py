"""Queries for reviews. A side sees the other side's review only after giving its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.models import Aim
from alongside.features.agreements.parties import REQUESTING, party_of
from alongside.features.agreements.queries import AUTHORITY, AgreementRow
from alongside.features.agreements.review import Review, ReviewRating
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, columns_of, fetch_all


class ReviewRow(msgspec.Struct, frozen=True):
    """A review, as `review.Review` describes it."""

    id: UUID
    kind: str
    side: str
    changed: str
    again: str
    outcome: str | None
    given_by: UUID
    given_at: datetime
    shown_from: datetime


class RatingRow(msgspec.Struct, frozen=True):
    """A rating of a review, with the text of its aim."""

    review_id: UUID
    aim_id: UUID
    rating: str
    reason: str
    reached: str
    aim: str


@dataclass(frozen=True, slots=True)
class SeenReview:
    """A review as a person may see it; without `open` only that it was given, by whom and when."""

    kind: str
    side: str
    given_at: datetime
    open: bool
    changed: str | None = None
    again: str | None = None
    outcome: str | None = None
    ratings: Sequence[RatingRow] = ()


REVIEWS = Read(
    select(*columns_of(ReviewRow, Review))
    .where(Review.authority_id == AUTHORITY, Review.agreement_id == bindparam("agreement_id"))
    .order_by(Review.given_at, Review.id),
    ReviewRow,
)
RATINGS = Read(
    select(*columns_of(RatingRow, ReviewRating, aim=Aim.aim))
    .select_from(ReviewRating)
    .join(Review, (Review.authority_id == AUTHORITY) & (Review.id == ReviewRating.review_id))
    .join(Aim, (Aim.authority_id == AUTHORITY) & (Aim.id == ReviewRating.aim_id))
    .where(ReviewRating.authority_id == AUTHORITY, Review.agreement_id == bindparam("agreement_id"))
    .order_by(ReviewRating.review_id, ReviewRating.aim_id),
    RatingRow,
)


async def given_reviews(session: AsyncSession, authority_id: int, agreement_id: UUID) -> list[ReviewRow]:
    """All reviews of an agreement, for rules about both sides; not for display."""
    return await fetch_all(session, REVIEWS, {"authority_id": authority_id, "agreement_id": agreement_id})


async def _ratings_of(session: AsyncSession, authority_id: int, agreement_id: UUID) -> list[RatingRow]:
    return await fetch_all(session, RATINGS, {"authority_id": authority_id, "agreement_id": agreement_id})


async def values_reached(session: AsyncSession, authority_id: int, agreement_id: UUID) -> Mapping[UUID, str]:
    """The value reached for each aim from the closing reviews; the requesting school's when both have one."""
    closing = {
        one.id: one.side
        for one in await given_reviews(session, authority_id, agreement_id)
        if one.kind == "closing"
    }
    rows = await _ratings_of(session, authority_id, agreement_id)
    found = [(closing[row.review_id], row) for row in rows if row.review_id in closing and row.reached]
    return {row.aim_id: row.reached for _, row in sorted(found, key=lambda one: one[0] == REQUESTING)}


async def delayed_reviews(
    session: AsyncSession, person: Principal, agreement: AgreementRow
) -> set[tuple[str, UUID]]:
    """The action and the person of each review of which this school is told later."""
    side, now = party_of(person, agreement), datetime.now(UTC)
    return {
        (f"give_{one.kind}_review", one.given_by)
        for one in await given_reviews(session, person.authority_id, agreement.id)
        if side not in (None, one.side) and one.shown_from > now
    }


async def reviews_seen_by(
    session: AsyncSession, person: Principal, agreement: AgreementRow
) -> list[SeenReview]:
    """The reviews of an agreement with their ratings, as this person may see them.

    For a school, a review of the other side is not open until it has given its own of the same kind, so that neither
    copies the other, nor before the message about it has gone out. A lead and the core team see all.
    """
    given = await given_reviews(session, person.authority_id, agreement.id)
    side = party_of(person, agreement)
    own = {review.kind for review in given if review.side == side}
    ratings = await _ratings_of(session, person.authority_id, agreement.id) if given else []
    shown, now = [], datetime.now(UTC)
    for review in given:
        own_turn = review.kind in own and review.shown_from <= now
        if side is None or review.side == side or own_turn:
            rated = [one for one in ratings if one.review_id == review.id]
            texts = (review.changed, review.again, review.outcome)
            shown.append(SeenReview(review.kind, review.side, review.given_at, True, *texts, rated))
        elif review.shown_from <= now:
            shown.append(SeenReview(review.kind, review.side, review.given_at, False))
    return shown
