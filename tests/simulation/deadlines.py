"""Checks every open deadline against the independent calendar, each day and so after each change of a calendar."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

from tests.simulation.calendar import LONDON, Days, Term
from tests.simulation.database import Watcher
from tests.simulation.faults import Faults

RESPOND_BY = {"now": 2, "this_term": 5, "planned": 10}
MORE_TIME = 5
WIDEN_AFTER = {"now": 2, "this_term": 5, "planned": 10}
OFFER_WIDENS_AFTER = 5
ESCALATION_DAYS = {
    "at_once": {"acknowledge": 1, "decide": 2, "plan": 5, "review": 15},
    "soon": {"acknowledge": 2, "decide": 5, "plan": 10, "review": 30},
    "this_term": {"acknowledge": 2, "decide": 10, "plan": 15, "review": 30},
}
VISIT_RECORD_DUE = 5
REMINDED = {"owner_before": -1, "owner_on_the_day": 0, "core_team": 1, "head_of_service": 3, "director": 5}
"""School days from the due day of an escalation to each of its reminders, which come in the morning."""

REMINDED_AT = time_of_day(7, 30)
FINAL = ("closed", "withdrawn", "merged")

PATIENCE = 300.0
"""Real seconds that the worker has to read changed settings and to recalculate, on a busy machine and after a kill."""


async def deadlines(
    connection: Watcher, code: int, authority: Days, today: date, faults: Faults, patience: float = 0
) -> None:
    """Check the deadlines of answers, visit records, widening and escalations; wrong ones must move in time."""
    until = time.monotonic() + patience
    while True:
        found = Faults(today)
        own = await calendars(connection, code, authority)
        await _proposals(connection, code, authority, own, today, found)
        await _visits(connection, code, authority, own, found)
        for post in ("need", "offer"):
            await _widening(connection, code, authority, own, today, post, found)
        await _escalations(connection, code, authority, own, found)
        await _reminders(connection, code, authority, own, found)
        if found.seen <= faults.seen or time.monotonic() > until:
            break
        await asyncio.sleep(0.5)
    for kind, what in sorted(found.seen):
        faults.add(kind, what)


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


def _must_answer(row: Any) -> list[int]:
    """The schools that a live proposal waits for."""
    if row["state"] == "to_release":
        return [row["supporting_urn"]]
    sides = ("requesting", "supporting")
    return [row[f"{side}_urn"] for side in sides if row[f"{side}_accepted_at"] is None]


async def _proposals(
    connection: Watcher, code: int, authority: Days, own: dict[int, Days], today: date, faults: Faults
) -> None:
    """Check every live proposal that is not late: the start of its period, its length, and its last day."""
    for row in await connection.fetch(
        "SELECT p.*, n.urgency FROM proposal p JOIN need n ON n.authority_id = p.authority_id AND n.id = p.need_id"
        " WHERE p.authority_id = $1 AND p.state IN ('proposed', 'to_release') AND p.respond_by >= $2",
        code, today,
    ):  # fmt: skip
        schools = [own.get(urn, authority) for urn in _must_answer(row)]
        if row["respond_from"] is None or not schools:
            faults.add("a proposal without a period to answer in", str(row["id"]))
            continue
        if row["state"] == "proposed" and row["terms_version"] == 1:
            made = row["proposed_at"].astimezone(LONDON).date()
            given = (
                RESPOND_BY[row["urgency"]]
                + (row["requesting_had_more_time"] + row["supporting_had_more_time"]) * MORE_TIME
            )
            if (row["respond_from"], row["respond_days"]) != (made, given):
                faults.add(
                    "a proposal's period is wrong",
                    f"{row['id']}: {row['respond_days']} from {row['respond_from']}, not {given} from {made}",
                )
        due = max(one.after(row["respond_from"], row["respond_days"]) for one in schools)
        if row["respond_by"] != max(due, today):
            faults.add("a proposal is due on the wrong day", f"{row['id']}: {row['respond_by']} not {due}")


async def _visits(
    connection: Watcher, code: int, authority: Days, own: dict[int, Days], faults: Faults
) -> None:
    """Check the last day for the record of every planned visit of which nobody was reminded."""
    for row in await connection.fetch(
        "SELECT v.id, v.visit_on, v.record_due_on, a.requesting_urn, a.supporting_urn FROM visit v"
        " JOIN support_agreement a ON a.authority_id = v.authority_id AND a.id = v.agreement_id"
        " WHERE v.authority_id = $1 AND v.state = 'planned' AND v.chased_on IS NULL AND a.state = 'active'",
        code,
    ):
        schools = (own.get(row[urn], authority) for urn in ("requesting_urn", "supporting_urn"))
        due = max(one.after(row["visit_on"], VISIT_RECORD_DUE) for one in schools)
        if row["record_due_on"] != due:
            faults.add(
                "a visit record is due on the wrong day", f"{row['id']}: {row['record_due_on']} not {due}"
            )


async def _widening(
    connection: Watcher, code: int, authority: Days, own: dict[int, Days], today: date, post: str, faults: Faults
) -> None:  # fmt: skip
    """Check the day on which every post that only its consortium sees becomes visible to the authority."""
    urgency = "urgency" if post == "need" else "NULL AS urgency"
    for row in await connection.fetch(
        f"SELECT id, school_urn, posted_at, version, widening_since, visible_to_authority_from, {urgency} FROM {post}"
        " WHERE authority_id = $1 AND audience = 'widening' AND visible_to_authority_from > $2"
        " AND state IN ('open', 'proposed', 'paused', 'live', 'exhausted')",
        code,
        today,
    ):
        days = WIDEN_AFTER[row["urgency"]] if row["urgency"] else OFFER_WIDENS_AFTER
        posted = row["posted_at"].astimezone(LONDON).date()
        if row["version"] <= 2 and row["widening_since"] != posted:
            faults.add(
                f"the period of a posted {post} starts on the wrong day",
                f"{row['id']}: {row['widening_since']} not {posted}",
            )
        due = own.get(row["school_urn"], authority).after(row["widening_since"], days)
        if row["visible_to_authority_from"] != due:
            faults.add(
                f"a posted {post} widens on the wrong day",
                f"{row['id']}: {row['visible_to_authority_from']} not {due}",
            )


def due_with_pauses(
    days: Days, began: datetime, count: int, pauses: Iterable[tuple[datetime, datetime | None]]
) -> datetime | None:
    """The end of the `count`th school day after `began` at whose end no pause holds; None while one holds."""
    day, known = began.astimezone(LONDON).date(), list(pauses)
    while count:
        day += timedelta(days=1)
        if not days.open(day):
            continue
        end = days.end_of(day)
        holding = [until for since, until in known if since <= end and (until is None or end < until)]
        if None in holding:
            return None
        count -= not holding
    return days.end_of(day)


async def _escalations(
    connection: Watcher, code: int, authority: Days, own: dict[int, Days], faults: Faults
) -> None:
    """Check the clock of every open escalation, with its pauses and the school's calendar."""
    pauses: dict[Any, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for row in await connection.fetch("SELECT * FROM escalation_pause WHERE authority_id = $1", code):
        pauses[row["escalation_id"]].append((row["since_at"], row["until_at"]))
    for row in await connection.fetch(
        "SELECT * FROM escalation WHERE authority_id = $1 AND deadline_kind IS NOT NULL AND state <> ALL($2::text[])",
        code,
        list(FINAL),
    ):
        days = own.get(row["school_urn"], authority)
        count = ESCALATION_DAYS[row["urgency"]][row["deadline_kind"]]
        due = due_with_pauses(days, row["clock_began_at"], count, pauses[row["id"]])
        if row["due_at"] != due:
            faults.add(
                "an escalation is due at the wrong moment",
                f"{row['id']} {row['deadline_kind']}: {row['due_at']} not {due}",
            )


async def _reminders(
    connection: Watcher, code: int, authority: Days, own: dict[int, Days], faults: Faults
) -> None:
    """Check the moment of every coming reminder of an escalation's stage."""
    for row in await connection.fetch(
        "SELECT t.*, c.school_urn, c.due_at AS of_stage FROM escalation_timer t"
        " JOIN escalation c ON c.authority_id = t.authority_id AND c.id = t.escalation_id"
        " WHERE t.authority_id = $1 AND t.state = 'armed' AND t.run_at > now() AND t.deadline_kind = ANY($2::text[])",
        code,
        list(ESCALATION_DAYS["soon"]),
    ):
        days, due_on = own.get(row["school_urn"], authority), row["due_at"].astimezone(LONDON).date()
        moment = datetime.combine(days.shifted(due_on, REMINDED[row["step"]]), REMINDED_AT, LONDON)
        if (row["due_at"], row["run_at"]) != (row["of_stage"], moment):
            faults.add(
                "a reminder of an escalation is set for the wrong moment",
                f"{row['escalation_id']} {row['deadline_kind']} {row['step']}: {row['run_at']} not {moment}",
            )
