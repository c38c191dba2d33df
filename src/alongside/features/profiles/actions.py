"""Commands on profiles: share, invite, record a discussion, decide the direction of travel, comment and dispute."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.people.queries import governors_of_school, ids, people_of_schools
from alongside.features.performance.access_policy import identify_requester
from alongside.features.profiles.models import (
    DECLINE,
    DISCUSS,
    FINALISE,
    NO_ANSWER,
    SHARE,
    Profile,
    ProfileComment,
    ProfileDispute,
    ProfileInvitation,
)
from alongside.features.profiles.queries import DisputeRow, ProfileRow, all_profiles_for
from alongside.features.readings.actions import Document, record_seen, sign_document
from alongside.features.readings.models import PROFILE
from alongside.platform.access.principal import SCHOOL_ROLES, Principal, system
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.retries import run_with_retries
from alongside.platform.database.session import Database
from alongside.platform.notifications import notify
from alongside.platform.web.formatting import format_weekday
from alongside.platform.workflow import apply_transition


def path_of(row: ProfileRow) -> str:
    """Return the address of a profile."""
    return f"/profiles/{row.id}"


async def _tell_school(
    session: AsyncSession, person: Principal, row: ProfileRow, kind: str, text: str
) -> None:
    people = await people_of_schools(session, person.authority_id, person.today, [row.school_urn])
    await notify(
        session, person, ids(people), kind, text, path_of(row), once=f"{kind}:{row.id}:{row.version}"
    )
    await identify_requester(session, person)


async def record_reading(database: Database, person: Principal, row: ProfileRow) -> None:
    """Record that a person of the school, or who governs it, opened this version, in a transaction of its own.

    Once the school has opened it, its chair, trust and diocese can read it too, and are notified.
    """

    async def record() -> None:
        async with database.transaction(person.authority_id) as session:
            await record_seen(session, person, document_of(row))
            if row.governors_from is None and person.role in SCHOOL_ROLES:
                await _open_to_governors(session, person, row)

    await run_with_retries(record)


async def _open_to_governors(session: AsyncSession, person: Principal, row: ProfileRow) -> None:
    product = system(person.authority_id, person.today)
    await identify_requester(session, product)
    opened = await session.execute(
        update(Profile)
        .where(
            Profile.authority_id == person.authority_id,
            Profile.id == row.id,
            Profile.governors_from.is_(None),
            Profile.shared_at.is_not(None),
        )
        .values(governors_from=func.now())
        .returning(Profile.id)
        .execution_options(synchronize_session=False)
    )
    if opened.first() is not None:
        await _tell_governors(session, product, row)
    await identify_requester(session, person)


async def _tell_governors(session: AsyncSession, person: Principal, row: ProfileRow) -> None:
    text = (
        f"The performance profile of {row.school} for {row.academic_year} is ready. Please read and sign it."
    )
    governors = await governors_of_school(session, person, row.school_urn)
    once = f"profile_to_sign:{row.id}:{row.snapshot_number}"
    await notify(session, person, ids(governors), "profile_to_sign", text, path_of(row), once=once)


async def sign_profile(
    session: AsyncSession, person: Principal, row: ProfileRow, version: int | None
) -> None:
    """Sign a profile as its chair, trust or diocese. Raises ActionRefused if another version was shown."""
    if version != row.snapshot_number:
        raise ActionRefused(
            "The profile has changed since you opened it. Read it again, then sign.", row.state
        )
    await sign_document(session, person, document_of(row))


def document_of(row: ProfileRow) -> Document:
    """Return the latest version of a profile, for its readings."""
    return Document(PROFILE, row.id, row.snapshot_number, row.school_urn)


async def share_profile(session: AsyncSession, person: Principal, row: ProfileRow) -> None:
    """Share a profile with its school, and with the leads of its consortium. The school is notified."""
    await apply_transition(session, person, Profile, row, SHARE, shared_at=func.now())
    text = f"The performance profile of your school for {row.academic_year} is ready to read."
    await _tell_school(session, person, row, "profile_shared", text)


async def share_all(session: AsyncSession, person: Principal, year: str, phase: str) -> int:
    """Share every calculated profile of a phase and year; returns how many were shared."""
    filters = {"year": year, "phase": phase, "state": "calculated", "name": ""}
    rows = await all_profiles_for(session, person, filters)
    for row in rows:
        await share_profile(session, person, row)
    return len(rows)


async def invite_school(
    session: AsyncSession, person: Principal, row: ProfileRow, message: str, answer_by: date
) -> None:
    """Invite a school to discuss its profile, twice at most. Raises ActionRefused for a third invitation."""
    if row.invited_again_on is not None:
        raise ActionRefused("This school was invited twice already.", row.state)
    number = 1 if row.invited_on is None else 2
    await session.execute(
        insert(ProfileInvitation).values(
            authority_id=person.authority_id,
            profile_id=row.id,
            number=number,
            invited_on=person.today,
            answer_by=answer_by,
            message=message,
            invited_by=person.id,
        )
    )
    column = "invited_on" if number == 1 else "invited_again_on"
    await _change(
        session, person, row, {column: person.today, "answer_by": answer_by}, "invite_to_discussion"
    )
    text = f"You are invited to discuss the performance profile of your school. Answer by {format_weekday(answer_by)}."
    await _tell_school(session, person, row, "profile_invitation", text)


async def record_discussion(
    session: AsyncSession, person: Principal, row: ProfileRow, day: date, people: str, agreed: str
) -> None:
    """Record that the profile was discussed with the school."""
    values: dict[str, object] = {"discussed_on": day, "discussed_with": people, "agreed_points": agreed}
    await apply_transition(session, person, Profile, row, DISCUSS, written=values)
    await _open_to_governors(session, person, row)


async def record_refusal(
    session: AsyncSession, person: Principal, row: ProfileRow, day: date, why: str
) -> None:
    """Record that the school declined a discussion."""
    await apply_transition(
        session, person, Profile, row, DECLINE, written={"declined_on": day, "declined_because": why}
    )
    await _open_to_governors(session, person, row)


async def record_silence(session: AsyncSession, person: Principal, row: ProfileRow) -> None:
    """Record that the school did not answer two invitations. Raises ActionRefused before the last day has passed."""
    refusal = why_not_silent(person, row)
    if refusal:
        raise ActionRefused(refusal, row.state)
    await apply_transition(session, person, Profile, row, NO_ANSWER)
    await _open_to_governors(session, person, row)


def why_not_silent(person: Principal, row: ProfileRow) -> str | None:
    """Return why a school does not count as silent yet; None if it does."""
    if row.invited_again_on is None or row.answer_by is None:
        return "Invite the school twice first."
    if row.answer_by >= person.today:
        return f"The school can answer until {format_weekday(row.answer_by)}."
    return None


async def finalise_profile(session: AsyncSession, person: Principal, row: ProfileRow) -> None:
    """Make a profile final. Raises ActionRefused before the direction of travel is decided."""
    if row.direction is None:
        raise ActionRefused("Decide the direction of travel first.", row.state)
    await apply_transition(session, person, Profile, row, FINALISE)


async def decide_direction(
    session: AsyncSession, person: Principal, row: ProfileRow, direction: str, why: str
) -> None:
    """Confirm the proposed direction of travel, or change it with a reason."""
    values: dict[str, object] = {"direction": direction, "direction_reason": why}
    await _change(session, person, row, values, "decide_direction_of_travel")


async def add_comment(session: AsyncSession, person: Principal, row: ProfileRow, body: str) -> None:
    """Add the school's comment; the last one is printed in every copy."""
    await session.execute(
        insert(ProfileComment).values(
            authority_id=person.authority_id, profile_id=row.id, body=body, written_by=person.id
        )
    )
    await record_audit(session, person, "comment_on_profile", "profile", row.id, schools=(row.school_urn,))


async def dispute_figure(
    session: AsyncSession, person: Principal, row: ProfileRow, measure: str, reason: str
) -> None:
    """Dispute a figure of the profile; the core team answers, and both stay with the profile."""
    await session.execute(
        insert(ProfileDispute).values(
            authority_id=person.authority_id,
            profile_id=row.id,
            measure=measure,
            reason=reason,
            raised_by=person.id,
        )
    )
    await record_audit(session, person, "dispute_figure", "profile", row.id, schools=(row.school_urn,))


async def answer_dispute(
    session: AsyncSession, person: Principal, row: ProfileRow, dispute: DisputeRow, answer: str
) -> None:
    """Answer a dispute; the school is notified."""
    await session.execute(
        update(ProfileDispute)
        .where(ProfileDispute.authority_id == person.authority_id, ProfileDispute.id == dispute.id)
        .values(answer=answer, answered_by=person.id, answered_at=func.now())
        .execution_options(synchronize_session=False)
    )
    await record_audit(session, person, "answer_dispute", "profile", row.id, schools=(row.school_urn,))
    text = "The core team answered your question about a figure in your performance profile."
    await _tell_school(session, person, row, f"dispute_answered:{dispute.id}", text)


async def _change(
    session: AsyncSession, person: Principal, row: ProfileRow, values: dict[str, object], verb: str
) -> UUID:
    written = await session.execute(
        update(Profile)
        .where(Profile.authority_id == person.authority_id, Profile.id == row.id)
        .values(version=Profile.version + 1, **values)
        .returning(Profile.id)
        .execution_options(synchronize_session=False)
    )
    found = written.scalar_one_or_none()
    if found is None:
        raise NotFound
    await record_audit(session, person, verb, "profile", row.id, schools=(row.school_urn,))
    return found
