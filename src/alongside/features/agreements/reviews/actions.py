"""Command that saves a review. The second closing review closes the agreement."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.agreements.aims.queries import aims_of
from alongside.features.agreements.endings.actions import close_agreement
from alongside.features.agreements.parties import (
    OTHER_SIDE,
    REQUESTING,
    NotificationText,
    notify_schools,
    own_side,
    school_on,
    urn_on,
)
from alongside.features.agreements.queries import AgreementRow, lock_agreement
from alongside.features.agreements.review import RATINGS, Review, ReviewRating
from alongside.features.agreements.reviews.queries import ReviewRow, given_reviews
from alongside.features.agreements.reviews.values import Judgement
from alongside.features.schools.term_dates.hard_news import message_goes_out
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints

KIND_WORDS = {"mid_term": "half-way", "closing": "closing"}


async def give_review(
    session: AsyncSession,
    person: Principal,
    agreement_id: UUID,
    kind: str,
    said: Judgement,
    call: str = "",
) -> datetime | None:
    """Save this side's half-way or closing review, which cannot be changed later.

    The second closing review closes the agreement. The message about a review with a red rating waits for a school
    morning: returns when it goes out, if that is later than now. `call` says when the other headteacher is called.

    Raises ValidationFailed when an aim has no rating or reason, ActionRefused when this side has reviewed already.
    """
    row = await lock_agreement(session, person, Permission.REVIEW_AGREEMENT, agreement_id, pool=True)
    side = own_side(person, Permission.REVIEW_AGREEMENT, row)
    if row.state != "active":
        raise ActionRefused("Only an agreement in progress can be reviewed.", row.state)
    before = await given_reviews(session, person.authority_id, agreement_id)
    _refuse_second(before, kind, side, row)
    outcome = _outcome(kind, side, said)
    aims = {one.id for one in await aims_of(session, person.authority_id, row.id)}
    review = Review(
        authority_id=person.authority_id,
        agreement_id=row.id,
        kind=kind,
        side=side,
        changed=said.changed,
        again=said.again,
        outcome=outcome,
        given_by=person.id,
    )
    other = OTHER_SIDE[side]
    held = None
    if is_hard(said):
        held = await message_goes_out(session, person.authority_id, urn_on(other, row))
        review.shown_from = held or datetime.now(UTC)
    reached = {aim_id: said.reached.get(aim_id, "").strip() for aim_id in aims}
    if kind == "closing" and not all(reached.values()):
        raise ValidationFailed({"": ["Enter the value reached for every aim, or “Not measured”."]})
    await _write(session, review, _rated(said, aims), reached)
    urns = (row.requesting_urn, row.supporting_urn)
    await record_audit(
        session, person, f"give_{kind}_review", "support_agreement", row.id, schools=urns, note=call
    )
    closing = {one.side: one for one in before if one.kind == "closing"}
    if kind == "closing" and other in closing:
        agreed = outcome if side == REQUESTING else closing[REQUESTING].outcome
        await close_agreement(session, person, row, str(agreed), delayed_side=other if held else None)
        return held
    await notify_schools(session, person, [urn_on(other, row)], _given(kind, side, row, held))
    return held


def _given(kind: str, side: str, row: AgreementRow, held: datetime | None) -> NotificationText:
    return NotificationText(
        f"{kind}_review_given",
        f"{school_on(side, row)} has given its {KIND_WORDS[kind]} review. You can read it after yours.",
        f"/agreements/{row.id}",
        f"{kind}_review_given:{row.id}:{side}",
        not_before=held,
    )


def _refuse_second(before: Sequence[ReviewRow], kind: str, side: str, row: AgreementRow) -> None:
    own = {one.kind for one in before if one.side == side}
    if kind in own:
        raise ActionRefused(
            f"{school_on(side, row)} has given its {KIND_WORDS[kind]} review already.", row.state
        )
    if kind == "mid_term" and "closing" in own:
        raise ActionRefused("Your closing review is in, so there is no half-way review any more.", row.state)


def is_hard(said: Judgement) -> bool:
    """Return whether a review has a red rating, which the other headteacher hears first in a call."""
    return any(rating == "red" for rating, _ in said.ratings.values())


def _outcome(kind: str, side: str, said: Judgement) -> str | None:
    """The outcome, which the closing review of the requesting side requires and no other review has."""
    if kind != "closing" or side != REQUESTING:
        return None
    if said.outcome is None:
        raise ValidationFailed({"outcome": ["Say whether the need was met."]})
    return said.outcome


def _rated(said: Judgement, aims: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """The ratings as rows, one for every aim, each with a reason.

    Raises ValidationFailed when one is missing, or the aims have changed.
    """
    if set(said.ratings) != aims:
        raise ValidationFailed({"": ["The aims have changed meanwhile. Reload the page and rate every aim."]})
    rated = {aim_id: (rating, reason.strip()) for aim_id, (rating, reason) in said.ratings.items()}
    if any(rating not in RATINGS or not reason for rating, reason in rated.values()):
        raise ValidationFailed({"": ["Rate every aim red, amber or green, and give a reason for each."]})
    return rated


async def _write(
    session: AsyncSession, review: Review, rated: Mapping[UUID, tuple[str, str]], reached: Mapping[UUID, str]
) -> None:
    session.add(review)
    with explain_constraints(
        {"uq_review_authority_id_agreement_id_kind_side": "This review has been given already."}
    ):
        await session.flush()
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
