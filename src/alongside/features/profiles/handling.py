"""Actions of the core team on profiles: calculate, share, invite, record what followed, decide, make final."""

from wtforms import Form

from alongside.features.profiles import actions
from alongside.features.profiles.calculation import calculate
from alongside.features.profiles.forms import (
    AnswerForm,
    DirectionForm,
    DiscussionForm,
    InvitationForm,
    RefusalForm,
    YearAndPhase,
)
from alongside.features.profiles.queries import ProfileRow
from alongside.features.profiles.resource import DISPUTE, PROFILE, DisputeOfProfile
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import list_resource
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.formatting import format_count
from alongside.platform.web.responses import PageResult, Redirect

PREPARE = Permission.PREPARE_PROFILE
ASKED = ("discussed", "declined", "no_answer")


async def _calculate(asked: FormRequest[None, YearAndPhase]) -> PageResult:
    year, phase = asked.form.year.data, asked.form.phase.data
    changed = await calculate(asked.session, asked.person, year, phase)
    said = f"{format_count(changed, 'profile')} calculated or changed." if changed else "Nothing has changed."
    return Redirect(f"/profiles?year={year}&phase={phase}", said)


async def _share_all(asked: FormRequest[None, YearAndPhase]) -> PageResult:
    year, phase = asked.form.year.data, asked.form.phase.data
    shared = await actions.share_all(asked.session, asked.person, year, phase)
    return Redirect(f"/profiles?year={year}&phase={phase}", f"{format_count(shared, 'profile')} shared.")


CALCULATE: FormAction[None, YearAndPhase] = FormAction(
    name="calculate_profiles",
    resource=list_resource("/profiles"),
    slug="calculation",
    permission=PREPARE,
    title="Calculate profiles",
    intro="Profiles that have not changed stay as they are. A final profile that changes is marked as revised.",
    submit="Calculate profiles",
    form=YearAndPhase,
    run=_calculate,
)
SHARE_ALL: FormAction[None, YearAndPhase] = FormAction(
    name="share_all_profiles",
    resource=list_resource("/profiles"),
    slug="sharing",
    permission=PREPARE,
    title="Share all calculated profiles",
    intro="Each school and the leads of its group can then read its profile. Schools are notified.",
    submit="Share these profiles",
    form=YearAndPhase,
    run=_share_all,
)
SHARE: FormAction[ProfileRow, Form] = FormAction(
    name="share_profile",
    resource=PROFILE,
    slug="sharing",
    permission=PREPARE,
    states=("calculated",),
    label="Share with the school",
    intro="The school and the leads of its group can then read this profile. The school is notified.",
    submit="Share this profile",
    form=Form,
    said="The profile is shared. The school is notified.",
    run=lambda asked: actions.share_profile(asked.session, asked.person, asked.record),
)
INVITE: FormAction[ProfileRow, InvitationForm] = FormAction(
    name="invite_to_discussion",
    resource=PROFILE,
    slug="invitations",
    permission=PREPARE,
    states=("shared",),
    relevant=lambda _, profile: profile.invited_again_on is None,
    label="Invite to a discussion",
    intro="The headteacher is notified. You can invite a school twice.",
    submit="Send the invitation",
    form=InvitationForm,
    valid=lambda asked: asked.form.check(asked.person.today),
    said="The invitation is sent.",
    run=lambda asked: actions.invite_school(
        asked.session, asked.person, asked.record, asked.form.message.data, asked.form.answer_by.data
    ),
)
DISCUSS: FormAction[ProfileRow, DiscussionForm] = FormAction(
    name="discuss_profile",
    resource=PROFILE,
    slug="discussion",
    permission=PREPARE,
    states=("shared", "declined", "no_answer"),
    label="Record a discussion",
    intro="The school can read this record. You can then make the profile final.",
    submit="Save the discussion",
    form=DiscussionForm,
    valid=lambda asked: asked.form.check(asked.person.today),
    said="The discussion is recorded.",
    run=lambda asked: actions.record_discussion(
        asked.session,
        asked.person,
        asked.record,
        asked.form.discussed_on.data,
        asked.form.discussed_with.data,
        asked.form.agreed_points.data,
    ),
)
DECLINE: FormAction[ProfileRow, RefusalForm] = FormAction(
    name="decline_profile",
    resource=PROFILE,
    slug="refusal",
    permission=PREPARE,
    states=("shared",),
    label="The school declined",
    undo="discuss_profile",
    submit="Save this answer",
    form=RefusalForm,
    valid=lambda asked: asked.form.check(asked.person.today),
    said="The answer is recorded.",
    run=lambda asked: actions.record_refusal(
        asked.session,
        asked.person,
        asked.record,
        asked.form.declined_on.data,
        asked.form.declined_because.data,
    ),
)
NO_ANSWER = ButtonAction(
    name="profile_without_answer",
    resource=PROFILE,
    slug="silence",
    permission=PREPARE,
    states=("shared",),
    label="Record no answer",
    refusal=actions.why_not_silent,
    undo="discuss_profile",
    said="It is recorded that the school did not answer.",
    run=lambda asked: actions.record_silence(asked.session, asked.person, asked.record),
)
DIRECTION: FormAction[ProfileRow, DirectionForm] = FormAction(
    name="decide_direction_of_travel",
    resource=PROFILE,
    slug="direction",
    permission=PREPARE,
    states=("shared", *ASKED),
    label="Decide direction of travel",
    undo="decide_direction_of_travel",
    submit="Save the direction",
    form=DirectionForm,
    initial=lambda asked: {
        "direction": asked.record.shown_direction,
        "reason": asked.record.direction_reason,
    },
    valid=lambda asked: asked.form.check(asked.record.proposed_direction),
    said="The direction of travel is saved.",
    run=lambda asked: actions.decide_direction(
        asked.session, asked.person, asked.record, asked.form.direction.data, asked.form.reason.data
    ),
)
FINALISE: FormAction[ProfileRow, Form] = FormAction(
    name="finalise_profile",
    resource=PROFILE,
    slug="final",
    permission=PREPARE,
    states=ASKED,
    label="Make final",
    intro="Nobody can change a final profile. If its figures are corrected later, it is marked as revised.",
    submit="Make this profile final",
    form=Form,
    refusal=lambda _, profile: None if profile.direction else "Decide the direction of travel first.",
    said="The profile is final.",
    run=lambda asked: actions.finalise_profile(asked.session, asked.person, asked.record),
)
ANSWER: FormAction[DisputeOfProfile, AnswerForm] = FormAction(
    name="answer_dispute",
    resource=DISPUTE,
    slug="answer",
    permission=PREPARE,
    title="Answer a dispute",
    intro=lambda _, dispute: dispute.row.reason,
    submit="Send this answer",
    form=AnswerForm,
    initial=lambda asked: {"answer": asked.record.row.answer},
    said="The answer is saved. The school is notified.",
    run=lambda asked: actions.answer_dispute(
        asked.session, asked.person, asked.record.profile, asked.record.row, asked.form.answer.data
    ),
)
ACTIONS = (SHARE, INVITE, DISCUSS, DECLINE, NO_ANSWER, DIRECTION, FINALISE)
