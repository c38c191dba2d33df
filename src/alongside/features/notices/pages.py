"""Pages of notices: the list, one notice, its readers, and the calendar of events."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.errors import NotFound
from alongside.features.consortia.queries import ConsortiumName, consortium_names
from alongside.features.notices import queries
from alongside.features.notices.actions import record_reading
from alongside.features.notices.audience import (
    Reader,
    ReaderCounts,
    all_readers_of,
    reader_counts,
    readers_of,
)
from alongside.features.notices.queries import CorrectionRow, FileRow, NoticeRow, QuestionRow, get_notice
from alongside.features.notices.questions import ANSWER, ASK
from alongside.features.notices.sending import ACTIONS, NEW, REMOVE_FILE
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import CONSORTIUM_ROLES, ROLE_NAMES, SCHOOL_ROLES, Principal, Role
from alongside.platform.forms.action import ActionButton, buttons_for, routes_of
from alongside.platform.web.formatting import format_datetime
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import ContinueAfterCommit, Download, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, as_csv

VIEW, MANAGE = Permission.VIEW_NOTICE, Permission.POST_NOTICE
TABS = {
    "current": "Current",
    "unread": "Not read yet",
    "questions": "With questions to answer",
    "ended": "Ended",
}


@dataclass(frozen=True, kw_only=True)
class NoticeList(PageContext):
    """One page of the notices that a person can read; `tabs` are the lists that they have."""

    template = "notices/list.html"

    notices: Sequence[NoticeRow]
    more: bool
    number: int
    shown: str
    tabs: Sequence[tuple[str, str]]
    sends: bool


@dataclass(frozen=True, kw_only=True)
class NoticePage(PageContext):
    """One notice. `counts` and the names of those who ask are given only to those who sent it."""

    template = "notices/show.html"

    notice: NoticeRow
    files: Sequence[FileRow]
    corrections: Sequence[CorrectionRow]
    questions: Sequence[QuestionRow]
    more_questions: bool
    number: int
    counts: ReaderCounts | None
    sends: bool
    buttons: Sequence[ActionButton]
    ask: ActionButton | None


@dataclass(frozen=True, kw_only=True)
class ReaderList(PageContext):
    """One page of the audience of a notice, with when they opened it."""

    template = "notices/readers.html"

    notice: NoticeRow
    readers: Sequence[Reader]
    counts: ReaderCounts
    more: bool
    number: int
    role_names: dict[Role, str]


@dataclass(frozen=True, kw_only=True)
class Calendar(PageContext):
    """Coming events. `consortia` are those to which a person may limit it, `chosen` the one that is chosen."""

    template = "notices/calendar.html"

    events: Sequence[NoticeRow]
    more: bool
    number: int
    consortia: Sequence[ConsortiumName]
    chosen: UUID | None


def _tabs(person: Principal) -> list[tuple[str, str]]:
    receives = person.role in SCHOOL_ROLES | CONSORTIUM_ROLES
    without = {"unread": receives, "questions": has_permission(person, MANAGE)}
    return [(key, label) for key, label in TABS.items() if without.get(key, True)]


@endpoint.get("/notices", permission=VIEW)
async def list_notices(ctx: PageRequest) -> PageResult:
    """List the notices that a person received or sent."""
    tabs = _tabs(ctx.person)
    asked = ctx.query.one("show")
    shown = asked if asked in dict(tabs) else "current"
    number = number_of_page(ctx.query.one("page"))
    notices, more = await queries.notices_for(ctx.session, ctx.person, shown, number)
    return Page(
        NoticeList(
            notices=notices,
            more=more,
            number=number,
            shown=shown,
            tabs=tabs,
            sends=has_permission(ctx.person, MANAGE),
        )
    )


@endpoint.get("/notices/{notice_id:uuid}", permission=VIEW)
async def show_notice(ctx: PageRequest, notice_id: UUID) -> PageResult:
    """Show a notice with its attachments, corrections and questions, and record that it was opened."""
    notice = await get_notice(ctx.session, ctx.person, VIEW, notice_id)
    number = number_of_page(ctx.query.one("page"))
    questions, more = await queries.questions_of(ctx.session, ctx.person, notice, number)
    sends = queries.sends(ctx.person, notice)
    page = Page(
        NoticePage(
            notice=notice,
            files=await queries.files_of(ctx.session, notice),
            corrections=await queries.corrections_of(ctx.session, notice),
            questions=questions,
            more_questions=more,
            number=number,
            counts=await reader_counts(ctx.session, ctx.person, notice.id) if sends else None,
            sends=sends,
            buttons=buttons_for(ctx.person, notice, ACTIONS),
            ask=ASK.button(ctx.person, notice),
        )
    )

    async def record_and_show() -> PageResult:
        await record_reading(ctx.app.database, ctx.person, notice)
        return page

    return ContinueAfterCommit(record_and_show, in_turn=True)


@endpoint.get("/notices/{notice_id:uuid}/readers", permission=MANAGE)
async def list_readers(ctx: PageRequest, notice_id: UUID) -> PageResult:
    """List who is in the audience, those who have not opened the notice first."""
    notice = await get_notice(ctx.session, ctx.person, MANAGE, notice_id)
    number = number_of_page(ctx.query.one("page"))
    readers, more = await readers_of(ctx.session, ctx.person, notice.id, number)
    counts = await reader_counts(ctx.session, ctx.person, notice.id)
    return Page(
        ReaderList(
            notice=notice, readers=readers, counts=counts, more=more, number=number, role_names=ROLE_NAMES
        )
    )


@endpoint.get("/notices/{notice_id:uuid}/readers.csv", permission=MANAGE)
async def download_readers(ctx: PageRequest, notice_id: UUID) -> PageResult:
    """Download the audience as CSV."""
    notice = await get_notice(ctx.session, ctx.person, MANAGE, notice_id)
    rows = [
        (
            one.name,
            ROLE_NAMES[Role(one.role)],
            one.place,
            "" if one.opened_at is None else format_datetime(one.opened_at),
        )
        for one in await all_readers_of(ctx.session, ctx.person, notice.id)
    ]
    return Download(as_csv(("Name", "Role", "School or consortium", "Opened"), rows), "readers.csv", CSV)


@endpoint.get("/notices/{notice_id:uuid}/files/{notice_file_id:uuid}", permission=VIEW)
async def download_notice_file(ctx: PageRequest, notice_id: UUID, notice_file_id: UUID) -> PageResult:
    """Serve an attachment as a download to a person who can read the notice."""
    notice = await get_notice(ctx.session, ctx.person, VIEW, notice_id)
    if notice.state == "withdrawn" and not queries.sends(ctx.person, notice):
        raise NotFound
    file = await queries.get_file(ctx.session, notice, notice_file_id)
    return Download(file.body, file.filename, file.media_type)


@endpoint.get("/calendar", permission=VIEW)
async def show_calendar(ctx: PageRequest) -> PageResult:
    """List the coming events of the notices that a person can read."""
    consortia = await consortium_names(ctx.session, ctx.person.authority_id)
    if ctx.person.role in SCHOOL_ROLES | CONSORTIUM_ROLES:
        consortia = [one for one in consortia if one.id in ctx.person.consortium_ids]
    wanted = ctx.query.one("consortium")
    chosen = next((one.id for one in consortia if str(one.id) == wanted), None)
    number = number_of_page(ctx.query.one("page"))
    events, more = await queries.events_for(ctx.session, ctx.person, chosen, number)
    return Page(Calendar(events=events, more=more, number=number, consortia=consortia, chosen=chosen))


routes = [
    list_notices,
    show_notice,
    list_readers,
    download_readers,
    download_notice_file,
    show_calendar,
    *routes_of((NEW, *ACTIONS, REMOVE_FILE, ASK, ANSWER)),
]
