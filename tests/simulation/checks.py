"""Invariants that are checked after each day from the rows, without the product's functions."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import alongside.models_registry  # noqa: F401  (declares every workflow)
from alongside.platform.workflow import INITIAL, WORKFLOWS
from tests.simulation.calendar import LONDON, Days
from tests.simulation.database import Watcher
from tests.simulation.faults import Faults

MOVES = {subject: {move.verb: move for move in flow.moves} for subject, flow in WORKFLOWS.items()}
LEFT_OVER = {
    "a live proposal whose need is not looking": """
        SELECT p.id FROM proposal p JOIN need n ON n.authority_id = p.authority_id AND n.id = p.need_id
         WHERE p.authority_id = $1 AND p.state IN ('proposed', 'to_release') AND n.state NOT IN ('open', 'proposed')""",
    "a live proposal whose offer is not live": """
        SELECT p.id FROM proposal p JOIN offer o ON o.authority_id = p.authority_id AND o.id = p.offer_id
         WHERE p.authority_id = $1 AND p.state IN ('proposed', 'to_release') AND o.state NOT IN ('live', 'exhausted')""",
    "a need marked proposed without a live proposal": """
        SELECT n.id FROM need n WHERE n.authority_id = $1 AND n.state = 'proposed' AND NOT EXISTS (
            SELECT FROM proposal p WHERE p.authority_id = n.authority_id AND p.need_id = n.id
               AND p.state IN ('proposed', 'to_release'))""",
    "a need agreed or in support without an agreement": """
        SELECT n.id FROM need n WHERE n.authority_id = $1 AND n.state IN ('agreed', 'in_support') AND NOT EXISTS (
            SELECT FROM support_agreement p WHERE p.authority_id = n.authority_id AND p.need_id = n.id
               AND p.state IN ('preparing', 'active'))""",
    "a running agreement whose need is elsewhere": """
        SELECT p.id FROM support_agreement p JOIN need n ON n.authority_id = p.authority_id AND n.id = p.need_id
         WHERE p.authority_id = $1 AND p.state IN ('preparing', 'active') AND n.state NOT IN ('agreed', 'in_support')""",
    "an open need of a closed school about which no administrator is asked": """
        SELECT n.id FROM need n JOIN school s ON s.authority_id = n.authority_id AND s.urn = n.school_urn
         WHERE n.authority_id = $1 AND n.state IN ('open', 'proposed') AND s.status = 'closed'
           AND NOT EXISTS (SELECT FROM school_succession q
                            WHERE q.authority_id = s.authority_id AND q.old_urn = s.urn AND q.state = 'open')""",
    "a live offer of a closed school about which no administrator is asked": """
        SELECT o.id FROM offer o JOIN school s ON s.authority_id = o.authority_id AND s.urn = o.school_urn
         WHERE o.authority_id = $1 AND o.state = 'live' AND s.status = 'closed'
           AND NOT EXISTS (SELECT FROM school_succession q
                            WHERE q.authority_id = s.authority_id AND q.old_urn = s.urn AND q.state = 'open')""",
    "a role at a converted school about which no administrator is asked": """
        SELECT a.id FROM role_assignment a JOIN school s ON s.authority_id = a.authority_id AND s.urn = a.school_urn
          JOIN school_link l ON l.authority_id = s.authority_id AND l.urn = s.urn AND l.kind = 'successor'
         WHERE a.authority_id = $1 AND s.status = 'closed' AND s.reason_closed = 'Academy Converter'
           AND (a.ends_on IS NULL OR a.ends_on > $2::date)
           AND NOT EXISTS (SELECT FROM school_succession q
                            WHERE q.authority_id = s.authority_id AND q.old_urn = s.urn AND q.state = 'open')""",
    "a membership of a converted school about which no administrator is asked": """
        SELECT m.id FROM consortium_membership m
          JOIN school s ON s.authority_id = m.authority_id AND s.urn = m.school_urn
         WHERE m.authority_id = $1 AND s.status = 'closed' AND s.reason_closed = 'Academy Converter'
           AND (m.ends_on IS NULL OR m.ends_on > $2::date)
           AND NOT EXISTS (SELECT FROM school_succession q
                            WHERE q.authority_id = s.authority_id AND q.old_urn = s.urn AND q.state = 'open')""",
    "a submission without an answer": "SELECT key FROM idempotency_key WHERE authority_id = $1 AND location IS NULL",
    "an audit entry about a school of another authority": """
        SELECT j.id FROM audit_entry j, unnest(j.schools) AS named (urn) WHERE j.authority_id = $1 AND NOT EXISTS (
            SELECT FROM school s WHERE s.authority_id = j.authority_id AND s.urn = named.urn)""",
    "an email waiting though it was due an hour ago in school hours": """
        SELECT id FROM email_outbox WHERE authority_id = $1 AND state = 'waiting' AND run_at < $3::timestamptz - interval '1 day'
           AND $4::boolean""",
    "an email given up": "SELECT id FROM email_outbox WHERE authority_id = $1 AND state = 'given_up'",
}
"""Queries for invalid rows, by fault; $2 is the day, $3 the time, $4 whether emails can be sent."""


async def books(connection: Watcher, code: int, faults: Faults) -> None:
    """Check days and engagements of each offer against the sums of agreements and recorded visits."""
    visits: dict[Any, Decimal] = defaultdict(Decimal)
    for row in await connection.fetch(
        "SELECT agreement_id, days FROM visit WHERE authority_id = $1 AND state = 'recorded'", code
    ):
        visits[row["agreement_id"]] += row["days"]
    taken: dict[Any, Decimal] = defaultdict(Decimal)
    places: dict[Any, int] = defaultdict(int)
    for row in await connection.fetch("SELECT * FROM support_agreement WHERE authority_id = $1", code):
        used, running = visits[row["id"]], row["state"] in ("preparing", "active")
        if used != row["days_used"]:
            faults.add(
                "days used differ from the recorded visits", f"{row['id']}: {row['days_used']} not {used}"
            )
        if used > row["days"]:
            faults.add("more days were visited than agreed", str(row["id"]))
        taken[row["offer_id"]] += row["days"] if running else used
        places[row["offer_id"]] += running
    for row in await connection.fetch("SELECT * FROM offer WHERE authority_id = $1", code):
        said, counted = (row["days_taken"], row["engagements_taken"]), (taken[row["id"]], places[row["id"]])
        if said != counted:
            faults.add("an offer's pool differs from its agreements", f"{row['id']}: {said} not {counted}")
        if counted[0] > row["days_total"] or counted[1] > row["engagements_max"]:
            faults.add("an offer has promised more than it has", f"{row['id']}: {counted}")


@dataclass
class Spending:
    """What each escalation had committed of a fund at the last check, in pence, by authority and escalation."""

    committed: dict[tuple[int, str], tuple[str, int]] = field(default_factory=dict)

    async def check(
        self, connection: Watcher, code: int, declared: set[str], this_year: str, pence: int, faults: Faults
    ) -> None:
        """Check what was committed since the last check: from a declared fund of this financial year, within it.

        `declared` are the keys of the authority's funds, which end with their financial year; `this_year` is
        today's; `pence` is the size of each fund.
        """
        sums: dict[str, int] = defaultdict(int)
        for row in await connection.fetch(
            "SELECT id::text, fund, provider_pence FROM escalation WHERE authority_id = $1 AND outcome = 'procured'"
            " AND fund NOT IN ('', 'other') AND state NOT IN ('withdrawn', 'merged')",
            code,
        ):
            fund, amount = row["fund"], row["provider_pence"] or 0
            sums[fund] += amount
            before = self.committed.get((code, row["id"]), ("", 0))
            if amount > (before[1] if before[0] == fund else 0):
                if fund not in declared:
                    faults.add("money of a fund that does not exist", f"{row['id']}: {fund}")
                elif not fund.endswith(this_year):
                    faults.add("money of a fund of another financial year", f"{row['id']}: {fund}")
            self.committed[code, row["id"]] = (fund, amount)
        for fund, spent in sums.items():
            if spent > pence:
                faults.add("more was procured than a fund has", f"{fund}: {spent} of {pence}")


@dataclass
class StateReplay:
    """The state of each subject by the audit log, which is read once."""

    states: dict[tuple[int, str, str], str] = field(default_factory=dict)
    read_to: dict[int, int] = field(default_factory=dict)

    async def check(self, connection: Watcher, code: int, faults: Faults) -> None:
        """Replay new entries: transitions must be connected and lead to the state in the row.

        Entries are read in the order of their commits: `at` is the start of a transaction, which may have waited.
        """
        for row in await connection.fetch(
            "SELECT s.number, e.subject_kind, e.subject_id, e.verb FROM audit_seal s"
            "  JOIN audit_entry e ON e.authority_id = s.authority_id AND e.id = s.entry_id"
            " WHERE s.authority_id = $1 AND s.number > $2 ORDER BY s.number",
            code,
            self.read_to.get(code, 0),
        ):
            self.read_to[code] = row["number"]
            subject, key = row["subject_kind"], (code, row["subject_kind"], row["subject_id"])
            move = MOVES.get(subject, {}).get(row["verb"])
            if move is None:
                continue
            state = self.states.get(key, INITIAL)
            if state not in move.starts:
                step = f"{subject} {key[2]}: {row['verb']} from “{state}”"
                faults.add("the audit log holds an illegal step", step)
            self.states[key] = move.end
        for subject in WORKFLOWS:
            for row in await connection.fetch(
                f'SELECT id::text, state FROM "{subject}" WHERE authority_id = $1', code
            ):
                state = self.states.get((code, subject, row["id"]), INITIAL)
                if state != row["state"]:
                    found = f"{subject} {row['id']}: “{row['state']}”, log “{state}”"
                    faults.add("a state differs from the audit log", found)


async def left_over(
    connection: Watcher, code: int, now: datetime, *, mail_may_leave: bool, faults: Faults
) -> None:
    """Check for orphaned rows, references to other authorities, and unsent emails."""
    given = {"$2": now.astimezone(LONDON).date(), "$3": now, "$4": mail_may_leave}
    for what, query in LEFT_OVER.items():
        text, values = query, [code]
        for mark, value in given.items():
            if mark in query:
                values.append(value)  # type: ignore[arg-type]
                text = text.replace(mark, f"${len(values)}", 1)
        for row in await connection.fetch(text, *values):
            faults.add(what, str(row[0]))


async def scheduled_jobs(
    connection: Watcher, code: int, since: date, today: date, authority: Days, faults: Faults
) -> None:
    """Check that each daily job ran on today's school day, and none on a day without school after `since`."""
    ran: dict[date, set[str]] = defaultdict(set)
    ever: set[str] = set()
    for row in await connection.fetch("SELECT job, day FROM scheduled_job_run WHERE authority_id = $1", code):
        ever.add(row["job"])
        ran[row["day"]].add(row["job"])
    for day in sorted(ran):
        if since < day <= today and not authority.open(day):
            faults.add("a job ran on a day without school", f"{code} on {day}: {sorted(ran[day])}")
    if authority.open(today) and not ran[today]:
        faults.add("no job ran on a school day", f"{code} on {today}")
    elif authority.open(today) and ever - ran[today]:
        faults.add("a job did not run on a school day", f"{code} on {today}: {sorted(ever - ran[today])}")
