"""Apply an authority's settings: each change adds a version; identical settings add none."""

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.authorities.files import to_stored, usual_settings
from alongside.features.authorities.models import Authority, AuthoritySettingsRow
from alongside.features.authorities.queries import stored_settings
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_diff import Change, changes_between, refusals
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import Message, explain_constraints


async def plan_settings(session: AsyncSession, settings: AuthoritySettings) -> tuple[list[Change], list[str]]:
    """Return the changes that applying would make and the reasons to refuse.

    A new authority is compared with the defaults.
    """
    stored = await stored_settings(session, settings.dfe_code)
    before = stored[1] if stored else {}
    after = to_stored(settings)
    return list(changes_between(before or usual_settings(), after)), refusals(before, after)


COLLISIONS: dict[str, Message] = {
    "uq_authority_slug": "Another authority has this slug. Choose another in tenants/.",
    "uq_authority_gss_code": "Another authority has this GSS code. Correct it in tenants/.",
    "host_of_one_authority": "Another authority is served at one of these hosts. Choose another in tenants/.",
    "pk_authority_settings": "Somebody else applied settings at this moment. Look at the plan again.",
}


async def apply_settings(session: AsyncSession, person: Principal, settings: AuthoritySettings) -> int:
    """Apply settings, record the change in the audit log and return the version in force.

    For the operator only: `session` must use the migrator's role in the authority's tenant context, because the app's
    role cannot write these tables. Raises ActionRefused when an entry in use would be removed, when a host, slug or
    code belongs to another authority, or when another apply runs at the same time.
    """
    stored = await stored_settings(session, settings.dfe_code)
    version, before = stored or (0, {})
    after = to_stored(settings)
    refused = refusals(before, after)
    if refused:
        raise ActionRefused("\n".join(refused))
    changed = list(changes_between(before, after))
    if not changed:
        return version
    version += 1
    with explain_constraints(COLLISIONS):
        declared = {
            "slug": settings.slug,
            "name": settings.name,
            "gss_code": settings.gss_code,
            "hosts": list(settings.hosts),
            "settings_version": version,
        }
        await session.execute(
            insert(Authority)
            .values(authority_id=settings.dfe_code, **declared)
            .on_conflict_do_update(
                index_elements=["authority_id"], set_=declared | {"applied_at": func.now()}
            )
        )
        await session.execute(
            insert(AuthoritySettingsRow).values(
                authority_id=settings.dfe_code,
                version=version,
                settings=after,
                applied_by=person.name or person.role_name,
            )
        )
    await record_audit(
        session,
        person,
        "apply_settings",
        "authority",
        settings.dfe_code,
        changes={
            change.path: [
                None if value.__class__ is object else value for value in (change.before, change.after)
            ]
            for change in (changed if before else [])
        },
        note=None if before else "First applied",
    )
    return version
