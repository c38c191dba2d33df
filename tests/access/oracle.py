"""What was agreed about access, written down a second time and by hand: who may, how far.

It shares nothing with the code but the names of permissions and roles, so that a slip in one is seen in the other.
"""

SCHOOL = ("headteacher", "delegate")
LEADERS = ("consortium_lead", "consortium_deputy")
CORE = ("core_officer", "head_of_service")
ADMINISTRATOR = ("authority_administrator",)
EVERYBODY = (*SCHOOL, *LEADERS, *CORE, *ADMINISTRATOR)

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
ANYBODY_SIGNED_IN = dict.fromkeys(EVERYBODY, WHOLE)

AGREED = {
    "open_front_door": {**ANYBODY_SIGNED_IN, "nobody": WHOLE},
    "see_own_desk": ANYBODY_SIGNED_IN,
    "see_own_account": ANYBODY_SIGNED_IN,
    "switch_role": ANYBODY_SIGNED_IN,
    "see_schools": ANYBODY_SIGNED_IN,
    "keep_school_days": {**HEAD, **dict.fromkeys(CORE, WHOLE)},
    "see_consortium_desk": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "see_authority_desk": dict.fromkeys(CORE, WHOLE),
    "see_people": {
        "headteacher": OWN,
        **dict.fromkeys(LEADERS, CONSORTIUM),
        **dict.fromkeys((*CORE, *ADMINISTRATOR), WHOLE),
    },
    "invite_delegate": HEAD,
    "invite_people": dict.fromkeys(ADMINISTRATOR, WHOLE),
    "see_failed_mail": dict.fromkeys(ADMINISTRATOR, WHOLE),
    "see_board": dict.fromkeys((*SCHOOL, *LEADERS, *CORE), WHOLE),
    "see_post": {**dict.fromkeys((*SCHOOL, *LEADERS), CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "draft_need": BOTH_SIDES,
    "post_need": ONE_SCHOOL,
    "change_need": ONE_SCHOOL,
    "post_offer": ONE_SCHOOL,
    "change_offer": ONE_SCHOOL,
    "propose": BOTH_SIDES,
    "see_proposal": BOTH_SIDES,
    "answer_proposal": ONE_SCHOOL,
    "release_leader": HEAD,
    "withdraw_proposal": BOTH_SIDES,
    "see_partnership": BOTH_SIDES,
    "write_agreement": ONE_SCHOOL,
    "sign_agreement": HEAD,
    "record_visit": ONE_SCHOOL,
    "review_partnership": ONE_SCHOOL,
    "amend_partnership": HEAD,
    "end_partnership": HEAD,
    "see_plan": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "make_plan": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "see_why": BOTH_SIDES,
    "see_shortlist": BOTH_SIDES,
    "keep_exclusion": HEAD,
    "see_exclusion": {**HEAD, **dict.fromkeys(CORE, WHOLE)},
    "declare_interest": dict.fromkeys((*SCHOOL, *LEADERS, *CORE), WHOLE),
    "see_interest": dict.fromkeys(CORE, WHOLE),
    "judge_fitness": dict.fromkeys(CORE, WHOLE),
    "see_entry": {**dict.fromkeys((*SCHOOL, *LEADERS), CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "write_entry": ONE_SCHOOL,
    "consent_to_entry": HEAD,
    "check_entry": {
        "headteacher": CONSORTIUM,
        **dict.fromkeys(LEADERS, CONSORTIUM),
        **dict.fromkeys(CORE, WHOLE),
    },
    "verify_entry": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "use_entry": dict.fromkeys(SCHOOL, CONSORTIUM),
    "keep_resources": dict.fromkeys(CORE, WHOLE),
    "see_case": {"headteacher": OWN, **dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "raise_case": dict.fromkeys(LEADERS, CONSORTIUM),
    "answer_case": dict.fromkeys(LEADERS, CONSORTIUM),
    "work_on_case": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "handle_case": dict.fromkeys(CORE, WHOLE),
    "reopen_case": {**dict.fromkeys(LEADERS, CONSORTIUM), **dict.fromkeys(CORE, WHOLE)},
    "see_officers_notes": dict.fromkeys(CORE, WHOLE),
    "take_statutory_step": dict.fromkeys(CORE, WHOLE),
    "overrule_heads": {"head_of_service": WHOLE},
    "learn_from_cases": dict.fromkeys(CORE, WHOLE),
    "decide_succession": dict.fromkeys(ADMINISTRATOR, WHOLE),
    "keep_records": {**dict.fromkeys(ADMINISTRATOR, WHOLE), "head_of_service": WHOLE},
}

BESIDES = {
    "/needs/{need_id}/proposals/new": {**BOTH_SIDES, **dict.fromkeys(SCHOOL, CONSORTIUM)},
    "/needs/{need_id}/edition": ONE_SCHOOL,
    "/needs/{need_id}/sending": BOTH_SIDES,
    "/directory/{entry_id}/versions": BOTH_SIDES,
    "/offers/{offer_id}/proposals/new": {**BOTH_SIDES, **dict.fromkeys(SCHOOL, CONSORTIUM)},
}
"""Addresses whose reach is agreed to be another: whoever sees a post may answer it with one of
their own; an open need is edited by its school alone, a lead edits only drafts; earlier texts of an entry are for its
school and those who look after it."""


def agreed(permission: str, path: str, role: str, scope: str) -> bool:
    """Whether somebody in this role may do this to a thing of this scope."""
    return scope in BESIDES.get(path, AGREED[permission]).get(role, ())


def known(permission: str, role: str) -> bool:
    """Whether this role has the permission at all."""
    return role in AGREED[permission]
