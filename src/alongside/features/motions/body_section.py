"""The section on motions of a body's page, with how many decisions the authority overruled in each year."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.boards.queries import BodyRecord
from alongside.features.boards.resource import path_of
from alongside.features.boards.sections import BodySection, SectionContent
from alongside.features.motions.queries import overruled_by_year
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_count


async def _motions(session: AsyncSession, person: Principal, body: BodyRecord) -> SectionContent | None:
    if body.stored is None:
        return None
    years = await overruled_by_year(session, person, body.id)
    counts = [f"{one.year}: {format_count(one.overruled, 'decision')}" for one in years]
    sentence = (
        f"The authority overruled, by year: {', '.join(counts)}."
        if counts
        else "The authority has overruled no decision of this board."
    )
    links = []
    if has_permission(person, Permission.VIEW_MOTION):
        links.append(("View motions", f"{path_of(body.key)}/motions"))
    return SectionContent("Motions and decisions", [sentence], links)


MOTIONS = BodySection(_motions)
