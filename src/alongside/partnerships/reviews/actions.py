"""Giving a review; the second closing review brings the partnership to its end."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid, Refused
from alongside.journal.actions import write_journal
from alongside.partnerships.actions import close_partnership
from alongside.partnerships.queries import aims_of, held_partnership
from alongside.partnerships.review import RATINGS, Review, ReviewRating
from alongside.partnerships.reviews.judgement import Judgement
from alongside.partnerships.reviews.queries import given_reviews
from alongside.partnerships.sides import ASKER, OTHER_SIDE, Word, own_side, school_on, tell_schools, urn_on

KIND_WORDS = {"mid_term": "half-way", "closing": "closing"}


async def give_review(
    session: AsyncSession, person: Person, partnership_id: UUID, kind: str, said: Judgement
) -> None:
    """Give this side's review, half-way or closing; it stands.

    With both closing ones the partnership is closed.

    Raises Invalid when an aim is without a rating or reason, Refused when this side has given it already.
    """
    row = await held_partnership(session, person, Permission.REVIEW_PARTNERSHIP, partnership_id, pool=True)
    side = own_side(person, Permission.REVIEW_PARTNERSHIP, row)
    if row.state != "active":
        raise Refused("Only a partnership that runs can be reviewed.", row.state)
    before = await given_reviews(session, person.authority_id, partnership_id)
    if any(one.kind == kind and one.side == side for one in before):
        raise Refused(f"{school_on(side, row)} has given its {KIND_WORDS[kind]} review already.", row.state)
    if kind == "mid_term" and any(one.kind == "closing" and one.side == side for one in before):
        raise Refused("Your closing review is in, so there is no half-way review any more.", row.state)
    outcome = _outcome(kind, side, said)
    aims = {one.id for one in await aims_of(session, person.authority_id, row.id)}
    review = Review(
        authority_id=person.authority_id,
        partnership_id=row.id,
        kind=kind,
        side=side,
        changed=said.changed,
        again=said.again,
        outcome=outcome,
        given_by=person.id,
    )
    reached = {aim_id: said.reached.get(aim_id, "").strip() for aim_id in aims}
    if kind == "closing" and not all(reached.values()):
        raise Invalid({"": ["Enter the value reached for every aim, or “Not measured”."]})
    await _write(session, review, _rated(said, aims), reached)
    urns = (row.asking_urn, row.giving_urn)
    await write_journal(session, person, f"give_{kind}_review", "partnership", row.id, schools=urns)
    closing = {one.side: one for one in before if one.kind == "closing"}
    if kind == "closing" and OTHER_SIDE[side] in closing:
        agreed = outcome if side == ASKER else closing[ASKER].outcome
        await close_partnership(session, person, row, str(agreed))
        return
    await tell_schools(
        session,
        person,
        [urn_on(OTHER_SIDE[side], row)],
        Word(
            f"{kind}_review_given",
            f"{school_on(side, row)} has given its {KIND_WORDS[kind]} review. You can read it after yours.",
            f"/partnerships/{row.id}",
            f"{kind}_review_given:{row.id}:{side}",
        ),
    )


def _outcome(kind: str, side: str, said: Judgement) -> str | None:
    """The outcome where it belongs: only the asking side says it, and must."""
    if kind != "closing" or side != ASKER:
        return None
    if said.outcome is None:
        raise Invalid({"outcome": ["Say whether the need was met."]})
    return said.outcome


def _rated(said: Judgement, aims: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """A rating with its reason for every aim.

    Raises Invalid when one is missing, or the aims are others by now.
    """
    if set(said.ratings) != aims:
        raise Invalid({"": ["The aims have changed meanwhile. Reload the page and rate every aim."]})
    rated = {aim_id: (rating, reason.strip()) for aim_id, (rating, reason) in said.ratings.items()}
    if any(rating not in RATINGS or not reason for rating, reason in rated.values()):
        raise Invalid({"": ["Rate every aim red, amber or green, and give a reason for each."]})
    return rated


async def _write(
    session: AsyncSession, review: Review, rated: Mapping[UUID, tuple[str, str]], reached: Mapping[UUID, str]
) -> None:
    session.add(review)
    try:
        await session.flush()
    except IntegrityError as error:
        if "uq_review" in str(error.orig):
            raise Refused("This review has been given already.") from error
        raise
    for aim_id, (rating, reason) in rated.items():
        session.add(
            ReviewRating(
                authority_id=review.authority_id,
                review_id=review.id,
                aim_id=aim_id,
                rating=rating,
                reason=reason,
                reached=reached[aim_id],
            )
        )
    await session.flush()
