"""The motion as a resource: what its actions share."""

from alongside.features.motions.notifying import path_of
from alongside.features.motions.queries import get_motion
from alongside.features.motions.rows import MotionRow
from alongside.platform.access.authorisation import has_permission
from alongside.platform.forms.action import Resource

MOTION: Resource[MotionRow] = Resource(
    name="motion",
    path="/motions/{motion_id:uuid}",
    load=get_motion,
    url=lambda row: path_of(row.id),
    caption=lambda _, row: f"{row.body_name}, motion {row.reference}",
    may=lambda person, permission, _: has_permission(person, permission),
)
