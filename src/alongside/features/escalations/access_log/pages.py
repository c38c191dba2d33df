"""Pages for access to an escalation: named readers, the access log, and who has it open now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.escalations.access_log import actions, queries
from alongside.features.escalations.access_log.access_log import logs_reading
from alongside.features.escalations.access_log.forms import ReaderForm
from alongside.features.escalations.access_log.queries import ReaderRow, Reading
from alongside.features.escalations.models import OPEN_STATES
from alongside.features.escalations.queries import get_escalation, of_person
from alongside.features.escalations.resource import ESCALATION, may_act, parts_with_buttons, subject
from alongside.features.escalations.rows import EscalationRow, Part
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import ROLE_NAMES, Principal
from alongside.platform.database.reads import fetch_all, fetch_one
from alongside.platform.forms.action import ActionButton, Resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import ContinueAfterCommit, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint

HANDLE = Permission.MANAGE_ESCALATION
PARTS = {
    "escalation": "The escalation",
    "file": "An attachment",
    "pdf": "The escalation file",
    "notes": "Officers’ notes",
    "export": "An export",
}


async def _offer_people(asked: FormRequest[EscalationRow, ReaderForm]) -> None:
    asked.form.offer(await queries.people_to_name(asked.session, asked.person))


@dataclass(frozen=True, kw_only=True)
class ReadersContext(FormContext):
    """The named readers, each with its buttons, and the access log, with the labels of roles and parts."""

    readers: Sequence[tuple[ReaderRow, Sequence[ActionButton]]]
    readings: Sequence[Reading]
    ROLES: Mapping[str, str]
    PARTS: Mapping[str, str]


async def _context(asked: FormRequest[EscalationRow, ReaderForm]) -> ReadersContext:
    values = of_person(asked.person, escalation_id=asked.record.id)
    readers = await fetch_all(asked.session, queries.READERS, values)
    return ReadersContext(
        readers=parts_with_buttons(asked.person, asked.record, readers, (END_READER,)),
        readings=await fetch_all(asked.session, queries.READINGS, values),
        ROLES={role.value: name for role, name in ROLE_NAMES.items()},
        PARTS=PARTS,
    )


async def _reader_to(
    session: AsyncSession, person: Principal, permission: Permission, escalation_id: UUID, reader_id: UUID
) -> Part[ReaderRow]:
    row = await get_escalation(session, person, permission, escalation_id)
    values = of_person(person, escalation_id=escalation_id, part_id=reader_id)
    reader = await fetch_one(session, queries.READER, values)
    if reader is None:
        raise NotFound
    return Part(reader, row)


END_READER = ButtonAction(
    name="end_reader",
    undo="name_reader",
    resource=Resource(
        name="part",
        path="/escalations/{escalation_id:uuid}/readers/{reader_id:uuid}",
        load=_reader_to,
        url=lambda part: f"{ESCALATION.url(part.escalation)}/readers/{part.id}",
        page=lambda part: f"{ESCALATION.url(part.escalation)}/readers",
        may=lambda person, permission, part: may_act(person, permission, part.escalation),
        wrap=logs_reading,
    ),
    slug="end",
    permission=HANDLE,
    label="Remove",
    about=lambda _, part: part.row.name,
    said="They can no longer read this escalation.",
    run=lambda asked: actions.end_reader(
        asked.session, asked.person, asked.record.escalation.id, asked.record.id
    ),
)
NAME_READER = FormAction(
    name="name_reader",
    undo="end_reader",
    resource=ESCALATION,
    slug="readers",
    permission=HANDLE,
    states=OPEN_STATES,
    label="Add a reader",
    title="Who can read this escalation",
    submit="Add this reader",
    form=ReaderForm,
    choices=_offer_people,
    template="escalations/readers.html",
    context=_context,
    then=lambda row: f"{ESCALATION.url(row)}/readers",
    said="They can read the escalation now, and have been told.",
    run=lambda asked: actions.name_reader(
        *subject(asked), UUID(asked.form.person_id.data), asked.form.seat.data
    ),
)


@dataclass(frozen=True, kw_only=True)
class PresenceContext(PageContext):
    """The names of the colleagues who have an escalation open, and the version that the page shows."""

    template = "escalations/_presence.html"

    escalation: EscalationRow
    present: Sequence[str]
    shown: int


@endpoint.get("/escalations/{escalation_id:uuid}/presence", permission=HANDLE, by_itself=True)
async def show_presence(ctx: PageRequest, escalation_id: UUID) -> PageResult:
    """Show which colleagues have the escalation open, and whether it has changed since this page was shown."""
    row = await get_escalation(ctx.session, ctx.person, HANDLE, escalation_id)
    since = ctx.query.one("version")
    shown = int(since) if since.isascii() and since.isdecimal() and len(since) <= 9 else row.version
    present = await queries.present_at(ctx.session, ctx.person, escalation_id)
    answer = Page(PresenceContext(escalation=row, present=present, shown=shown))
    database = ctx.app.database

    async def stay_and_show() -> PageResult:
        await actions.note_presence(database, ctx.person, escalation_id)
        return answer

    return ContinueAfterCommit(stay_and_show, in_turn=True)


routes = [*routes_of((NAME_READER, END_READER)), show_presence]
