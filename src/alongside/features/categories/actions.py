"""Commands on support categories, one for each step; PostgreSQL checks each step again (`rules.py`)."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.categories.access_policy import identify_requester
from alongside.features.categories.models import (
    AGREE,
    APPEAL,
    DISCUSS,
    HEAR,
    MODERATE,
    NOTIFY,
    PROPOSE,
    SUPERSEDE,
    TAKE_EFFECT,
    WITHDRAW,
    SupportCategory,
    SupportCategoryChange,
)
from alongside.features.categories.notifying import notify_governors, notify_head
from alongside.features.categories.proposing import participation
from alongside.features.categories.queries import in_force_of, in_state
from alongside.features.categories.row import CategoryRow
from alongside.features.readings import actions as readings
from alongside.features.readings.models import CATEGORY
from alongside.features.schools.term_dates.hard_news import message_goes_out
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.principal import Principal, Role
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import Message, explain_constraints
from alongside.platform.database.retries import run_with_retries
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import LONDON, add_school_days
from alongside.platform.web.formatting import format_weekday
from alongside.platform.workflow import apply_transition

INTEREST = "You have an interest in this school, so somebody else must do this."
TOOK_PART = "You took part in this category, so somebody else must hear the appeal."
SENTENCES: Mapping[str, Message] = {
    "uq_support_category_year": ("school", "This school has a category for this year already"),
    "support_category_no_interest": INTEREST,
    "support_category_heard_by_others": TOOK_PART,
    "support_category_moderated_by_panel": "Only the panel of the consortium moderates this category.",
    "support_category_appeal_in_time": "The last day for an appeal has passed.",
    "support_category_discussed": "Record a discussion, a refusal or two invitations first.",
}
"""What a person reads where PostgreSQL refuses a step."""


async def propose_category(
    session: AsyncSession, person: Principal, urn: int, phase: str | None, values: Mapping[str, object]
) -> UUID:
    """Propose a category by hand; `values` are year, category, reasons and panel.

    Raises ValidationFailed for a school that is closed or has a category for this year, or for a missing category.
    """
    school = await participation(session, person, urn, phase)
    if school.refusal is not None:
        field, sentence = school.refusal
        raise ValidationFailed({field: [sentence]})
    if school.narrative == bool(values["category_proposed"]):
        sentence = (
            "Select no category: the support is described in words"
            if school.narrative
            else "Select a category"
        )
        raise ValidationFailed({"category": [sentence]})
    await identify_requester(session, person)
    with explain_constraints(SENTENCES):
        made = await session.execute(
            insert(SupportCategory)
            .values(
                authority_id=person.authority_id,
                school_urn=urn,
                phase=school.phase,
                state=PROPOSE.end,
                consortium_id=school.consortium_id,
                advisory=school.advisory,
                narrative=school.narrative,
                proposed_by=person.id,
                proposed_on=person.today,
                **values,
            )
            .returning(SupportCategory.id)
        )
    support_category_id = made.scalar_one()
    await record_audit(session, person, PROPOSE.verb, "support_category", support_category_id)
    return support_category_id


async def change_proposal(
    session: AsyncSession, person: Principal, row: CategoryRow, category: str | None, reasons: str
) -> None:
    """Change a proposal before it is discussed."""
    _refuse_unless(row, "proposed")
    await _write(session, person, row, category_proposed=category, reasons_proposed=reasons)
    await record_audit(session, person, "change_category_proposal", "support_category", row.id)


async def invite_school(session: AsyncSession, person: Principal, row: CategoryRow) -> None:
    """Invite the school to discuss its category, for the first or the second time."""
    _refuse_unless(row, "proposed")
    if row.second_invited_on is not None:
        raise ActionRefused("The school was invited twice already.", row.state)
    if row.first_answer_by is not None and row.first_answer_by >= person.today:
        raise ActionRefused("The school can still answer the first invitation.", row.state)
    days = settings_of(person.authority_id).categorisation.invitation_due
    answer_by = add_school_days(
        await calendar_of_school(session, person.authority_id, row.school_urn), person.today, days
    )
    which = "first" if row.first_invited_on is None else "second"
    await _write(
        session, person, row, **{f"{which}_invited_on": person.today, f"{which}_answer_by": answer_by}
    )
    await record_audit(session, person, f"{which}_invitation_to_discuss", "support_category", row.id)
    team = settings_of(person.authority_id).words.core_team
    text = f"The {team} invites you to discuss the support that your school receives next."
    text += f" Please arrange a date by {format_weekday(answer_by)}."
    await notify_head(session, person, row, "category_invitation", text, "/categories")


async def discuss_category(
    session: AsyncSession, person: Principal, row: CategoryRow, basis: str, on: date, record: str
) -> None:
    """Record that the category was discussed, refused, or not answered after two invitations."""
    with explain_constraints(SENTENCES, row.state):
        await apply_transition(
            session,
            person,
            SupportCategory,
            row,
            DISCUSS,
            discussion_basis=basis,
            discussed_on=on,
            discussion=record,
            discussed_by=person.id,
        )


async def choose_panel(
    session: AsyncSession, person: Principal, row: CategoryRow, consortium_id: UUID | None
) -> None:
    """Choose another consortium whose panel moderates or hears the appeal; None is the school's own."""
    if row.state not in ("proposed", "discussed", "appealed"):
        raise ActionRefused("The panel can no longer be changed.", row.state)
    await _write(session, person, row, handling_consortium_id=consortium_id)
    await record_audit(session, person, "choose_category_panel", "support_category", row.id)


async def moderate_category(
    session: AsyncSession, person: Principal, row: CategoryRow, category: str | None, reasons: str
) -> None:
    """Moderate a category. Raises ActionRefused with an interest, or for somebody outside the panel."""
    await refuse_interest(session, person, row)
    if (row.handling_consortium_id or row.consortium_id) not in person.consortium_ids:
        raise ActionRefused("Only the panel of the consortium moderates this category.", row.state)
    with explain_constraints(SENTENCES, row.state):
        await apply_transition(
            session,
            person,
            SupportCategory,
            row,
            MODERATE,
            category_moderated=category,
            reasons_moderated=reasons,
            moderated_by=person.id,
            moderated_on=person.today,
        )


async def agree_category(
    session: AsyncSession,
    person: Principal,
    row: CategoryRow,
    category: str | None,
    reasons: str,
    decided_on: date,
    reference: str,
) -> None:
    """Record what the board agreed on one category. Raises ActionRefused with an interest."""
    await refuse_interest(session, person, row)
    with explain_constraints(SENTENCES, row.state):
        await apply_transition(
            session,
            person,
            SupportCategory,
            row,
            AGREE,
            category_agreed=category,
            reasons_agreed=reasons,
            agreed_by=person.id,
            agreed_on=decided_on,
            decision_reference=reference,
        )


async def agree_all(
    session: AsyncSession, person: Principal, phase: str | None, decided_on: date, reference: str
) -> int:
    """Record that the board agreed all moderated categories as they are; returns how many.

    Those of a school in which the person has an interest are left out.
    """
    interests = await identify_requester(session, person)
    rows = [
        one for one in await in_state(session, person, "moderated", phase) if one.school_urn not in interests
    ]
    for row in rows:
        await agree_category(session, person, row, row.category_moderated, "", decided_on, reference)
    return len(rows)


async def notify_category(session: AsyncSession, person: Principal, row: CategoryRow) -> datetime | None:
    """Notify the headteacher of an agreed category; the time for an appeal begins when the message goes out.

    Returns when that is, if it waits for a school morning.
    """
    days = settings_of(person.authority_id).categorisation.appeal_within
    calendar = await calendar_of_school(session, person.authority_id, row.school_urn)
    held = await message_goes_out(session, person.authority_id, row.school_urn)
    appeal_by = add_school_days(calendar, held.astimezone(LONDON).date() if held else person.today, days)
    written = {"notified_on": person.today, "appeal_by": appeal_by, "shown_from": held}
    await apply_transition(session, person, SupportCategory, row, NOTIFY, written=written)
    text = f"The support for your school in {row.academic_year} is agreed. Read it in Alongside."
    text += f" You can appeal until {format_weekday(appeal_by)}."
    await notify_head(session, person, row, "category_notified", text, not_before=held)
    await notify_governors(session, person, row, 1, held)
    return held


async def notify_all(session: AsyncSession, person: Principal) -> int:
    """Notify the headteachers of all agreed categories; returns how many."""
    rows = await in_state(session, person, "agreed")
    for row in rows:
        await notify_category(session, person, row)
    return len(rows)


async def record_seen(database: Database, person: Principal, row: CategoryRow) -> None:
    """Record that the headteacher, or who governs the school, opened the letter, in a transaction of its own."""

    async def record() -> None:
        async with database.transaction(person.authority_id) as session:
            await readings.record_seen(session, person, document_of(row))
            if person.role is not Role.HEADTEACHER:
                return
            await identify_requester(session, person)
            await session.execute(
                update(SupportCategory)
                .where(
                    SupportCategory.authority_id == person.authority_id,
                    SupportCategory.id == row.id,
                    SupportCategory.seen_on.is_(None),
                )
                .values(seen_on=person.today, seen_by=person.id)
            )

    await run_with_retries(record)


async def sign_category(
    session: AsyncSession, person: Principal, row: CategoryRow, version: int | None
) -> None:
    """Sign a category letter as chair, trust or diocese. Raises ActionRefused if another version was shown."""
    if version != row.decision_number:
        raise ActionRefused(
            "The letter has changed since you opened it. Read it again, then sign.", row.state
        )
    await readings.sign_document(session, person, document_of(row))


def document_of(row: CategoryRow) -> readings.Document:
    """Return the latest version of a category letter, for its readings."""
    return readings.Document(CATEGORY, row.id, row.decision_number, row.school_urn)


async def appeal_category(session: AsyncSession, person: Principal, row: CategoryRow, grounds: str) -> None:
    """Appeal against a category, once and in time."""
    if row.state == "notified" and row.appeal_by is not None and row.appeal_by < person.today:
        raise ActionRefused(f"The last day for an appeal was {format_weekday(row.appeal_by)}.", row.state)
    with explain_constraints(SENTENCES, row.state):
        await apply_transition(
            session,
            person,
            SupportCategory,
            row,
            APPEAL,
            appealed_on=person.today,
            appealed_by=person.id,
            appeal_grounds=grounds,
        )


async def hear_appeal(
    session: AsyncSession,
    person: Principal,
    row: CategoryRow,
    outcome: str,
    category: str | None,
    reasons: str,
) -> None:
    """Record the result of an appeal. Raises ActionRefused for people who took part, or have an interest."""
    await refuse_interest(session, person, row)
    if person.id in (row.proposed_by, row.discussed_by, row.moderated_by, row.agreed_by):
        raise ActionRefused(TOOK_PART, row.state)
    with explain_constraints(SENTENCES, row.state):
        await apply_transition(
            session,
            person,
            SupportCategory,
            row,
            HEAR,
            category_heard=category,
            appeal_outcome=outcome,
            reasons_heard=reasons,
            heard_by=person.id,
            heard_on=person.today,
            decision_number=row.decision_number + 1,
        )
    text = f"The appeal about the support for your school in {row.academic_year} was heard. Read the result."
    await notify_head(session, person, row, "category_heard", text)
    await notify_governors(session, person, row, row.decision_number + 1)


async def take_effect(session: AsyncSession, person: Principal, row: CategoryRow) -> None:
    """Put a category in force, in place of the earlier one. `person` is the system."""
    earlier = await in_force_of(session, row)
    if earlier is not None:
        await apply_transition(session, person, SupportCategory, earlier, SUPERSEDE)
    category = row.category_heard if row.heard_on is not None else row.category_agreed
    await apply_transition(
        session, person, SupportCategory, row, TAKE_EFFECT, category=category, in_force_on=person.today
    )


async def change_in_year(
    session: AsyncSession, person: Principal, row: CategoryRow, values: Mapping[str, object]
) -> None:
    """Change a category in force by a decision; `values` are those of `SupportCategoryChange`."""
    await refuse_interest(session, person, row)
    if row.state != "in_force" or row.category is None:
        raise ActionRefused("Only a category in force can be changed.", row.state)
    await session.execute(
        insert(SupportCategoryChange).values(
            authority_id=person.authority_id,
            support_category_id=row.id,
            category_before=row.category,
            changed_by=person.id,
            **values,
        )
    )
    await _write(
        session, person, row, category=values["category_after"], decision_number=row.decision_number + 1
    )
    await record_audit(session, person, "change_category_in_year", "support_category", row.id)
    text = f"The support for your school in {row.academic_year} has changed. Read the decision."
    await notify_head(session, person, row, "category_changed", text)
    await notify_governors(session, person, row, row.decision_number + 1)


async def withdraw_category(session: AsyncSession, person: Principal, row: CategoryRow, why: str) -> None:
    """Withdraw a proposal before the headteacher is notified."""
    await apply_transition(session, person, SupportCategory, row, WITHDRAW, note=why, withdrawn_because=why)


async def refuse_interest(session: AsyncSession, person: Principal, row: CategoryRow) -> None:
    """Raise ActionRefused if this person has an interest in the school, which may start at any time."""
    if row.school_urn in await identify_requester(session, person):
        raise ActionRefused(INTEREST, row.state)


async def _write(session: AsyncSession, person: Principal, row: CategoryRow, **values: object) -> None:
    written = await session.execute(
        update(SupportCategory)
        .where(
            SupportCategory.authority_id == person.authority_id,
            SupportCategory.id == row.id,
            SupportCategory.version == row.version,
        )
        .values(version=row.version + 1, **values)
        .returning(SupportCategory.id)
        .execution_options(synchronize_session=False)
    )
    if written.first() is None:
        raise ActionRefused("Somebody else has changed this category. Open it again.", row.state)


def _refuse_unless(row: CategoryRow, *states: str) -> None:
    if row.state not in states:
        raise ActionRefused("This can no longer be done.", row.state)
