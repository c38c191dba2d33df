"""Actions that add, change and remove aims."""

from wtforms import Form

from alongside.features.agreements.aims import actions
from alongside.features.agreements.aims.forms import TEXTS, AimForm
from alongside.features.agreements.resource import AGREEMENT, AIM
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction

ADD = FormAction(
    name="write_aim",
    creates=True,
    undo="remove_aim",
    resource=AGREEMENT,
    slug="aims",
    form_slug="aims/new",
    permission=Permission.EDIT_AGREEMENT,
    states=("preparing",),
    label="Add an aim",
    submit="Save the aim",
    form=AimForm,
    said="The aim is added.",
    run=lambda asked: actions.write_aim(asked.session, asked.person, asked.record.id, asked.form.texts()),
)
CHANGE = FormAction(
    name="change_aim",
    undo="change_aim",
    resource=AIM,
    slug="",
    permission=Permission.EDIT_AGREEMENT,
    states=("preparing",),
    label="Change",
    about=lambda _, aim: f"the aim “{aim.aim}”",
    title="Change this aim",
    submit="Save the aim",
    form=AimForm,
    initial=lambda asked: {name: getattr(asked.record, name) for name in TEXTS},
    version=lambda aim: aim.agreement_version,
    said="The aim is changed.",
    run=lambda asked: actions.change_aim(
        asked.session,
        asked.person,
        asked.record.agreement_id,
        asked.record.id,
        asked.form.texts(),
        asked.version,
    ),
)
REMOVE = FormAction(
    name="remove_aim",
    resource=AIM,
    slug="removal",
    permission=Permission.EDIT_AGREEMENT,
    states=("preparing",),
    label="Remove",
    about=lambda _, aim: f"the aim “{aim.aim}”",
    title="Remove this aim",
    intro="The aim is deleted. If a headteacher has signed, both sign again.",
    submit="Remove the aim",
    warning=True,
    form=Form,
    said="The aim is removed.",
    run=lambda asked: actions.remove_aim(
        asked.session, asked.person, asked.record.agreement_id, asked.record.id
    ),
)
ON_AN_AIM = (CHANGE, REMOVE)
routes = routes_of((ADD, *ON_AN_AIM))
