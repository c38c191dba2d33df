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
AGREEMENTS = "tests/features/agreements/"
DIRECTORY = "tests/features/directory/"
ESCALATIONS = "tests/features/escalations/"
LEDGER = ("tests/platform/ledger/test_rules.py",)
MATCHING = "tests/features/matching/"
MONEY = "tests/attacks/test_money_and_hard_rules.py"
MOTIONS = ("tests/features/motions/test_rules.py",)
OPEN = (ESCALATIONS + "test_handle_an_escalation.py", ESCALATIONS + "test_every_state_move_and_role.py")
PAIRS = (AGREEMENTS + "test_hard_rules.py", MONEY)
POWERS = (ESCALATIONS + "test_statutory_powers.py",)
SEARCH = (
    "tests/access/test_search_function.py",
    DIRECTORY + "test_search.py",
    DIRECTORY + "test_what_is_public.py",
)
SIGNED = (AGREEMENTS + "test_signed_versions.py", AGREEMENTS + "test_change_agreement.py")
VERSIONS = (AGREEMENTS + "test_propose_offer.py", AGREEMENTS + "test_answer_proposal.py", MONEY)

FUNDS = ("tests/features/funding/test_commit_from_funds.py",)
CLAIMS = ("tests/features/claims/test_postgresql_refuses.py",)
TRIGGERS: dict[str, tuple[str, ...]] = {
    "add_to_claim": CLAIMS,
    "check_claim": CLAIMS,
    "fill_claim_line": CLAIMS,
    "keep_claim": CLAIMS,
    "post_claim": CLAIMS,
    "refuse_change_of_claimed_visit": ("tests/features/claims/test_claim_delivered_days.py",),
    "allocate_funds": FUNDS,
    "commit_cost_of_agreement": FUNDS,
    "announce_escalation": ("tests/platform/web/test_live.py", ESCALATIONS + "test_colleagues_hear.py"),
    "announce_email_outbox": ("tests/worker", "tests/platform/notifications"),
    "announce_escalation_timer": ("tests/worker", "tests/faults/test_timers.py"),
    "announce_need": ("tests/platform/web/test_live.py",),
    "announce_offer": ("tests/platform/web/test_live.py",),
    "announce_plan_run": ("tests/worker", MATCHING + "test_a_run_is_a_job.py"),
    "ask_for_meaning": (DIRECTORY + "test_read_for_meaning.py",),
    "ask_for_meaning_of_new": (DIRECTORY + "test_read_for_meaning.py",),
    "check_ledger_posting": LEDGER,
    "check_ledger_transaction": LEDGER,
    "check_motion": MOTIONS,
    "check_motion_interest": MOTIONS,
    "check_overruling": MOTIONS,
    "check_referral": MOTIONS,
    "check_superseding": MOTIONS,
    "check_vote": MOTIONS,
    "count_days_used": (AGREEMENTS + "test_keep_diary.py", AGREEMENTS + "test_visits_that_were_not.py"),
    "count_need_versions": VERSIONS,
    "count_offer_versions": VERSIONS,
    "count_uses": (DIRECTORY + "test_use_an_entry.py",),
    "count_tries": ("tests/features/tries/test_say_and_answer.py",),
    "escalation_is_open": OPEN,
    "freeze_with_motion": MOTIONS,
    "in_turn": POWERS,
    "keep_on_shelf": SEARCH,
    "keep_public_entry": (DIRECTORY + "test_what_is_public.py",),
    "limit_invitations": ("tests/attacks/test_invitations.py",),
    "maintained_only": POWERS,
    "may_move": OPEN,
    "open_ledger_account": LEDGER,
    "post_to_ledger_accounts": LEDGER,
    "refuse_another_pair": (MONEY,),
    "refuse_barred_agreement": PAIRS,
    "refuse_barred_answer": PAIRS,
    "refuse_barred_proposal": PAIRS,
    "refuse_broken_plan": (MONEY, MATCHING + "test_plans_know_every_hard_rule.py"),
    "refuse_host_of_another": ("tests/attacks/test_host_takeover.py",),
    "refuse_late_answer": (AGREEMENTS + "test_deadlines.py", AGREEMENTS + "test_answer_proposal.py"),
    "refuse_lowering": LEDGER,
    "refuse_own_witness": (DIRECTORY + "test_use_an_entry.py", "tests/features/tries/test_say_and_answer.py"),
    "refuse_proposals_left_behind": (AGREEMENTS + "test_proposals_end_with_their_posts.py",),
    "refuse_protected_accounts": LEDGER,
    "refuse_unmeasured_closing": (AGREEMENTS + "test_review_agreement.py",),
    "refuse_unsigned_change": SIGNED,
    "refuse_visit_before_agreement": (
        AGREEMENTS + "test_visits_that_were_not.py",
        AGREEMENTS + "test_keep_diary.py",
    ),
    "refuse_without_consent": (DIRECTORY + "test_change_what_both_agreed.py",),
    "rename_on_shelf": SEARCH,
    "reserve_ledger_commitment": LEDGER,
    "resolve_ledger_commitment": LEDGER,
    "seal": ("tests/platform/audit",),
    "seal_record": ("tests/platform/audit",),
    "seal_then_keep_contact": ("tests/features/schools", "tests/features/dashboards"),
    "take_days_from_pool": ("tests/features/offers/test_change_an_offer.py", MONEY),
    "take_from_fund": (ESCALATIONS + "test_the_money_of_an_escalation.py", MONEY),
    "visit_half_of_its_school": (AGREEMENTS + "test_answer_the_record.py",),
    "within_its_lease": (ESCALATIONS + "test_reminders.py", "tests/faults/test_timers.py"),
    "write_down_what_is_signed": SIGNED,
}
"""The tests that should notice a missing trigger, or a refusal that is missing in its function."""

RETENTION = "tests/features/data_retention/"
OTHER_FUNCTIONS = {
    "let_go_audit": ("tests/platform/audit", RETENTION + "test_let_go_of_records.py"),
    "let_go_imports": (RETENTION + "test_imports_are_kept_for_90_days.py",),
    "let_go_signed_agreements": (RETENTION + "test_let_go_of_ended_support.py",),
    "refuse_statutory_step": POWERS,
    "requester": (ESCALATIONS + "test_who_is_asking.py", "tests/attacks/test_context_replay.py"),
}
"""The tests of refusals in functions that belong to no trigger; others use those of the tenant context."""

TENANTS = (
    "tests/attacks/test_context_replay.py",
    ISOLATION + "test_no_row_of_another.py",
    "tests/platform/audit",
)

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
            *await _refusals(connection),
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
        tests: tuple[str, ...] = TRIGGERS.get(trigger, ("tests/isolation",))
        words: tuple[str, ...] = ()
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


async def _refusals(connection: asyncpg.Connection) -> list[Mutant]:
    """Each RAISE EXCEPTION of a function, replaced by nothing."""
    rows = await connection.fetch(
        """
        SELECT p.oid::regprocedure::text AS name, p.proname AS bare, pg_get_functiondef(p.oid) AS body,
               (SELECT min(tgname) FROM pg_trigger WHERE tgfoid = p.oid AND NOT tgisinternal) AS trigger
          FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
         WHERE p.prosrc LIKE '%RAISE EXCEPTION%' AND p.pronamespace <> 'pg_catalog'::regnamespace
         ORDER BY 1
        """
    )
    made = []
    for name, bare, body, trigger in rows:
        tests = TRIGGERS.get(trigger) or OTHER_FUNCTIONS.get(bare, TENANTS)
        if trigger == "allowed_transition":
            tests = ("tests/workflow/test_transitions_in_postgresql.py",)
        for number, found in enumerate(re.finditer(r"RAISE EXCEPTION.*?;", body, re.DOTALL), 1):
            changed = body[: found.start()] + "NULL;" + body[found.end() :]
            made.append(Mutant(f"refusal {number} of {name}", "refusal in a function", tests, sql=changed))
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
