"""PostgreSQL's catalogue shows that every table is isolated."""

from typing import Any

import pytest
from sqlalchemy import text

import alongside.models_registry  # noqa: F401  (declares every table)
from alongside.platform.database.base import Base
from alongside.platform.database.row_level_security import NOT_OWNED, owned_tables
from alongside.platform.database.session import Database

OWNED = sorted(table.name for table in owned_tables(Base.metadata))
OF_TEXT_ONLY = {"folded(text)", "folded_matches(text,text)"}
"""Functions that read nothing but their arguments."""


async def asked(database: Database, sql: str, **values: Any) -> list[Any]:
    """Return rows of the catalogue, read as the app's role."""
    async with database.system_connection() as connection:
        return list((await connection.execute(text(sql), values)).all())


async def test_every_table_in_the_database_is_declared_and_every_declared_one_is_there(
    database: Database,
) -> None:
    """A table that is not classified would have no row-level security."""
    rows = await asked(
        database,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND relname <> 'alembic_version'",
    )
    assert {row.relname for row in rows} == {*OWNED, *NOT_OWNED}


async def test_every_owned_table_is_fenced_by_force_and_restrictively(database: Database) -> None:
    """ENABLE, FORCE, and one RESTRICTIVE policy for all commands and roles, on reading and on writing."""
    rows = await asked(
        database,
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.permissive, p.cmd, p.roles::text, p.qual, p.with_check"
        "  FROM pg_class c LEFT JOIN pg_policies p ON p.schemaname = 'public' AND p.tablename = c.relname"
        "   AND p.policyname = 'authority_only' WHERE c.relname = ANY(:owned)",
        owned=OWNED,
    )
    assert len(rows) == len(OWNED)
    for row in rows:
        assert (row.relrowsecurity, row.relforcerowsecurity) == (True, True), row.relname
        assert (row.permissive, row.cmd, row.roles) == ("RESTRICTIVE", "ALL", "{public}"), row.relname
        inside = "(authority_id = ( SELECT security.authority_id()))"
        of_all = f"({inside} OR (( SELECT security.authority_id()) = 0))"
        read, write = (
            " ".join(clause.replace(" AS authority_id", "").split()) for clause in (row.qual, row.with_check)
        )
        assert read == (of_all if row.relname == "authority_settings" else inside), row.relname
        assert write == inside, row.relname


async def test_tables_that_ask_who_is_asking_do_so_restrictively(database: Database) -> None:
    """Every table that declares a row policy has it for each command, and no other table has one."""
    rows = await asked(
        database,
        "SELECT tablename, policyname, permissive, cmd FROM pg_policies WHERE schemaname = 'public'"
        " AND policyname NOT IN ('authority_only', 'everyone_inside')",
    )
    asking = {table.name for table in owned_tables(Base.metadata) if "second_policy" in table.info}
    commands = {"seen_by": "SELECT", "added_by": "INSERT", "changed_by": "UPDATE", "removed_by": "DELETE"}
    assert {tuple(row) for row in rows} == {
        (table, name, "RESTRICTIVE", command) for table in asking for name, command in commands.items()
    }
    assert {"escalation", "escalation_note"} <= asking


async def test_authority_leads_every_key_unique_constraint_and_foreign_key(database: Database) -> None:
    """No key reveals another authority, no foreign key crosses one, and rows can be distributed by authority."""
    rows = await asked(
        database,
        "SELECT k.conname, k.contype, t.relname, f.relname AS other, a.attname,"
        "       (SELECT attname FROM pg_attribute WHERE attrelid = k.confrelid AND attnum = k.confkey[1]) AS other_first"
        "  FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid"
        "  LEFT JOIN pg_class f ON f.oid = k.confrelid"
        "  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]"
        " WHERE t.relname = ANY(:owned) AND k.contype IN ('p', 'u', 'f', 'x')",
        owned=OWNED,
    )
    assert len(rows) > 2 * len(OWNED)
    for row in rows:
        assert row.attname == "authority_id", row.conname
        if row.contype == "f":
            assert row.other_first == "authority_id", row.conname
    indexes = await asked(
        database,
        "SELECT i.indexrelid::regclass::text AS name, a.attname FROM pg_index i"
        "  JOIN pg_class t ON t.oid = i.indrelid LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]"
        " WHERE i.indisunique AND t.relname = ANY(:owned)",
        owned=OWNED,
    )
    assert all(row.attname == "authority_id" for row in indexes)


async def test_the_app_connects_as_a_role_that_cannot_pass_by(database: Database) -> None:
    """It is not a superuser, has no BYPASSRLS and no membership in an owner, owns nothing and creates nothing."""
    (row,) = await asked(
        database,
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = current_user",
    )
    assert not any(row)
    assert not await asked(
        database,
        "SELECT rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'member') AND rolname <> current_user"
        " AND (rolsuper OR rolbypassrls OR EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid))",
    )
    assert not await asked(database, "SELECT relname FROM pg_class WHERE relowner = current_user::regrole")
    assert not await asked(
        database,
        "SELECT nspname FROM pg_namespace WHERE has_schema_privilege(current_user, oid, 'CREATE')"
        " AND nspname NOT LIKE 'pg_temp%' AND nspname NOT LIKE 'pg_toast_temp%'",
    )
    for table in (*OWNED, *NOT_OWNED):
        (kept,) = await asked(
            database, "SELECT has_table_privilege(:t, 'TRUNCATE, REFERENCES, TRIGGER') AS much", t=table
        )
        assert not kept.much, table


@pytest.mark.parametrize("table", ["security.key", "search.entry", "search.word"])
async def test_neither_the_fences_key_nor_the_shelf_can_be_read(database: Database, table: str) -> None:
    """Reading the key would allow forging contexts; the search index holds words of all authorities."""
    (kept,) = await asked(
        database, "SELECT has_table_privilege(:t, 'SELECT, INSERT, UPDATE, DELETE') AS any", t=table
    )
    assert not kept.any


async def test_what_is_append_only_or_read_only_is_so_for_the_app(database: Database) -> None:
    """The role that serves pages cannot change the audit log or forge its chain."""
    for table in owned_tables(Base.metadata):
        (kept,) = await asked(
            database,
            "SELECT has_table_privilege(:t, 'UPDATE') AS u, has_table_privilege(:t, 'DELETE') AS d,"
            " has_table_privilege(:t, 'INSERT') AS i",
            t=table.name,
        )
        if table.info.get("append_only") or table.info.get("read_only"):
            assert not kept.u and not kept.d, table.name
        if table.info.get("read_only"):
            assert not kept.i, table.name


@pytest.mark.parametrize("table", sorted(NOT_OWNED))
async def test_what_belongs_to_no_authority_is_not_written_by_the_app(database: Database, table: str) -> None:
    """The app may only read the legal transitions and the list of authorities."""
    (kept,) = await asked(
        database,
        "SELECT has_any_column_privilege(:t, 'INSERT, UPDATE') OR has_table_privilege(:t, 'DELETE') AS writes",
        t=table,
    )
    assert not kept.writes


async def test_no_function_of_the_fence_is_immutable_and_definers_pin_their_search_path(
    database: Database,
) -> None:
    """An IMMUTABLE tenant function let a cached plan show another tenant's rows; a loose search_path allows privilege
    escalation.
    """
    rows = await asked(
        database,
        "SELECT p.oid::regprocedure::text AS name, provolatile::text AS volatile, prosecdef, proconfig::text AS config,"
        "       has_function_privilege('public', p.oid, 'EXECUTE') AS open"
        "  FROM pg_proc p WHERE pronamespace::regnamespace::text IN ('public', 'security', 'search')"
        "   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')",
    )
    definers = {row.name for row in rows if row.prosecdef}
    assert definers == {
        "add_to_claim()",
        "allocate_funds()",
        "commit_cost_of_agreement()",
        "security.authority_id()",
        "security.server_process()",
        "fill_claim_line()",
        "keep_public_entry()",
        "keep_school_contact()",
        "rebuild_school_contact()",
        "security.requester()",
        "seal_audit_entry()",
        "let_go_audit(timestamp with time zone)",
        "let_go_imports(uuid[])",
        "let_go_signed_agreements(uuid[])",
        "post_claim()",
        "post_to_ledger_accounts()",
        "reserve_ledger_commitment()",
        "resolve_ledger_commitment()",
        "search.find(text,integer[],date,integer[],text[],real[],real[],uuid[],real[],double precision,double precision,double precision)",
        "search.keep_entry()",
        "search.keep_public()",
        "search.known(text,integer[],date,text[])",
        "search.rename_school()",
        "take_from_fund_of_escalation()",
    }
    for row in rows:
        assert row.volatile != "i" or row.name in OF_TEXT_ONLY, row.name
        if row.prosecdef:
            assert "search_path=pg_catalog" in (row.config or ""), row.name
            assert not row.open, row.name


async def test_there_are_no_views_and_no_shared_sequences(database: Database) -> None:
    """A view of the owner would bypass row-level security; a shared sequence would reveal the activity of others."""
    assert not await asked(
        database,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm', 'f', 'S')",
    )
