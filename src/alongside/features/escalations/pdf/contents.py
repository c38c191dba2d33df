"""Contents of the escalation file as plain texts in page order, limited to what the reader may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.features.escalations import queries
from alongside.features.escalations.access_policy import may_escalation
from alongside.features.escalations.deadlines import WAITING_ON
from alongside.features.escalations.export import tried_of
from alongside.features.escalations.files.queries import files_of
from alongside.features.escalations.labels import (
    STATES,
    outcome_label,
    reason_label,
    result_label,
    timeline_entry,
)
from alongside.features.escalations.matching_requests.queries import asked_of, matching_request_result
from alongside.features.escalations.officer_notes.queries import notes_of
from alongside.features.escalations.reminders.queries import reminder_entries
from alongside.features.escalations.statutory.queries import overrulings_of, steps_taken
from alongside.features.escalations.statutory.steps import GROUNDS, RECIPIENTS, STEPS
from alongside.features.escalations.tasks.queries import criteria_of, tasks_of
from alongside.features.escalations.visits.queries import visits_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_date, format_datetime, format_hours, format_money

NOTES = {"fact": "Fact", "opinion": "Opinion"}
TASKS = {"open": "Open", "done": "Done", "dropped": "Cancelled"}


async def contents_of(
    session: AsyncSession, person: Principal, row: Any, *, with_notes: bool, now: datetime
) -> dict[str, Any]:
    """The template values of one escalation's PDF; the caller has loaded the escalation.

    Officers' notes are included on request only. Rows that a row policy hides from this person are not
    included.
    """
    settings = settings_of(person.authority_id)
    for_school = person.school_urn is not None
    parts = "with officers’ notes" if with_notes else "without officers’ notes"
    return {
        "title": f"Escalation file: {row.school}",
        "authority": settings.name,
        "colour": settings.brand.colour,
        "made": f"Made on {format_datetime(now)} for {person.name or person.role_name}, {parts}. Confidential.",
        "facts": _facts(settings, row, for_school=for_school),
        "tried": [line.words for line in await tried_of(session, person, row.id)]
        + [row.tried] * bool(row.tried),
        "wanted": row.wanted,
        "return_when": row.return_when,
        "decision": row.decision,
        "plan": row.plan,
        "outcome": row.outcome_words,
        **await _plan(session, person, row),
        **await _record(session, person, row),
        "timeline": _timeline(
            timeline_entry(await queries.of_escalation(session, person, queries.EVENTS, row.id)),
            [] if for_school else await reminder_entries(session, person.authority_id, row.id),
        ),
        "with_notes": with_notes,
        "notes": [
            {
                "head": f"{format_datetime(one.written_at)}, {one.writer}",
                "weight": NOTES[one.weight],
                "words": one.words,
            }
            for one in (reversed(await notes_of(session, person, row.id)) if with_notes else ())
        ],
    }


async def _plan(session: AsyncSession, person: Principal, row: Any) -> dict[str, Any]:
    """The planned and completed work: matching requests, criteria, actions, visits."""
    named = may_escalation(person, Permission.MANAGE_ESCALATION, row)
    return {
        "matching": [
            [format_date(one.asked_at), one.need, matching_request_result(one, named=named)]
            for one in reversed(await asked_of(session, person, row.id))
        ],
        "criteria": [
            [one.words, f"Met on {format_date(one.met_on)}" if one.met_on else "Not met yet", one.evidence]
            for one in await criteria_of(session, person, row.id)
        ],
        "tasks": [
            [one.what, one.owner_name, format_date(one.due_on), _task_state(one)]
            for one in await tasks_of(session, person, row.id)
        ],
        "visits": [
            {
                "head": f"{format_date(one.visit_on)}: {one.focus}",
                "who": f"{one.who}, {format_hours(one.hours)}",
                "found": one.found,
                "next_steps": one.next_steps,
            }
            for one in reversed(await visits_of(session, person, row.id))
        ],
    }


async def _record(session: AsyncSession, person: Principal, row: Any) -> dict[str, Any]:
    """Other records: pauses, statutory steps, overrulings, attachments."""
    return {
        "waits": [
            [
                _waited_for(one),
                format_date(one.since_at),
                format_date(one.until_at) if one.until_at else "Still",
                one.why,
            ]
            for one in await queries.of_escalation(session, person, queries.WAITS, row.id)
        ],
        "steps": [
            [format_date(one.taken_on), STEPS[one.kind].label, one.legal_basis, _email(one), one.words]
            for one in await steps_taken(session, person, row.id)
        ],
        "overrulings": [
            {
                "head": f"{format_datetime(one.at)}, {one.officer}",
                "facts": [
                    ["Ground", GROUNDS[one.ground]],
                    ["Legal basis", one.legal_basis],
                    ["Decision of the headteachers", one.decided],
                    ["Decision of the authority", one.instead],
                    ["Reason", one.reason],
                ],
            }
            for one in await overrulings_of(session, person, row.id)
        ],
        "files": [[one.name, format_date(one.added_at)] for one in await files_of(session, person, row.id)],
    }


def _facts(settings: Any, row: Any, *, for_school: bool) -> list[list[str]]:
    """The facts of the escalation, line by line.

    Unknown facts are left out; the school does not see who works on it and at what cost.
    """
    fund = settings.funds.get(row.fund)
    within = (
        ("Owner", row.owner),
        ("Cost", format_money(row.provider_pence) if row.provider_pence is not None else None),
        ("Paid from", (fund.label if fund else "Another source") if row.fund else None),
    )
    lines = (
        ("School", f"{row.school} (URN {row.school_urn})"),
        (settings.words.consortium.capitalize(), row.consortium),
        ("Raised", f"{format_datetime(row.raised_at)}, by {row.raiser}"),
        ("Why", reason_label(settings, row)),
        ("Urgency", label_of(settings.escalation_urgencies, row.urgency)),
        ("Headteacher told", format_datetime(row.notified_at) if row.notified_at else "Not yet"),
        ("State", STATES[row.state]),
        ("Decision", outcome_label(row)),
        ("Referred to the DfE", _referral(row)),
        *(() if for_school else within),
        ("Result", result_label(row)),
        ("Closed", format_datetime(row.closed_at) if row.closed_at else None),
    )
    return [[head, str(words)] for head, words in lines if words]


def _referral(row: Any) -> str | None:
    if row.referred_on is None:
        return None
    answered = (
        f"answered on {format_date(row.referral_answered_on)}: {row.referral_answer}"
        if row.referral_answered_on
        else "not answered yet"
    )
    return f"{format_date(row.referred_on)}, reference {row.referral_reference}; {answered}"


def _task_state(one: Any) -> str:
    if one.done_on:
        return f"Done on {format_date(one.done_on)}"
    return f"{TASKS[one.state]}: {one.why_dropped}" if one.why_dropped else TASKS[one.state]


def _waited_for(one: Any) -> str:
    return WAITING_ON[one.waiting_on].removeprefix("the ").capitalize()


def _email(one: Any) -> str:
    if not one.notice_on:
        return ""
    to = ", ".join(RECIPIENTS[key] for key in one.recipients)
    comply = f"; to comply by {format_date(one.comply_by_on)}" if one.comply_by_on else ""
    return f"{one.notice_reference} of {format_date(one.notice_on)} to {to}{comply}"


def _timeline(entries: Sequence[Any], reminded: Sequence[tuple[datetime, str, str]]) -> list[list[str]]:
    """The full timeline, oldest first, with reasons and reminders."""
    lines = [(one.at, f"{one.who} {one.text}", one.note or "") for one in reversed(entries)]
    lines += [(at, f"{who} {words}", "") for at, who, words in reminded]
    return [[format_datetime(at), words, note] for at, words, note in sorted(lines, key=lambda line: line[0])]
