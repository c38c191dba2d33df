"""Actions of the clerk and the head of service on a body and its seats."""

from collections.abc import Iterable, Mapping
from datetime import date

from alongside.features.boards import actions
from alongside.features.boards.forms import DateForm, EndForm, HolderForm, TermForm
from alongside.features.boards.queries import (
    BodyRecord,
    EligiblePerson,
    eligible_for,
    possible_chairs,
)
from alongside.features.boards.resource import BODY, SEAT, SeatOfBody
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.formatting import format_count

MANAGE = Permission.MANAGE_BOARD
NOBODY_LISTED = "Is the person not listed? Ask an administrator to invite them, or to check their role."


def _today(asked: ActionRequest[BodyRecord]) -> Mapping[str, object]:
    return {"on": asked.person.today}


def _what_is_constituted(_: object, one: BodyRecord) -> str:
    seats = sum(part.seats for part in one.settings.constituencies.values())
    return (
        f"The board begins with {format_count(seats, 'seat')} from the authority’s settings, all vacant."
        " Its seats can then be filled. It cannot be undone."
    )


async def _eligible(asked: FormRequest[SeatOfBody, HolderForm]) -> None:
    _offer(asked.form, await eligible_for(asked.session, asked.person, asked.record.row.id))


async def _eligible_for_term(asked: FormRequest[SeatOfBody, TermForm]) -> None:
    _offer(asked.form, await eligible_for(asked.session, asked.person, asked.record.row.id))


async def _chairs(asked: FormRequest[BodyRecord, HolderForm]) -> None:
    _offer(asked.form, await possible_chairs(asked.session, asked.person, asked.record))


def _offer(form: HolderForm, people: Iterable[EligiblePerson]) -> None:
    form.holder.choices = [("", "Select a person"), *((one.value, one.label) for one in people)]


def _first_term(asked: ActionRequest[SeatOfBody]) -> Mapping[str, object]:
    body, row = asked.record.body, asked.record.row
    begins = row.until_on or asked.person.today
    constituency = body.settings.constituencies.get(row.constituency)
    return {
        "from_on": begins,
        "until_on": years_later(begins, body.settings.term_years),
        "by": constituency.by if constituency else "",
    }


def years_later(day: date, years: int) -> date:
    """Return the same day some years later; 28 February for 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


CONSTITUTE: FormAction[BodyRecord, DateForm] = FormAction(
    name="constitute_body",
    resource=BODY,
    slug="constitution",
    permission=MANAGE,
    states=("declared",),
    label="Constitute the board",
    title="Constitute this board",
    intro=_what_is_constituted,
    submit="Constitute the board",
    form=DateForm,
    initial=_today,
    said="The board is constituted. Fill its seats next.",
    run=lambda asked: actions.constitute_body(asked.session, asked.person, asked.record, asked.form.on.data),
)
NAME_CHAIR: FormAction[BodyRecord, HolderForm] = FormAction(
    name="name_chair",
    undo="name_chair",
    resource=BODY,
    slug="chair",
    permission=MANAGE,
    states=("constituted",),
    label="Record the chair",
    title="Record the chair",
    intro=lambda _, one: (
        "The chair is independent. They are a member or have the board member’s role, and are no officer."
        if one.settings.chair == "independent"
        else "The chair is elected from among the members with a vote."
    ),
    submit="Record the chair",
    form=HolderForm,
    choices=_chairs,
    initial=lambda asked: {"from_on": asked.person.today},
    said="The chair is recorded.",
    run=lambda asked: actions.name_chair(
        asked.session, asked.person, asked.record, asked.form.person_id, asked.form.from_on.data
    ),
)
FILL: FormAction[SeatOfBody, TermForm] = FormAction(
    name="fill_seat",
    undo="end_seat_term",
    resource=SEAT,
    slug="appointment",
    permission=MANAGE,
    label=lambda _, one: "Fill the seat" if one.state == "vacant" else "Record the next term",
    about=lambda _, one: one.label,
    title=lambda _, one: "Fill a seat" if one.state == "vacant" else "Record the next term",
    intro=NOBODY_LISTED,
    submit="Save the term",
    form=TermForm,
    choices=_eligible_for_term,
    initial=_first_term,
    said="The term is recorded.",
    run=lambda asked: actions.fill_seat(
        asked.session,
        asked.person,
        asked.record.body,
        asked.record.row,
        asked.form.term(),
        asked.form.by.data,
    ),
)
END_TERM: FormAction[SeatOfBody, EndForm] = FormAction(
    name="end_seat_term",
    undo="fill_seat",
    resource=SEAT,
    slug="end",
    permission=MANAGE,
    states=("filled",),
    label="End the term",
    about=lambda _, one: one.label,
    title=lambda _, one: f"End the term of {one.row.name}",
    intro="The seat is then vacant. The term stays on record.",
    submit="End the term",
    warning=True,
    form=EndForm,
    initial=lambda asked: {"on": asked.person.today},
    said="The term is ended. The seat is vacant from that day.",
    run=lambda asked: actions.end_term(
        asked.session, asked.person, asked.record.row, asked.form.on.data, asked.form.reason.data
    ),
)
NAME_SUBSTITUTE: FormAction[SeatOfBody, HolderForm] = FormAction(
    name="name_substitute",
    creates=True,
    undo="end_substitute",
    resource=SEAT,
    slug="substitutes",
    form_slug="substitutes/new",
    permission=MANAGE,
    states=("filled",),
    label="Name a substitute",
    about=lambda _, one: one.label,
    title="Name a substitute",
    intro=f"A substitute is of the same group and sits in when the holder cannot come. {NOBODY_LISTED}",
    submit="Name this substitute",
    form=HolderForm,
    choices=_eligible,
    initial=lambda asked: {"from_on": asked.person.today},
    said="The substitute is recorded.",
    run=lambda asked: actions.name_substitute(
        asked.session, asked.person, asked.record.row, asked.form.term()
    ),
)
BODY_ACTIONS = (CONSTITUTE, NAME_CHAIR)
SEAT_ACTIONS = (FILL, NAME_SUBSTITUTE, END_TERM)
