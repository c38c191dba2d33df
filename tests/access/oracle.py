"""The access rules, written a second time by hand: permission, role and scope.

It shares only the names of permissions and roles with the code, so that a mistake in one is found by the other.
"""

from collections.abc import Collection, Mapping

SCHOOL = ("headteacher", "delegate")
LEADERS = ("consortium_lead", "consortium_deputy")
CORE = ("core_officer", "head_of_service")
ADMINISTRATOR = ("authority_administrator",)
GOVERNORS = ("chair_of_governors", "trust_officer", "diocese_officer")
WORKING = (*SCHOOL, *LEADERS, *CORE, *ADMINISTRATOR)
BOARD = ("board_member", "clerk")
EVERYBODY = (*WORKING, *GOVERNORS, *BOARD)

OWN = ("own",)
CONSORTIUM = ("own", "same consortium")
WHOLE = ("own", "same consortium", "other consortium")

BOTH_SIDES = {
    **dict.fromkeys(SCHOOL, OWN),
    **dict.fromkeys(LEADERS, CONSORTIUM),
    **dict.fromkeys(CORE, WHOLE),
}
ONE_SCHOOL = dict.fromkeys(SCHOOL, OWN)
HEAD = {"headteacher": OWN}
GOVERNED = dict.fromkeys(GOVERNORS, OWN)
ANYBODY_SIGNED_IN = dict.fromkeys(EVERYBODY, WHOLE)

AGREED: Mapping[str, Mapping[str, Collection[str]]] = {
    "view_public_pages": {**ANYBODY_SIGNED_IN, "nobody": WHOLE},
    "view_own_home": ANYBODY_SIGNED_IN,
    "view_governors_home": GOVERNED,
    "view_own_account": ANYBODY_SIGNED_IN,
    "switch_role": ANYBODY_SIGNED_IN,
    "view_schools": dict.fromkeys(WORKING, WHOLE),
    "watch_school": dict.fromkeys((*SCHOOL, *LEADERS, *CORE), WHOLE),
    "manage_term_dates": {**HEAD, **dict.fromkeys(CORE, WHOLE)},
    "view_consortium_dashboard": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "view_authority_dashboard": dict.fromkeys(CORE, WHOLE),
    "view_people": {
        "headteacher": OWN,
        **dict.fromkeys(LEADERS, CONSORTIUM),
        **dict.fromkeys((*CORE, *ADMINISTRATOR), WHOLE),
    },
    "invite_delegate": HEAD,
    "invite_people": dict.fromkeys(ADMINISTRATOR, WHOLE),
    "view_failed_emails": dict.fromkeys(ADMINISTRATOR, WHOLE),
    "view_notice": {**dict.fromkeys((*SCHOOL, *LEADERS), CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "sign_category": GOVERNED,
    "view_funds": dict.fromkeys(CORE, WHOLE),
    "view_board": dict.fromkeys((*WORKING, *BOARD), WHOLE),
    "manage_board": dict.fromkeys(("clerk", "head_of_service"), WHOLE),
    "view_claim": {**ONE_SCHOOL, **dict.fromkeys(CORE, WHOLE)},
    "make_claim": HEAD,
    "manage_claim": dict.fromkeys(CORE, WHOLE),
    "view_motion": dict.fromkeys((*BOARD, *CORE), WHOLE),
    "vote_on_motion": {"board_member": WHOLE},
    "declare_interest_in_motion": {"board_member": WHOLE},
    "overrule_board": {"head_of_service": WHOLE},
    "view_category": {
        "headteacher": OWN,
        **GOVERNED,
        **dict.fromkeys(LEADERS, CONSORTIUM),
        **dict.fromkeys(CORE, WHOLE),
    },
    "review_categories": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "propose_category": dict.fromkeys(CORE, WHOLE),
    "moderate_category": dict.fromkeys(LEADERS, CONSORTIUM),
    "agree_category": {"head_of_service": WHOLE},
    "appeal_category": HEAD,
    "hear_category_appeal": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "view_consultation": {**ONE_SCHOOL, **dict.fromkeys(CORE, WHOLE)},
    "manage_consultation": dict.fromkeys(CORE, WHOLE),
    "answer_consultation": HEAD,
    "post_notice": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "view_profile": {**BOTH_SIDES, **GOVERNED},
    "sign_profile": GOVERNED,
    "prepare_profile": dict.fromkeys(CORE, WHOLE),
    "comment_on_profile": HEAD,
    "view_profile_method": dict.fromkeys((*SCHOOL, *LEADERS, *CORE, *GOVERNORS), WHOLE),
    "view_performance": {
        **ONE_SCHOOL,
        **dict.fromkeys(LEADERS, CONSORTIUM),
        **dict.fromkeys(CORE, WHOLE),
    },
    "import_performance": dict.fromkeys(CORE, WHOLE),
    "view_needs_and_offers": dict.fromkeys((*SCHOOL, *LEADERS, *CORE), WHOLE),
    "view_post": {**dict.fromkeys((*SCHOOL, *LEADERS), CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "draft_need": BOTH_SIDES,
    "edit_need": BOTH_SIDES,
    "post_need": ONE_SCHOOL,
    "change_need": ONE_SCHOOL,
    "ask_to_show_need": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "remind_schools": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "post_offer": ONE_SCHOOL,
    "change_offer": ONE_SCHOOL,
    "propose": BOTH_SIDES,
    "view_proposal": BOTH_SIDES,
    "answer_proposal": ONE_SCHOOL,
    "release_leader": HEAD,
    "withdraw_proposal": BOTH_SIDES,
    "view_agreement": BOTH_SIDES,
    "edit_agreement": ONE_SCHOOL,
    "sign_agreement": HEAD,
    "record_visit": ONE_SCHOOL,
    "write_visit_hopes": ONE_SCHOOL,
    "settle_visit": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "review_agreement": ONE_SCHOOL,
    "state_outcome": ONE_SCHOOL,
    "amend_agreement": HEAD,
    "end_agreement": HEAD,
    "send_held_message": dict.fromkeys(CORE, WHOLE),
    "view_plan": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "make_plan": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "view_plan_explanation": BOTH_SIDES,
    "view_shortlist": BOTH_SIDES,
    "manage_exclusions": HEAD,
    "view_exclusions": {**HEAD, **dict.fromkeys(CORE, WHOLE)},
    "declare_interest": dict.fromkeys((*SCHOOL, *LEADERS, *CORE), WHOLE),
    "view_interests": dict.fromkeys(CORE, WHOLE),
    "suspend_supplier": dict.fromkeys(CORE, WHOLE),
    "view_entry": {**dict.fromkeys((*SCHOOL, *LEADERS), CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "write_entry": ONE_SCHOOL,
    "consent_to_entry": HEAD,
    "peer_check_entry": {
        "headteacher": CONSORTIUM,
        **dict.fromkeys(LEADERS, CONSORTIUM),
        **dict.fromkeys(CORE, WHOLE),
    },
    "verify_entry": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "adopt_entry": dict.fromkeys(SCHOOL, CONSORTIUM),
    "ask_for_visit": dict.fromkeys(SCHOOL, CONSORTIUM),
    "view_visit_request": ONE_SCHOOL,
    "change_visit_request": ONE_SCHOOL,
    "answer_visit_request": ONE_SCHOOL,
    "conclude_visit": ONE_SCHOOL,
    "change_try": ONE_SCHOOL,
    "view_messages": ONE_SCHOOL,
    "write_message": ONE_SCHOOL,
    "manage_directory_import": dict.fromkeys(CORE, WHOLE),
    "view_escalation": {
        "headteacher": OWN,
        **dict.fromkeys(LEADERS, CONSORTIUM),
        **dict.fromkeys(CORE, WHOLE),
    },
    "raise_escalation": dict.fromkeys(LEADERS, CONSORTIUM),
    "respond_to_escalation": dict.fromkeys(LEADERS, CONSORTIUM),
    "contribute_to_escalation": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "assign_escalation": dict.fromkeys(CORE, WHOLE),
    "manage_escalation": dict.fromkeys(CORE, WHOLE),
    "reopen_escalation": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "view_officer_notes": dict.fromkeys(CORE, WHOLE),
    "record_statutory_step": dict.fromkeys(CORE, WHOLE),
    "overrule_heads": {"head_of_service": WHOLE},
    "view_escalation_reports": dict.fromkeys(CORE, WHOLE),
    "decide_succession": dict.fromkeys(ADMINISTRATOR, WHOLE),
    "manage_retention": {**dict.fromkeys(ADMINISTRATOR, WHOLE), "head_of_service": WHOLE},
}

BESIDES: Mapping[str, Mapping[str, Collection[str]]] = {
    "/needs/{need_id}/proposals/new": {**BOTH_SIDES, **dict.fromkeys(SCHOOL, CONSORTIUM)},
    "/needs/{need_id}/edit": ONE_SCHOOL,
    "/needs/{need_id}/send": BOTH_SIDES,
    "/directory/{entry_id}/versions": BOTH_SIDES,
    "/directory/schools/{urn}/visit-requests": dict.fromkeys(SCHOOL, WHOLE),
    "/directory/schools/{urn}/visit-requests/new": dict.fromkeys(SCHOOL, WHOLE),
    "/offers/{offer_id}/proposals/new": {**BOTH_SIDES, **dict.fromkeys(SCHOOL, CONSORTIUM)},
}
"""Addresses with a different scope: people who see a post may answer it with one of their own; an open need is edited
by its school only, a lead edits only drafts; earlier versions of an entry are for its school and the people responsible
for it; a school asks any other school of the authority for a visit.
"""


def agreed(permission: str, path: str, role: str, scope: str) -> bool:
    """Return whether this role may do this to a row of this scope."""
    return scope in BESIDES.get(path, AGREED[permission]).get(role, ())


def known(permission: str, role: str) -> bool:
    """Return whether this role has the permission at all."""
    return role in AGREED[permission]
