"""The `need` table and the workflow of a support need."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Computed, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.authorities.visibility import VisibilityScope
from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.ddl import announce_to_pages, schema_rule
from alongside.platform.database.folding import folded_column
from alongside.platform.workflow import INITIAL, Transition, workflow

DRAFT_NEED = Transition("draft_need", (INITIAL,), "draft", Permission.DRAFT_NEED, "drafted the need")
SEND_TO_HEAD = Transition(
    "send_need_to_head", ("draft",), "to_confirm", Permission.DRAFT_NEED, "sent the draft to the headteacher"
)
POST_NEED = Transition("post_need", ("draft", "to_confirm"), "open", Permission.POST_NEED, "posted the need")
RECEIVE_PROPOSAL = Transition(
    "receive_proposal", ("open",), "proposed", None, "an offer was proposed for the need"
)
GO_ON_LOOKING = Transition(
    "go_on_looking", ("proposed",), "open", None, "no proposal is left, so the need is open again"
)
AGREE_NEED = Transition("agree_need", ("open", "proposed"), "agreed", None, "support was agreed")
BEGIN_SUPPORT = Transition("begin_support", ("agreed",), "in_support", None, "support began")
MEET_NEED = Transition("meet_need", ("in_support",), "met", None, "the need was met")
PART_MEET_NEED = Transition("part_meet_need", ("in_support",), "part_met", None, "the need was met in part")
NOT_MEET_NEED = Transition("not_meet_need", ("in_support",), "not_met", None, "the need was not met")
LOOK_AGAIN = Transition(
    "look_again", ("agreed", "in_support"), "open", None, "support ended early, so the need is open again"
)
PAUSE_NEED = Transition("pause_need", ("open",), "paused", Permission.CHANGE_NEED, "paused the need")
LAPSE_NEED = Transition(
    "lapse_need", ("open",), "paused", None, "the need was not confirmed for a term, so it is paused"
)
CONFIRM_NEED = Transition(
    "confirm_need", ("paused", "open"), "open", Permission.CHANGE_NEED, "confirmed the need"
)
GIVE_UP_NEED = Transition("give_up_need", ("open",), "unmet", None, "nobody could be found for the need")
WITHDRAW_NEED = Transition(
    "withdraw_need",
    ("draft", "to_confirm", "open", "proposed", "paused"),
    "withdrawn",
    Permission.CHANGE_NEED,
    "withdrew the need",
    note_required=True,
)
CLOSE_NEED = Transition(
    "close_need",
    ("draft", "to_confirm", "open", "proposed", "paused"),
    "withdrawn",
    None,
    "the school has closed, so the need was withdrawn",
)
REOPEN_NEED = Transition(
    "reopen_need",
    ("withdrawn", "unmet", "met", "part_met", "not_met"),
    "open",
    Permission.CHANGE_NEED,
    "reopened the need",
    note_required=True,
)

MOVES = (
    DRAFT_NEED,
    SEND_TO_HEAD,
    POST_NEED,
    RECEIVE_PROPOSAL,
    GO_ON_LOOKING,
    AGREE_NEED,
    BEGIN_SUPPORT,
    MEET_NEED,
    PART_MEET_NEED,
    NOT_MEET_NEED,
    LOOK_AGAIN,
    PAUSE_NEED,
    LAPSE_NEED,
    CONFIRM_NEED,
    GIVE_UP_NEED,
    WITHDRAW_NEED,
    CLOSE_NEED,
    REOPEN_NEED,
)
NEED_WORKFLOW = workflow("need", MOVES, ("met", "part_met", "not_met", "unmet", "withdrawn"))


class Need(AuthorityOwned, Base):
    """A support need of one school.

    `days` are the days of support wanted, in half days; NULL means “not sure yet”. From `visible_to_authority_from` on,
    schools beyond the consortium see it; NULL means never. The date is calculated from the `audience` that
    was chosen, when it is posted. `confirmed_on` is the day on which its school last confirmed it.
    `theme`, `key_stage`, `form_of_support` and `urgency` are keys of the authority's own lists; a draft may
    leave them ''. `content_version` goes up when the wording changes and when the need is reopened. `proposed_until` is
    the last day on which a live proposal for it can be answered; a trigger on proposals sets it. `audience_before` is
    the audience that an early showing to the whole authority replaced; the trigger clears it with the first proposal.
    `wider_asked_by` is the lead or officer who asked its school for such a showing, `wider_refused_on` the day on
    which the school said no.
    """

    __tablename__ = "need"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("addressed_urn", "school"),
        reference("drafted_by", "person"),
        reference("wider_asked_by", "person"),
        CheckConstraint(one_of("state", NEED_WORKFLOW.states), name="state"),
        CheckConstraint(
            "days IS NULL OR (days > 0 AND days <= 200 AND days * 2 = trunc(days * 2))", name="days"
        ),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="dates"),
        CheckConstraint(
            "char_length(wanted) <= 4000 AND char_length(success_criteria) <= 4000", name="length"
        ),
        CheckConstraint("char_length(title) BETWEEN 1 AND 120", name="title"),
        CheckConstraint(one_of("audience", VisibilityScope), name="audience"),
        CheckConstraint(one_of("audience_before", VisibilityScope), name="audience_before"),
        CheckConstraint("(wider_asked_by IS NULL) = (wider_asked_on IS NULL)", name="wider_asked"),
        CheckConstraint("visible_to_authority_from IS NULL OR audience <> 'consortium'", name="shown_to_all"),
        CheckConstraint("cardinality(terms) <= 12", name="terms"),
        CheckConstraint("addressed_urn <> school_urn", name="addressed_to_another"),
        Index(
            "ix_need_on_board",
            "authority_id",
            "posted_at",
            "id",
            postgresql_where=text("state IN ('open', 'proposed')"),
        ),
        Index(None, "authority_id", "school_urn", "state"),
        Index(None, "authority_id", "addressed_urn", "state"),
    )

    school_urn: Mapped[int]
    addressed_urn: Mapped[int | None]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    content_version: Mapped[int] = mapped_column(server_default=text("1"))
    title: Mapped[str]
    folded_title: Mapped[str] = folded_column("title")
    theme: Mapped[str]
    phase: Mapped[str]
    key_stage: Mapped[str | None]
    wanted: Mapped[str]
    success_criteria: Mapped[str]
    form_of_support: Mapped[str]
    days: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    terms: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    urgency: Mapped[str]
    audience: Mapped[str] = mapped_column(server_default=text("'widening'"))
    visible_to_authority_from: Mapped[date | None]
    widening_since: Mapped[date | None]
    drafted_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_at()
    posted_at: Mapped[datetime | None]
    confirmed_on: Mapped[date | None]
    proposed_until: Mapped[date | None]
    audience_before: Mapped[str | None]
    wider_asked_by: Mapped[UUID | None]
    wider_asked_on: Mapped[date | None]
    wider_refused_on: Mapped[date | None]
    words: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed("to_tsvector('english', title || ' ' || wanted || ' ' || success_criteria)", persisted=True),
        deferred=True,
    )


announce_to_pages("need", "NEW.state = 'open'")
schema_rule(
    "only_its_school_shows_a_need_to_more_schools",
    """
CREATE FUNCTION refuse_wider_audience() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who text[] := security.requester();
BEGIN
    IF who[1] = 'system' AND NEW.audience = OLD.audience AND NEW.audience = 'widening' THEN
        RETURN NEW;
    END IF;
    IF who[1] NOT IN ('headteacher', 'delegate') OR who[3] IS DISTINCT FROM NEW.school_urn::text THEN
        RAISE EXCEPTION 'only its school shows need % to more schools', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'need_shown_by_its_school', TABLE = 'need';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_wider_audience BEFORE UPDATE OF audience, visible_to_authority_from ON need
    FOR EACH ROW WHEN (
        current_user = 'alongside_app' AND OLD.posted_at IS NOT NULL
        AND (NEW.audience = 'everybody' AND OLD.audience <> 'everybody'
             OR NEW.audience = 'widening' AND OLD.audience = 'consortium'
             OR NEW.visible_to_authority_from < coalesce(OLD.visible_to_authority_from, 'infinity')))
    EXECUTE FUNCTION refuse_wider_audience();
""",
)
