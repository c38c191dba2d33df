"""Row-level security and grants for every table, derived from the models."""

from collections.abc import Iterator

from sqlalchemy import MetaData, Table

from alongside.platform.database.requester_context import policy_statements
from alongside.platform.database.tenant_context import EVERY_AUTHORITY

NOT_OWNED = frozenset({"authority", "allowed_transition"})
"""Tables shared by all authorities: tenants and legal transitions, without data of schools or people."""

APP = "alongside_app"


def owned_tables(metadata: MetaData) -> list[Table]:
    """Return every table whose rows belong to an authority.

    Raises ValueError for a table that is neither owned nor named in NOT_OWNED.
    """
    owned = []
    for table in metadata.sorted_tables:
        if table.name in NOT_OWNED:
            continue
        if list(table.primary_key.columns.keys())[:1] != ["authority_id"]:
            raise ValueError(f"{table.name}: its key must begin with authority_id, or name it in NOT_OWNED")
        owned.append(table)
    return owned


def grants(table: Table) -> str:
    """Return the app's rights on a table; `append_only` and `read_only` tables have fewer."""
    if table.name in NOT_OWNED or table.info.get("read_only"):
        return "SELECT"
    if table.info.get("append_only"):
        return "SELECT, INSERT"
    return "SELECT, INSERT, UPDATE, DELETE"


def statements(metadata: MetaData) -> Iterator[str]:
    """Return the statements that enable and force row-level security on all tables, with the RESTRICTIVE tenant policy.

    A table whose info names a `second_policy` also gets the conditions of its `RowPolicy`.
    """
    for table in owned_tables(metadata):
        yield from tenant_policy_statements(table.name, in_one_read=bool(table.info.get("in_one_read")))
        if "second_policy" in table.info:
            yield from policy_statements(table.name, table.info["second_policy"])
    for table in metadata.sorted_tables:
        yield from grant_statements(table.name, grants(table))


def tenant_policy_statements(table: str, *, in_one_read: bool = False) -> Iterator[str]:
    """Return the statements for one table: row-level security enabled and forced, and the RESTRICTIVE tenant policy.

    `in_one_read` lets a process read the rows of all authorities in the context of none.
    """
    inside = "authority_id = (SELECT security.authority_id())"
    read = f"{inside} OR (SELECT security.authority_id()) = {EVERY_AUTHORITY}" if in_one_read else inside
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield (
        f"CREATE POLICY authority_only ON {table} AS RESTRICTIVE FOR ALL TO PUBLIC "
        f"USING ({read}) WITH CHECK ({inside})"
    )
    yield f"CREATE POLICY everyone_inside ON {table} FOR ALL TO PUBLIC USING (true) WITH CHECK (true)"


def grant_statements(table: str, granted: str = "SELECT, INSERT, UPDATE, DELETE") -> Iterator[str]:
    """Return the statements that give the app's role these rights on one table, and no other role any."""
    yield f"REVOKE ALL ON {table} FROM PUBLIC"
    yield f"GRANT {granted} ON {table} TO {APP}"


def record_statements(metadata: MetaData) -> Iterator[str]:
    """Return the triggers that seal each row of the tables whose info has `record` (`audit/records.py`)."""
    for table in owned_tables(metadata):
        if table.info.get("record"):
            columns = [column.name for column in table.primary_key.columns if column.name != "authority_id"]
            key = ", ".join(f"'{name}'" for name in columns)
            yield (
                f"CREATE TRIGGER seal_record AFTER INSERT OR DELETE ON {table.name} "
                f"FOR EACH ROW EXECUTE FUNCTION seal_record({key})"
            )
