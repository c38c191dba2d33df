"""Profiles of the demonstration: a yearly cycle half-way through, from calculated to final."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, insert, update

from alongside.dev.demo_data.demonstration import Demonstration
from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.catalogue import year_before
from alongside.features.profiles.actions import add_comment
from alongside.features.profiles.calculation import calculate
from alongside.features.profiles.models import Profile, ProfileDispute
from alongside.features.profiles.queries import ProfileRow, all_profiles_for
from alongside.platform.school_calendar.calendar import academic_year

STAGES = ("calculated", "shared", "shared", "discussed", "final")
"""The states of profiles in turn: the core team has worked through more than half of its list."""

COMMENTS = (
    "Two pupils joined us in the summer term. Our own assessments show better progress in reading.",
    "We agree with the profile. Attendance is our priority this year.",
    "Year 6 was a small cohort, so one pupil changes the figures a lot.",
)
AGREED = "Look at reading in key stage 2 together, and visit a similar school before the spring term."


async def fill(demo: Demonstration) -> None:
    """Calculate the profiles of the last academic year, and take each to the stage of its turn."""
    core, session = demo.staff.core[0], demo.session
    year = year_before(academic_year(demo.staff.today))
    for phase in ("primary", "secondary"):
        await calculate(session, core, year, phase)
    rows = await all_profiles_for(session, core, {"year": year, "phase": "", "state": "", "name": ""})
    for number, row in enumerate(rows):
        await _take_to(demo, row, STAGES[number % len(STAGES)], number)
    disputed = next(
        (row for number, row in enumerate(rows) if STAGES[number % len(STAGES)] == "shared"), None
    )
    if disputed is not None and (head := demo.staff.heads.get(disputed.school_urn)) is not None:
        await identify_requester(session, head)
        await session.execute(
            insert(ProfileDispute).values(
                authority_id=core.authority_id,
                profile_id=disputed.id,
                measure="persistent_absence",
                reason="Our register shows a lower figure. Please check it with the attendance team.",
                raised_by=head.id,
            )
        )
    await identify_requester(session, demo.product)


async def _take_to(demo: Demonstration, row: ProfileRow, stage: str, number: int) -> None:
    """Take a profile to a stage, one state after the other; every second shared school comments."""
    if stage == "calculated":
        return
    day = demo.staff.today - timedelta(days=10)
    await _change(demo, row.id, state="shared", shared_at=func.now())
    head = demo.staff.heads.get(row.school_urn)
    if head is not None and number % 2:
        await identify_requester(demo.session, head)
        await add_comment(demo.session, head, row, COMMENTS[number % len(COMMENTS)])
    if stage == "shared":
        return
    await _change(
        demo,
        row.id,
        state="discussed",
        discussed_on=day,
        discussed_with="The headteacher and the chair of governors",
        agreed_points=AGREED,
    )
    if stage == "final" and row.proposed_direction != "too_few":
        await _change(demo, row.id, direction=row.proposed_direction)
        await _change(demo, row.id, state="final")


async def _change(demo: Demonstration, profile_id: UUID, **values: object) -> None:
    core = demo.staff.core[0]
    await identify_requester(demo.session, core)
    await demo.session.execute(
        update(Profile)
        .where(Profile.authority_id == core.authority_id, Profile.id == profile_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
