"""What the support categories in force entitle a school to in a school year: days of support and challenge visits."""

from collections.abc import Collection
from dataclasses import dataclass

from alongside.features.authorities.settings import AuthoritySettings


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Days of support and challenge visits in a school year."""

    days: int
    visits: int


def entitlement_of(settings: AuthoritySettings, categories: Collection[str | None]) -> Entitlement:
    """Return what these categories in force give: one for each phase of a school, None for support in words.

    A school with a category for each of two phases gets the sum. Every school has the authority's least number of
    challenge visits, whatever its category.
    """
    bands = [settings.categories[one] for one in categories if one in settings.categories]
    visits = sum(one.challenge_visits for one in bands)
    return Entitlement(
        sum(one.support_days for one in bands), max(visits, settings.entitlement.challenge_visits)
    )
