"""Mutants of the database: policies, triggers, constraints, forced row-level security, revoked writes."""

import asyncio
import re

import asyncpg

import alongside.models_registry  # noqa: F401  (declares every table)
from alongside.platform.database.base import Base
from alongside.platform.database.row_level_security import NOT_OWNED, owned_tables
from tests.databases import TEMPLATE, DatabaseServer, current_database_server
from tests.mutants.mutant import Mutant

ISOLATION = "tests/isolation/"
CATALOGUE = ISOLATION + "test_the_catalogue.py"
TRIGGERS: dict[str, tuple[str, ...]] = {
    "announce_escalation_timer": ("tests/worker", "tests/faults/test_timers.py"),
    "announce_escalation": ("tests/platform/web/test_live.py", "tests/features/escalations"),
    "announce_email_outbox": ("tests/worker", "tests/platform/notifications"),
    "announce_need": ("tests/platform/web/test_live.py",),
    "announce_offer": ("tests/platform/web/test_live.py",),
    "announce_plan_run": ("tests/worker", "tests/features/matching"),
    "escalation_is_open": ("tests/features/escalations",),
    "count_days_used": ("tests/features/agreements",),
    "may_move": ("tests/features/escalations",),
    "maintained_only": ("tests/features/escalations/test_statutory_powers.py",),
    "in_turn": ("tests/features/escalations/test_statutory_powers.py",),
    "keep_on_shelf": ("tests/access/test_search_function.py", "tests/features/directory"),
    "refuse_broken_plan": ("tests/features/matching",),
    "seal_record": ("tests/platform/audit",),
    "take_days_from_pool": ("tests/features/agreements",),
    "within_its_lease": ("tests/faults/test_timers.py", "tests/features/escalations"),
}
"""The tests that should notice a missing trigger; triggers not listed here use the directory's tests."""

FUNCTIONS = (
    (
        "imports of the last 90 days may go",
        "let_go_imports(uuid[])",
        r"IF EXISTS \(SELECT FROM public.register_import",
        "IF false AND EXISTS (SELECT FROM public.register_import",
        "tests/features/data_retention/test_imports_are_kept_for_90_days.py",
    ),
    (
        "imports of other authorities may go",
        "let_go_imports(uuid[])",
        r"DELETE FROM public.register_import WHERE authority_id = own AND",
        "DELETE FROM public.register_import WHERE",
        "tests/features/data_retention/test_imports_are_kept_for_90_days.py",
    ),
    (
        "search by words finds entries of all schools",
        "search.find",
        r"AND \(urns IS NULL OR e.school_urn = ANY \(urns\)[^)]*\)[^)]*\)",
        "",
        "tests/access/test_search_function.py",
    ),
    (
        "search by meaning finds entries of all schools",
        "search.find",
        r"WHERE urns IS NULL OR e.school_urn = ANY \(urns\)[^)]*\)\s+OR e.visible_to_authority_from <= today",
        "",
        "tests/access/test_search_function.py",
    ),
    (
        "every transition is legal",
        "refuse_illegal_move()",
        r"BEGIN\n",
        "BEGIN\n    RETURN NEW;\n",
        "tests/workflow/test_transitions_in_postgresql.py",
    ),
)
"""Guards within functions: description, function, text to find, replacement, tests."""


def sql_mutants() -> list[Mutant]:
    """Every mutant of the database, from the catalogue of the template of this test run."""
    return asyncio.run(_all_of(current_database_server()))


async def _all_of(database_server: DatabaseServer) -> list[Mutant]:
    connection = await asyncpg.connect(database_server.url(TEMPLATE, "postgres"))
    try:
        return [
            *await _policies(connection),
            *await _triggers(connection),
            *await _constraints(connection),
            *await _functions(connection),
            *_security(),
            *_grants(),
        ]
    finally:
        await connection.close()


async def _policies(connection: asyncpg.Connection) -> list[Mutant]:
    rows = await connection.fetch(
        "SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' ORDER BY 1, 2"
    )
    made = []
    for table, policy in rows:
        first = policy in ("authority_only", "everyone_inside")
        file = "test_no_row_of_another.py" if first else "test_who_may_write.py"
        made.append(
            Mutant(
                f"policy {policy} of {table}",
                "policy",
                (ISOLATION + file,),
                (f"[{table}]",),
                sql=f"DROP POLICY {policy} ON {table}",
            )
        )
    return made


async def _triggers(connection: asyncpg.Connection) -> list[Mutant]:
    rows = await connection.fetch(
        "SELECT tgrelid::regclass::text AS t, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    )
    made = []
    for table, trigger in rows:
        tests, words = TRIGGERS.get(trigger, ("tests/features/directory",)), ()
        if trigger == "allowed_transition":
            tests, words = ("tests/workflow/test_transitions_in_postgresql.py",), (f"[{table}]",)
        family = "transition" if trigger == "allowed_transition" else "trigger"
        removal = f"DROP TRIGGER {trigger} ON {table}"
        made.append(Mutant(f"trigger {trigger} of {table}", family, tests, words, sql=removal))
    return made


async def _constraints(connection: asyncpg.Connection) -> list[Mutant]:
    rows = await connection.fetch(
        """
        SELECT conrelid::regclass::text AS t, conname AS name,
               format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname) AS removal
          FROM pg_constraint WHERE contype IN ('c', 'f', 'u', 'x') AND connamespace = 'public'::regnamespace
         UNION ALL
        SELECT indrelid::regclass::text, c.relname, 'DROP INDEX ' || c.relname
          FROM pg_index JOIN pg_class c ON c.oid = indexrelid
         WHERE indisunique AND c.relnamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
         ORDER BY 1, 2
        """
    )
    owned = {table.name for table in owned_tables(Base.metadata)}
    return [
        Mutant(
            f"constraint {name} of {table}",
            "constraint",
            (ISOLATION + "test_constraints.py",),
            (f"[{table}]",),
            sql=removal,
        )
        for table, name, removal in rows
        if table in owned
    ]


async def _functions(connection: asyncpg.Connection) -> list[Mutant]:
    made = []
    for name, function, wanted, instead, tests in FUNCTIONS:
        schema, _, bare = function.partition("(")[0].rpartition(".")
        body = await connection.fetchval(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = $1 AND pronamespace = $2::regnamespace",
            bare,
            schema or "public",
        )
        changed = re.sub(wanted, instead, body, count=1)
        assert changed != body, f"{function} no longer holds what is to be removed: {name}"
        made.append(Mutant(name, "function", (tests,), sql=changed))
    return made


def _security() -> list[Mutant]:
    return [
        Mutant(
            f"{words} of {table.name}",
            "row-level security",
            (CATALOGUE,),
            ("fenced_by_force",),
            sql=f"ALTER TABLE {table.name} {command} ROW LEVEL SECURITY",
        )
        for table in owned_tables(Base.metadata)
        for words, command in (("forced row security", "NO FORCE"), ("row security", "DISABLE"))
    ]


def _grants() -> list[Mutant]:
    kept = {
        one.name: "INSERT, UPDATE, DELETE" for one in owned_tables(Base.metadata) if one.info.get("read_only")
    }
    kept |= {one.name: "UPDATE, DELETE" for one in owned_tables(Base.metadata) if one.info.get("append_only")}
    kept |= dict.fromkeys(NOT_OWNED, "INSERT, UPDATE, DELETE")
    return [
        Mutant(
            f"grant of {right} on {table}",
            "grant",
            (CATALOGUE,),
            ("is_so_for_the_app", "not_written_by_the_app"),
            sql=f"GRANT {right} ON {table} TO alongside_app",
        )
        for table, rights in sorted(kept.items())
        for right in rights.split(", ")
    ]
