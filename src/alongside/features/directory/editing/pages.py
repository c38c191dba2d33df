"""Actions by which a school writes, edits, submits, archives and restores its entries."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import calendar_of, settings_of
from alongside.features.authorities.settings import Contact
from alongside.features.directory import actions, models
from alongside.features.directory.entry import Entry
from alongside.features.directory.forms import EntryForm, entry_form_of
from alongside.features.directory.models import LISTED
from alongside.features.directory.queries import get_entry
from alongside.features.directory.resource import ENTRY
from alongside.features.directory.view_context import EntryLabels, labels_for
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, Record, Resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.forms.reason import reason_form
from alongside.platform.web.responses import PageResult, Redirect

WRITE = Permission.WRITE_ENTRY
SUBMITTED = "Your entry is sent to be checked."
LOOKED_AT = {"checked_no_pupil": True, "checked_not_safeguarding": True}


async def _own_school(_session: AsyncSession, person: Principal, _permission: Permission) -> int:
    if person.school_urn is None:
        raise NotFound
    return person.school_urn


def _offer_choices(asked: FormRequest[Record, EntryForm], kept: Entry | None) -> None:
    settings, calendar = settings_of(asked.person.authority_id), calendar_of(asked.person.authority_id)
    asked.form.offer_choices(settings, calendar, asked.person.today, kept)


@dataclass(frozen=True, kw_only=True)
class NewEntryContext(FormContext):
    """The text to preview, if it is asked for, and whom to tell of a child at risk."""

    preview: Mapping[str, object] | None
    safeguarding: Contact | None
    labels: EntryLabels


@dataclass(frozen=True, kw_only=True)
class EntryContext(NewEntryContext):
    """The same for an entry that is `listed`; `leaves` is true if a change takes it out of the directory."""

    listed: bool
    leaves: bool


def _new_context(
    asked: FormRequest[int, EntryForm], preview: Mapping[str, object] | None = None
) -> NewEntryContext:
    return NewEntryContext(
        preview=preview,
        safeguarding=settings_of(asked.person.authority_id).contacts.get("safeguarding"),
        labels=labels_for(asked.person),
    )


def _context(
    asked: FormRequest[Entry, EntryForm], preview: Mapping[str, object] | None = None
) -> EntryContext:
    return EntryContext(
        preview=preview,
        safeguarding=settings_of(asked.person.authority_id).contacts.get("safeguarding"),
        labels=labels_for(asked.person),
        listed=asked.record.state in LISTED,
        leaves=actions.withdrawn_by_change(asked.record),
    )


async def _write(asked: FormRequest[int, EntryForm]) -> PageResult:
    values, act = asked.form.columns(), asked.data.one("act")
    if act == "preview":
        return await NEW.page(asked, context=_new_context(asked, values))
    entry_id = await actions.draft_entry(asked.session, asked.person, asked.record, values)
    if act == "submit":
        await actions.submit_entry(asked.session, asked.person, entry_id)
    said = SUBMITTED if act == "submit" else "The draft is saved."
    return Redirect(f"/directory/{entry_id}", said)


async def _change(asked: FormRequest[Entry, EntryForm]) -> PageResult:
    session, person, entry = asked.session, asked.person, asked.record
    values, act, version = asked.form.columns(), asked.data.one("act"), asked.version
    if act == "preview":
        return await EDIT.page(asked, version=version, context=_context(asked, values))
    await actions.change_entry(session, person, entry.id, values, version)
    said = "The draft is saved." if act == "draft" else "Your changes are saved."
    if entry.state in LISTED:
        now = await get_entry(session, person, WRITE, entry.id)
        if now.state not in LISTED:
            said += " The entry leaves the directory until both headteachers have agreed to the new text."
    elif act == "submit":
        await actions.submit_entry(session, person, entry.id)
        said = SUBMITTED
    return Redirect(ENTRY.url(entry), said)


async def _submit(asked: ActionRequest[Entry]) -> PageResult | None:
    """Submit a draft, or show the form with the fields that are missing."""
    entry = asked.record
    if entry.state in actions.DRAFTS:
        form = EntryForm(data=entry_form_of(entry) | LOOKED_AT)
        wanted = FormRequest(asked.request, asked.session, asked.person, entry, asked.data, form)
        _offer_choices(wanted, entry)
        if not form.is_valid(complete=True):
            return await EDIT.page(wanted, 422, version=entry.version)
    await actions.submit_entry(asked.session, asked.person, entry.id)
    return None


NEW: FormAction[int, EntryForm] = FormAction(
    name="post_entry",
    creates=True,
    undo="archive_entry",
    resource=Resource(
        name="school_urn",
        path="/directory",
        load=_own_school,
        url=lambda _: "/directory",
        page=lambda _: "/directory/entries",
    ),
    slug="entries",
    form_slug="new",
    permission=WRITE,
    title="Write an entry",
    form=EntryForm,
    choices=lambda asked: _offer_choices(asked, None),
    valid=lambda asked: asked.form.is_valid(complete=asked.data.one("act") == "submit"),
    template="directory/new.html",
    context=_new_context,
    run=_write,
)
EDIT: FormAction[Entry, EntryForm] = FormAction(
    name="change_entry",
    undo="change_entry",
    resource=ENTRY,
    slug="edit",
    permission=WRITE,
    states=(*actions.DRAFTS, *LISTED),
    refusal=lambda _, entry: actions.why_not_editable(entry),
    label="Edit",
    title="Edit this entry",
    form=EntryForm,
    initial=lambda asked: entry_form_of(asked.record),
    choices=lambda asked: _offer_choices(asked, asked.record),
    valid=lambda asked: asked.form.is_valid(
        complete=asked.data.one("act") == "submit" or asked.record.state in LISTED
    ),
    version=lambda entry: entry.version,
    template="directory/edit.html",
    context=_context,
    run=_change,
)
SUBMIT = ButtonAction(
    name="submit_entry",
    undo="withdraw_submission",
    resource=ENTRY,
    slug="submission",
    permission=WRITE,
    states=models.SUBMIT_ENTRY.starts,
    label="Send for checking",
    said=SUBMITTED,
    run=_submit,
)
WITHDRAW = ButtonAction(
    name="withdraw_submission",
    undo="submit_entry",
    resource=ENTRY,
    slug="retraction",
    permission=WRITE,
    states=models.TAKE_BACK.starts,
    label="Withdraw from checking",
    said="The entry is a draft again.",
    run=lambda asked: actions.withdraw_submission(asked.session, asked.person, asked.record.id),
)
ARCHIVE = FormAction(
    name="archive_entry",
    undo="restore_entry",
    resource=ENTRY,
    slug="archive",
    permission=WRITE,
    states=models.ARCHIVE_ENTRY.starts,
    label="Archive",
    title=lambda _, entry: f"Archive “{entry.title}”",
    submit="Archive this entry",
    warning=True,
    form=reason_form(
        "Reason",
        "Enter a reason, for people who look for this entry later",
        "You can restore the entry later",
    ),
    said="The entry is in the archive. You can restore it.",
    run=lambda asked: actions.archive_entry(
        asked.session, asked.person, asked.record.id, asked.form.note.data
    ),
)
RESTORE = ButtonAction(
    name="restore_entry",
    undo="archive_entry",
    resource=ENTRY,
    slug="restoration",
    permission=WRITE,
    states=models.RESTORE_ENTRY.starts,
    label="Restore from the archive",
    said="The entry is a draft again.",
    run=lambda asked: actions.restore_entry(asked.session, asked.person, asked.record.id),
)
routes = routes_of((NEW, EDIT, SUBMIT, WITHDRAW, ARCHIVE, RESTORE))
