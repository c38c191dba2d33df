"""Isolation from the metadata: what PostgreSQL must hold for every table, derived from the models alone."""

from collections.abc import Iterator

from sqlalchemy import MetaData, Table

from alongside.platform.database.requester_context import policy_statements

NOT_OWNED = frozenset({"authority", "allowed_transition"})
"""Shared by all authorities: who the tenants are, and which changes of state are legal. No school, no person."""

APP = "alongside_app"


def owned_tables(metadata: MetaData) -> list[Table]:
    """Every table whose rows belong to an authority.

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
    """What the app's role may do with a table: `append_only` tables keep what they hold, `read_only` ones too."""
    if table.name in NOT_OWNED or table.info.get("read_only"):
        return "SELECT"
    if table.info.get("append_only"):
        return "SELECT, INSERT"
    return "SELECT, INSERT, UPDATE, DELETE"


def statements(metadata: MetaData) -> Iterator[str]:
    """The statements that fence all tables: security enabled and forced, the tenant's policy RESTRICTIVE.

    A table whose info names a `second_policy` asks besides who is asking (`database.asker`).
    """
    for table in owned_tables(metadata):
        yield from tenant_policy_statements(table.name)
        if "second_policy" in table.info:
            yield from policy_statements(table.name, table.info["second_policy"])
    for table in metadata.sorted_tables:
        yield from grant_statements(table.name, grants(table))


def tenant_policy_statements(table: str) -> Iterator[str]:
    """What fences one table: security enabled and forced, and the policy that nothing else can widen."""
    inside = "authority_id = (SELECT security.authority_id())"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield (
        f"CREATE POLICY authority_only ON {table} AS RESTRICTIVE FOR ALL TO PUBLIC "
        f"USING ({inside}) WITH CHECK ({inside})"
    )
    yield f"CREATE POLICY everyone_inside ON {table} FOR ALL TO PUBLIC USING (true) WITH CHECK (true)"


def grant_statements(table: str, granted: str = "SELECT, INSERT, UPDATE, DELETE") -> Iterator[str]:
    """What the app's role may do with one table, and nobody else."""
    yield f"REVOKE ALL ON {table} FROM PUBLIC"
    yield f"GRANT {granted} ON {table} TO {APP}"


def record_statements(metadata: MetaData) -> Iterator[str]:
    """The triggers that seal each row of the tables whose info has `record` (`journal.records`)."""
    for table in owned_tables(metadata):
        if table.info.get("record"):
            columns = [column.name for column in table.primary_key.columns if column.name != "authority_id"]
            key = ", ".join(f"'{name}'" for name in columns)
            yield (
                f"CREATE TRIGGER seal_record AFTER INSERT OR DELETE ON {table.name} "
                f"FOR EACH ROW EXECUTE FUNCTION seal_record({key})"
            )
