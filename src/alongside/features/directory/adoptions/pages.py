"""The page on which a school says that it uses an entry, and how it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alongside.features.directory.adoptions import actions, queries
from alongside.features.directory.adoptions.forms import UseForm
from alongside.features.directory.entry import Entry
from alongside.features.directory.models import LISTED
from alongside.features.directory.resource import ENTRY
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionButton, ActionRequest, buttons_for, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest


async def _saved(asked: ActionRequest[Entry]) -> Mapping[str, object]:
    said = await queries.own_use(asked.session, asked.person, asked.record)
    return {"worked": said.worked, "notes": said.notes} if said else {}


@dataclass(frozen=True, kw_only=True)
class UseContext(FormContext):
    """The button that ends the use, if the school uses the entry."""

    buttons: Sequence[ActionButton]


async def _context(asked: FormRequest[Entry, UseForm]) -> UseContext:
    said = await queries.own_use(asked.session, asked.person, asked.record)
    return UseContext(buttons=buttons_for(asked.person, asked.record, (END,)) if said else ())


ADOPT: FormAction[Entry, UseForm] = FormAction(
    name="adopt_entry",
    undo="end_use",
    resource=ENTRY,
    slug="use",
    permission=Permission.ADOPT_ENTRY,
    states=LISTED,
    relevant=lambda person, entry: person.school_urn not in (entry.school_urn, entry.partner_urn),
    label="We use this",
    title=lambda _, entry: f"We use “{entry.title}”",
    submit="Save",
    form=UseForm,
    initial=_saved,
    template="directory/use.html",
    context=_context,
    said="Thank you. Other schools can see how it went for you.",
    run=lambda asked: actions.adopt_entry(
        asked.session, asked.person, asked.record.id, asked.form.worked.data, asked.form.notes.data
    ),
)
END = ButtonAction(
    name="end_use",
    undo="adopt_entry",
    resource=ENTRY,
    slug="use/end",
    permission=Permission.ADOPT_ENTRY,
    label="We no longer use it",
    said="Your school no longer counts as using this.",
    run=lambda asked: actions.end_use(asked.session, asked.person, asked.record.id),
)
routes = routes_of((ADOPT, END))
