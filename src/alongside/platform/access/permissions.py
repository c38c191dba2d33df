"""The table of permissions: permission → role → scope. Guards, WHERE clauses, buttons and 404s derive from it."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum, auto

from alongside.platform.access.principal import (
    AUTHORITY_ROLES,
    BOARD_ROLES,
    CONSORTIUM_ROLES,
    GOVERNING_ROLES,
    SCHOOL_ROLES,
    SIGNED_IN_ROLES,
    WORKING_ROLES,
    Role,
)


class Scope(StrEnum):
    """How far a permission goes for one role."""

    OWN_SCHOOL = auto()
    """Rows of the school that the person acts for, or of the schools of their trust or diocese."""

    OWN_CONSORTIUM = auto()
    """Rows of schools that are currently members of the person's consortia."""

    AUDIENCE = auto()
    """Rows of the own consortium, and rows that their school shows to the whole authority."""

    AUTHORITY = auto()
    """Every row of the authority."""


class Permission(StrEnum):
    """All permissions, each named as a verb and its object."""

    VIEW_PUBLIC_PAGES = auto()
    VIEW_OWN_HOME = auto()
    VIEW_GOVERNORS_HOME = auto()
    VIEW_OWN_ACCOUNT = auto()
    SWITCH_ROLE = auto()

    VIEW_SCHOOLS = auto()
    WATCH_SCHOOL = auto()
    MANAGE_TERM_DATES = auto()
    VIEW_CONSORTIUM_DASHBOARD = auto()
    VIEW_AUTHORITY_DASHBOARD = auto()

    VIEW_PEOPLE = auto()
    INVITE_DELEGATE = auto()
    INVITE_PEOPLE = auto()
    VIEW_FAILED_EMAILS = auto()

    VIEW_NOTICE = auto()
    POST_NOTICE = auto()
    VIEW_CONSULTATION = auto()
    MANAGE_CONSULTATION = auto()
    ANSWER_CONSULTATION = auto()

    VIEW_FUNDS = auto()
    VIEW_BOARD = auto()
    MANAGE_BOARD = auto()
    VIEW_CLAIM = auto()
    MAKE_CLAIM = auto()
    MANAGE_CLAIM = auto()
    VIEW_MOTION = auto()
    VOTE_ON_MOTION = auto()
    DECLARE_INTEREST_IN_MOTION = auto()
    OVERRULE_BOARD = auto()

    VIEW_CATEGORY = auto()
    REVIEW_CATEGORIES = auto()
    PROPOSE_CATEGORY = auto()
    MODERATE_CATEGORY = auto()
    AGREE_CATEGORY = auto()
    SIGN_CATEGORY = auto()
    APPEAL_CATEGORY = auto()
    HEAR_CATEGORY_APPEAL = auto()

    VIEW_PERFORMANCE = auto()
    IMPORT_PERFORMANCE = auto()
    VIEW_PROFILE = auto()
    SIGN_PROFILE = auto()
    PREPARE_PROFILE = auto()
    COMMENT_ON_PROFILE = auto()
    VIEW_PROFILE_METHOD = auto()

    VIEW_NEEDS_AND_OFFERS = auto()
    VIEW_POST = auto()
    DRAFT_NEED = auto()
    EDIT_NEED = auto()
    POST_NEED = auto()
    CHANGE_NEED = auto()
    ASK_TO_SHOW_NEED = auto()
    REMIND_SCHOOLS = auto()
    POST_OFFER = auto()
    CHANGE_OFFER = auto()

    PROPOSE = auto()
    VIEW_PROPOSAL = auto()
    ANSWER_PROPOSAL = auto()
    RELEASE_LEADER = auto()
    WITHDRAW_PROPOSAL = auto()
    VIEW_AGREEMENT = auto()
    EDIT_AGREEMENT = auto()
    SIGN_AGREEMENT = auto()
    RECORD_VISIT = auto()
    WRITE_VISIT_HOPES = auto()
    SETTLE_VISIT = auto()
    REVIEW_AGREEMENT = auto()
    STATE_OUTCOME = auto()
    AMEND_AGREEMENT = auto()
    END_AGREEMENT = auto()
    SEND_HELD_MESSAGE = auto()

    VIEW_PLAN = auto()
    MAKE_PLAN = auto()
    VIEW_PLAN_EXPLANATION = auto()
    VIEW_SHORTLIST = auto()
    MANAGE_EXCLUSIONS = auto()
    VIEW_EXCLUSIONS = auto()
    DECLARE_INTEREST = auto()
    VIEW_INTERESTS = auto()
    SUSPEND_SUPPLIER = auto()
    VIEW_ENTRY = auto()
    WRITE_ENTRY = auto()
    CONSENT_TO_ENTRY = auto()
    PEER_CHECK_ENTRY = auto()
    VERIFY_ENTRY = auto()
    ADOPT_ENTRY = auto()
    MANAGE_DIRECTORY_IMPORT = auto()
    ASK_FOR_VISIT = auto()
    VIEW_VISIT_REQUEST = auto()
    CHANGE_VISIT_REQUEST = auto()
    ANSWER_VISIT_REQUEST = auto()
    CONCLUDE_VISIT = auto()
    CHANGE_TRY = auto()
    VIEW_MESSAGES = auto()
    WRITE_MESSAGE = auto()
    VIEW_ESCALATION = auto()
    RAISE_ESCALATION = auto()
    RESPOND_TO_ESCALATION = auto()
    CONTRIBUTE_TO_ESCALATION = auto()
    MANAGE_ESCALATION = auto()
    ASSIGN_ESCALATION = auto()
    REOPEN_ESCALATION = auto()
    VIEW_OFFICER_NOTES = auto()
    RECORD_STATUTORY_STEP = auto()
    OVERRULE_HEADS = auto()
    VIEW_ESCALATION_REPORTS = auto()

    MANAGE_RETENTION = auto()
    DECIDE_SUCCESSION = auto()


class Party(StrEnum):
    """Which school or consortium of a record the scope is about."""

    ANY = auto()
    """Every school of the record, or every consortium that works on it."""

    OWNER = auto()
    """The school that the record belongs to, not the other school that it mentions."""

    REQUESTING = auto()
    """The school that requests support."""

    SUPPORTING = auto()
    """The school that gives support."""

    RAISING = auto()
    """The consortium that raised the record, not the one that handles it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a role has: a scope, and limits on the records within it.

    `party` is the side of the record that the scope is about. `states` are the states in which it holds (none: in all).
    `once` is the column that must have a value first; a time must also have come. `without_interest`: not for records
    of a school in which the person has an interest.
    """

    scope: Scope
    party: Party = Party.ANY
    states: tuple[str, ...] = ()
    once: str | None = None
    without_interest: bool = False

    def described(self) -> str:
        """Return the grant in a few words, for the printed table."""
        parties = {
            Party.REQUESTING: "requesting school",
            Party.SUPPORTING: "supporting school",
            Party.RAISING: "raising consortium",
        }
        words = parties.get(
            self.party, self.scope.value.replace("_", " ").replace("own consortium", "consortium")
        )
        if self.states:
            words += f" while {' or '.join(self.states)}".replace("_", " ")
        if self.once is not None:
            words += f" once {self.once.removesuffix('_at')}".replace("_", " ")
        return words + (", no interest" if self.without_interest else "")


RoleScopes = dict[Role, Grant]

LEADING_AUTHORITY = frozenset({Role.CORE_OFFICER, Role.HEAD_OF_SERVICE})
EVERYBODY = SIGNED_IN_ROLES | {Role.NOBODY}


def grant(
    roles: Collection[Role],
    scope: Scope,
    *,
    party: Party = Party.ANY,
    states: tuple[str, ...] = (),
    once: str | None = None,
    without_interest: bool = False,
) -> RoleScopes:
    """Return one entry of the table: these roles with this scope and its limits."""
    return dict.fromkeys(sorted(roles), Grant(scope, party, states, once, without_interest))


OWN_SCHOOL_ONLY = grant(SCHOOL_ROLES, Scope.OWN_SCHOOL)
HEAD_ONLY = grant({Role.HEADTEACHER}, Scope.OWN_SCHOOL)
BOTH_SIDES_AND_THEIR_LEADERS = (
    OWN_SCHOOL_ONLY
    | grant(CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM)
    | grant(LEADING_AUTHORITY, Scope.AUTHORITY)
)
LEADERS_ONLY = grant(CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM)
CORE_TEAM = grant(LEADING_AUTHORITY, Scope.AUTHORITY)
LEADERS_AND_CORE_TEAM = LEADERS_ONLY | CORE_TEAM
CORE_TEAM_WITHOUT_INTEREST = grant(LEADING_AUTHORITY, Scope.AUTHORITY, without_interest=True)
LEADERS_AND_CORE_TEAM_WITHOUT_INTEREST = (
    grant(CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM, without_interest=True) | CORE_TEAM_WITHOUT_INTEREST
)
DRAFTS = ("draft", "to_confirm")
"""States of a need that its school has not posted."""

ROLE_PERMISSIONS: dict[Permission, RoleScopes] = {
    Permission.VIEW_PUBLIC_PAGES: grant(EVERYBODY, Scope.AUTHORITY),
    Permission.VIEW_OWN_HOME: grant(SIGNED_IN_ROLES, Scope.AUTHORITY),
    Permission.VIEW_GOVERNORS_HOME: grant(GOVERNING_ROLES, Scope.OWN_SCHOOL),
    Permission.VIEW_OWN_ACCOUNT: grant(SIGNED_IN_ROLES, Scope.AUTHORITY),
    Permission.SWITCH_ROLE: grant(SIGNED_IN_ROLES, Scope.AUTHORITY),
    Permission.VIEW_SCHOOLS: grant(WORKING_ROLES, Scope.AUTHORITY),
    Permission.WATCH_SCHOOL: grant(WORKING_ROLES - {Role.AUTHORITY_ADMINISTRATOR}, Scope.AUTHORITY),
    Permission.MANAGE_TERM_DATES: HEAD_ONLY | grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.VIEW_CONSORTIUM_DASHBOARD: grant(CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM)
    | grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.VIEW_AUTHORITY_DASHBOARD: grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.VIEW_PEOPLE: grant(AUTHORITY_ROLES, Scope.AUTHORITY)
    | grant(CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM)
    | HEAD_ONLY,
    Permission.INVITE_DELEGATE: HEAD_ONLY,
    Permission.INVITE_PEOPLE: grant({Role.AUTHORITY_ADMINISTRATOR}, Scope.AUTHORITY),
    Permission.VIEW_FAILED_EMAILS: grant({Role.AUTHORITY_ADMINISTRATOR}, Scope.AUTHORITY),
    Permission.VIEW_NOTICE: grant(SCHOOL_ROLES | CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM) | CORE_TEAM,
    Permission.POST_NOTICE: LEADERS_AND_CORE_TEAM,
    Permission.VIEW_FUNDS: CORE_TEAM,
    Permission.VIEW_BOARD: grant(WORKING_ROLES | BOARD_ROLES, Scope.AUTHORITY),
    Permission.MANAGE_BOARD: grant({Role.CLERK, Role.HEAD_OF_SERVICE}, Scope.AUTHORITY),
    Permission.VIEW_CLAIM: grant(SCHOOL_ROLES, Scope.OWN_SCHOOL, party=Party.SUPPORTING) | CORE_TEAM,
    Permission.MAKE_CLAIM: grant({Role.HEADTEACHER}, Scope.OWN_SCHOOL, party=Party.SUPPORTING),
    Permission.MANAGE_CLAIM: CORE_TEAM_WITHOUT_INTEREST,
    Permission.VIEW_MOTION: grant(BOARD_ROLES, Scope.AUTHORITY) | CORE_TEAM,
    Permission.VOTE_ON_MOTION: grant({Role.BOARD_MEMBER}, Scope.AUTHORITY),
    Permission.DECLARE_INTEREST_IN_MOTION: grant({Role.BOARD_MEMBER}, Scope.AUTHORITY),
    Permission.OVERRULE_BOARD: grant({Role.HEAD_OF_SERVICE}, Scope.AUTHORITY),
    Permission.VIEW_CATEGORY: grant(
        GOVERNING_ROLES | {Role.HEADTEACHER}, Scope.OWN_SCHOOL, once="notified_on"
    )
    | grant(CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM, without_interest=True)
    | CORE_TEAM,
    Permission.REVIEW_CATEGORIES: LEADERS_AND_CORE_TEAM,
    Permission.PROPOSE_CATEGORY: CORE_TEAM,
    Permission.MODERATE_CATEGORY: grant(CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM, without_interest=True),
    Permission.AGREE_CATEGORY: grant({Role.HEAD_OF_SERVICE}, Scope.AUTHORITY, without_interest=True),
    Permission.SIGN_CATEGORY: grant(GOVERNING_ROLES, Scope.OWN_SCHOOL, once="notified_on"),
    Permission.APPEAL_CATEGORY: HEAD_ONLY,
    Permission.HEAR_CATEGORY_APPEAL: LEADERS_AND_CORE_TEAM_WITHOUT_INTEREST,
    Permission.VIEW_PERFORMANCE: OWN_SCHOOL_ONLY
    | grant(CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM, without_interest=True)
    | CORE_TEAM,
    Permission.IMPORT_PERFORMANCE: CORE_TEAM,
    Permission.VIEW_PROFILE: grant(SCHOOL_ROLES, Scope.OWN_SCHOOL, once="shared_at")
    | grant(GOVERNING_ROLES, Scope.OWN_SCHOOL, once="governors_from")
    | grant(CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM, once="shared_at", without_interest=True)
    | CORE_TEAM,
    Permission.SIGN_PROFILE: grant(GOVERNING_ROLES, Scope.OWN_SCHOOL, once="governors_from"),
    Permission.PREPARE_PROFILE: CORE_TEAM,
    Permission.COMMENT_ON_PROFILE: grant({Role.HEADTEACHER}, Scope.OWN_SCHOOL, once="shared_at"),
    Permission.VIEW_PROFILE_METHOD: grant(
        (WORKING_ROLES | GOVERNING_ROLES) - {Role.AUTHORITY_ADMINISTRATOR}, Scope.AUTHORITY
    ),
    Permission.VIEW_CONSULTATION: OWN_SCHOOL_ONLY | CORE_TEAM,
    Permission.MANAGE_CONSULTATION: CORE_TEAM,
    Permission.ANSWER_CONSULTATION: HEAD_ONLY,
    Permission.VIEW_NEEDS_AND_OFFERS: grant(WORKING_ROLES - {Role.AUTHORITY_ADMINISTRATOR}, Scope.AUTHORITY),
    Permission.VIEW_POST: grant(SCHOOL_ROLES | CONSORTIUM_ROLES, Scope.AUDIENCE)
    | grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.DRAFT_NEED: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.EDIT_NEED: OWN_SCHOOL_ONLY
    | grant(CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM, states=DRAFTS)
    | grant(LEADING_AUTHORITY, Scope.AUTHORITY, states=DRAFTS),
    Permission.POST_NEED: OWN_SCHOOL_ONLY,
    Permission.CHANGE_NEED: OWN_SCHOOL_ONLY,
    Permission.ASK_TO_SHOW_NEED: LEADERS_AND_CORE_TEAM,
    Permission.REMIND_SCHOOLS: LEADERS_AND_CORE_TEAM,
    Permission.POST_OFFER: OWN_SCHOOL_ONLY,
    Permission.CHANGE_OFFER: OWN_SCHOOL_ONLY,
    Permission.PROPOSE: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.VIEW_PROPOSAL: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.ANSWER_PROPOSAL: OWN_SCHOOL_ONLY,
    Permission.RELEASE_LEADER: grant({Role.HEADTEACHER}, Scope.OWN_SCHOOL, party=Party.SUPPORTING),
    Permission.WITHDRAW_PROPOSAL: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.VIEW_AGREEMENT: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.EDIT_AGREEMENT: OWN_SCHOOL_ONLY,
    Permission.SIGN_AGREEMENT: HEAD_ONLY,
    Permission.RECORD_VISIT: OWN_SCHOOL_ONLY,
    Permission.WRITE_VISIT_HOPES: grant(SCHOOL_ROLES, Scope.OWN_SCHOOL, party=Party.REQUESTING),
    Permission.SETTLE_VISIT: LEADERS_AND_CORE_TEAM,
    Permission.REVIEW_AGREEMENT: OWN_SCHOOL_ONLY,
    Permission.STATE_OUTCOME: grant(SCHOOL_ROLES, Scope.OWN_SCHOOL, party=Party.REQUESTING),
    Permission.AMEND_AGREEMENT: HEAD_ONLY,
    Permission.END_AGREEMENT: HEAD_ONLY,
    Permission.SEND_HELD_MESSAGE: CORE_TEAM,
    Permission.VIEW_PLAN: grant(CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM)
    | grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.MAKE_PLAN: grant(CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM)
    | grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.VIEW_PLAN_EXPLANATION: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.VIEW_SHORTLIST: BOTH_SIDES_AND_THEIR_LEADERS,
    Permission.MANAGE_EXCLUSIONS: HEAD_ONLY,
    Permission.VIEW_EXCLUSIONS: HEAD_ONLY | grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.DECLARE_INTEREST: grant(WORKING_ROLES - {Role.AUTHORITY_ADMINISTRATOR}, Scope.AUTHORITY),
    Permission.VIEW_INTERESTS: grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.SUSPEND_SUPPLIER: grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.VIEW_ENTRY: grant(SCHOOL_ROLES | CONSORTIUM_ROLES, Scope.AUDIENCE)
    | grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.WRITE_ENTRY: grant(SCHOOL_ROLES, Scope.OWN_SCHOOL, party=Party.OWNER),
    Permission.CONSENT_TO_ENTRY: HEAD_ONLY,
    Permission.PEER_CHECK_ENTRY: grant(
        CONSORTIUM_ROLES | {Role.HEADTEACHER}, Scope.OWN_CONSORTIUM, party=Party.OWNER
    )
    | grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.VERIFY_ENTRY: grant(CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM, party=Party.OWNER)
    | grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.ADOPT_ENTRY: grant(SCHOOL_ROLES, Scope.AUDIENCE),
    Permission.MANAGE_DIRECTORY_IMPORT: grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.ASK_FOR_VISIT: grant(SCHOOL_ROLES, Scope.AUDIENCE),
    Permission.VIEW_VISIT_REQUEST: OWN_SCHOOL_ONLY,
    Permission.CHANGE_VISIT_REQUEST: grant(SCHOOL_ROLES, Scope.OWN_SCHOOL, party=Party.REQUESTING),
    Permission.ANSWER_VISIT_REQUEST: grant(SCHOOL_ROLES, Scope.OWN_SCHOOL, party=Party.SUPPORTING),
    Permission.CONCLUDE_VISIT: OWN_SCHOOL_ONLY,
    Permission.CHANGE_TRY: OWN_SCHOOL_ONLY,
    Permission.VIEW_MESSAGES: OWN_SCHOOL_ONLY,
    Permission.WRITE_MESSAGE: OWN_SCHOOL_ONLY,
    Permission.VIEW_ESCALATION: grant({Role.HEADTEACHER}, Scope.OWN_SCHOOL, once="notified_at")
    | LEADERS_AND_CORE_TEAM,
    Permission.RAISE_ESCALATION: LEADERS_ONLY,
    Permission.RESPOND_TO_ESCALATION: grant(
        CONSORTIUM_ROLES, Scope.OWN_CONSORTIUM, party=Party.RAISING, without_interest=True
    ),
    Permission.CONTRIBUTE_TO_ESCALATION: LEADERS_AND_CORE_TEAM_WITHOUT_INTEREST,
    Permission.MANAGE_ESCALATION: CORE_TEAM_WITHOUT_INTEREST,
    Permission.ASSIGN_ESCALATION: CORE_TEAM,
    Permission.REOPEN_ESCALATION: LEADERS_AND_CORE_TEAM_WITHOUT_INTEREST,
    Permission.VIEW_OFFICER_NOTES: CORE_TEAM,
    Permission.RECORD_STATUTORY_STEP: CORE_TEAM_WITHOUT_INTEREST,
    Permission.OVERRULE_HEADS: grant({Role.HEAD_OF_SERVICE}, Scope.AUTHORITY, without_interest=True),
    Permission.VIEW_ESCALATION_REPORTS: grant(LEADING_AUTHORITY, Scope.AUTHORITY),
    Permission.DECIDE_SUCCESSION: grant({Role.AUTHORITY_ADMINISTRATOR}, Scope.AUTHORITY),
    Permission.MANAGE_RETENTION: grant({Role.AUTHORITY_ADMINISTRATOR, Role.HEAD_OF_SERVICE}, Scope.AUTHORITY),
}


def scope_for(role: Role, permission: Permission) -> Scope | None:
    """Return the scope of this permission for a role; None if the role does not have it."""
    found = grant_for(role, permission)
    return None if found is None else found.scope


def grant_for(role: Role, permission: Permission) -> Grant | None:
    """Return what a role has of this permission; None if it does not have it."""
    return ROLE_PERMISSIONS[permission].get(role)
