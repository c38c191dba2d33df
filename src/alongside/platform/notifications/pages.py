"""Pages: a person's notifications, failed emails, and the outbox of the demonstration."""

from collections.abc import Sequence
from dataclasses import dataclass

from wtforms import Form

from alongside.errors import NotFound
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest, id_resource, list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction
from alongside.platform.notifications import actions, queries
from alongside.platform.notifications.queries import EmailRow, NotificationRow
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, kw_only=True)
class NotificationList(PageContext):
    """One page of a person's notifications; `unread` counts all that are not done."""

    template = "notifications/list.html"

    notifications: Sequence[NotificationRow]
    unread: int
    number: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class FailedEmails(PageContext):
    """Emails that were given up."""

    template = "notifications/failures.html"

    failures: Sequence[EmailRow]


@dataclass(frozen=True, kw_only=True)
class Outbox(PageContext):
    """The latest emails of the demonstration."""

    template = "notifications/outbox.html"

    emails: Sequence[EmailRow]


@endpoint.get("/notifications", permission=Permission.VIEW_OWN_HOME)
async def list_notifications(ctx: PageRequest) -> PageResult:
    """List all notifications of the person, newest first."""
    number = _page_number(ctx.query.one("page"))
    found, more = await queries.notifications_of(ctx.session, ctx.person, number)
    unread = await queries.unread_notifications(ctx.session, ctx.person)
    return Page(NotificationList(notifications=found, unread=unread, number=number, more=more))


@endpoint.get("/failed-emails", permission=Permission.VIEW_FAILED_EMAILS)
async def list_failures(ctx: PageRequest) -> PageResult:
    """List the emails that were given up, each with the reason."""
    return Page(FailedEmails(failures=await queries.failed_emails(ctx.session, ctx.person)))


@endpoint.get("/outbox", permission=Permission.VIEW_OWN_HOME)
async def show_outbox(ctx: PageRequest) -> PageResult:
    """List the emails of this authority; the page exists only in the demonstration."""
    if not ctx.app.demonstration:
        raise NotFound
    return Page(Outbox(emails=await queries.latest_emails(ctx.session, ctx.person)))


def _page_number(written: str) -> int:
    """Return the page number in an address; 1 for anything else."""
    return (
        int(written)
        if written.isascii() and written.isdigit() and 0 < len(written) < 6 and int(written)
        else 1
    )


async def _finish_all(asked: ActionRequest[None]) -> Redirect:
    count = await actions.finish_all_notifications(asked.session, asked.person)
    return Redirect("/notifications", "All are marked as done." if count else None)


FINISH_ALL = ButtonAction(
    name="finish_all_notifications",
    undo="reopen_notification",
    resource=list_resource("/notifications"),
    slug="done",
    permission=Permission.VIEW_OWN_HOME,
    run=_finish_all,
)
FINISH = ButtonAction(
    name="finish_notification",
    undo="reopen_notification",
    resource=id_resource("/notifications/{notification_id:uuid}", "/notifications"),
    slug="done",
    permission=Permission.VIEW_OWN_HOME,
    run=lambda asked: actions.finish_notification(asked.session, asked.person, asked.record),
)
REOPEN = ButtonAction(
    name="reopen_notification",
    undo="finish_notification",
    resource=id_resource("/notifications/{notification_id:uuid}", "/notifications"),
    slug="reopening",
    permission=Permission.VIEW_OWN_HOME,
    run=lambda asked: actions.reopen_notification(asked.session, asked.person, asked.record),
)
SEND_AGAIN = FormAction(
    name="send_again",
    resource=id_resource("/failed-emails/{mail_id:uuid}", "/failed-emails"),
    slug="send",
    permission=Permission.VIEW_FAILED_EMAILS,
    title="Send this email again",
    intro="We try to send the email again now, to the same address.",
    form=Form,
    said="We will try to send the email again.",
    run=lambda asked: actions.send_again(asked.session, asked.person, asked.record),
)
routes = [
    list_notifications,
    list_failures,
    show_outbox,
    *routes_of((FINISH_ALL, FINISH, REOPEN, SEND_AGAIN)),
]
