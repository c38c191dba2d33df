"""Actions on bodies: constitute one, fill and empty its seats, name substitutes and the chair."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.boards.forms import Term
from alongside.features.boards.models import Body, BodyChair, Seat, SeatAppointment, SeatSubstitute
from alongside.features.boards.queries import BodyRecord, SeatRow
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import Message, explain_constraints

RIGHT: dict[str, Message] = {
    "seat_right": ("holder", "This person does not have the office for this seat on that day"),
    "seat_phase": ("holder", "The school is of another phase. Select somebody of the right phase"),
    "seat_sector": ("holder", "An academy or a maintained school is needed for this seat"),
    "seat_without_school": ("holder", "Select a person without a school for this seat"),
    "seat_holder_left": ("holder", "This person has left. Select somebody else"),
    "seat_not_in_force": ("from_on", "The seat did not exist on that day. Enter a later date"),
}
APPOINTING: dict[str, Message] = RIGHT | {
    "ex_seat_appointment_one_holder": ("from_on", "Somebody holds the seat then. End that term first"),
    "ex_seat_appointment_one_vote": ("holder", "This person has another voting seat on this board then"),
}
CHAIRING: dict[str, Message] = {
    "chair_is_a_member": ("holder", "The chair is elected from the members. Select a member with a vote"),
    "chair_is_allowed": ("holder", "This person cannot be the chair under the rules of this board"),
    "ex_body_chair_one_at_a_time": ("from_on", "There is a chair on that day already"),
}


async def constitute_body(session: AsyncSession, person: Principal, record: BodyRecord, on: date) -> None:
    """Constitute a body with the seats of its settings. Raises ActionRefused if that was done before."""
    rules = record.settings
    once = "This board is constituted already. Open its page again."
    with explain_constraints({"uq_body_authority_id_key": once}, "constituted"):
        async with session.begin_nested():
            made: UUID | None = await session.scalar(
                insert(Body)
                .values(
                    authority_id=person.authority_id,
                    key=record.key,
                    name=rules.name,
                    kind=rules.kind,
                    constituted_on=on,
                    chair_rule=rules.chair,
                    chair_never=list(rules.chair_never),
                    school_majority=rules.school_majority,
                )
                .returning(Body.id)
            )
    assert made is not None
    await session.execute(
        insert(Seat),
        [
            {
                "authority_id": person.authority_id,
                "body_id": made,
                "constituency": key,
                "number": number,
                "voting": one.voting,
                "holders": one.holders,
                "phase": one.phase,
                "sector": one.sector,
                "from_on": on,
            }
            for key, one in rules.constituencies.items()
            for number in range(1, one.seats + 1)
        ],
    )
    await record_audit(
        session, person, "constitute_body", "body", made, changes={"constituted_on": [None, on.isoformat()]}
    )


async def fill_seat(
    session: AsyncSession, person: Principal, body: BodyRecord, seat: SeatRow, term: Term, by: str
) -> None:
    """Appoint a person to a seat. Raises ValidationFailed where PostgreSQL refuses the term."""
    constituency = body.settings.constituencies.get(seat.constituency)
    with explain_constraints(APPOINTING):
        async with session.begin_nested():
            made: UUID | None = await session.scalar(
                insert(SeatAppointment)
                .values(
                    authority_id=person.authority_id,
                    seat_id=seat.id,
                    body_id=body.id,
                    voting=seat.voting,
                    person_id=term.person_id,
                    school_urn=term.school_urn,
                    how=constituency.how if constituency else "appointed",
                    by=by,
                    from_on=term.from_on,
                    until_on=term.until_on,
                )
                .returning(SeatAppointment.id)
            )
    assert made is not None
    await record_audit(session, person, "fill_seat", "seat_appointment", made, schools=[term.school_urn])


async def end_term(session: AsyncSession, person: Principal, seat: SeatRow, on: date, reason: str) -> None:
    """End the term of a seat's holder. Raises ActionRefused if the seat is vacant."""
    if seat.appointment_id is None or seat.from_on is None:
        raise ActionRefused("The seat is vacant already.")
    await session.execute(
        update(SeatAppointment)
        .where(SeatAppointment.authority_id == person.authority_id, SeatAppointment.id == seat.appointment_id)
        .values(until_on=max(on, seat.from_on), ended_reason=reason)
        .execution_options(synchronize_session=False)
    )
    await record_audit(
        session, person, "end_seat_term", "seat_appointment", seat.appointment_id, schools=[seat.school_urn]
    )


async def name_substitute(session: AsyncSession, person: Principal, seat: SeatRow, term: Term) -> None:
    """Name a person of the same group who may sit in for the holder of a seat."""
    if term.person_id == seat.person_id:
        raise ActionRefused("The holder of the seat cannot be the substitute. Select somebody else.")
    once: dict[str, Message] = {
        "ex_seat_substitute_once": ("holder", "This person is a substitute of this seat already")
    }
    with explain_constraints(RIGHT | once):
        async with session.begin_nested():
            made: UUID | None = await session.scalar(
                insert(SeatSubstitute)
                .values(
                    authority_id=person.authority_id,
                    seat_id=seat.id,
                    person_id=term.person_id,
                    school_urn=term.school_urn,
                    from_on=term.from_on,
                    until_on=term.until_on,
                )
                .returning(SeatSubstitute.id)
            )
    assert made is not None
    await record_audit(session, person, "name_substitute", "seat_substitute", made, schools=[term.school_urn])


async def end_substitute(session: AsyncSession, person: Principal, substitute_id: UUID) -> None:
    """End the time of a substitute today. Raises NotFound."""
    ended: Sequence[UUID] = (
        await session.scalars(
            update(SeatSubstitute)
            .where(SeatSubstitute.authority_id == person.authority_id, SeatSubstitute.id == substitute_id)
            .values(until_on=func.greatest(SeatSubstitute.from_on, person.today))
            .returning(SeatSubstitute.id)
            .execution_options(synchronize_session=False)
        )
    ).all()
    if not ended:
        raise NotFound
    await record_audit(session, person, "end_substitute", "seat_substitute", substitute_id)


async def name_chair(
    session: AsyncSession, person: Principal, body: BodyRecord, chair_id: UUID, on: date
) -> None:
    """Record the chair from a day on; the term of the chair before ends then."""
    stored = body.stored
    if stored is None:
        raise NotFound
    if stored.chair_id == chair_id:
        raise ActionRefused("This person is the chair already.")
    with explain_constraints(CHAIRING):
        async with session.begin_nested():
            await session.execute(
                update(BodyChair)
                .where(
                    BodyChair.authority_id == person.authority_id,
                    BodyChair.body_id == stored.id,
                    BodyChair.until_on.is_(None),
                )
                .values(until_on=func.greatest(BodyChair.from_on, on))
                .execution_options(synchronize_session=False)
            )
            made: UUID | None = await session.scalar(
                insert(BodyChair)
                .values(authority_id=person.authority_id, body_id=stored.id, person_id=chair_id, from_on=on)
                .returning(BodyChair.id)
            )
    assert made is not None
    await record_audit(session, person, "name_chair", "body", stored.id)
