"""Actions of the school on its profile: comment, and dispute a figure; and of those who govern it: sign."""

from wtforms import Form

from alongside.features.authorities import settings_of
from alongside.features.performance.catalogue import measures_of
from alongside.features.profiles import actions
from alongside.features.profiles.forms import CommentForm, DisputeForm
from alongside.features.profiles.parts import comments_of
from alongside.features.profiles.queries import ProfileRow, outputs_of
from alongside.features.profiles.resource import PROFILE
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest
from alongside.platform.forms.form_action import FormAction, FormRequest

COMMENTS = Permission.COMMENT_ON_PROFILE


async def _last_comment(asked: ActionRequest[ProfileRow]) -> dict[str, object]:
    found = await comments_of(asked.session, asked.record)
    return {"body": found[0].body if found else ""}


async def _figures(asked: FormRequest[ProfileRow, DisputeForm]) -> None:
    outputs, _ = await outputs_of(asked.session, asked.person, asked.record)
    labels = measures_of(settings_of(asked.person.authority_id))
    keys = [*(one.measure for one in outputs.measures), *(one.measure for one in outputs.context)]
    asked.form.measure.choices = [(key, labels[key].label if key in labels else key) for key in keys]


COMMENT: FormAction[ProfileRow, CommentForm] = FormAction(
    name="comment_on_profile",
    resource=PROFILE,
    slug="comments",
    permission=COMMENTS,
    label="Comment on the profile",
    intro="Your comment is printed in every copy of the profile.",
    submit="Save the comment",
    form=CommentForm,
    initial=_last_comment,
    said="Your comment is saved.",
    run=lambda asked: actions.add_comment(asked.session, asked.person, asked.record, asked.form.body.data),
)
DISPUTE: FormAction[ProfileRow, DisputeForm] = FormAction(
    name="dispute_figure",
    resource=PROFILE,
    slug="disputes",
    permission=COMMENTS,
    label="Dispute a figure",
    intro="The core team answers. Your question and the answer stay with the profile.",
    submit="Send to the core team",
    form=DisputeForm,
    choices=_figures,
    said="The core team can now answer.",
    run=lambda asked: actions.dispute_figure(
        asked.session, asked.person, asked.record, asked.form.measure.data, asked.form.reason.data
    ),
)
SIGN = FormAction(
    name="sign_profile",
    resource=PROFILE,
    slug="signature",
    permission=Permission.SIGN_PROFILE,
    label="Sign that you have read it",
    version=lambda row: row.snapshot_number,
    intro="The core team and the school see that you have read this version, and when. You cannot take it back.",
    submit="Sign",
    form=Form,
    said="You have signed the profile.",
    run=lambda asked: actions.sign_profile(asked.session, asked.person, asked.record, asked.version),
)
ACTIONS = (COMMENT, DISPUTE, SIGN)
