"""Pages of labels: the list with what inspections imply, the record, its end, and the export."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from alongside.features.authorities import settings_of
from alongside.features.profiles.school_labels import actions
from alongside.features.profiles.school_labels.actions import NewLabel
from alongside.features.profiles.school_labels.forms import EndForm, LabelForm, RejectionForm
from alongside.features.profiles.school_labels.queries import (
    LabelRow,
    ProposedLabel,
    every_label,
    get_label,
    labels_for,
    proposed_labels,
)
from alongside.features.schools.choices import offer_schools, schools_at_work
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, Resource, list_resource, routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Download, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, as_csv

PREPARE = Permission.PREPARE_PROFILE
LIST = "/school-labels"
HEADS = (
    "School",
    "URN",
    "Label",
    "From",
    "Until",
    "Rule",
    "Rule version",
    "Source",
    "Reason for the end",
    "Rejected",
)


@dataclass(frozen=True, kw_only=True)
class LabelList(PageContext):
    """One page of labels, and the labels that inspections imply; `label` and `ended` are the filters."""

    template = "school_labels/list.html"

    rows: Sequence[LabelRow]
    proposals: Sequence[ProposedLabel]
    choices: Sequence[tuple[str, str]]
    label: str
    ended: bool
    number: int
    more: bool
    query: str


@endpoint.get(LIST, permission=PREPARE)
async def list_labels(ctx: PageRequest) -> PageResult:
    """List the labels of schools, in force or all, and those that inspections imply."""
    entries = settings_of(ctx.person.authority_id).school_labels
    label = ctx.query.one("label") if ctx.query.one("label") in entries else ""
    ended = ctx.query.one("ended") == "yes"
    number = number_of_page(ctx.query.one("page"))
    rows, more = await labels_for(ctx.session, ctx.person, label, ended, number)
    return Page(
        LabelList(
            rows=rows,
            proposals=await proposed_labels(ctx.session, ctx.person),
            choices=[(key, one.label) for key, one in entries.items()],
            label=label,
            ended=ended,
            number=number,
            more=more,
            query=urlencode({"label": label, "ended": "yes" if ended else ""}),
        )
    )


@endpoint.get(f"{LIST}/labels.csv", permission=PREPARE)
async def download_labels(ctx: PageRequest) -> PageResult:
    """Download all labels, also those that ended or were rejected."""
    rows = [
        (
            one.school,
            one.school_urn,
            one.name,
            one.starts_on,
            one.ends_on,
            one.rule,
            one.rule_version,
            one.source,
            one.end_reason,
            "yes" if one.rejected else "no",
        )
        for one in await every_label(ctx.session, ctx.person)
    ]
    return Download(as_csv(HEADS, rows), "school-labels.csv", CSV)


def _initial(asked: ActionRequest[None]) -> dict[str, object]:
    """Fill the form from the proposal that the address names, or with today."""
    given: dict[str, object] = {
        name: "".join(asked.data.getlist(name)[:1]) for name in ("school", "label", "source")
    }
    try:
        day = date.fromisoformat("".join(asked.data.getlist("from")[:1]))
    except ValueError:
        day = asked.person.today
    return given | {"starts_on": day}


async def _offer(asked: FormRequest[None, LabelForm]) -> None:
    offer_schools(asked.form.school, await schools_at_work(asked.session, asked.person.authority_id))
    asked.form.offer(settings_of(asked.person.authority_id).school_labels)


async def _offer_rejection(asked: FormRequest[None, RejectionForm]) -> None:
    offer_schools(asked.form.school, await schools_at_work(asked.session, asked.person.authority_id))
    asked.form.offer(settings_of(asked.person.authority_id).school_labels)


def _new(form: LabelForm, rejection: str = "") -> NewLabel:
    return NewLabel(
        int(form.school.data), form.label.data, form.starts_on.data, form.source.data or "", rejection
    )


async def _record(asked: FormRequest[None, LabelForm]) -> None:
    await actions.record_label(asked.session, asked.person, _new(asked.form))


async def _reject(asked: FormRequest[None, RejectionForm]) -> None:
    await actions.record_label(asked.session, asked.person, _new(asked.form, asked.form.note.data or ""))


def _why_not_end(_person: Principal, row: LabelRow) -> str | None:
    return None if row.ends_on is None else "This label has ended already."


LABEL: Resource[LabelRow] = Resource(
    name="label",
    path="/school-labels/{school_label_id:uuid}",
    load=get_label,
    url=lambda row: f"{LIST}/{row.id}",
    page=lambda _: LIST,
    caption=lambda _, row: f"{row.school}: {row.name}",
)
RECORD: FormAction[None, LabelForm] = FormAction(
    name="record_label",
    resource=list_resource(LIST),
    slug="",
    form_slug="new",
    permission=PREPARE,
    title="Record a label",
    intro="Everybody who can read the school’s profile can read the label. It does not change the school’s category.",
    undo="end_label",
    submit="Record this label",
    form=LabelForm,
    initial=_initial,
    choices=_offer,
    valid=lambda asked: asked.form.check(asked.person.today),
    said="The label is recorded.",
    creates=True,
    run=_record,
)
REJECT: FormAction[None, RejectionForm] = FormAction(
    name="reject_label",
    resource=list_resource(LIST),
    slug="rejections",
    form_slug="rejections",
    permission=PREPARE,
    title="Reject a proposed label",
    intro="Only the core team can read this. The label is not proposed again for this inspection.",
    submit="Reject this label",
    form=RejectionForm,
    initial=_initial,
    choices=_offer_rejection,
    valid=lambda asked: asked.form.check(asked.person.today),
    said="The proposed label is rejected.",
    creates=True,
    run=_reject,
)
END: FormAction[LabelRow, EndForm] = FormAction(
    name="end_label",
    resource=LABEL,
    slug="end",
    permission=PREPARE,
    label="End",
    title="End a label",
    intro="You cannot change this afterwards. A label that was recorded by mistake ends on its first day.",
    refusal=_why_not_end,
    submit="End this label",
    form=EndForm,
    initial=lambda asked: {"ends_on": asked.person.today},
    valid=lambda asked: asked.form.check(asked.record.starts_on, asked.person.today),
    said="The label has ended.",
    run=lambda asked: actions.end_label(
        asked.session, asked.person, asked.record, asked.form.ends_on.data, asked.form.note.data or ""
    ),
)
routes = [list_labels, download_labels, *routes_of((RECORD, REJECT, END))]
