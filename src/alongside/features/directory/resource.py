"""The directory entry as a resource: what all its actions share."""

from alongside.features.directory.queries import Entry, get_entry
from alongside.platform.access.authorisation import may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import Resource
from alongside.platform.forms.reason import reason_form

REASON_FOR_SCHOOL = reason_form("Reason", "Enter a reason. The school will read it", "The school reads this")


def _may(person: Principal, permission: Permission, entry: Entry) -> bool:
    sides = (entry.school_urn, entry.partner_urn)
    return may(person, permission, *(sides if permission is Permission.CONSENT_TO_ENTRY else sides[:1]))


ENTRY: Resource[Entry] = Resource(
    name="entry",
    path="/directory/{entry_id:uuid}",
    load=get_entry,
    url=lambda entry: f"/directory/{entry.id}",
    caption=lambda _, entry: entry.school,
    may=_may,
)
