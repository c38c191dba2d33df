"""Messages of the demonstration, about visits and proposals."""

from sqlalchemy import text

from alongside.dev.demo_data.demonstration import Demonstration
from alongside.features.messages.actions import record_call, write_message
from alongside.features.messages.queries import thread_of_proposal, thread_of_visit
from alongside.platform.access.permissions import Permission

VISITS = text(
    "SELECT id, requesting_urn, supporting_urn FROM visit_request WHERE authority_id = :authority_id"
    " AND state IN ('agreed', 'dates_offered') ORDER BY id LIMIT 6"
)
PROPOSALS = text(
    "SELECT id, requesting_urn, supporting_urn FROM proposal WHERE authority_id = :authority_id"
    " AND state IN ('proposed', 'agreed') ORDER BY id LIMIT 8"
)
ASKED = "Could one of our teaching assistants come too?"
ANSWERED = "Of course. There is parking behind the hall; please use the side gate."
PROPOSED = "We would like to begin with Year 3. Does a Tuesday suit you?"


async def fill(demo: Demonstration) -> None:
    """Write to and fro about some visits and proposals, with the product's own actions."""
    session, staff, values = demo.session, demo.staff, {"authority_id": demo.staff.authority_id}
    for number, row in enumerate((await session.execute(VISITS, values)).all()):
        guest, host = staff.heads.get(row.requesting_urn), staff.heads.get(row.supporting_urn)
        if guest is None or host is None:
            continue
        thread = await thread_of_visit(session, guest, Permission.WRITE_MESSAGE, row.id)
        await write_message(session, guest, thread, ASKED)
        if number % 2:
            await write_message(session, host, thread, ANSWERED)
    for number, row in enumerate((await session.execute(PROPOSALS, values)).all()):
        asking, giving = staff.heads.get(row.requesting_urn), staff.heads.get(row.supporting_urn)
        if asking is None or giving is None:
            continue
        thread = await thread_of_proposal(session, asking, Permission.WRITE_MESSAGE, row.id)
        await write_message(session, asking, thread, PROPOSED)
        if number % 2:
            await record_call(
                session, giving, thread, staff.today, asking.name or "", "Tuesdays are fine from next week"
            )
