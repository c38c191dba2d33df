"""Writes columns of a motion, and the sentences for what PostgreSQL refuses."""

from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.motions.models import Motion
from alongside.features.motions.rows import MotionRow
from alongside.platform.database.constraints import Message

SENTENCES: Mapping[str, Message] = {
    "uq_motion_once_a_year": "The board has a motion for this phase, line and year already.",
    "motion_transition": "This motion has moved on. Open its page again.",
    "motion_text_frozen": "Members have voted, so the text stays. Withdraw the motion and table another one.",
    "motion_electorate": "Nobody could vote on this motion. Check the seats, who is present and the interests.",
    "motion_elector_holder": "A term on the board has begun or ended. Open this page again.",
    "motion_elector_interest": "A member has a new interest in a school of this motion. Open this page again.",
    "motion_electorate_frozen": "This motion is open already.",
    "uq_motion_elector_authority_id_motion_id_seat_id": "This motion is open already.",
    "uq_motion_interest_authority_id_motion_id_seat_id_source": "This interest is on record already.",
    "motion_closes_later": "Members can still vote. Close it after the closing date.",
    "motion_casting_by_chair": "Only the chair has a casting vote.",
    "motion_referral": "Only a lost motion on the schools grant can be referred to the Secretary of State.",
    "motion_overruling_allowed": "The law or the rules of this board do not let the authority overrule this decision.",
    "uq_motion_overruling_authority_id_motion_id": "This decision is overruled already.",
    "motion_interest_in_time": "The motion has opened, so this can no longer change.",
    "motion_interest_before_vote": "This seat has voted already. Withdraw the motion and table another one.",
    "uq_motion_subject_authority_id_motion_id_kind_subject": "This motion decides on that already.",
    "vote_while_open": "Voting is closed.",
    "vote_right": "This seat has no vote on this motion.",
    "uq_vote_one_live": "This seat has voted at the same moment. Open the page again.",
}
"""What a person reads where PostgreSQL refuses."""


async def write_motion(session: AsyncSession, row: MotionRow, **values: object) -> None:
    """Write columns of a motion that is still in the state in which it was read."""
    written = await session.scalar(
        update(Motion)
        .where(Motion.authority_id == row.authority_id, Motion.id == row.id, Motion.state == row.state)
        .values(**values)
        .returning(Motion.id)
        .execution_options(synchronize_session=False)
    )
    if written is None:
        raise ActionRefused("This motion has moved on. Open its page again.", row.state)
