"""Who can read a profile: its row policies in PostgreSQL.

The core team reads all profiles. A headteacher and their delegate read their own school's once it is shared, and so do
the leads of the school's consortium, unless they have an interest in the school. Its chair of governors, and the
officers of its trust and diocese, read it once the school has seen it. Others read none. Figures about fewer than six
pupils are in the snapshot for the school and the core team only.
"""

from alongside.features.performance.access_policy import CORE, GOVERNED_SCHOOL, MEMBER_SCHOOL, OWN_SCHOOL
from alongside.platform.access.principal import SCHOOL_ROLES, Role
from alongside.platform.database.requester_context import PERSON, ROLE, RowPolicy

_SCHOOL = f"{ROLE} IN ({', '.join(repr(role.value) for role in sorted(SCHOOL_ROLES))})"
_HEAD = f"{ROLE} = '{Role.HEADTEACHER.value}'"

OF_PROFILE = RowPolicy(
    seen=f"{CORE} OR (shared_at IS NOT NULL AND ({OWN_SCHOOL} OR {MEMBER_SCHOOL}))"
    f" OR (governors_from IS NOT NULL AND {GOVERNED_SCHOOL})",
    added=CORE,
)


def _readable(table: str) -> str:
    """Return the condition that the requester can read the profile of a part."""
    return f"EXISTS (SELECT FROM profile p WHERE p.authority_id = {table}.authority_id AND p.id = {table}.profile_id)"


OF_SNAPSHOT = RowPolicy(
    seen=f"{CORE} OR ({_readable('profile_snapshot')} AND (audience = 'others' OR {_SCHOOL}))",
    added=CORE,
    changed="false",
)
OF_INVITATION = RowPolicy(seen=f"{CORE} OR {_readable('profile_invitation')}", added=CORE, changed="false")
OF_COMMENT = RowPolicy(
    seen=f"{CORE} OR {_readable('profile_comment')}",
    added=f"{_HEAD} AND {_readable('profile_comment')} AND written_by::text = {PERSON}",
    changed="false",
)
OF_DISPUTE = RowPolicy(
    seen=f"{CORE} OR {_readable('profile_dispute')}",
    added=f"{_HEAD} AND {_readable('profile_dispute')} AND raised_by::text = {PERSON}"
    " AND answered_at IS NULL AND answered_by IS NULL",
    changed=CORE,
)
