"""Actions by which an entry is checked, verified, returned or retired."""

from collections.abc import Mapping
from dataclasses import dataclass

from alongside.features.directory import models
from alongside.features.directory.entry import Entry
from alongside.features.directory.evidence import Level, level_of
from alongside.features.directory.moderation import actions
from alongside.features.directory.moderation.forms import CheckForm, VerificationForm
from alongside.features.directory.resource import ENTRY, REASON_FOR_SCHOOL
from alongside.features.directory.view_context import EntryLabels, labels_for
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest, routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.responses import Redirect

ENTRIES = "/directory/entries"


async def _check(asked: FormRequest[Entry, CheckForm]) -> Redirect:
    fit = asked.form.fit.data == "yes"
    await actions.peer_check_entry(
        asked.session, asked.person, asked.record.id, asked.form.note.data, fit=fit
    )
    if not fit:
        return Redirect(ENTRIES, "The entry has gone back to its school. Thank you for checking it.")
    return Redirect(ENTRY.url(asked.record), "Thank you. The entry now waits for verification.")


async def _verify(asked: FormRequest[Entry, VerificationForm]) -> None:
    level, note = int(asked.form.level.data), asked.form.note.data
    await actions.verify_entry(asked.session, asked.person, asked.record.id, level, note, asked.version)


def _current_level(asked: ActionRequest[Entry]) -> Mapping[str, object]:
    entry = asked.record
    return {"level": str(entry.claimed_level if entry.verified_edition is None else entry.checked_level)}


@dataclass(frozen=True, kw_only=True)
class CheckContext(FormContext):
    """The labels with which the entry is shown."""

    labels: EntryLabels


def _check_context(asked: FormRequest[Entry, CheckForm]) -> CheckContext:
    return CheckContext(labels=labels_for(asked.person))


@dataclass(frozen=True, kw_only=True)
class VerificationContext(FormContext):
    """The evidence level that the school claims, and the labels with which the entry is shown."""

    claimed: Level
    labels: EntryLabels


def _verification_context(asked: FormRequest[Entry, VerificationForm]) -> VerificationContext:
    return VerificationContext(claimed=level_of(asked.record.claimed_level), labels=labels_for(asked.person))


CHECK = FormAction(
    name="peer_check_entry",
    intro=(
        "Read it as a school that would like to do the same. You only say whether another school could follow it. "
        "The consortium lead then verifies the entry, or the school gets it back."
    ),
    resource=ENTRY,
    slug="check",
    permission=Permission.PEER_CHECK_ENTRY,
    states=models.PEER_CHECK_ENTRY.starts,
    refusal=actions.why_no_peer_check,
    label="Check this entry",
    title=lambda _, entry: f"Check “{entry.title}”",
    submit="Send your opinion",
    form=CheckForm,
    template="directory/check.html",
    context=_check_context,
    run=_check,
)
VERIFY = FormAction(
    name="verify_entry",
    intro="Once you verify it, everybody who may see the entry finds it in the directory.",
    resource=ENTRY,
    slug="verification",
    permission=Permission.VERIFY_ENTRY,
    states=(*models.VERIFY_ENTRY.starts, *models.REVERIFY_ENTRY.starts),
    label=lambda _, entry: "Verify again" if entry.verified_edition else "Verify this entry",
    title=lambda _, entry: f"Verify “{entry.title}”",
    submit="Verify this entry",
    form=VerificationForm,
    initial=_current_level,
    version=lambda entry: entry.version,
    template="directory/verification.html",
    context=_verification_context,
    said="The entry is verified and in the directory.",
    run=_verify,
)
RETURN = FormAction(
    name="return_entry",
    intro="The school reads your reason. It can change the entry and send it again.",
    resource=ENTRY,
    slug="return",
    permission=Permission.VERIFY_ENTRY,
    states=models.RETURN_ENTRY.starts,
    label="Return this entry",
    title=lambda _, entry: f"Return “{entry.title}”",
    warning=True,
    form=REASON_FOR_SCHOOL,
    said="The entry has gone back to its school.",
    run=lambda asked: actions.return_entry(
        asked.session, asked.person, asked.record.id, asked.form.note.data
    ),
)
RETIRE = FormAction(
    name="retire_entry",
    intro="Nobody finds the entry in the directory any more. The school reads your reason.",
    resource=ENTRY,
    slug="retirement",
    permission=Permission.VERIFY_ENTRY,
    states=models.RETIRE_ENTRY.starts,
    label="Remove from the directory",
    title=lambda _, entry: f"Remove “{entry.title}” from the directory",
    warning=True,
    form=REASON_FOR_SCHOOL,
    said="The entry is in the archive.",
    then=lambda _: ENTRIES,
    run=lambda asked: actions.retire_entry(
        asked.session, asked.person, asked.record.id, asked.form.note.data
    ),
)
CHECKS = (CHECK, VERIFY, RETURN)
routes = routes_of((*CHECKS, RETIRE))
