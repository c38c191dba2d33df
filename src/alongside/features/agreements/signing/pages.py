"""The button by which a headteacher signs an agreement."""

from wtforms import Form

from alongside.features.agreements.parties import party_of
from alongside.features.agreements.resource import AGREEMENT
from alongside.features.agreements.signing import actions
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction

SIGN = FormAction(
    name="sign_agreement",
    resource=AGREEMENT,
    slug="signature",
    permission=Permission.SIGN_AGREEMENT,
    states=("preparing",),
    relevant=lambda person, row: getattr(row, f"{party_of(person, row)}_signed_at") is None,
    label="Sign this agreement",
    version=lambda row: row.agreement_version,
    intro="You sign the aims, days and dates as they are now. Support starts when both headteachers have signed.",
    form=Form,
    said="You have signed the agreement.",
    run=lambda asked: actions.sign_agreement(asked.session, asked.person, asked.record.id, asked.version),
)
routes = routes_of((SIGN,))
