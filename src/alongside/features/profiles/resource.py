"""Profiles, their disputes and methods as resources: what their actions share."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.profiles.method_queries import MethodRow, method_with
from alongside.features.profiles.parts import get_dispute
from alongside.features.profiles.queries import DisputeRow, ProfileRow, get_profile
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import may_on
from alongside.platform.forms.action import Resource


class DisputeOfProfile(NamedTuple):
    """A dispute with its profile."""

    profile: ProfileRow
    row: DisputeRow


async def _dispute(
    session: AsyncSession,
    person: Principal,
    permission: Permission,
    profile_id: UUID,
    profile_dispute_id: UUID,
) -> DisputeOfProfile:
    profile = await get_profile(session, person, permission, profile_id)
    return DisputeOfProfile(profile, await get_dispute(session, profile, profile_dispute_id))


async def get_method(
    session: AsyncSession, person: Principal, _permission: Permission, profile_method_id: UUID
) -> MethodRow:
    """Return a version of a method. Raises NotFound."""
    found = await method_with(session, person.authority_id, profile_method_id)
    if found is None:
        raise NotFound
    return found


PROFILE: Resource[ProfileRow] = Resource(
    name="profile",
    path="/profiles/{profile_id:uuid}",
    load=get_profile,
    url=lambda profile: f"/profiles/{profile.id}",
    caption=lambda _, profile: f"{profile.school}, {profile.academic_year}",
)
DISPUTE: Resource[DisputeOfProfile] = Resource(
    name="dispute",
    path="/profiles/{profile_id:uuid}/disputes/{profile_dispute_id:uuid}",
    load=_dispute,
    url=lambda one: f"/profiles/{one.profile.id}/disputes/{one.row.id}",
    page=lambda one: f"/profiles/{one.profile.id}#disputes",
    caption=lambda _, one: one.profile.school,
    may=lambda person, permission, one: may_on(person, permission, one.profile),
)
METHOD: Resource[MethodRow] = Resource(
    name="method",
    path="/profile-methods/{profile_method_id:uuid}",
    load=get_method,
    url=lambda method: f"/profile-methods/{method.id}",
    caption=lambda _, method: f"{method.phase.capitalize()} method, version {method.number}",
)
