"""Sealed rows: the digest of each row of some tables is written to the audit log in the transaction that writes the
row.

The app may only insert into a table whose info has `record`. Its trigger writes an audit entry with the digest of the
row, and the chain seals that entry like any other. Rows that another role than the app's writes are not sealed, so
`alongside audit verify` reports a row that the owner of the database changed, removed or added.
"""

from sqlalchemy import MetaData, Table, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.database.base import Base
from alongside.platform.database.ddl import schema_rule
from alongside.platform.database.requester_context import RequesterContext, set_requester

SEALED = "seal_record"
"""The verb of an entry that holds the digest of a row."""

schema_rule(
    "a_row_of_record_is_sealed_when_it_is_written",
    """
CREATE FUNCTION record_digest(facts jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN encode(sha256(convert_to(jsonb_strip_nulls(facts)::text, 'UTF8')), 'hex');

CREATE FUNCTION seal_record() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    facts jsonb;
BEGIN
    IF session_user <> 'alongside_app' THEN
        RETURN NULL;
    END IF;
    facts := CASE WHEN TG_OP = 'INSERT' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
    INSERT INTO public.audit_entry
        (authority_id, person_name, role, verb, subject_kind, subject_id, schools, changes)
    VALUES ((facts ->> 'authority_id')::integer, 'Alongside', 'system', 'seal_record', 'record of ' || TG_TABLE_NAME,
        (SELECT string_agg(facts ->> part, '/' ORDER BY place)
           FROM unnest(TG_ARGV) WITH ORDINALITY AS key (part, place)), '{}',
        jsonb_build_object('digest', CASE WHEN TG_OP = 'INSERT' THEN public.record_digest(facts) END));
    RETURN NULL;
END $$;
""",
)


def record_tables(metadata: MetaData) -> list[Table]:
    """Return the tables whose rows are sealed."""
    return [table for table in metadata.sorted_tables if table.info.get("record")]


async def changed_records(session: AsyncSession, authority_id: int) -> list[str]:
    """Return a description of each row that differs from its seal: table, key and fault; empty if all are intact."""
    await set_requester(session, RequesterContext(authority_id, "system"))
    await session.execute(text("SELECT set_config('timezone', 'UTC', true)"))
    found = []
    for table in record_tables(Base.metadata):
        rows = await session.execute(text(_faults(table)), {"authority_id": authority_id})
        found += [f"{table.name} {row.key}: the row {row.fault}" for row in rows]
    return found


def _faults(table: Table) -> str:
    """Return the statement that compares every row of a table with the last digest recorded for it."""
    columns = [column.name for column in table.primary_key.columns if column.name != "authority_id"]
    key = " || '/' || ".join(f"r.{name}::text" for name in columns)
    of_table = f"e.authority_id = :authority_id AND e.verb = '{SEALED}' AND e.subject_kind = 'record of {table.name}'"
    return f"""
        SELECT {key} AS key, CASE WHEN sealed.times = 0 THEN 'was never sealed' ELSE 'has been changed' END AS fault
          FROM {table.name} r CROSS JOIN LATERAL (
               SELECT count(*) AS times, bool_and(e.changes ->> 'digest' IS NOT DISTINCT FROM
                      record_digest(to_jsonb(r))) AS same
                 FROM audit_entry e WHERE {of_table} AND e.subject_id = {key}) sealed
         WHERE r.authority_id = :authority_id AND sealed.same IS NOT TRUE
        UNION ALL
        SELECT DISTINCT e.subject_id, 'has been removed' FROM audit_entry e
         WHERE {of_table}
           AND NOT EXISTS (SELECT FROM {table.name} r WHERE r.authority_id = :authority_id AND {key} = e.subject_id)
           AND NOT EXISTS (SELECT FROM audit_entry gone WHERE gone.authority_id = :authority_id
                AND gone.verb = '{SEALED}' AND gone.subject_kind = e.subject_kind AND gone.subject_id = e.subject_id
                AND gone.changes ->> 'digest' IS NULL)
        ORDER BY 1 LIMIT 20
    """  # noqa: S608  (names of our own)
