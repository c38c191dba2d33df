"""The support need as a resource: what all its actions share."""

from alongside.features.needs.queries import get_need
from alongside.features.needs.rows import NeedRow
from alongside.platform.forms.action import Resource

NEED: Resource[NeedRow] = Resource(
    name="need",
    path="/needs/{need_id:uuid}",
    load=get_need,
    url=lambda need: f"/needs/{need.id}",
    caption=lambda _, need: need.title,
)
