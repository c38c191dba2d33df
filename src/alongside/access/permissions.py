"""The whole law of access: permission → role → reach. Guards, WHERE clauses, buttons and 404s all derive from it."""

from enum import StrEnum, auto

from alongside.access.person import (
    AUTHORITY_ROLES,
    CONSORTIUM_ROLES,
    SCHOOL_ROLES,
    SIGNED_IN_ROLES,
    Role,
)


class Reach(StrEnum):
    """How far a permission goes for one role."""

    OWN_SCHOOL = auto()
    """Rows of the school that the person acts for."""

    OWN_CONSORTIUM = auto()
    """Rows of schools that are now members of the person's consortia."""

    AUDIENCE = auto()
    """Own consortium, and whatever its school shows to the whole authority."""

    AUTHORITY = auto()
    """Every row of the authority."""


class Permission(StrEnum):
    """Everything that somebody may be allowed to do, named as a verb and what it is done to."""

    OPEN_FRONT_DOOR = auto()
    SEE_OWN_DESK = auto()
    SEE_OWN_ACCOUNT = auto()
    SWITCH_ROLE = auto()

    SEE_SCHOOLS = auto()
    KEEP_SCHOOL_DAYS = auto()
    SEE_CONSORTIUM_DESK = auto()
    SEE_AUTHORITY_DESK = auto()

    SEE_PEOPLE = auto()
    INVITE_DELEGATE = auto()
    INVITE_PEOPLE = auto()
    SEE_FAILED_MAIL = auto()

    SEE_BOARD = auto()
    SEE_POST = auto()
    DRAFT_NEED = auto()
    POST_NEED = auto()
    CHANGE_NEED = auto()
    POST_OFFER = auto()
    CHANGE_OFFER = auto()

    PROPOSE = auto()
    SEE_PROPOSAL = auto()
    ANSWER_PROPOSAL = auto()
    RELEASE_LEADER = auto()
    WITHDRAW_PROPOSAL = auto()
    SEE_PARTNERSHIP = auto()
    WRITE_AGREEMENT = auto()
    SIGN_AGREEMENT = auto()
    RECORD_VISIT = auto()
    REVIEW_PARTNERSHIP = auto()
    AMEND_PARTNERSHIP = auto()
    END_PARTNERSHIP = auto()

    SEE_PLAN = auto()
    MAKE_PLAN = auto()
    SEE_WHY = auto()
    SEE_SHORTLIST = auto()
    KEEP_EXCLUSION = auto()
    SEE_EXCLUSION = auto()
    DECLARE_INTEREST = auto()
    SEE_INTEREST = auto()
    JUDGE_FITNESS = auto()
    SEE_ENTRY = auto()
    WRITE_ENTRY = auto()
    CONSENT_TO_ENTRY = auto()
    CHECK_ENTRY = auto()
    VERIFY_ENTRY = auto()
    USE_ENTRY = auto()
    KEEP_RESOURCES = auto()
    SEE_CASE = auto()
    RAISE_CASE = auto()
    ANSWER_CASE = auto()
    WORK_ON_CASE = auto()
    HANDLE_CASE = auto()
    REOPEN_CASE = auto()
    SEE_OFFICERS_NOTES = auto()
    TAKE_STATUTORY_STEP = auto()
    OVERRULE_HEADS = auto()
    LEARN_FROM_CASES = auto()

    KEEP_RECORDS = auto()
    DECIDE_SUCCESSION = auto()


Entry = dict[Role, Reach]

LEADING_AUTHORITY = frozenset({Role.CORE_OFFICER, Role.HEAD_OF_SERVICE})
EVERYBODY = SIGNED_IN_ROLES | {Role.NOBODY}


def to(roles: frozenset[Role], reach: Reach) -> Entry:
    """One line of the law: these roles, this far."""
    return dict.fromkeys(sorted(roles), reach)


OWN_SCHOOL_ONLY = to(SCHOOL_ROLES, Reach.OWN_SCHOOL)
HEAD_ONLY = {Role.HEADTEACHER: Reach.OWN_SCHOOL}
BOTH_SIDES_AND_THEIR_LEADERS = (
    OWN_SCHOOL_ONLY | to(CONSORTIUM_ROLES, Reach.OWN_CONSORTIUM) | to(LEADING_AUTHORITY, Reach.AUTHORITY)
)
LEADERS_ONLY = to(CONSORTIUM_ROLES, Reach.OWN_CONSORTIUM)
CORE_TEAM = to(LEADING_AUTHORITY, Reach.AUTHORITY)
LEADERS_AND_CORE_TEAM = LEADERS_ONLY | CORE_TEAM

LAW: dict[Permission, Entry] = {
    Permission.OPEN_FRONT_DOOR: to(EVERYBODY, Reach.AUTHORITY),
    Permission.SEE_OWN_DESK: to(SIGNED_IN_ROLES, Reach.AUTHORITY),
    Permission.SEE_OWN_ACCOUNT: to(SIGNED_IN_ROLES, Reach.AUTHORITY),
    Permission.SWITCH_ROLE: to(SIGNED_IN_ROLES, Reach.AUTHORITY),
    Permission.SEE_SCHOOLS: to(SIGNED_IN_ROLES, Reach.AUTHORITY),
    Permission.KEEP_SCHOOL_DAYS: HEAD_ONLY | to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.SEE_CONSORTIUM_DESK: to(CONSORTIUM_ROLES, Reach.OWN_CONSORTIUM)
    | to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.SEE_AUTHORITY_DESK: to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.SEE_PEOPLE: to(AUTHORITY_ROLES, Reach.AUTHORITY)
    | to(CONSORTIUM_ROLES, Reach.OWN_CONSORTIUM)
    | HEAD_ONLY,
    Permission.INVITE_DELEGATE: HEAD_ONLY,
    Permission.INVITE_PEOPLE: {Role.AUTHORITY_ADMINISTRATOR: Reach.AUTHORITY},
    Permission.SEE_FAILED_MAIL: {Role.AUTHORITY_ADMINISTRATOR: Reach.AUTHORITY},
    Permission.SEE_BOARD: to(SIGNED_IN_ROLES - {Role.AUTHORITY_ADMINISTRATOR}, Reach.AUTHORITY),
    Permission.SEE_POST: to(SCHOOL_ROLES | CONSORTIUM_ROLES, Reach.AUDIENCE)
    | to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.DRAFT_NEED: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.POST_NEED: OWN_SCHOOL_ONLY,
    Permission.CHANGE_NEED: OWN_SCHOOL_ONLY,
    Permission.POST_OFFER: OWN_SCHOOL_ONLY,
    Permission.CHANGE_OFFER: OWN_SCHOOL_ONLY,
    Permission.PROPOSE: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.SEE_PROPOSAL: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.ANSWER_PROPOSAL: OWN_SCHOOL_ONLY,
    Permission.RELEASE_LEADER: HEAD_ONLY,
    Permission.WITHDRAW_PROPOSAL: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.SEE_PARTNERSHIP: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.WRITE_AGREEMENT: OWN_SCHOOL_ONLY,
    Permission.SIGN_AGREEMENT: HEAD_ONLY,
    Permission.RECORD_VISIT: OWN_SCHOOL_ONLY,
    Permission.REVIEW_PARTNERSHIP: OWN_SCHOOL_ONLY,
    Permission.AMEND_PARTNERSHIP: HEAD_ONLY,
    Permission.END_PARTNERSHIP: HEAD_ONLY,
    Permission.SEE_PLAN: to(CONSORTIUM_ROLES, Reach.OWN_CONSORTIUM) | to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.MAKE_PLAN: to(CONSORTIUM_ROLES, Reach.OWN_CONSORTIUM) | to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.SEE_WHY: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.SEE_SHORTLIST: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.KEEP_EXCLUSION: HEAD_ONLY,
    Permission.SEE_EXCLUSION: HEAD_ONLY | to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.DECLARE_INTEREST: to(SIGNED_IN_ROLES - {Role.AUTHORITY_ADMINISTRATOR}, Reach.AUTHORITY),
    Permission.SEE_INTEREST: to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.JUDGE_FITNESS: to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.SEE_ENTRY: to(SCHOOL_ROLES | CONSORTIUM_ROLES, Reach.AUDIENCE)
    | to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.WRITE_ENTRY: OWN_SCHOOL_ONLY,
    Permission.CONSENT_TO_ENTRY: HEAD_ONLY,
    Permission.CHECK_ENTRY: {Role.HEADTEACHER: Reach.AUDIENCE}
    | to(CONSORTIUM_ROLES, Reach.OWN_CONSORTIUM)
    | to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.VERIFY_ENTRY: to(CONSORTIUM_ROLES, Reach.OWN_CONSORTIUM)
    | to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.USE_ENTRY: to(SCHOOL_ROLES, Reach.AUDIENCE),
    Permission.KEEP_RESOURCES: to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.SEE_CASE: HEAD_ONLY | LEADERS_AND_CORE_TEAM,
    Permission.RAISE_CASE: LEADERS_ONLY,
    Permission.ANSWER_CASE: LEADERS_ONLY,
    Permission.WORK_ON_CASE: LEADERS_AND_CORE_TEAM,
    Permission.HANDLE_CASE: CORE_TEAM,
    Permission.REOPEN_CASE: LEADERS_AND_CORE_TEAM,
    Permission.SEE_OFFICERS_NOTES: CORE_TEAM,
    Permission.TAKE_STATUTORY_STEP: CORE_TEAM,
    Permission.OVERRULE_HEADS: {Role.HEAD_OF_SERVICE: Reach.AUTHORITY},
    Permission.LEARN_FROM_CASES: to(LEADING_AUTHORITY, Reach.AUTHORITY),
    Permission.DECIDE_SUCCESSION: to(frozenset({Role.AUTHORITY_ADMINISTRATOR}), Reach.AUTHORITY),
    Permission.KEEP_RECORDS: {
        Role.AUTHORITY_ADMINISTRATOR: Reach.AUTHORITY,
        Role.HEAD_OF_SERVICE: Reach.AUTHORITY,
    },
}


def reach_of(role: Role, permission: Permission) -> Reach | None:
    """How far this permission goes for a role; None is not at all."""
    return LAW[permission].get(role)
