"""Facts of other features on a profile, such as support and past categories."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.profiles.queries import ProfileRow
from alongside.platform.access.principal import Principal
from alongside.platform.feature import installed_features
from alongside.platform.profile_facts import ProfileFact


async def facts_of(session: AsyncSession, person: Principal, row: ProfileRow) -> list[tuple[str, str]]:
    """Return the facts about the school that this person may read: label and lines."""
    declared = [
        one for feature in installed_features() for one in feature.load(feature.profile_facts, ProfileFact)
    ]
    found = []
    for one in sorted(declared, key=lambda fact: fact.order):
        lines = await one.lines(session, person, row.school_urn, row.phase)
        if lines:
            found.append((one.label(person), "\n".join(lines)))
    return found
