"""The uploaded file on which the pages of an import act."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.importing import queries
from alongside.features.performance.importing.queries import WaitingUpload
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import Resource


async def load_upload(
    session: AsyncSession, person: Principal, _permission: Permission, upload_id: UUID
) -> WaitingUpload:
    """Return an uploaded file. Raises NotFound."""
    await identify_requester(session, person)
    return await queries.upload_with(session, person.authority_id, upload_id)


UPLOAD: Resource[WaitingUpload] = Resource(
    name="upload",
    path="/performance/uploads/{upload_id:uuid}",
    load=load_upload,
    url=lambda upload: f"/performance/uploads/{upload.id}",
    may=lambda person, permission, _: has_permission(person, permission),
)
