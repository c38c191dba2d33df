"""The settings of an authority: every difference between local authorities, as data."""

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Literal, TypeVar

import msgspec

from alongside.features.authorities.body_settings import BodySettings
from alongside.features.authorities.matching_settings import Matching
from alongside.features.authorities.setting_types import (
    Band,
    ConsortiumPhase,
    DeclaredConsortium,
    Designation,
    Entry,
    EscalationReason,
    EscalationUrgency,
    Fund,
    Hint,
    Key,
    KeyStage,
    Line,
    MeasureEntry,
    Provider,
    Reason,
    SchoolDays,
    SchoolLabelEntry,
    Theme,
    Urgency,
)
from alongside.platform.school_calendar.calendar import TermDates

E = TypeVar("E", bound=Entry)
Variable = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9_]*$")]
Days = Annotated[int, msgspec.Meta(ge=1, le=36500)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every section: immutable; an unknown setting is an error."""


class Brand(Settings, frozen=True):
    """Branding: the name in the header, and a colour on which white text is readable."""

    short_name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    colour: Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-f]{6}$")]


class SignIn(Settings, frozen=True):
    """One sign-in provider. Secrets are not stored here, only the names of environment variables that hold them.

    Such a name begins with ALONGSIDE_SECRET_ and the slug (`secret_names`). `api_secret_in` is for DfE Sign-in's
    public API, which returns roles; `api_address` is its URL, if it does not follow from the issuer's.
    """

    key: Key
    kind: Literal["dfe_sign_in", "entra", "oidc"]
    label: Line
    issuer: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s]+$")]
    client_id: Line
    secret_in: Variable
    api_secret_in: Variable | None = None
    api_address: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s]+$")] | None = None
    allowed_tids: tuple[str, ...] = ()


class Governance(Settings, frozen=True):
    """Who commissions support, and who is accountable for it."""

    profile: Literal["la_led", "commissioned", "consortium_led", "partnership_led"]
    commissioner: Line
    board: Line


class Phases(Settings, frozen=True):
    """For each phase or kind of school in the DfE's register: the phases in which it may join a consortium."""

    nursery: tuple[ConsortiumPhase, ...]
    primary: tuple[ConsortiumPhase, ...]
    middle_deemed_primary: tuple[ConsortiumPhase, ...]
    secondary: tuple[ConsortiumPhase, ...]
    middle_deemed_secondary: tuple[ConsortiumPhase, ...]
    all_through: tuple[ConsortiumPhase, ...]
    sixteen_plus: tuple[ConsortiumPhase, ...]
    not_applicable: tuple[ConsortiumPhase, ...]
    special: tuple[ConsortiumPhase, ...]
    pupil_referral_unit: tuple[ConsortiumPhase, ...]


class Words(Settings, frozen=True):
    """The authority's own words for standard terms of the product."""

    consortium: Line
    consortia: Line
    consortium_lead: Line
    core_team: Line
    head_of_service: Line
    link_adviser: Line
    support_partner: Line
    category: Line


class Periods(Settings, frozen=True):
    """Deadlines, in school days unless the name says otherwise; each ends at the end of a school day in London."""

    pause_in_holidays: bool
    school_day_ends: time
    respond_by: SchoolDays
    visit_request_due: SchoolDays
    consultation_due: SchoolDays
    more_time: SchoolDays
    widen_after: SchoolDays
    challenge_window: SchoolDays
    agreement_due: SchoolDays
    visit_record_due: SchoolDays
    visit_answer_due: SchoolDays
    ask_about_try_after: SchoolDays
    review_due: SchoolDays
    offer_good_for: SchoolDays
    need_good_for: SchoolDays
    unmet_after: SchoolDays
    remind_before: SchoolDays
    quiet_after: SchoolDays
    reopen_within_terms: Annotated[int, msgspec.Meta(ge=0, le=6)]
    invitation_good_for_days: Days


class Categorisation(Settings, frozen=True):
    """How support categories are agreed: whether there are any, periods, and kinds of school without one.

    `narrative` are phases or kinds of school whose support is described in words, without a category.
    """

    used: bool
    invitation_due: SchoolDays
    appeal_within: SchoolDays
    narrative: tuple[
        Literal["nursery", "sixteen_plus", "not_applicable", "special", "pupil_referral_unit"], ...
    ]


class EscalationReminders(Settings, frozen=True):
    """Reminders of an escalation's deadline, in school days before it (the owner) and after it (more senior roles).

    The director has a mailbox and no account: the email says that an escalation is overdue, without its content.
    """

    owner_before: SchoolDays
    core_team_after: SchoolDays
    head_of_service_after: SchoolDays
    director_after: SchoolDays
    flag_late_after: SchoolDays
    director_mailbox: Annotated[str, msgspec.Meta(pattern=r"^[^@\s]+@[^@\s]+$")]


class Mail(Settings, frozen=True):
    """When emails may be sent, in London time, and their reply address."""

    digest_hour: Annotated[int, msgspec.Meta(ge=0, le=23)]
    window_opens: time
    window_closes: time
    school_days_only: bool
    quiet_from: time
    quiet_until: time
    reply_to: Annotated[str, msgspec.Meta(pattern=r"^[^@\s]+@[^@\s]+$")]


class Credits(Settings, frozen=True):
    """Whether schools earn credits for giving support, and the authority's name for credits."""

    used: bool
    name: Line


class Entitlement(Settings, frozen=True):
    """The visits and sessions to which every school is entitled in a year."""

    adviser_sessions: Annotated[int, msgspec.Meta(ge=0, le=40)]
    challenge_visits: Annotated[int, msgspec.Meta(ge=0, le=40)]


class Contact(Settings, frozen=True):
    """A contact: a role and its mailbox, never a person's name."""

    role: Line
    mailbox: Annotated[str, msgspec.Meta(pattern=r"^[^@\s]+@[^@\s]+$")]
    about: Hint


class BankHolidays(Settings, frozen=True):
    """One-off changes to the calculated bank holidays of England and Wales."""

    added: tuple[date, ...]
    removed: tuple[date, ...]


class EscalationSuggestions(Settings, frozen=True):
    """When the product suggests to a lead to raise an escalation. It never raises one itself."""

    red_reviews: Annotated[int, msgspec.Meta(ge=1, le=10)]
    action_late: SchoolDays


class Directory(Settings, frozen=True):
    """The widest visibility of good practice, and the days until an entry must be reviewed."""

    widest: Literal["consortium", "authority", "public"]
    review_good_for_days: Days
    work_in_progress_days: Annotated[int, msgspec.Meta(ge=1, le=366)]
    remind_before_days: Days


class Retention(Settings, frozen=True):
    """Days for which each class of record is kept after it has ended."""

    audit_log: Days
    agreements: Days
    posts: Days
    people_who_left: Days
    sessions: Days
    mail: Days
    imports: Days
    escalations: Days
    notices: Days
    consultations: Days
    claims: Days
    motions: Days


class AuthoritySettings(Settings, frozen=True):
    """All settings of one authority, validated. `dfe_code` is the authority_id of every row."""

    name: Line
    slug: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
    dfe_code: Annotated[int, msgspec.Meta(ge=200, le=999)]
    gss_code: Annotated[str, msgspec.Meta(pattern=r"^E\d{8}$")]
    hosts: tuple[Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9.-]+(:\d+)?$")], ...]
    brand: Brand
    sign_in: tuple[SignIn, ...]
    governance: Governance
    phases: Phases
    words: Words
    periods: Periods
    escalation_reminders: EscalationReminders
    escalation_suggestions: EscalationSuggestions
    mail: Mail
    credits: Credits
    entitlement: Entitlement
    matching: Matching
    directory: Directory
    bank_holidays: BankHolidays
    retention: Retention
    consortia: dict[Key, DeclaredConsortium]
    themes: dict[Key, Theme]
    key_stages: dict[Key, KeyStage]
    forms_of_support: dict[Key, Entry]
    urgencies: dict[Key, Urgency]
    escalation_urgencies: dict[Key, EscalationUrgency]
    escalation_reasons: dict[Key, EscalationReason]
    designations: dict[Key, Designation]
    categorisation: Categorisation
    categories: dict[Key, Band]
    school_labels: dict[Key, SchoolLabelEntry]
    measures: dict[Key, MeasureEntry]
    decline_reasons: dict[Key, Reason]
    withdrawal_reasons: dict[Key, Reason]
    ending_reasons: dict[Key, Reason]
    tiers: dict[Key, Entry]
    providers: dict[Key, Provider]
    funds: dict[Key, Fund]
    bodies: dict[Key, BodySettings]
    contacts: dict[Key, Contact]
    jargon: dict[Key, tuple[Line, ...]]
    terms: tuple[TermDates, ...]
    inset_days: tuple[date, ...]

    @property
    def authority_id(self) -> int:
        """The key of the authority in every row: the DfE's code."""
        return self.dfe_code


def on_offer(entries: Mapping[str, E]) -> dict[str, E]:
    """The entries that are not retired, in the authority's order."""
    return {key: entry for key, entry in entries.items() if not entry.retired}


def label_of(entries: Mapping[str, Entry], key: str) -> str:
    """The label of a key, also of a retired entry; an unknown key is turned into words."""
    entry = entries.get(key)
    return entry.label if entry else key.replace("_", " ").capitalize()
