"""Contents of the escalation file as plain texts in page order, limited to what the reader may see."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings, label_of
from alongside.features.escalations.access_policy import may_escalation
from alongside.features.escalations.deadlines import WAITING_ON
from alongside.features.escalations.export import ATTEMPTS, attempt_of
from alongside.features.escalations.files.queries import FILES
from alongside.features.escalations.labels import STATES, outcome_label, reason_label, result_label
from alongside.features.escalations.matching_requests.queries import REQUESTS
from alongside.features.escalations.officer_notes.models import WEIGHTS
from alongside.features.escalations.officer_notes.queries import NOTES
from alongside.features.escalations.parts import parts_of
from alongside.features.escalations.pauses import PAUSES
from alongside.features.escalations.queries import of_person
from alongside.features.escalations.rows import EscalationRow
from alongside.features.escalations.statutory.queries import OVERRULINGS, STEPS_TAKEN, StepRow
from alongside.features.escalations.statutory.steps import GROUNDS, RECIPIENTS, STEPS
from alongside.features.escalations.tasks.queries import CRITERIA, TASKS, TaskRow
from alongside.features.escalations.timeline import timeline_of
from alongside.features.escalations.visits.queries import VISITS
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.combined_reads import CombinedRows
from alongside.platform.database.reads import fetch_all
from alongside.platform.web.formatting import format_date, format_datetime, format_hours, format_money

TASK_STATES = {"open": "Open", "done": "Done", "dropped": "Cancelled"}


async def contents_of(
    session: AsyncSession, person: Principal, row: EscalationRow, *, with_notes: bool, now: datetime
) -> dict[str, object]:
    """The template values of one escalation's PDF; the caller has loaded the escalation.

    Officers' notes are included on request only. Rows that a row policy hides from this person are not
    included.
    """
    settings = settings_of(person.authority_id)
    with_or_without = "with officers’ notes" if with_notes else "without officers’ notes"
    parts = await parts_of(session, person, row)
    notes = await fetch_all(session, NOTES, of_person(person, escalation_id=row.id)) if with_notes else []
    return {
        "title": f"Escalation file: {row.school}",
        "authority": settings.name,
        "colour": settings.brand.colour,
        "made": f"Made on {format_datetime(now)} for {person.name or person.role_name}, {with_or_without}."
        " Confidential.",
        "facts": _facts(settings, row, for_school=person.school_urn is not None),
        "tried": [attempt_of(one).words for one in parts.of(ATTEMPTS)] + [row.tried] * bool(row.tried),
        "wanted": row.wanted,
        "return_when": row.return_when,
        "decision": row.decision,
        "plan": row.plan,
        "outcome": row.outcome_words,
        **_plan(person, row, parts),
        **_record(parts),
        "timeline": [
            [format_datetime(one.at), f"{one.who} {one.text}", one.note or ""]
            for one in reversed(timeline_of(person, parts))
        ],
        "with_notes": with_notes,
        "notes": [
            {
                "head": f"{format_datetime(one.written_at)}, {one.writer}",
                "weight": WEIGHTS[one.weight].partition(":")[0],
                "words": one.words,
            }
            for one in reversed(notes)
        ],
    }


def _plan(person: Principal, row: EscalationRow, parts: CombinedRows) -> dict[str, object]:
    """The planned and completed work: matching requests, criteria, actions, visits."""
    named = may_escalation(person, Permission.MANAGE_ESCALATION, row)
    return {
        "matching": [
            [format_date(one.asked_at), one.need, one.result(named=named)]
            for one in reversed(parts.of(REQUESTS))
        ],
        "criteria": [
            [one.words, f"Met on {format_date(one.met_on)}" if one.met_on else "Not met yet", one.evidence]
            for one in parts.of(CRITERIA)
        ],
        "tasks": [
            [one.what, one.owner_name, format_date(one.due_on), _task_state(one)] for one in parts.of(TASKS)
        ],
        "visits": [
            {
                "head": f"{format_date(one.visit_on)}: {one.focus}",
                "who": f"{one.who}, {format_hours(one.hours)}",
                "found": one.found,
                "next_steps": one.next_steps,
            }
            for one in reversed(parts.of(VISITS))
        ],
    }


def _record(parts: CombinedRows) -> dict[str, object]:
    """Other records: pauses, statutory steps, overrulings, attachments."""
    return {
        "waits": [
            [
                WAITING_ON[one.waiting_on].removeprefix("the ").capitalize(),
                format_date(one.since),
                format_date(one.until) if one.until else "Still",
                one.why,
            ]
            for one in parts.of(PAUSES)
        ],
        "steps": [
            [format_date(one.taken_on), STEPS[one.kind].label, one.legal_basis, _email(one), one.words]
            for one in parts.of(STEPS_TAKEN)
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
            for one in parts.of(OVERRULINGS)
        ],
        "files": [[one.name, format_date(one.added_at)] for one in parts.of(FILES)],
    }


def _facts(settings: AuthoritySettings, row: EscalationRow, *, for_school: bool) -> list[list[str]]:
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
        (
            "Headteacher told",
            format_datetime(row.notified_at) if row.notified_at and row.is_notified else "Not yet",
        ),
        ("State", STATES[row.state]),
        ("Decision", outcome_label(row)),
        ("Referred to the DfE", _referral(row)),
        *(() if for_school else within),
        ("Result", result_label(row)),
        ("Closed", format_datetime(row.closed_at) if row.closed_at else None),
    )
    return [[head, str(words)] for head, words in lines if words]


def _referral(row: EscalationRow) -> str | None:
    if row.referred_on is None:
        return None
    answered = (
        f"answered on {format_date(row.referral_answered_on)}: {row.referral_answer}"
        if row.referral_answered_on
        else "not answered yet"
    )
    return f"{format_date(row.referred_on)}, reference {row.referral_reference}; {answered}"


def _task_state(one: TaskRow) -> str:
    if one.done_on:
        return f"Done on {format_date(one.done_on)}"
    return f"{TASK_STATES[one.state]}: {one.why_dropped}" if one.why_dropped else TASK_STATES[one.state]


def _email(one: StepRow) -> str:
    if not one.notice_on:
        return ""
    to = ", ".join(RECIPIENTS[key] for key in one.recipients)
    comply = f"; to comply by {format_date(one.comply_by_on)}" if one.comply_by_on else ""
    return f"{one.notice_reference} of {format_date(one.notice_on)} to {to}{comply}"
