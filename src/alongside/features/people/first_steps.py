"""The first steps of a new head: which of them a person has done or hidden."""

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ValidationFailed
from alongside.features.people.models import FIRST_STEPS, Person
from alongside.platform.access.principal import Principal

FINISH = text(
    """
    UPDATE person SET first_steps_done = first_steps_done || CAST(:done AS text[])
     WHERE authority_id = :authority_id AND id = :person_id
       AND NOT first_steps_done @> CAST(:done AS text[])
    """
)


async def finish_first_step(session: AsyncSession, person: Principal, step: str) -> None:
    """Mark a first step of this person as done, or all of them (“all”). Raises ValidationFailed for another step."""
    if step not in (*FIRST_STEPS, "all"):
        raise ValidationFailed({"step": ["Choose one of the steps."]})
    done = list(FIRST_STEPS) if step == "all" else [step]
    values = {"authority_id": person.authority_id, "person_id": person.id, "done": done}
    await session.execute(FINISH, values)


async def show_first_steps(session: AsyncSession, person: Principal) -> None:
    """Show this person the first steps again that they marked as done or hid."""
    await session.execute(
        update(Person)
        .where(Person.authority_id == person.authority_id, Person.id == person.id)
        .values(first_steps_done=[])
        .execution_options(synchronize_session=False)
    )
