"""Escalations of the demonstration in every state, created by the product's own actions."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.demonstration import Demonstration, Staff
from alongside.features.escalations.models import STEP_UP, Escalation
from alongside.features.escalations.officer_notes.actions import write_note
from alongside.features.escalations.queries import of_person
from alongside.features.escalations.raising.actions import raise_escalation
from alongside.features.escalations.raising.forms import WrittenEscalation
from alongside.features.escalations.state_changes import actions
from alongside.features.escalations.state_changes.forms import End
from alongside.features.escalations.statutory.actions import record_statutory_step
from alongside.features.escalations.statutory.forms import WrittenStep
from alongside.features.escalations.statutory.steps import STEPS
from alongside.features.escalations.tasks.actions import agree_task, complete_task, meet_criterion
from alongside.features.escalations.tasks.forms import WrittenTask
from alongside.features.escalations.tasks.queries import CRITERIA, TASKS
from alongside.features.escalations.triage.forms import Decision, Plan
from alongside.features.escalations.visits.actions import record_visit
from alongside.features.escalations.visits.forms import WrittenVisit
from alongside.features.schools.models import School
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import fetch_all
from alongside.platform.notifications.actions import release_held

MAINTAINED = select(School.urn).where(
    School.authority_id == bindparam("authority_id"),
    School.type_group == "Local authority maintained schools",
    School.trust_uid.is_(None),
)
TELL_NOW = (
    update(Escalation)
    .where(Escalation.authority_id == bindparam("of_authority"), Escalation.id == bindparam("raised_id"))
    .values(notified_at=func.now())
)
"""The heads of the demonstration are told on whatever day it is made."""
STAGES = ("raised", "acknowledged", "active", "waiting", "stepped_up", "returning", "closed")
SAID: tuple[WrittenEscalation, ...] = (
    {
        "reason": "too_close",
        "reason_words": "Two of us were deputies there, and all of us depend on each other for moderation.",
        "tried": "Two heads visited in the summer term. The conversation stayed friendly and nothing changed.",
        "wanted": "Somebody from outside leads the next review of reading.",
        "urgency": "soon",
        "return_when": "Reading is taught well in every class of Key Stage 1",
    },
    {
        "reason": "no_expertise",
        "reason_words": "",
        "tried": "We looked for a specialist in three schools and found nobody free this year.",
        "wanted": "A specialist works with the mathematics lead for a term.",
        "urgency": "this_term",
        "return_when": "The mathematics lead runs the work without help",
    },
    {
        "reason": "no_answer",
        "reason_words": "Three messages and two invitations since September are unanswered.",
        "tried": "Letters by the lead, a call by the chair of another school.",
        "wanted": "The authority speaks with the headteacher and the chair of governors.",
        "urgency": "at_once",
        "return_when": "The school takes part in the consortium’s reviews again",
    },
    {
        "reason": "leadership",
        "reason_words": "",
        "tried": "A leader of education coached the new headteacher for six weeks.",
        "wanted": "Governance is looked at by somebody who knows how.",
        "urgency": "soon",
        "return_when": "The governing body has a chair and a plan",
    },
)
PLAIN: Decision = {
    "outcome": "challenge",
    "decision": "We lead the next two reviews ourselves, with a head from another phase at our side.",
    "provider": "",
    "provider_pence": None,
    "fund": "",
    "named_support": "",
    "handling_consortium_id": None,
    "hours": 8,
}
PROCURED: Decision = {
    **PLAIN,
    "outcome": "procured",
    "provider": "Fenland Teaching Hub",
    "provider_pence": 360_000,
    "fund": "other",
    "decision": "Fenland leads three reviews for you. We pay for them and read the reports with you.",
    "hours": 4,
}


async def raise_escalations(session: AsyncSession, staff: Staff) -> int:
    """Raise one escalation per consortium, each left in a different state; returns the number."""
    maintained = set((await session.scalars(MAINTAINED, {"authority_id": staff.authority_id})).all())
    made = 0
    for consortium_id, lead in staff.leads.items():
        schools = sorted(staff.members[consortium_id] & maintained)[2:]
        if made == len(STAGES) or not schools or not staff.core:
            continue
        said = SAID[made % len(SAID)]
        escalation_id = await raise_escalation(session, lead, schools[0], said, tried=["talk", "visit"])
        await session.execute(TELL_NOW, {"of_authority": staff.authority_id, "raised_id": escalation_id})
        await release_held(session, lead, f"/escalations/{escalation_id}")
        await _bring_to(session, staff, lead, escalation_id, STAGES[made], said["return_when"])
        made += 1
    return made


async def _bring_to(
    session: AsyncSession, staff: Staff, lead: Principal, escalation_id: UUID, stage: str, criterion: str
) -> None:
    officer = staff.core[STAGES.index(stage) % len(staff.core)]
    if stage == "raised":
        return
    await actions.acknowledge_escalation(session, officer, escalation_id)
    if stage == "acknowledged":
        return
    await actions.decide_escalation(
        session, officer, escalation_id, PROCURED if stage in ("active", "waiting") else PLAIN
    )
    plan: Plan = {
        "plan": "Two reviews this term and one in the next, each with a report that all of us read.",
        "hours": 12,
    }
    await actions.agree_plan(session, officer, escalation_id, plan, [criterion])
    await _work(session, officer, escalation_id)
    if stage == "waiting":
        await actions.pause_deadline(
            session, officer, escalation_id, "provider", "Fenland’s dates for the first review"
        )
    elif stage == "stepped_up":
        await _step_up(session, officer, escalation_id)
    elif stage in ("returning", "closed"):
        await _return(session, officer, lead, escalation_id, to_the_end=stage == "closed")


async def _work(session: AsyncSession, officer: Principal, escalation_id: UUID) -> None:
    visit: WrittenVisit = {
        "visit_on": officer.today,
        "hours": 2.5,
        "who": officer.name or "",
        "focus": "How it is now",
        "found": "Six lessons seen. Routines are calm; what pupils are to learn is clear in four of six.",
        "next_steps": "The first report by the end of the month.",
        "for_school": True,
    }
    await record_visit(session, officer, escalation_id, visit)
    task: WrittenTask = {
        "what": "Send the improvement plan and the last two reports",
        "owner_id": None,
        "owner_name": "The headteacher",
        "due_on": officer.today + timedelta(days=10),
    }
    task_id = await agree_task(session, officer, escalation_id, task)
    await complete_task(session, officer, task_id)
    more: WrittenTask = {
        "what": "Agree the dates of the reviews",
        "owner_id": officer.id,
        "owner_name": officer.name or "",
        "due_on": officer.today + timedelta(days=6),
    }
    await agree_task(session, officer, escalation_id, more)
    await write_note(
        session, officer, escalation_id, "fact", "The chair rang and asked for a meeting before half term."
    )


async def _step_up(session: AsyncSession, officer: Principal, escalation_id: UUID) -> None:
    await actions.change_level(session, officer, escalation_id, STEP_UP, "Two reviews found no change.")
    for kind in ("informal_concern", "concern_meeting"):
        step: WrittenStep = {
            "kind": kind,
            "taken_on": officer.today,
            "legal_basis": STEPS[kind].basis,
            "words": "Standards in reading and the response to two reviews.",
            "recipients": ["head", "chair"],
            "notice_reference": "",
            "notice_on": None,
            "comply_by_on": None,
            "eligible_by": None,
            "urgent_because": "",
        }
        await record_statutory_step(session, officer, escalation_id, step)


async def _return(
    session: AsyncSession, officer: Principal, lead: Principal, escalation_id: UUID, *, to_the_end: bool
) -> None:
    of_escalation = of_person(officer, escalation_id=escalation_id)
    for one in await fetch_all(session, CRITERIA, of_escalation):
        await meet_criterion(
            session, officer, one.id, "Seen in eight lessons, and in the report of the third review."
        )
    if to_the_end:
        for task in await fetch_all(session, TASKS, of_escalation):
            if task.state == "open":
                await complete_task(session, officer, task.id)
    await actions.offer_return(session, officer, escalation_id)
    if to_the_end:
        end: End = {"result": "better", "outcome_words": "It runs without us. We stay in touch once a term."}
        await actions.accept_return(session, lead, escalation_id, end)


async def fill(demo: Demonstration) -> None:
    """Raise an escalation for each consortium."""
    await raise_escalations(demo.session, demo.staff)
