"""Page of officers' notes, for the core team only; it has its own entry in the access log."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from alongside.features.authorities import settings_of
from alongside.features.escalations.access_log.access_log import logs_reading_of
from alongside.features.escalations.officer_notes.actions import write_note
from alongside.features.escalations.officer_notes.forms import OfficersNoteForm
from alongside.features.escalations.officer_notes.models import WEIGHTS
from alongside.features.escalations.officer_notes.queries import notes_of
from alongside.features.escalations.resource import ESCALATION, subject
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest


async def _context(asked: FormRequest[Row[Any], OfficersNoteForm]) -> Mapping[str, object]:
    return {
        "notes": await notes_of(*subject(asked)),
        "weights": {key: words.partition(":")[0] for key, words in WEIGHTS.items()},
        "settings": settings_of(asked.person.authority_id),
    }


WRITE_NOTE = FormAction(
    name="write_note",
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
