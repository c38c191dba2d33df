"""The scheduled job that asks once, a term later, how a try went."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.queries import ids, people_of_schools
from alongside.features.tries.models import PracticeTry
from alongside.features.tries.queries import tries_to_ask_about
from alongside.platform.access.principal import Principal
from alongside.platform.jobs.scheduler import ScheduledJob
from alongside.platform.notifications import notify


async def ask_about_tries(session: AsyncSession, person: Principal) -> int:
    """Ask the person who wrote each try, or their school if they have left. `person` is the system."""
    rows = await tries_to_ask_about(session, person.authority_id, person.today)
    for row in rows:
        people = [row.written_by]
        if row.writer_left_on is not None and row.writer_left_on <= person.today:
            found = await people_of_schools(session, person.authority_id, person.today, [row.school_urn])
            people = ids(found)
        text = f"A term ago you wrote: I will try {row.line}. How did it go?"
        await notify(
            session, person, people, "try_question", text, f"/tries/{row.id}/outcome", once=f"try:{row.id}"
        )
        await session.execute(
            update(PracticeTry)
            .where(PracticeTry.authority_id == person.authority_id, PracticeTry.id == row.id)
            .values(asked_on=person.today)
            .execution_options(synchronize_session=False)
        )
    return len(rows)


JOBS = (ScheduledJob(8, ask_about_tries),)
