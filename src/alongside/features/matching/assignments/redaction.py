"""What of an explanation may be shown to whom: names of other schools, and rules that are kept private.

Source: issue on matching (names of other schools only to those who may see them), domain.md ask 6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.matching.engine.rule_labels import RULE_WORDS
from alongside.features.matching.plans.queries import names_of_needs, names_of_offers
from alongside.platform.access.authorisation import has_permission, may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.templates import plural

PRIVATE = ("excluded", "interest", "unfit")
"""Rules that a school or the core team has set and that nobody else is told of, not even as a count of its own."""

KEPT_PRIVATE = "set aside for reasons that are not shown here"
ELSEWHERE = "A school of another consortium"
ANOTHER = "Another school"


@dataclass(frozen=True, slots=True)
class Names:
    """The schools and titles behind ids, as far as one person may see them."""

    person: Principal
    offers: Mapping[UUID, Any]
    needs: Mapping[UUID, Any]

    def offer(self, offer_id: UUID | str) -> str:
        """Whose offer it is: the school and the title, or that it is somebody else's."""
        row = self.offers.get(_id(offer_id))
        if row is None:
            return "An offer that is no longer there"
        if not self.sees_offer(row):
            return ELSEWHERE
        return f"{row.school}, {row.title}"

    def giver(self, offer_id: UUID | str) -> str:
        """The school of an offer alone."""
        row = self.offers.get(_id(offer_id))
        return row.school if row is not None and self.sees_offer(row) else ELSEWHERE

    def need(self, need_id: UUID | str) -> str:
        """Whose need it is: heads learn no names, leads those of their own members."""
        row = self.needs.get(_id(need_id))
        if row is None:
            return "A need that is no longer there"
        if may(self.person, Permission.VIEW_PLAN_EXPLANATION, row.school_urn):
            return f"{row.school}, {row.title}"
        return ANOTHER if self.person.school_urn else ELSEWHERE

    def sees_offer(self, row: Any) -> bool:
        """Whether this person may see an offer, by the rules of posts."""
        return may(
            self.person,
            Permission.VIEW_POST,
            row.school_urn,
            visible_to_authority_from=row.visible_to_authority_from,
        )


def _id(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


async def names_in(session: AsyncSession, person: Principal, ids: Mapping[str, set[UUID]]) -> Names:
    """The names behind these ids of `offers` and `needs`, in two statements."""
    return Names(
        person,
        await names_of_offers(session, person.authority_id, sorted(ids["offers"])),
        await names_of_needs(session, person.authority_id, sorted(ids["needs"])),
    )


def ids_in(why: Mapping[str, Any]) -> dict[str, set[UUID]]:
    """Every offer and need that a stored explanation speaks of."""
    offers, needs = set(), set()
    for better in why.get("better", ()):
        offers.add(_id(better["offer"]))
        needs |= {_id(one["need"]) for one in better["held_by"]}
        forced = better.get("if_forced")
        if forced:
            needs |= {_id(one) for one in (*forced["losers"], *forced["movers"])}
    return {"offers": offers, "needs": needs}


def ruled_out_for(person: Principal, counts: Mapping[str, int]) -> list[tuple[int, str]]:
    """How many offers each rule ruled out, in words, the most first; private rules as one but for the core team."""
    shown: dict[str, int] = {}
    for rule, count in counts.items():
        private = rule in PRIVATE and not has_permission(person, Permission.VIEW_INTERESTS)
        words = KEPT_PRIVATE if private else RULE_WORDS.get(rule, rule.replace("_", " "))
        shown[words] = shown.get(words, 0) + count
    return sorted(((count, words) for words, count in shown.items()), reverse=True)


def without_private(person: Principal, sentence: str) -> str:
    """A sentence of the engine without the rules that only the core team is told of."""
    if not has_permission(person, Permission.VIEW_INTERESTS):
        for rule in PRIVATE:
            sentence = sentence.replace(RULE_WORDS[rule], KEPT_PRIVATE)
    return sentence


def why_nobody_for(person: Principal, assignment: Any) -> str | None:
    """Why a need has no partner, in a sentence that tells nothing private."""
    counts = assignment.why.get("ruled_out", {})
    if assignment.why_nobody is None or not set(counts) & set(PRIVATE):
        said: str | None = assignment.why_nobody
        return said
    if assignment.candidates:
        return str(assignment.why_nobody)
    told = [
        f"{count} {'is' if count == 1 else 'are'} {words}" for count, words in ruled_out_for(person, counts)
    ]
    listed = (
        told[0] if len(told) == 1 else f"{', '.join(told[:3])}" + (" and others" if len(told) > 3 else "")
    )
    return f"No offer suits: of {plural(sum(counts.values()), 'offer')}, {listed}."
