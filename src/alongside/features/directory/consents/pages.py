"""The page on which a headteacher reads an entry about an agreement and consents to it."""

from dataclasses import dataclass

from wtforms import Form

from alongside.features.directory.actions import DRAFTS
from alongside.features.directory.consents import actions
from alongside.features.directory.entry import Entry
from alongside.features.directory.queries import consents_of
from alongside.features.directory.resource import ENTRY
from alongside.features.directory.view_context import EntryLabels, labels_for
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.responses import Redirect


@dataclass(frozen=True, kw_only=True)
class ConsentContext(FormContext):
    """Whether the person's school has agreed to this text."""

    given: bool
    labels: EntryLabels


async def _context(asked: FormRequest[Entry, Form]) -> ConsentContext:
    given = await consents_of(asked.session, asked.person, asked.record)
    return ConsentContext(given=asked.person.school_urn in given, labels=labels_for(asked.person))


async def _consent(asked: FormRequest[Entry, Form]) -> Redirect:
    both = await actions.consent_to_entry(asked.session, asked.person, asked.record.id, asked.version)
    said = "Both schools have agreed." if both else "Your school has agreed. The other school has been asked."
    return Redirect(ENTRY.url(asked.record), said)


CONSENT = FormAction(
    name="consent_to_entry",
    intro="Both headteachers must agree to this text. If it changes, both are asked again.",
    resource=ENTRY,
    slug="consent",
    permission=Permission.CONSENT_TO_ENTRY,
    states=DRAFTS,
    relevant=lambda _, entry: entry.partner_urn is not None,
    label="Agree to this text",
    title=lambda _, entry: f"Agree to “{entry.title}”",
    submit="Agree for our school",
    form=Form,
    version=lambda entry: entry.edition,
    template="directory/consent.html",
    context=_context,
    run=_consent,
)
routes = routes_of((CONSENT,))
