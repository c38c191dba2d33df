"""Queries for reviews. A side sees the other side's review only after giving its own."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.models import Aim
from alongside.features.agreements.parties import REQUESTING, party_of
from alongside.features.agreements.queries import AUTHORITY
from alongside.features.agreements.review import Review, ReviewRating
from alongside.platform.access.principal import Principal
from alongside.platform.database.rows import rows_of

REVIEWS: Any = (
    select(*Review.__table__.columns)
    .where(Review.authority_id == AUTHORITY, Review.agreement_id == bindparam("agreement_id"))
    .order_by(Review.given_at, Review.id)
)
RATINGS: Any = (
    select(
        ReviewRating.review_id,
        ReviewRating.aim_id,
        ReviewRating.rating,
        ReviewRating.reason,
        ReviewRating.reached,
        Aim.aim,
    )
    .join(Review, (Review.authority_id == AUTHORITY) & (Review.id == ReviewRating.review_id))
    .join(Aim, (Aim.authority_id == AUTHORITY) & (Aim.id == ReviewRating.aim_id))
    .where(ReviewRating.authority_id == AUTHORITY, Review.agreement_id == bindparam("agreement_id"))
    .order_by(ReviewRating.review_id, ReviewRating.aim_id)
)


async def given_reviews(session: AsyncSession, authority_id: int, agreement_id: UUID) -> Sequence[Row[Any]]:
    """All reviews of an agreement, for rules about both sides; not for display."""
    return await rows_of(session, REVIEWS, authority_id=authority_id, agreement_id=agreement_id)


async def values_reached(session: AsyncSession, authority_id: int, agreement_id: UUID) -> Mapping[UUID, str]:
    """The value reached for each aim from the closing reviews; the requesting school's when both have one."""
    rows = await rows_of(session, RATINGS, authority_id=authority_id, agreement_id=agreement_id)
    closing = {
        one.id: one.side
        for one in await given_reviews(session, authority_id, agreement_id)
        if one.kind == "closing"
    }
    found = [(closing[row.review_id], row) for row in rows if row.review_id in closing and row.reached]
    return {row.aim_id: row.reached for _, row in sorted(found, key=lambda one: one[0] == REQUESTING)}


async def reviews_seen_by(session: AsyncSession, person: Principal, agreement: Any) -> list[dict[str, Any]]:
    """The reviews of an agreement with their ratings, as this person may see them.

    For a school, a review of the other side is only `given: True` until it has given its own of the same kind, so
    that neither copies the other. A lead and the core team see all.
    """
    given = await given_reviews(session, person.authority_id, agreement.id)
    side = party_of(person, agreement)
    own = {review.kind for review in given if review.side == side}
    ratings = await rows_of(session, RATINGS, authority_id=person.authority_id, agreement_id=agreement.id)
    shown = []
    for review in given:
        open_to = side is None or review.side == side or review.kind in own
        rated = [one for one in ratings if one.review_id == review.id]
        shown.append(
            {
                "kind": review.kind,
                "side": review.side,
                "given_at": review.given_at,
                "open": open_to,
                "changed": review.changed if open_to else None,
                "again": review.again if open_to else None,
                "outcome": review.outcome if open_to else None,
                "ratings": rated if open_to else [],
            }
        )
    return shown
