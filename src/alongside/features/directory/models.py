"""The directory entry: its table, states, transitions and constraints."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Computed, Index, Numeric, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.directory.evidence import AFTER_USE, MOST
from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.folding import folded_column
from alongside.platform.workflow import INITIAL, Transition, workflow

KINDS = ("practice", "work_in_progress")
VISIBILITIES = ("consortium", "authority", "public")
"""Visibilities from the narrowest to the widest. The school chooses; the authority sets the widest allowed."""

LISTED = ("verified", "review_due", "reverified")
"""States in which an entry is visible beyond those who write and check it."""

DRAFT_ENTRY = Transition("draft_entry", (INITIAL,), "draft", Permission.WRITE_ENTRY, "began the entry")
TAKE_IN = Transition(
    "take_in_resource", (INITIAL,), "verified", Permission.MANAGE_DIRECTORY_IMPORT, "took in the resource"
)
SUBMIT_ENTRY = Transition(
    "submit_entry", ("draft", "returned"), "submitted", Permission.WRITE_ENTRY, "sent the entry to be checked"
)
TAKE_BACK = Transition(
    "take_back_entry", ("submitted", "peer_check"), "draft", Permission.WRITE_ENTRY, "took the entry back"
)
PEER_CHECK_ENTRY = Transition(
    "peer_check_entry",
    ("submitted",),
    "peer_check",
    Permission.PEER_CHECK_ENTRY,
    "checked the entry as a peer",
    note_required=True,
)
HAND_BACK = Transition(
    "hand_back_entry",
    ("submitted",),
    "returned",
    Permission.PEER_CHECK_ENTRY,
    "gave the entry back with a reason",
    note_required=True,
)
VERIFY_ENTRY = Transition(
    "verify_entry", ("peer_check",), "verified", Permission.VERIFY_ENTRY, "verified the entry"
)
RETURN_ENTRY = Transition(
    "return_entry",
    ("submitted", "peer_check"),
    "returned",
    Permission.VERIFY_ENTRY,
    "returned the entry with a reason",
    note_required=True,
)
AMEND_ENTRY = Transition(
    "amend_entry",
    ("verified", "reverified", "review_due"),
    "review_due",
    Permission.WRITE_ENTRY,
    "changed the entry after it was verified",
)
RECALL_ENTRY = Transition(
    "recall_entry", LISTED, "draft", Permission.WRITE_ENTRY, "changed what both schools had agreed to"
)
FALL_DUE = Transition(
    "fall_due", ("verified", "reverified"), "review_due", None, "the entry is due for review"
)
REVERIFY_ENTRY = Transition(
    "reverify_entry",
    ("review_due", "verified", "reverified"),
    "reverified",
    Permission.VERIFY_ENTRY,
    "verified the entry again",
)
ARCHIVE_ENTRY = Transition(
    "archive_entry",
    ("draft", "submitted", "peer_check", "returned", "verified", "review_due", "reverified"),
    "archived",
    Permission.WRITE_ENTRY,
    "archived the entry",
    note_required=True,
)
RETIRE_ENTRY = Transition(
    "retire_entry",
    ("verified", "review_due", "reverified"),
    "archived",
    Permission.VERIFY_ENTRY,
    "took the entry out of the directory",
    note_required=True,
)
LAPSE_ENTRY = Transition(
    "lapse_entry",
    ("verified", "review_due", "reverified"),
    "archived",
    None,
    "the work in progress was not finished within its time, so it is archived",
)
RESTORE_ENTRY = Transition(
    "restore_entry", ("archived",), "draft", Permission.WRITE_ENTRY, "took the entry out of the archive"
)

MOVES = (
    DRAFT_ENTRY,
    TAKE_IN,
    SUBMIT_ENTRY,
    TAKE_BACK,
    PEER_CHECK_ENTRY,
    HAND_BACK,
    VERIFY_ENTRY,
    RETURN_ENTRY,
    AMEND_ENTRY,
    RECALL_ENTRY,
    FALL_DUE,
    REVERIFY_ENTRY,
    ARCHIVE_ENTRY,
    RETIRE_ENTRY,
    LAPSE_ENTRY,
    RESTORE_ENTRY,
)
ENTRY_WORKFLOW = workflow("directory_entry", MOVES, ("archived",))

LONG_TEXTS = ("problem", "context", "what_we_did", "evidence", "what_to_avoid", "what_you_need")
"""The Markdown columns of an entry, in reading order."""

LENGTH = 8000
"""Most characters of one Markdown column."""


class DirectoryEntry(AuthorityOwned, Base):
    """What one school did about a problem and what resulted; or a published resource that belongs to no school.

    The school `school_urn` owns the entry, no matter who wrote it. `partner_urn` is the other school of the support
    agreement `agreement_id` that it is based on. `edition` numbers the versions of the text (see EntryVersion).
    `verified_edition` is the verified one: a later version is shown inside the authority as not yet verified, and is
    hidden from the public. A changed entry about two schools is hidden from everybody else (see EntryConsent). From
    `visible_to_authority_from` on, the whole authority sees the entry; NULL keeps it inside the consortium.
    `tries_said` counts the schools that said they would try it, `tries_did` and `tries_changed` those that then did.
    `checked_level` (0 to 4) is the evidence level as verified, `claimed_level` as claimed by the school,
    `evidence_level` as displayed (evidence.AFTER_USE). Money is in pence, staff time in hours. `reviewed_on` is the
    date of the last verification; reading never changes it. `convert_by_on` is the last day of a work in progress.
    """

    __tablename__ = "directory_entry"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("partner_urn", "school"),
        reference("checked_by_urn", "school"),
        reference("written_by", "person"),
        reference("checked_by", "person"),
        reference("verified_by", "person"),
        reference("agreement_id", "support_agreement"),
        CheckConstraint(one_of("state", ENTRY_WORKFLOW.states), name="state"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("visibility", VISIBILITIES), name="visibility"),
        CheckConstraint("char_length(title) BETWEEN 1 AND 120", name="title"),
        CheckConstraint(
            " AND ".join(f"char_length({name}) <= {LENGTH}" for name in LONG_TEXTS), name="length"
        ),
        CheckConstraint(
            "char_length(who_to_ask) <= 200 AND char_length(staff_time) <= 300"
            " AND char_length(source_name) <= 200 AND char_length(source_url) <= 500"
            " AND char_length(licence) <= 120 AND char_length(attribution) <= 500",
            name="lines",
        ),
        CheckConstraint(
            "cardinality(themes) <= 5 AND cardinality(phases) <= 12 AND cardinality(key_stages) <= 12",
            name="lists",
        ),
        CheckConstraint("cost_pence BETWEEN 0 AND 100000000", name="cost"),
        CheckConstraint("staff_hours BETWEEN 0 AND 10000", name="staff_hours"),
        CheckConstraint(f"checked_level BETWEEN 0 AND {MOST}", name="checked_level"),
        CheckConstraint(f"claimed_level BETWEEN 0 AND {MOST}", name="claimed_level"),
        CheckConstraint(
            "state NOT IN ('verified', 'reverified') OR (verified_edition = edition"
            " AND reviewed_on IS NOT NULL AND review_due_on IS NOT NULL)",
            name="what_is_verified_stands",
        ),
        CheckConstraint("checked_by_urn <> school_urn", name="peer_is_of_another_school"),
        CheckConstraint("verified_by <> written_by", name="nobody_verifies_their_own"),
        CheckConstraint("(agreement_id IS NULL) = (partner_urn IS NULL)", name="harvested"),
        CheckConstraint(
            "visible_to_authority_from IS NULL OR visibility <> 'consortium'", name="shown_to_all"
        ),
        CheckConstraint("school_urn IS NOT NULL OR visibility <> 'consortium'", name="resource_is_for_all"),
        CheckConstraint("convert_by_on IS NULL OR kind = 'work_in_progress'", name="converts"),
        Index(
            "ix_directory_entry_listed",
            "authority_id",
            "listed_at",
            "id",
            postgresql_where=text("state IN ('verified', 'review_due', 'reverified')"),
        ),
        Index(None, "authority_id", "school_urn", "state"),
        Index(None, "authority_id", "partner_urn", postgresql_where=text("partner_urn IS NOT NULL")),
        Index(None, "authority_id", "state", "review_due_on"),
        Index(
            "uq_directory_entry_agreement",
            "authority_id",
            "agreement_id",
            unique=True,
            postgresql_where=text("agreement_id IS NOT NULL"),
        ),
    )

    school_urn: Mapped[int | None]
    partner_urn: Mapped[int | None]
    agreement_id: Mapped[UUID | None]
    written_by: Mapped[UUID | None]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    edition: Mapped[int] = mapped_column(server_default=text("1"))
    kind: Mapped[str] = mapped_column(server_default=text("'practice'"))
    title: Mapped[str]
    themes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    phases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    key_stages: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    problem: Mapped[str] = mapped_column(server_default=text("''"))
    context: Mapped[str] = mapped_column(server_default=text("''"))
    what_we_did: Mapped[str] = mapped_column(server_default=text("''"))
    evidence: Mapped[str] = mapped_column(server_default=text("''"))
    what_to_avoid: Mapped[str] = mapped_column(server_default=text("''"))
    what_you_need: Mapped[str] = mapped_column(server_default=text("''"))
    who_to_ask: Mapped[str] = mapped_column(server_default=text("''"))
    cost_pence: Mapped[int | None]
    staff_hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 1))
    staff_time: Mapped[str] = mapped_column(server_default=text("''"))
    term: Mapped[str | None]
    source_name: Mapped[str] = mapped_column(server_default=text("''"))
    folded_title: Mapped[str] = folded_column("title || ' ' || source_name")
    source_url: Mapped[str] = mapped_column(server_default=text("''"))
    licence: Mapped[str] = mapped_column(server_default=text("''"))
    attribution: Mapped[str] = mapped_column(server_default=text("''"))
    visibility: Mapped[str] = mapped_column(server_default=text("'authority'"))
    visible_to_authority_from: Mapped[date | None]
    claimed_level: Mapped[int] = mapped_column(server_default=text("0"))
    checked_level: Mapped[int] = mapped_column(server_default=text("0"))
    uses_yes: Mapped[int] = mapped_column(server_default=text("0"))
    uses_partly: Mapped[int] = mapped_column(server_default=text("0"))
    uses_no: Mapped[int] = mapped_column(server_default=text("0"))
    uses_early: Mapped[int] = mapped_column(server_default=text("0"))
    tries_said: Mapped[int] = mapped_column(server_default=text("0"))
    tries_did: Mapped[int] = mapped_column(server_default=text("0"))
    tries_changed: Mapped[int] = mapped_column(server_default=text("0"))
    evidence_level: Mapped[int] = mapped_column(Computed(AFTER_USE, persisted=True))
    checked_by: Mapped[UUID | None]
    checked_by_urn: Mapped[int | None]
    checked_on: Mapped[date | None]
    verified_by: Mapped[UUID | None]
    verified_edition: Mapped[int | None]
    reviewed_on: Mapped[date | None]
    review_due_on: Mapped[date | None]
    convert_by_on: Mapped[date | None]
    listed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    created_at: Mapped[datetime] = created_at()
