"""Invariants that are checked after each day from the rows, without the product's functions."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import alongside.models_registry  # noqa: F401  (declares every workflow)
from alongside.platform.workflow import INITIAL, WORKFLOWS
from tests.simulation.calendar import LONDON, Days, Term
from tests.simulation.database import Watcher
from tests.simulation.faults import Faults

RESPOND_BY = {"now": 2, "this_term": 5, "planned": 10}
WIDEN_AFTER = {"now": 2, "this_term": 5, "planned": 10}
ESCALATION_DAYS = {
    "at_once": {"acknowledge": 1, "decide": 2, "plan": 5, "review": 15},
    "soon": {"acknowledge": 2, "decide": 5, "plan": 10, "review": 30},
    "this_term": {"acknowledge": 2, "decide": 10, "plan": 15, "review": 30},
}
VISIT_RECORD_DUE = 5
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
    "an open need of a closed school": """
        SELECT n.id FROM need n JOIN school s ON s.authority_id = n.authority_id AND s.urn = n.school_urn
         WHERE n.authority_id = $1 AND n.state IN ('open', 'proposed') AND s.status = 'closed'""",
    "a live offer of a closed school": """
        SELECT o.id FROM offer o JOIN school s ON s.authority_id = o.authority_id AND s.urn = o.school_urn
         WHERE o.authority_id = $1 AND o.state = 'live' AND s.status = 'closed'""",
    "a role at a closed school that a school took over": """
        SELECT a.id FROM role_assignment a JOIN school s ON s.authority_id = a.authority_id AND s.urn = a.school_urn
          JOIN school_link l ON l.authority_id = s.authority_id AND l.urn = s.urn AND l.kind = 'successor'
         WHERE a.authority_id = $1 AND s.status = 'closed' AND s.reason_closed = 'Academy Converter'
           AND (a.ends_on IS NULL OR a.ends_on > $2::date)""",
    "a membership of a closed school that an academy took over": """
        SELECT m.id FROM consortium_membership m
          JOIN school s ON s.authority_id = m.authority_id AND s.urn = m.school_urn
         WHERE m.authority_id = $1 AND s.status = 'closed' AND s.reason_closed = 'Academy Converter'
           AND (m.ends_on IS NULL OR m.ends_on > $2::date)""",
    "a submission without an answer": "SELECT key FROM idempotency_key WHERE authority_id = $1 AND location IS NULL",
    "an audit entry about a school of another authority": """
        SELECT j.id FROM audit_entry j, unnest(j.schools) AS named (urn) WHERE j.authority_id = $1 AND NOT EXISTS (
            SELECT FROM school s WHERE s.authority_id = j.authority_id AND s.urn = named.urn)""",
    "an email waiting though it was due an hour ago in school hours": """
        SELECT id FROM email_outbox WHERE authority_id = $1 AND state = 'waiting' AND due_at < $3::timestamptz - interval '1 day'
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


async def money(connection: Watcher, code: int, fund: int, faults: Faults) -> None:
    """Check that spending never exceeds a fund."""
    for row in await connection.fetch(
        "SELECT fund, sum(provider_pence) AS pence FROM escalation WHERE authority_id = $1 AND outcome = 'procured'"
        " AND fund LIKE 'intervention%' AND state NOT IN ('withdrawn', 'merged') GROUP BY fund",
        code,
    ):
        if row["pence"] > fund:
            faults.add("more was procured than a fund has", f"{row['fund']}: {row['pence']} of {fund}")


async def states(connection: Watcher, code: int, faults: Faults) -> None:
    """Replay the audit log: transitions must be connected and lead to the state in the row."""
    steps: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in await connection.fetch(
        "SELECT subject_kind, subject_id, verb FROM audit_entry WHERE authority_id = $1 ORDER BY at, id",
        code,
    ):
        steps[row["subject_kind"], row["subject_id"]].append(row["verb"])
    for subject, flow in WORKFLOWS.items():
        moves = {move.verb: move for move in flow.moves}
        for row in await connection.fetch(f'SELECT id, state FROM "{subject}" WHERE authority_id = $1', code):
            state = INITIAL
            for verb in steps[subject, str(row["id"])]:
                move = moves.get(verb)
                if move is None:
                    continue
                if state not in move.starts:
                    faults.add(
                        "the audit log holds an illegal step", f"{subject} {row['id']}: {verb} from “{state}”"
                    )
                state = move.end
            if state != row["state"]:
                faults.add(
                    "a state differs from the audit log",
                    f"{subject} {row['id']}: “{row['state']}”, log “{state}”",
                )


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


async def calendars(connection: Watcher, code: int, authority: Days) -> dict[int, Days]:
    """The calendars of schools with their own terms or training days."""
    terms: dict[int, dict[tuple[str, str], Term]] = defaultdict(dict)
    for row in await connection.fetch("SELECT * FROM school_term WHERE authority_id = $1", code):
        terms[row["school_urn"]][row["year"], row["name"]] = (
            row["starts_on"], row["ends_on"], row["break_starts_on"], row["break_ends_on"],
        )  # fmt: skip
    inset: dict[int, set[date]] = defaultdict(set)
    for row in await connection.fetch("SELECT * FROM school_training_day WHERE authority_id = $1", code):
        inset[row["school_urn"]].add(row["day"])
    return {urn: authority.of_school(terms[urn], inset[urn]) for urn in {*terms, *inset}}


async def deadlines(connection: Watcher, code: int, authority: Days, today: date, faults: Faults) -> None:
    """Check deadlines of answers, widening, visit records and escalations with the independent calendar."""
    own = await calendars(connection, code, authority)
    await _proposals(connection, code, authority, own, today, faults)
    for row in await connection.fetch(
        "SELECT id, school_urn, posted_at, urgency, visible_to_authority_from FROM need WHERE authority_id = $1"
        " AND audience = 'widening' AND state = 'open' AND version <= 2",
        code,
    ):
        posted = row["posted_at"].astimezone(LONDON).date()
        days = WIDEN_AFTER[row["urgency"]]
        allowed = {one.after(posted, days) for one in (authority, own.get(row["school_urn"], authority))}
        if posted == today and row["visible_to_authority_from"] not in allowed:
            faults.add(
                "a post widens on the wrong day",
                f"{row['id']}: {row['visible_to_authority_from']} not {allowed}",
            )
    await _escalations(connection, code, authority, own, faults)


async def _proposals(
    connection: Watcher, code: int, authority: Days, own: dict[int, Days], today: date, faults: Faults
) -> None:
    """Check proposals made today; either school's calendar can apply."""
    for row in await connection.fetch(
        "SELECT p.*, n.urgency FROM proposal p JOIN need n ON n.authority_id = p.authority_id AND n.id = p.need_id"
        " WHERE p.authority_id = $1 AND p.terms_version = 1 AND p.state = 'proposed'"
        "   AND NOT p.requesting_had_more_time AND NOT p.supporting_had_more_time",
        code,
    ):
        made = row["proposed_at"].astimezone(LONDON).date()
        if made != today:
            continue
        days = RESPOND_BY[row["urgency"]]
        schools = [own.get(row[side], authority) for side in ("requesting_urn", "supporting_urn")]
        allowed = {one.after(made, days) for one in (authority, *schools)}
        if row["respond_by"] not in allowed:
            faults.add(
                "a proposal is due on the wrong day", f"{row['id']}: {row['respond_by']} not {allowed}"
            )
        waits_for = schools[0] if row["requesting_accepted_at"] is None else schools[1]
        if not waits_for.open(row["respond_by"]):
            faults.add("a proposal is due on a day on which the school to answer is closed", str(row["id"]))


async def _escalations(
    connection: Watcher, code: int, authority: Days, own: dict[int, Days], faults: Faults
) -> None:
    """Check open escalations whose clock was not paused in their stage, with the school's calendar."""
    for row in await connection.fetch(
        "SELECT c.* FROM escalation c WHERE c.authority_id = $1 AND c.due_at IS NOT NULL AND c.stage IS NOT NULL"
        " AND c.state NOT IN ('closed', 'withdrawn', 'merged') AND NOT EXISTS (SELECT FROM escalation_pause w"
        "  WHERE w.authority_id = c.authority_id AND w.escalation_id = c.id"
        "    AND (w.until_at IS NULL OR w.until_at >= c.stage_began_at))",
        code,
    ):
        began = row["stage_began_at"].astimezone(LONDON).date()
        days = own.get(row["school_urn"], authority)
        count = ESCALATION_DAYS[row["urgency"]][row["stage"]]
        due = days.end_of(days.after(began, count))
        if row["due_at"] != due:
            faults.add(
                "an escalation is due at the wrong moment",
                f"{row['id']} {row['stage']}: {row['due_at']} not {due}",
            )


async def scheduled_jobs(
    connection: Watcher, code: int, today: date, authority: Days, faults: Faults
) -> None:
    """Check that each daily job ran once on a school day, and on no other day."""
    ran = {
        row["job"]
        for row in await connection.fetch(
            "SELECT job FROM scheduled_job_run WHERE authority_id = $1 AND day = $2", code, today
        )
    }
    ever = {
        row["job"]
        for row in await connection.fetch(
            "SELECT DISTINCT job FROM scheduled_job_run WHERE authority_id = $1", code
        )
    }
    if not authority.open(today):
        if ran:
            faults.add("a job ran on a day without school", f"{code}: {sorted(ran)}")
    elif not ran:
        faults.add("no job ran on a school day", f"{code} on {today}")
    elif ever - ran:
        faults.add("a job did not run on a school day", f"{code}: {sorted(ever - ran)}")
