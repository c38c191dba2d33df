"""Redacts explanations: hides the names of other schools and the private rules.

Source: issue on matching (names of other schools only to those who may see them), domain.md ask 6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.matching.engine.result import Explanation
from alongside.features.matching.engine.rule_labels import RULE_WORDS
from alongside.features.matching.plans.queries import names_of_needs, names_of_offers
from alongside.features.matching.plans.rows import AssignmentRow, NeedName, OfferName
from alongside.platform.access.authorisation import has_permission, may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_count

PRIVATE_RULES = ("excluded", "interest", "suspension")
"""Rules set privately by a school or the core team. Nobody else sees them, not even as separate counts."""

PRIVATE_RULE_LABEL = "set aside for reasons that are not shown here"
OTHER_CONSORTIUM_SCHOOL = "A school of another consortium"
OTHER_SCHOOL = "Another school"


@dataclass(frozen=True, slots=True)
class Names:
    """Names of schools and titles by id, redacted for one person."""

    person: Principal
    offers: Mapping[UUID, OfferName]
    needs: Mapping[UUID, NeedName]

    def offer(self, offer_id: UUID) -> str:
        """The school and title of an offer, or a placeholder if this person may not see it."""
        row = self.offers.get(offer_id)
        if row is None:
            return "An offer that is no longer there"
        if not self.sees_offer(row):
            return OTHER_CONSORTIUM_SCHOOL
        return f"{row.school}, {row.title}"

    def supporting_school(self, offer_id: UUID) -> str:
        """The name of the supporting school of an offer, or a placeholder."""
        row = self.offers.get(offer_id)
        return row.school if row is not None and self.sees_offer(row) else OTHER_CONSORTIUM_SCHOOL

    def need(self, need_id: UUID) -> str:
        """The school and title of a need. Leads see those of their members, headteachers only their own."""
        row = self.needs.get(need_id)
        if row is None:
            return "A need that is no longer there"
        if may(self.person, Permission.VIEW_PLAN_EXPLANATION, row.school_urn):
            return f"{row.school}, {row.title}"
        return OTHER_SCHOOL if self.person.school_urn else OTHER_CONSORTIUM_SCHOOL

    def sees_offer(self, row: OfferName) -> bool:
        """Check whether this person may see an offer, by the visibility rules of posts."""
        return may(
            self.person,
            Permission.VIEW_POST,
            row.school_urn,
            visible_to_authority_from=row.visible_to_authority_from,
        )


async def names_in(session: AsyncSession, person: Principal, ids: Mapping[str, set[UUID]]) -> Names:
    """Load the names for these ids of `offers` and `needs`, in two statements."""
    return Names(
        person,
        await names_of_offers(session, person.authority_id, sorted(ids["offers"])),
        await names_of_needs(session, person.authority_id, sorted(ids["needs"])),
    )


def ids_in(why: Explanation | None) -> dict[str, set[UUID]]:
    """Return the ids of every offer and need in a stored explanation."""
    offers, needs = set[UUID](), set[UUID]()
    for better in () if why is None else why.better:
        offers.add(better.offer)
        needs |= {one.need for one in better.held_by}
        if better.if_forced is not None:
            needs |= {*better.if_forced.losers, *better.if_forced.movers}
    return {"offers": offers, "needs": needs}


def ruled_out_for(person: Principal, counts: Mapping[str, int]) -> list[tuple[int, str]]:
    """How many offers each rule ruled out, with labels, largest first.

    Private rules are counted together, except for the core team.
    """
    shown: dict[str, int] = {}
    for rule, count in counts.items():
        private = rule in PRIVATE_RULES and not has_permission(person, Permission.VIEW_INTERESTS)
        words = PRIVATE_RULE_LABEL if private else RULE_WORDS.get(rule, rule.replace("_", " "))
        shown[words] = shown.get(words, 0) + count
    return sorted(((count, words) for words, count in shown.items()), reverse=True)


def without_private(person: Principal, sentence: str) -> str:
    """Replace the labels of private rules in a sentence of the engine, except for the core team."""
    if not has_permission(person, Permission.VIEW_INTERESTS):
        for rule in PRIVATE_RULES:
            sentence = sentence.replace(RULE_WORDS[rule], PRIVATE_RULE_LABEL)
    return sentence


def why_nobody_for(person: Principal, assignment: AssignmentRow) -> str | None:
    """The reason why a need has no partner, without private rules."""
    why = assignment.explanation
    counts = {} if why is None else why.ruled_out
    if assignment.why_nobody is None or not set(counts) & set(PRIVATE_RULES) or assignment.candidates:
        return assignment.why_nobody
    causes = [
        f"{count} {'is' if count == 1 else 'are'} {words}" for count, words in ruled_out_for(person, counts)
    ]
    listed = (
        causes[0]
        if len(causes) == 1
        else f"{', '.join(causes[:3])}" + (" and others" if len(causes) > 3 else "")
    )
    return f"No offer suits: of {format_count(sum(counts.values()), 'offer')}, {listed}."
