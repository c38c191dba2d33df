"""The requester context: a signed statement of who makes the request, for tables that only some people may read.

The tenant context limits a transaction to one authority; tables that declare a `RowPolicy` need more. Code that opens
them calls `set_requester` once in the transaction, with the role, person, school, consortia, and the schools in which
the person has an interest. Policies read these through `security.requester()`, which checks the signature with the key
of the tenant context, so that a forgotten condition or injected SQL cannot act as another person. Transactions that
never use such a table have no extra cost.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.database.kept import KEPT
from alongside.platform.database.tenant_context import LIFETIME, signed

KEY = "signing_key"
"""The name under which a session stores the signing key."""

SERVER_PROCESS = "server_process"
"""The name under which a session stores the server process that the signature is bound to."""

REQUESTER = "requester"
"""The name under which a session stores the requester that was set last."""

SET = text("SELECT set_config('alongside.requester_context', :context, true)").bindparams(
    bindparam("context")
)


@dataclass(frozen=True, slots=True)
class RequesterContext:
    """The person for whom a transaction runs, as PostgreSQL sees them.

    `role` is a role of `access.principal`; `organisation_schools` the URNs of a trust's or diocese's schools, for a
    person without a school of their own; `consortium_ids` those the person leads or their school belongs to;
    `interests` the URNs of schools that are the person's own, of the same trust, or declared.
    """

    authority_id: int
    role: str
    person_id: UUID | None = None
    school_urn: int | None = None
    consortium_ids: Collection[UUID] = ()
    interests: Collection[int] = ()
    organisation_schools: Collection[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RowPolicy:
    """Conditions on rows beyond the authority, for one table.

    `seen` applies to reading, `added` to inserting (default: as for reading), `changed` to updating (default: as for
    inserting). Only retention deletes rows.
    """

    seen: str
    added: str | None = None
    changed: str | None = None


def signed_requester_context(requester: RequesterContext, key: bytes, process: str) -> str:
    """Return the value of `alongside.requester_context`: letters, digits, commas, hyphens and dots only.

    `process` is the server process that may use it, as for the tenant context.
    """
    claim = ".".join(
        (
            "a2",
            str(int(requester.authority_id)),
            str(int(time.time()) + LIFETIME),
            requester.role,
            str(requester.person_id or ""),
            str(requester.school_urn or ",".join(str(urn) for urn in sorted(requester.organisation_schools))),
            ",".join(sorted(str(one) for one in requester.consortium_ids)),
            ",".join(str(urn) for urn in sorted(requester.interests)),
        )
    )
    return signed(claim, key, process)


async def set_requester(session: AsyncSession, requester: RequesterContext) -> None:
    """Set the requester for the rest of this transaction, unless it is this one already.

    One that was set within a savepoint is set again when it is next needed, because the end of the savepoint may have
    taken it back.
    """
    if session.info.get(REQUESTER) == requester:
        return
    in_savepoint = KEPT not in session.info and session.in_nested_transaction()
    session.info[REQUESTER] = None if in_savepoint else requester
    claim = signed_requester_context(requester, session.info[KEY], session.info[SERVER_PROCESS])
    await session.execute(SET, {"context": claim})


ROLE, PERSON, SCHOOL, CONSORTIA, INTERESTS = (
    f"(SELECT security.requester())[{place}]" for place in range(1, 6)
)
"""The parts of a claim as SQL expressions, each evaluated once a statement; the last two are lists, and the school is
one for the officers of a trust or diocese."""


def role_is(*roles: str) -> str:
    """Return the SQL condition that the requester acts in one of these roles."""
    return f"{ROLE} IN ({', '.join(repr(str(role)) for role in sorted(roles))})"


def is_among(value: str, part: str) -> str:
    """Return the SQL condition that this value is in that list of the claim."""
    return f"{value}::text = ANY (string_to_array({part}, ','))"


SCHEMA = """
CREATE FUNCTION security.requester() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    claim text := current_setting('alongside.requester_context', true);
    part text[];
    covered bytea;
    pad record;
BEGIN
    IF claim IS NULL OR claim = '' THEN
        RAISE EXCEPTION 'nobody is set as asking in this transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    part := string_to_array(claim, '.');
    IF array_length(part, 1) = 9 AND part[1] = 'a2' THEN
        covered := convert_to(array_to_string(part[1:8], '.') || '.' || security.server_process(), 'UTF8');
        FOR pad IN SELECT inner_pad, outer_pad FROM security.key LOOP
            IF encode(sha256(pad.outer_pad || sha256(pad.inner_pad || covered)), 'hex') = part[9] THEN
                IF part[3]::bigint < extract(epoch FROM now()) THEN
                    RAISE EXCEPTION 'who asks in this transaction has expired'
                        USING ERRCODE = 'insufficient_privilege';
                END IF;
                IF part[2]::integer <> security.authority_id() THEN
                    RAISE EXCEPTION 'who asks in this transaction is of another authority'
                        USING ERRCODE = 'insufficient_privilege';
                END IF;
                RETURN part[4:8];
            END IF;
        END LOOP;
    END IF;
    RAISE EXCEPTION 'who asks in this transaction is not signed by us for this server process'
        USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION security.requester() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION security.requester() TO alongside_app;
"""


def policy_statements(table: str, policy: RowPolicy) -> list[str]:
    """Return the statements that add a row policy to a table, RESTRICTIVE, so that no other policy can widen it."""
    added = policy.added or policy.seen
    changed = policy.changed or added
    made = f"ON {table} AS RESTRICTIVE"
    return [
        f"CREATE POLICY seen_by {made} FOR SELECT TO PUBLIC USING ({policy.seen})",
        f"CREATE POLICY added_by {made} FOR INSERT TO PUBLIC WITH CHECK ({added})",
        f"CREATE POLICY changed_by {made} FOR UPDATE TO PUBLIC USING ({changed}) WITH CHECK ({changed})",
        f"CREATE POLICY removed_by {made} FOR DELETE TO PUBLIC USING ({ROLE} = 'system')",
    ]
