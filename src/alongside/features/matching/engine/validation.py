"""Refuses infeasible input with a sentence before a calculation starts; the current plan does not change.

Imported by pages at startup, so it must not import NumPy.
"""

from collections import Counter
from uuid import UUID

from alongside.errors import ActionRefused
from alongside.features.matching.engine.instance import Instance, Need, Offer, Weights


class InfeasibleProblem(ActionRefused):
    """No plan can be made; `need` and `offer` identify the pair that causes it, if one does."""

    def __init__(self, sentence: str, need: UUID | None = None, offer: UUID | None = None) -> None:
        super().__init__(sentence)
        self.need, self.offer = need, offer


def check(instance: Instance) -> None:
    """Raises InfeasibleProblem when there is nothing to plan, or the numbers are invalid."""
    if not instance.needs:
        raise InfeasibleProblem("There is no open need to plan for. Come back when a school has posted one.")
    if not instance.offers:
        raise InfeasibleProblem(
            "There is no live offer to plan with. Ask schools to post or confirm what they can give."
        )
    check_weights(instance.parameters.weights)
    if instance.parameters.limit_seconds <= 0:
        raise InfeasibleProblem(
            "The time limit of matching is 0. Set it to a second or more in the authority’s settings."
        )
    schools = {school.urn for school in instance.schools}
    posts: tuple[Need | Offer, ...] = (*instance.needs, *instance.offers)
    for post in posts:
        if post.school not in schools:
            raise InfeasibleProblem(
                f"School {post.school} of a need or an offer is not among the schools of this plan."
            )
    for rows in (instance.schools, instance.needs, instance.offers):
        names = Counter(str(getattr(row, "id", None) or getattr(row, "urn", None)) for row in rows)
        if len(names) < len(rows):
            raise InfeasibleProblem(
                "The same school, need or offer is there twice, so it is not clear which one counts."
            )
    if any((need.half_days or 1) < 1 for need in instance.needs) or any(
        offer.half_days < 0 or offer.pence_per_day < 0 for offer in instance.offers
    ):
        raise InfeasibleProblem("A need asks for no days, or an offer has fewer than none. Correct it first.")


def check_weights(weights: Weights) -> None:
    """Raises InfeasibleProblem when the weights add up to 0 or one is below 0."""
    values = [getattr(weights, field) for field in weights.__struct_fields__]
    if min(values) < 0:
        raise InfeasibleProblem(
            "A weight of matching is below 0. Set it to 0 or more in the authority’s settings."
        )
    if sum(values) == 0:
        raise InfeasibleProblem(
            "The weights of matching sum to nothing, so no offer is better than another. "
            "Set at least one of them above 0 in the authority’s settings."
        )
