"""Actions before and during the vote: table a motion, interests, open it, vote, and close it."""

from uuid import UUID

from wtforms import Form

from alongside.features.boards.members import body_settings
from alongside.features.boards.queries import BodyRecord, SeatRow, seats_of
from alongside.features.boards.resource import BODY
from alongside.features.motions import api, declaring, effects
from alongside.features.motions.forms import (
    DispensationForm,
    EffectForm,
    ForumMotionForm,
    InterestForm,
    InterestOfSeatForm,
    MotionForm,
    PresentForm,
    VoteForm,
    VotesForm,
    votes_form,
)
from alongside.features.motions.notifying import path_of
from alongside.features.motions.queries import electors_of_motion, interests_in, school_choices
from alongside.features.motions.resource import MOTION
from alongside.features.motions.rows import MotionRow, seat_label
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.formatting import format_count, format_weekday
from alongside.platform.web.responses import PageResult, Redirect

MANAGE, VOTE = Permission.MANAGE_BOARD, Permission.VOTE_ON_MOTION
DECLARE = Permission.DECLARE_INTEREST_IN_MOTION


def _form_of(asked: ActionRequest[BodyRecord]) -> type[MotionForm]:
    return ForumMotionForm if asked.record.settings.kind == "forum" else MotionForm


async def _subjects(asked: FormRequest[BodyRecord, MotionForm]) -> None:
    form = asked.form
    form.remit.choices = [(key, one.label) for key, one in asked.record.settings.remits.items()]
    form.school.choices = [("", "No one school"), *await school_choices(asked.session, asked.person)]


async def _table(asked: FormRequest[BodyRecord, MotionForm]) -> PageResult:
    form, school = asked.form, asked.form.school.data
    details = form.details()
    draft = api.Draft(
        asked.record.id,
        form.remit.data or "",
        details["kind"] or "general",
        form.title.data,
        form.text.data,
        form.closes_at,
        details["phase"],
        details["line"] or "",
        details["financial_year"] or "",
        [api.Subject("school", school, int(school))] if school else (),
    )
    made = await api.table_motion(asked.session, asked.person, draft)
    return Redirect(path_of(made), "The motion is tabled. Check the interests, then open it.")


async def held_seats(asked: ActionRequest[MotionRow]) -> list[tuple[str, str]]:
    """Return the seats of the motion's body that somebody holds: id and holder."""
    row = asked.record
    return [
        (str(one.id), f"{one.holder} ({label_of(asked.person, row, one)})")
        for one in await seats_of(asked.session, asked.person, row.body_id)
        if one.person_id is not None
    ]


def label_of(person: Principal, row: MotionRow, seat: SeatRow) -> str:
    """Return a seat of the motion's body in words."""
    return seat_label(body_settings(person.authority_id, row.body_key), seat.constituency, seat.number)


async def _possible_effects(asked: FormRequest[MotionRow, EffectForm]) -> None:
    possible = await effects.possible_effects(asked.session, asked.person)
    choices = [(key, f"{effect.label}: {subject.label}") for key, (effect, subject) in possible.items()]
    asked.form.effect.choices = [("", "Select what it decides"), *choices]


async def _add_effect(asked: FormRequest[MotionRow, EffectForm]) -> None:
    possible = await effects.possible_effects(asked.session, asked.person)
    chosen = effects.chosen_effect(possible, asked.form.effect.data or "")
    await effects.add_effect(asked.session, asked.person, asked.record, *chosen)


async def _present(asked: FormRequest[MotionRow, Form]) -> None:
    if isinstance(asked.form, PresentForm):
        asked.form.present.choices = await held_seats(asked)


async def _open(asked: FormRequest[MotionRow, Form]) -> None:
    present = asked.form.seats() if isinstance(asked.form, PresentForm) else None
    await api.open_motion(asked.session, asked.person, asked.record.id, present)


def _what_opening_does(_: object, row: MotionRow) -> str:
    text = "The seats that can vote are then fixed, each with its reason, and all members get an email."
    if row.last_day is not None:
        return f"{text} Members vote until {format_weekday(row.last_day)}. Silence counts as nothing."
    return f"{text} Record the votes next."


async def _own_vote(asked: FormRequest[MotionRow, VoteForm]) -> None:
    assert asked.record.own_seat is not None
    votes = {asked.record.own_seat: str(asked.form.choice.data)}
    await api.record_votes(asked.session, asked.person, asked.record.id, votes)


def _no_vote(_: object, row: MotionRow) -> str | None:
    if row.how == "meeting":
        return "The clerk records the votes in the meeting."
    return "You have no vote on this motion. Its page says why." if row.own_seat is None else None


async def _votes_form(asked: ActionRequest[MotionRow]) -> type[VotesForm]:
    rules = body_settings(asked.person.authority_id, asked.record.body_key)
    electors = await electors_of_motion(asked.session, asked.record)
    return votes_form([(one, one.label(rules)) for one in electors if one.may_vote])


async def _votes_so_far(asked: ActionRequest[MotionRow]) -> dict[str, object]:
    electors = await electors_of_motion(asked.session, asked.record)
    return {f"seat_{one.seat_id.hex}": one.choice or "" for one in electors}


async def _interests_to_set_aside(asked: FormRequest[MotionRow, DispensationForm]) -> None:
    found = await interests_in(asked.session, asked.record.authority_id, asked.record.id)
    known = {str(one.seat_id): one.label for one in found if one.derived and not one.dispensed}
    asked.form.seat.choices = [
        (value, f"{label}: {known[value]}") for value, label in await held_seats(asked) if value in known
    ]


async def _members(asked: FormRequest[MotionRow, InterestOfSeatForm]) -> None:
    asked.form.seat.choices = [("", "Select a member"), *await held_seats(asked)]


async def _declare_own(asked: FormRequest[MotionRow, InterestForm]) -> None:
    seats = await seats_of(asked.session, asked.person, asked.record.body_id)
    for seat in seats:
        if seat.person_id == asked.person.id:
            await _declare(asked, seat.id)


async def _declare(
    asked: FormRequest[MotionRow, InterestForm] | FormRequest[MotionRow, InterestOfSeatForm], seat: UUID
) -> None:
    form = asked.form
    await declaring.declare_interest(
        asked.session, asked.person, asked.record.id, seat, form.words.data, form.followed.data or ""
    )


async def _declare_for(asked: FormRequest[MotionRow, InterestOfSeatForm]) -> None:
    await _declare(asked, UUID(asked.form.seat.data))


def _what_closing_does(_: object, row: MotionRow) -> str:
    voted = f"{row.cast} of {format_count(row.voters, 'seat')} have voted."
    return f"{voted} The votes are counted and the result is recorded. It cannot be undone."


async def _close(asked: FormRequest[MotionRow, Form]) -> None:
    await api.close_motion(asked.session, asked.person, asked.record.id)


TABLE: FormAction[BodyRecord, MotionForm] = FormAction(
    name="table_motion",
    creates=True,
    resource=BODY,
    slug="motions",
    form_slug="motions/new",
    permission=MANAGE,
    states=("constituted",),
    label="Table a motion",
    title="Table a motion",
    intro="Nobody votes before you open it. Members without an interest can read it at once.",
    submit="Table this motion",
    form=_form_of,
    choices=_subjects,
    valid=lambda asked: asked.form.check(asked.person.today),
    run=_table,
)
ADD_EFFECT: FormAction[MotionRow, EffectForm] = FormAction(
    name="add_effect_to_motion",
    resource=MOTION,
    slug="effects",
    form_slug="effects/new",
    permission=MANAGE,
    states=("tabled",),
    label="Add what it decides",
    title="Add what this motion decides",
    intro="It happens when the motion is carried. It stays on the motion: withdraw the motion if you chose wrongly.",
    submit="Add this",
    creates=True,
    form=EffectForm,
    choices=_possible_effects,
    said="The motion now decides on this. Add more, or open the vote.",
    run=_add_effect,
)
OPEN: FormAction[MotionRow, Form] = FormAction(
    name="open_motion",
    resource=MOTION,
    slug="opening",
    permission=MANAGE,
    states=("tabled",),
    label="Open the vote",
    title="Open the vote",
    intro=_what_opening_does,
    submit="Open the vote",
    form=lambda asked: PresentForm if asked.record.how == "meeting" else Form,
    choices=_present,
    said="The vote is open.",
    run=_open,
)
VOTE_OWN: FormAction[MotionRow, VoteForm] = FormAction(
    name="vote_on_motion",
    undo="vote_on_motion",
    resource=MOTION,
    slug="vote",
    permission=VOTE,
    states=("open",),
    label=lambda _, row: "Change your vote" if row.own_choice else "Vote",
    title=lambda _, row: row.title,
    intro=lambda _, row: row.text,
    submit="Save your vote",
    refusal=_no_vote,
    form=VoteForm,
    initial=lambda asked: {"choice": asked.record.own_choice},
    said="Your vote is recorded. You can change it until the vote closes.",
    run=_own_vote,
)
RECORD_VOTES: FormAction[MotionRow, VotesForm] = FormAction(
    name="record_votes",
    undo="record_votes",
    resource=MOTION,
    slug="votes",
    permission=MANAGE,
    states=("open",),
    label="Record the votes",
    intro="A vote that you change replaces the earlier one, which stays on record.",
    submit="Save the votes",
    relevant=lambda _, row: row.how == "meeting",
    form=_votes_form,
    initial=_votes_so_far,
    said="The votes are recorded.",
    run=lambda asked: api.record_votes(asked.session, asked.person, asked.record.id, asked.form.votes()),
)
CLOSE: FormAction[MotionRow, Form] = FormAction(
    name="close_motion",
    resource=MOTION,
    slug="close",
    permission=MANAGE,
    states=("open",),
    label="Close the vote",
    title="Close the vote",
    intro=_what_closing_does,
    submit="Close the vote",
    relevant=lambda _, row: row.can_close,
    form=Form,
    said="The vote is closed.",
    run=_close,
)
DECLARE_OWN: FormAction[MotionRow, InterestForm] = FormAction(
    name="declare_interest_in_motion",
    resource=MOTION,
    slug="interest",
    permission=DECLARE,
    states=("tabled", "open"),
    label="Declare an interest",
    intro="All members read it. If you withdraw or only speak, you cannot vote on this motion. It stays on record.",
    submit="Declare this interest",
    form=InterestForm,
    said="Your interest is recorded.",
    run=_declare_own,
)
DECLARE_FOR: FormAction[MotionRow, InterestOfSeatForm] = FormAction(
    name="record_interest_in_motion",
    resource=MOTION,
    slug="interests",
    form_slug="interests/new",
    permission=MANAGE,
    states=("tabled", "open"),
    label="Record an interest",
    title="Record an interest that a member declares",
    intro="All members read it. A member who withdraws or only speaks cannot vote on this motion. It stays on record.",
    submit="Record this interest",
    creates=True,
    form=InterestOfSeatForm,
    fields=("seat", "words", "followed"),
    choices=_members,
    said="The interest is recorded.",
    run=_declare_for,
)
DISPENSE: FormAction[MotionRow, DispensationForm] = FormAction(
    name="set_interest_aside",
    resource=MOTION,
    slug="dispensation",
    permission=MANAGE,
    states=("tabled",),
    label="Set an interest aside",
    title="Set an interest aside",
    intro="The member can then read this motion and vote on it. Your reason stays on record.",
    submit="Set this interest aside",
    relevant=lambda _, row: bool(row.schools),
    form=DispensationForm,
    choices=_interests_to_set_aside,
    said="The interest is set aside.",
    run=lambda asked: declaring.dispense(
        asked.session, asked.person, asked.record.id, UUID(asked.form.seat.data), asked.form.note.data
    ),
)
BEFORE_THE_RESULT = (OPEN, ADD_EFFECT, VOTE_OWN, RECORD_VOTES, CLOSE, DECLARE_OWN, DECLARE_FOR, DISPENSE)
