"""The support need as a resource: what all its actions share."""

from alongside.features.needs.queries import NeedRow, get_need
from alongside.platform.forms.action import Resource

NEED: Resource[NeedRow] = Resource(
    name="need",
    path="/needs/{need_id:uuid}",
    load=get_need,
    url=lambda need: f"/needs/{need.id}",
    caption=lambda _, need: need.title,
)
