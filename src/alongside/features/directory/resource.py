"""The directory entry as a resource: what all its actions share."""

from alongside.features.directory.entry import Entry
from alongside.features.directory.queries import get_entry
from alongside.platform.forms.action import Resource
from alongside.platform.forms.reason import reason_form

REASON_FOR_SCHOOL = reason_form("Reason", "Enter a reason. The school will read it", "The school reads this")


ENTRY: Resource[Entry] = Resource(
    name="entry",
    path="/directory/{entry_id:uuid}",
    load=get_entry,
    url=lambda entry: f"/directory/{entry.id}",
    caption=lambda _, entry: entry.school,
)
