"""The `offer` and `offer_theme` tables and the workflow of an offer of support."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Computed, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.authorities.visibility import VisibilityScope
from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import (
    AuthorityKeyed,
    AuthorityOwned,
    Base,
    created_at,
    one_of,
    reference,
)
from alongside.platform.database.ddl import announce_to_pages
from alongside.platform.database.folding import folded_column
from alongside.platform.workflow import INITIAL, Transition, workflow

DRAFT_OFFER = Transition("draft_offer", (INITIAL,), "draft", Permission.POST_OFFER, "drafted the offer")
POST_OFFER = Transition("post_offer", ("draft",), "live", Permission.POST_OFFER, "posted the offer")
PAUSE_OFFER = Transition("pause_offer", ("live",), "paused", Permission.CHANGE_OFFER, "paused the offer")
LAPSE_OFFER = Transition(
    "lapse_offer", ("live",), "paused", None, "the offer was not confirmed in time, so it is paused"
)
CONFIRM_OFFER = Transition("confirm_offer", ("live",), "live", Permission.CHANGE_OFFER, "confirmed the offer")
RESUME_OFFER = Transition(
    "resume_offer",
    ("paused",),
    "live",
    Permission.CHANGE_OFFER,
    "said that the offer holds, so it is live again",
)
EXHAUST_OFFER = Transition(
    "exhaust_offer", ("live",), "exhausted", None, "all days of the offer are promised"
)
REFILL_OFFER = Transition("refill_offer", ("exhausted",), "live", None, "the offer has days again")
END_OFFER = Transition(
    "end_offer",
    ("draft", "live", "paused", "exhausted"),
    "ended",
    Permission.CHANGE_OFFER,
    "withdrew the offer",
)
CLOSE_OFFER = Transition(
    "close_offer",
    ("draft", "live", "paused", "exhausted"),
    "ended",
    None,
    "the school has closed, so the offer ended",
)
REOPEN_OFFER = Transition("reopen_offer", ("ended",), "live", Permission.CHANGE_OFFER, "reopened the offer")

REWORD_OFFER = "reword_offer"
"""A change of wording, themes or support partner, which ends the proposals of an offer."""

MOVES = (
    DRAFT_OFFER,
    POST_OFFER,
    PAUSE_OFFER,
    LAPSE_OFFER,
    CONFIRM_OFFER,
    RESUME_OFFER,
    EXHAUST_OFFER,
    REFILL_OFFER,
    END_OFFER,
    CLOSE_OFFER,
    REOPEN_OFFER,
)
OFFER_WORKFLOW = workflow("offer", MOVES, ("ended",))


class Offer(AuthorityOwned, Base):
    """An offer of support of one school: themes, support partner, and one pool of days for all themes.

    `days_total` is the size of the pool, `days_taken` the days promised or given; both in half days.
    `engagements_max` is how many schools can be supported at once. `travel_miles` limits how far its people
    travel. `appetite` is yes, maybe or not this year (“no”); then `ask_again_on` is the day to ask again. From
    `visible_to_authority_from` on, schools beyond the consortium see it; it is calculated from the `audience`
    chosen, when it is posted. `confirmed_on` is the day on which the school last confirmed the offer.
    `content_version` goes up when wording, themes or support partner change, and when the offer is reopened.
    """

    __tablename__ = "offer"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("posted_by", "person"),
        CheckConstraint(one_of("state", OFFER_WORKFLOW.states), name="state"),
        CheckConstraint(one_of("appetite", ("yes", "maybe", "no")), name="appetite"),
        CheckConstraint(
            "days_total > 0 AND days_total <= 200 AND days_total * 2 = trunc(days_total * 2)", name="days"
        ),
        CheckConstraint("days_taken >= 0 AND days_taken <= days_total", name="days_left"),
        CheckConstraint("engagements_max BETWEEN 1 AND 50", name="engagements"),
        CheckConstraint(
            "engagements_taken >= 0 AND engagements_taken <= engagements_max", name="engagements_left"
        ),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="dates"),
        CheckConstraint("char_length(description) <= 4000", name="length"),
        CheckConstraint("char_length(title) BETWEEN 1 AND 120", name="title"),
        CheckConstraint(one_of("audience", VisibilityScope), name="audience"),
        CheckConstraint("visible_to_authority_from IS NULL OR audience <> 'consortium'", name="shown_to_all"),
        CheckConstraint("travel_miles BETWEEN 0 AND 200", name="travel_miles"),
        CheckConstraint("char_length(leader_name) <= 120", name="leader_name"),
        CheckConstraint("char_length(appetite_reason) <= 500", name="appetite_reason"),
        CheckConstraint(
            "cardinality(terms) <= 12 AND cardinality(phases) <= 12 AND cardinality(forms_of_support) <= 30",
            name="lists",
        ),
        Index(
            "ix_offer_on_board", "authority_id", "posted_at", "id", postgresql_where=text("state = 'live'")
        ),
        Index(None, "authority_id", "school_urn", "state"),
    )

    school_urn: Mapped[int]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    content_version: Mapped[int] = mapped_column(server_default=text("1"))
    title: Mapped[str]
    folded_title: Mapped[str] = folded_column("title")
    description: Mapped[str]
    phases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    leader_name: Mapped[str]
    leader_is_head: Mapped[bool]
    designation: Mapped[str | None]
    designation_until: Mapped[date | None]
    days_total: Mapped[Decimal] = mapped_column(Numeric(5, 1))
    days_taken: Mapped[Decimal] = mapped_column(Numeric(5, 1), server_default=text("0"))
    engagements_max: Mapped[int]
    engagements_taken: Mapped[int] = mapped_column(server_default=text("0"))
    terms: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    travel_miles: Mapped[int | None]
    forms_of_support: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    appetite: Mapped[str]
    appetite_reason: Mapped[str | None]
    ask_again_on: Mapped[date | None]
    audience: Mapped[str] = mapped_column(server_default=text("'widening'"))
    visible_to_authority_from: Mapped[date | None]
    widening_since: Mapped[date | None]
    posted_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_at()
    posted_at: Mapped[datetime | None]
    confirmed_on: Mapped[date | None]
    words: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed("to_tsvector('english', title || ' ' || description)", persisted=True),
        deferred=True,
    )


class OfferTheme(AuthorityKeyed, Base):
    """One theme of an offer, with the evidence of its strength."""

    __tablename__ = "offer_theme"
    __table_args__ = (
        reference("offer_id", "offer"),
        CheckConstraint("char_length(evidence) <= 1000", name="evidence"),
        Index(None, "authority_id", "theme", "offer_id"),
    )

    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    theme: Mapped[str] = mapped_column(primary_key=True)
    evidence: Mapped[str]


announce_to_pages("offer", "NEW.state = 'live'")
