"""Page of officers' notes, for the core team only; it has its own entry in the access log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from alongside.features.authorities import settings_of
from alongside.features.escalations.access_log.access_log import logs_reading_of
from alongside.features.escalations.officer_notes.actions import write_note
from alongside.features.escalations.officer_notes.forms import OfficersNoteForm
from alongside.features.escalations.officer_notes.models import WEIGHTS
from alongside.features.escalations.officer_notes.queries import NOTES, NoteRow
from alongside.features.escalations.queries import of_person
from alongside.features.escalations.resource import ESCALATION, subject
from alongside.features.escalations.rows import EscalationRow
from alongside.platform.access.permissions import Permission
from alongside.platform.database.reads import fetch_all
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest


@dataclass(frozen=True, kw_only=True)
class NotesContext(FormContext):
    """The notes of an escalation, newest first, and the short label of each type of note."""

    notes: Sequence[NoteRow]
    weights: Mapping[str, str]


async def _context(asked: FormRequest[EscalationRow, OfficersNoteForm]) -> NotesContext:
    return NotesContext(
        notes=await fetch_all(asked.session, NOTES, of_person(asked.person, escalation_id=asked.record.id)),
        weights={key: words.partition(":")[0] for key, words in WEIGHTS.items()},
    )


WRITE_NOTE = FormAction(
    name="write_note",
    creates=True,
    intro=lambda person, _: (
        f"Only the {settings_of(person.authority_id).words.core_team} can read these notes in Alongside. "
        "A note cannot be changed. It may have to be disclosed by law, so keep fact and opinion apart."
    ),
    resource=replace(ESCALATION, wrap=logs_reading_of("notes")),
    slug="notes",
    permission=Permission.VIEW_OFFICER_NOTES,
    title="Officers’ notes",
    submit="Add this note",
    form=OfficersNoteForm,
    template="escalations/notes.html",
    context=_context,
    then=lambda row: f"/escalations/{row.id}/notes",
    said="The note is added.",
    run=lambda asked: write_note(*subject(asked), asked.form.weight.data, asked.form.words.data),
)


routes = routes_of((WRITE_NOTE,))
