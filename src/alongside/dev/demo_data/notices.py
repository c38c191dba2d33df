"""Notices of the demonstration: some read and asked about, one corrected, one draft, and events of the coming weeks."""

from collections.abc import Mapping
from datetime import time, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from alongside.dev.demo_data.demonstration import Demonstration
from alongside.features.notices import actions
from alongside.features.notices.access_policy import identify_requester
from alongside.features.notices.models import NoticeReading
from alongside.features.notices.queries import get_notice, questions_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal

OF_CORE: tuple[tuple[str, str, str, int, str], ...] = (
    (
        "heads",
        "Autumn briefing for headteachers",
        "We go through the new accountability arrangements and the offers of support for this year.\n\n"
        "Please bring your calendar: we agree the dates of the spring visits.",
        12,
        "Town hall, council chamber",
    ),
    (
        "heads-primary",
        "Moderation of writing in Year 2 and Year 6",
        "Each school brings three pieces of work from each year group. We name the moderators a week before.",
        26,
        "Online",
    ),
    (
        "leads",
        "Meeting of consortium leads",
        "We compare how needs and offers were matched last term, and agree what each consortium takes on next.",
        19,
        "Civic centre, room 2",
    ),
)
TO_CONSORTIUM = (
    "Dates of our consortium’s visits to each other",
    "Each school visits one other school before the end of next month. Choose from the dates in the calendar.",
)


async def _notice(
    demo: Demonstration, by: Principal, audience: str, title: str, body: str, event_in: int, place: str
) -> UUID:
    today = demo.staff.today
    event_on = today + timedelta(days=event_in)
    values: Mapping[str, object] = {
        "title": title,
        "body": body,
        "ends_on": event_on,
        "event_on": event_on,
        "event_starts": time(9, 30),
        "event_ends": time(12),
        "event_location": place,
    }
    return await actions.draft_notice(demo.session, by, values, audience, audience.startswith("heads"))


async def _send(demo: Demonstration, by: Principal, notice_id: UUID) -> None:
    notice = await get_notice(demo.session, by, Permission.POST_NOTICE, notice_id)
    await actions.send_notice(demo.session, by, notice, notice.version)


async def _read(demo: Demonstration, readers: list[Principal], notice_id: UUID) -> None:
    for reader in readers:
        await identify_requester(demo.session, reader)
        opened = insert(NoticeReading).values(
            authority_id=reader.authority_id, notice_id=notice_id, person_id=reader.id, opened_at=func.now()
        )
        await demo.session.execute(opened.on_conflict_do_nothing())


async def fill(demo: Demonstration) -> None:
    """Write notices of the core team and of one consortium's leads."""
    core = demo.staff.core[0]
    heads = [demo.staff.heads[urn] for urn in sorted(demo.staff.heads)]
    briefing, *others = [await _notice(demo, core, *written) for written in OF_CORE]
    for notice_id in (briefing, *others):
        await _send(demo, core, notice_id)
    await _read(demo, heads[::3], briefing)
    await _ask(demo, core, heads[0], briefing)
    await actions.draft_notice(
        demo.session,
        core,
        {
            "title": "Training for new headteachers",
            "body": "Five mornings for headteachers in their first two years. Dates follow.",
            "ends_on": demo.staff.today + timedelta(days=60),
            "event_location": "",
        },
        "heads",
        False,
    )
    consortium_id, lead = sorted(demo.staff.leads.items())[0]
    key = f"consortium-{consortium_id}"
    ours = await _notice(demo, lead, key, *TO_CONSORTIUM, 33, "At the schools")
    await _send(demo, lead, ours)


async def _ask(demo: Demonstration, core: Principal, head: Principal, notice_id: UUID) -> None:
    """Ask two questions about a notice, and answer the first."""
    seen = await get_notice(demo.session, head, Permission.VIEW_NOTICE, notice_id)
    await actions.ask_question(demo.session, head, seen, "Can a deputy headteacher come instead of me?")
    notice = await get_notice(demo.session, core, Permission.POST_NOTICE, notice_id)
    (question,), _ = await questions_of(demo.session, core, notice, 1)
    await actions.answer_question(
        demo.session, core, notice, question, "Yes. Please tell us their name so that we can expect them."
    )
    seen = await get_notice(demo.session, head, Permission.VIEW_NOTICE, notice_id)
    await actions.ask_question(demo.session, head, seen, "Is there parking at the town hall?")
