"""Whether the school behind an entry can help now: its offers as they stand at this moment, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import within_reach
from alongside.needs.terms import term_words
from alongside.needs.words import days_in_words
from alongside.offers.model import Offer

GIVES = {
    "visit_out": "can host a visit",
    "visit_in": "can come to you",
    "coaching": "can coach or mentor",
    "review": "can review with fresh eyes",
    "training": "can train several schools",
    "joint_planning": "can plan with you",
}
"""What a form of support means to who asks, likeliest first; others are named by the authority's own words."""

OFFERS_NOW: Any = (
    select(
        Offer.id,
        Offer.title,
        Offer.terms,
        Offer.starts_on,
        Offer.ends_on,
        Offer.forms_of_support,
        (Offer.days_total - Offer.days_taken).label("days_left"),
    )
    .where(
        Offer.authority_id == bindparam("authority_id"),
        Offer.school_urn == bindparam("urn"),
        Offer.state == "live",
        Offer.appetite != "no",
        Offer.days_taken < Offer.days_total,
        Offer.engagements_taken < Offer.engagements_max,
    )
    .order_by(Offer.posted_at.desc(), Offer.id)
    .limit(literal_column("5"))
)


@dataclass(frozen=True, slots=True)
class Available:
    """One offer of the school: what it can do and when, in words, and the form of support to ask for."""

    offer_id: UUID
    title: str
    words: str
    form_of_support: str


async def available_from(session: AsyncSession, person: Person, urn: int | None) -> Sequence[Available]:
    """What a school can do now, as far as this person may see its offers; nothing for no school."""
    if urn is None:
        return ()
    statement = within_reach(
        OFFERS_NOW, person, Permission.SEE_POST, Offer.school_urn, shown_to_all_from=Offer.shown_to_all_from
    )
    found = (await session.execute(statement, {"authority_id": person.authority_id, "urn": urn})).all()
    return [Available(one.id, one.title, in_words(one), _first_form(one.forms_of_support)) for one in found]


def in_words(offer: Any) -> str:
    """What an offer means for who reads an entry: “can host a visit in spring term 2027; 3 days left”."""
    gives = [words for form, words in GIVES.items() if form in offer.forms_of_support][:2]
    can = " and ".join(gives) if gives else "can support you"
    if offer.terms:
        can += " in " + " or ".join(term_words(key).lower() for key in offer.terms)
    elif offer.starts_on and offer.ends_on:
        can += f" from {offer.starts_on:%-d %B %Y} to {offer.ends_on:%-d %B %Y}"
    return f"{can}; {days_in_words(offer.days_left)} left"


def _first_form(forms: Sequence[str]) -> str:
    return next((form for form in GIVES if form in forms), forms[0] if forms else "")
