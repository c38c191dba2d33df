"""The visit request as a resource: what all its actions share."""

from alongside.features.visit_requests.queries import get_visit_request
from alongside.features.visit_requests.request import RequestedVisit
from alongside.platform.forms.action import Resource

VISIT_REQUEST: Resource[RequestedVisit] = Resource(
    name="visit_request",
    path="/visit-requests/{visit_request_id:uuid}",
    load=get_visit_request,
    url=lambda row: f"/visit-requests/{row.id}",
    caption=lambda _, row: f"{row.requesting_name} visits {row.supporting_name}",
)
