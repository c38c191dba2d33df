"""Support categories of a school in force and superseded, on its performance profile."""

from collections.abc import Sequence

from sqlalchemy import Integer, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.categories.access_policy import identify_requester
from alongside.features.categories.labels import category_label
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.profile_facts import ProfileFact

PAST = Read(
    text(
        """
    SELECT academic_year, category FROM support_category
     WHERE authority_id = :authority_id AND school_urn = :urn AND phase = :phase
       AND state IN ('in_force', 'superseded')
     ORDER BY academic_year DESC LIMIT 5
    """
    ).bindparams(
        bindparam("authority_id", type_=Integer),
        bindparam("urn", type_=Integer),
        bindparam("phase", type_=Text),
    ),
    lambda year, category: (str(year), None if category is None else str(category)),
)


async def _lines(session: AsyncSession, person: Principal, urn: int, phase: str) -> Sequence[str]:
    if not settings_of(person.authority_id).categorisation.used:
        return ()
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "urn": urn, "phase": phase}
    return [
        f"{year}: {category_label(person.authority_id, category)}"
        for year, category in await fetch_all(session, PAST, values)
    ]


FACTS = ProfileFact(2, lambda _: "Past categories", _lines)
