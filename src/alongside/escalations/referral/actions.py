"""Recording the answer to a referral."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Refused
from alongside.escalations.asking import refuse_interest
from alongside.escalations.model import FINALS, Case
from alongside.escalations.moving import tell_seats, tell_story
from alongside.escalations.queries import held_case
from alongside.journal.actions import write_journal


async def answer_referral(
    session: AsyncSession,
    person: Person,
    case_id: UUID,
    answer: Mapping[str, Any],
    version: int | None = None,
    typed: Mapping[str, tuple[str, str]] | None = None,
) -> None:
    """Record what the DfE regions group answered; everybody with a seat is told that it did.

    Raises Refused where nothing was referred, Stale when a colleague wrote first.
    """
    row = await held_case(session, person, Permission.HANDLE_CASE, case_id, version=version, typed=typed)
    await refuse_interest(session, person, row)
    if row.referred_on is None or row.state in FINALS:
        raise Refused("This escalation has no open referral to the DfE regions group.", row.state)
    await session.execute(
        update(Case)
        .where(Case.authority_id == person.authority_id, Case.id == case_id)
        .values(**answer, version=Case.version + 1)
        .execution_options(synchronize_session=False)
    )
    await write_journal(session, person, "answer_referral", "escalation", case_id)
    await tell_story(session, person, case_id, "answer_referral", answer["referral_answer"])
    said = "The DfE has answered a referral that was made in a case."
    await tell_seats(session, person, row, "case_referral_answered", said)
