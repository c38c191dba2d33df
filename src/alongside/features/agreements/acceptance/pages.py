"""The buttons that accept a proposal and release its leader."""

from alongside.features.agreements.acceptance import actions
from alongside.features.agreements.proposals.queries import ProposalRow
from alongside.features.agreements.proposals.status import (
    can_answer,
    can_release,
)
from alongside.features.agreements.resource import PROPOSAL
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.web.responses import Redirect

AGREED = "The support is agreed. Next: add an aim, then sign."


async def _accept(asked: ActionRequest[ProposalRow]) -> Redirect:
    made = await actions.accept_proposal(asked.session, asked.person, asked.record.id, asked.version)
    if made is None:
        return Redirect(
            PROPOSAL.url(asked.record), "You have accepted. We have told the next person to answer."
        )
    return Redirect(f"/agreements/{made}", AGREED)


async def _release(asked: ActionRequest[ProposalRow]) -> Redirect:
    made = await actions.release_leader(asked.session, asked.person, asked.record.id)
    return Redirect(f"/agreements/{made}", AGREED)


ACCEPT = ButtonAction(
    name="accept_proposal",
    undo="withdraw_proposal",
    resource=PROPOSAL,
    slug="acceptance",
    permission=Permission.ANSWER_PROPOSAL,
    relevant=can_answer,
    label="Accept",
    version=lambda proposal: proposal.terms_version,
    run=_accept,
)
RELEASE = ButtonAction(
    name="release_leader",
    undo="withdraw_proposal",
    resource=PROPOSAL,
    slug="release",
    permission=Permission.RELEASE_LEADER,
    relevant=can_release,
    label=lambda _, proposal: f"Release {proposal.leader_name}",
    run=_release,
)
routes = routes_of((ACCEPT, RELEASE))
