"""Tables of motions: electors, interests, subjects, votes, referrals and overrulings."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Integer, UniqueConstraint, Uuid
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.motions.access_policy import (
    OF_INTEREST,
    OF_MOTION,
    OF_OVERRULING,
    OF_REFERRAL,
    OF_VOTE,
    of_part,
)
from alongside.features.motions.kinds import KINDS
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference

HOW = {"meeting": "In a meeting", "written": "Between meetings"}
MAJORITIES = {"simple": "More than half", "two_thirds": "Two thirds", "three_quarters": "Three quarters"}
CHOICES = {"for": "For", "against": "Against", "abstain": "Abstain"}
STATES = {
    "tabled": "Tabled",
    "open": "Open for votes",
    "carried": "Carried",
    "lost": "Lost",
    "tied": "Tied",
    "inquorate": "No quorum",
    "deferred": "Deferred",
    "withdrawn": "Withdrawn",
    "rescinded": "Rescinded",
    "referred": "Referred to the Secretary of State",
    "granted": "Granted by the Secretary of State",
    "refused": "Refused by the Secretary of State",
}
MOVES = (
    ("", "tabled"),
    ("tabled", "open"),
    ("tabled", "deferred"),
    ("tabled", "withdrawn"),
    ("open", "carried"),
    ("open", "lost"),
    ("open", "tied"),
    ("open", "inquorate"),
    ("open", "deferred"),
    ("open", "withdrawn"),
    ("tied", "carried"),
    ("tied", "lost"),
    ("carried", "rescinded"),
    ("lost", "referred"),
    ("referred", "granted"),
    ("referred", "refused"),
)
"""The legal changes of state."""

FOLLOWED = {"stayed": "Stayed", "spoke": "Spoke, without a vote", "withdrew": "Withdrew"}
SOURCES = {"derived": "Known to the system", "declared": "Declared"}
GROUNDS = {
    "statutory_duty": "The authority must act under a duty in law",
    "unlawful": "The decision would be against the law",
    "safeguarding": "Children would be at risk",
    "beyond_remit": "The board decided outside its remit",
}
"""The closed list of grounds on which the authority overrules a board."""

_UNDECIDED = "'withdrawn', 'deferred', 'inquorate', 'rescinded'"


class Motion(AuthorityOwned, Base):
    """A motion that a body votes on.

    `quorum_needed` is set when it opens, the counts when it closes; PostgreSQL counts the votes again. `overruling` and
    `referable` are copied from the remit and the kind. A written motion is voted on until `closes_at`. `ended_reason`
    says why it was deferred, withdrawn or rescinded. `schools` are those that it concerns: members with an interest in
    one of them do not read it, except the people in `dispensed`, whose interest is set aside.
    """

    __tablename__ = "motion"
    __table_args__ = (
        reference("body_id", "body"),
        reference("owner_id", "person"),
        reference("tabled_by", "person"),
        reference("casting_by", "person"),
        UniqueConstraint("authority_id", "reference"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("how", HOW), name="how"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("majority", MAJORITIES), name="majority"),
        CheckConstraint(one_of("casting_choice", ("for", "against")), name="casting_choice"),
        CheckConstraint("(casting_choice IS NULL) = (casting_by IS NULL)", name="casting_by"),
        CheckConstraint("casting_choice IS NULL OR casting_vote", name="casting_vote"),
        CheckConstraint("char_length(title) BETWEEN 1 AND 200", name="title"),
        CheckConstraint("char_length(text) BETWEEN 1 AND 10000", name="text"),
        CheckConstraint("(how = 'written') = (closes_at IS NOT NULL)", name="closes_at"),
        CheckConstraint("NOT (overruling AND referable)", name="overruled_or_referred"),
        CheckConstraint(
            "CASE state WHEN 'tabled' THEN opened_at IS NULL WHEN 'deferred' THEN true WHEN 'withdrawn' THEN true"
            " ELSE opened_at IS NOT NULL AND quorum_needed IS NOT NULL END",
            name="opened",
        ),
        CheckConstraint(
            "state NOT IN ('deferred', 'withdrawn', 'rescinded') OR ended_reason <> ''", name="ended_reason"
        ),
        CheckConstraint(
            "state NOT IN ('carried', 'lost', 'tied', 'inquorate', 'rescinded', 'referred', 'granted', 'refused')"
            " OR num_nulls(closed_at, votes_for, votes_against, abstained) = 0",
            name="counted",
        ),
        CheckConstraint(
            "(kind = 'dedelegation') = (phase IS NOT NULL AND line <> '' AND financial_year <> '')",
            name="each_phase_line_and_year",
        ),
        CheckConstraint(one_of("phase", ("primary", "secondary")), name="phase"),
        Index(
            "uq_motion_once_a_year",
            "authority_id",
            "body_id",
            "phase",
            "line",
            "financial_year",
            unique=True,
            postgresql_where=sql(f"kind = 'dedelegation' AND state NOT IN ({_UNDECIDED})"),
        ),
        Index(None, "authority_id", "body_id", "tabled_at"),
        {"info": {"second_policy": OF_MOTION}},
    )

    reference: Mapped[str]
    body_id: Mapped[UUID]
    remit: Mapped[str]
    kind: Mapped[str]
    schools: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=sql("'{}'"))
    dispensed: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=sql("'{}'"))
    phase: Mapped[str | None]
    line: Mapped[str] = mapped_column(server_default=sql("''"))
    financial_year: Mapped[str] = mapped_column(server_default=sql("''"))
    title: Mapped[str]
    text: Mapped[str]
    how: Mapped[str]
    state: Mapped[str]
    closes_at: Mapped[datetime | None]
    majority: Mapped[str]
    casting_vote: Mapped[bool]
    overruling: Mapped[bool]
    referable: Mapped[bool]
    quorum_needed: Mapped[int | None]
    tabled_by: Mapped[UUID]
    tabled_at: Mapped[datetime] = created_at()
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    abstained: Mapped[int | None]
    casting_choice: Mapped[str | None]
    casting_by: Mapped[UUID | None]
    result_reason: Mapped[str] = mapped_column(server_default=sql("''"))
    conditions: Mapped[str] = mapped_column(server_default=sql("''"))
    review_on: Mapped[date | None]
    owner_id: Mapped[UUID | None]
    ended_reason: Mapped[str] = mapped_column(server_default=sql("''"))


class MotionSubject(AuthorityOwned, Base):
    """A record that a motion decides on, by its kind and id, its name, and the school that it concerns."""

    __tablename__ = "motion_subject"
    __table_args__ = (
        reference("motion_id", "motion"),
        reference("school_urn", "school"),
        UniqueConstraint("authority_id", "motion_id", "kind", "subject"),
        Index(None, "authority_id", "kind", "subject"),
        {"info": {"second_policy": of_part("motion_subject")}},
    )

    motion_id: Mapped[UUID]
    kind: Mapped[str]
    subject: Mapped[str]
    label: Mapped[str] = mapped_column(server_default=sql("''"))
    school_urn: Mapped[int | None]


class MotionElector(AuthorityOwned, Base):
    """A seat in the electorate of a motion, frozen when it opens, with the reason why it votes or not."""

    __tablename__ = "motion_elector"
    __table_args__ = (
        reference("motion_id", "motion"),
        reference("seat_id", "seat"),
        reference("person_id", "person"),
        UniqueConstraint("authority_id", "motion_id", "seat_id"),
        CheckConstraint("NOT may_vote OR person_id IS NOT NULL", name="vacant_seat"),
        CheckConstraint("NOT may_vote OR (may_speak AND present)", name="absent"),
        CheckConstraint("reason <> ''", name="reason"),
        {"info": {"second_policy": of_part("motion_elector")}},
    )

    motion_id: Mapped[UUID]
    seat_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    may_vote: Mapped[bool]
    may_speak: Mapped[bool]
    reason: Mapped[str]
    present: Mapped[bool]


class MotionInterest(AuthorityOwned, Base):
    """An interest of a seat's holder in the subject of a motion, and what followed.

    A derived interest is set aside by a dispensation with a reason only.
    """

    __tablename__ = "motion_interest"
    __table_args__ = (
        reference("motion_id", "motion"),
        reference("seat_id", "seat"),
        reference("person_id", "person"),
        reference("dispensed_by", "person"),
        UniqueConstraint("authority_id", "motion_id", "seat_id", "source"),
        CheckConstraint(one_of("source", SOURCES), name="source"),
        CheckConstraint(one_of("followed", FOLLOWED), name="followed"),
        CheckConstraint("label <> ''", name="label"),
        CheckConstraint("(dispensation_reason = '') = (dispensed_by IS NULL)", name="dispensation"),
        CheckConstraint(
            "source = 'declared' OR followed = 'withdrew' OR dispensed_by IS NOT NULL", name="derived"
        ),
        {"info": {"second_policy": OF_INTEREST}},
    )

    motion_id: Mapped[UUID]
    seat_id: Mapped[UUID]
    person_id: Mapped[UUID]
    source: Mapped[str]
    label: Mapped[str]
    followed: Mapped[str]
    dispensation_reason: Mapped[str] = mapped_column(server_default=sql("''"))
    dispensed_by: Mapped[UUID | None]


class Vote(AuthorityOwned, Base):
    """A vote of a seat; a later one of the same seat supersedes it and keeps it as history."""

    __tablename__ = "vote"
    __table_args__ = (
        ForeignKeyConstraint(
            ["authority_id", "motion_id", "seat_id"],
            ["motion_elector.authority_id", "motion_elector.motion_id", "motion_elector.seat_id"],
        ),
        ForeignKeyConstraint(
            ["authority_id", "superseded_by"],
            ["vote.authority_id", "vote.id"],
            deferrable=True,
            initially="DEFERRED",
        ),
        reference("voted_by", "person"),
        CheckConstraint(one_of("choice", CHOICES), name="choice"),
        Index(
            "uq_vote_one_live",
            "authority_id",
            "motion_id",
            "seat_id",
            unique=True,
            postgresql_where=sql("superseded_by IS NULL"),
        ),
        {"info": {"second_policy": OF_VOTE}},
    )

    motion_id: Mapped[UUID]
    seat_id: Mapped[UUID]
    choice: Mapped[str]
    voted_by: Mapped[UUID]
    voted_at: Mapped[datetime] = created_at()
    superseded_by: Mapped[UUID | None]


class MotionReferral(AuthorityOwned, Base):
    """The referral of a lost motion to the Secretary of State, and the answer."""

    __tablename__ = "motion_referral"
    __table_args__ = (
        reference("motion_id", "motion"),
        reference("referred_by", "person"),
        UniqueConstraint("authority_id", "motion_id"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(one_of("outcome", ("granted", "refused")), name="outcome"),
        CheckConstraint("(outcome IS NULL) = (outcome_on IS NULL)", name="outcome_on"),
        {"info": {"second_policy": OF_REFERRAL}},
    )

    motion_id: Mapped[UUID]
    reason: Mapped[str]
    referred_by: Mapped[UUID]
    referred_at: Mapped[datetime] = created_at()
    outcome: Mapped[str | None]
    outcome_on: Mapped[date | None]


class MotionOverruling(AuthorityOwned, Base):
    """The overruling of a decision by the authority. The decision of the board stays as it is."""

    __tablename__ = "motion_overruling"
    __table_args__ = (
        reference("motion_id", "motion"),
        reference("officer_id", "person"),
        UniqueConstraint("authority_id", "motion_id"),
        CheckConstraint(one_of("ground", GROUNDS), name="ground"),
        CheckConstraint("legal_basis <> ''", name="legal_basis"),
        CheckConstraint("reason <> ''", name="reason"),
        {"info": {"second_policy": OF_OVERRULING}},
    )

    motion_id: Mapped[UUID]
    ground: Mapped[str]
    legal_basis: Mapped[str]
    reason: Mapped[str]
    officer_id: Mapped[UUID]
    overruled_at: Mapped[datetime] = created_at()
