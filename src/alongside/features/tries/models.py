"""The `practice_try` table, its workflow, and the trigger that counts tries with their entry."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.ddl import schema_rule
from alongside.platform.workflow import INITIAL, Transition, workflow

LONGEST = 200
INTEND = Transition(
    "say_will_try", (INITIAL,), "intended", Permission.CHANGE_TRY, "said what the school will try"
)
DID = Transition("say_did_try", ("intended",), "did", Permission.CHANGE_TRY, "said that the school did it")
DID_NOT = Transition(
    "say_did_not_try", ("intended",), "did_not", Permission.CHANGE_TRY, "said that the school did not do it"
)
CHANGED = Transition(
    "say_changed_try", ("intended",), "changed", Permission.CHANGE_TRY, "said that the school changed it"
)
WITHDRAW = Transition("withdraw_try", ("intended",), "withdrawn", Permission.CHANGE_TRY, "withdrew it")
TRY_WORKFLOW = workflow(
    "practice_try", (INTEND, DID, DID_NOT, CHANGED, WITHDRAW), ("did", "did_not", "changed", "withdrawn")
)


class PracticeTry(AuthorityOwned, Base):
    """What a school will try after an entry, a visit of an agreement, or a visit to another school, in one `line`.

    `ask_on` is the day from which the school is asked how it went, `asked_on` when it was. `outcome_line` is what it
    adds to its answer.
    """

    __tablename__ = "practice_try"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("entry_id", "directory_entry"),
        reference("visit_id", "visit", ondelete="CASCADE"),
        reference("visit_request_id", "visit_request", ondelete="CASCADE"),
        reference("written_by", "person"),
        reference("answered_by", "person"),
        CheckConstraint(one_of("state", TRY_WORKFLOW.states), name="state"),
        CheckConstraint("num_nonnulls(entry_id, visit_id, visit_request_id) > 0", name="about_something"),
        CheckConstraint(f"char_length(line) BETWEEN 1 AND {LONGEST}", name="line"),
        CheckConstraint(f"char_length(outcome_line) <= {LONGEST}", name="outcome_line"),
        Index(
            "uq_practice_try_entry",
            "authority_id",
            "entry_id",
            "school_urn",
            unique=True,
            postgresql_where=text("entry_id IS NOT NULL AND state <> 'withdrawn'"),
        ),
        Index(None, "authority_id", "school_urn", "state"),
        Index(None, "authority_id", "state", "ask_on"),
        Index(None, "authority_id", "visit_id"),
        Index(None, "authority_id", "visit_request_id"),
    )

    school_urn: Mapped[int]
    entry_id: Mapped[UUID | None]
    visit_id: Mapped[UUID | None]
    visit_request_id: Mapped[UUID | None]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    line: Mapped[str]
    written_by: Mapped[UUID]
    written_at: Mapped[datetime] = created_at()
    ask_on: Mapped[date]
    asked_on: Mapped[date | None]
    outcome_line: Mapped[str] = mapped_column(server_default=text("''"))
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]


schema_rule(
    "a_school_tries_no_entry_of_its_own",
    """
CREATE TRIGGER refuse_own_witness BEFORE INSERT OR UPDATE OF entry_id, school_urn ON practice_try
    FOR EACH ROW WHEN (NEW.entry_id IS NOT NULL) EXECUTE FUNCTION refuse_own_witness();
""",
)

schema_rule(
    "tries_are_counted_with_the_entry",
    """
CREATE FUNCTION count_tries() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tried public.practice_try := coalesce(NEW, OLD);
BEGIN
    PERFORM FROM public.directory_entry
      WHERE authority_id = tried.authority_id AND id = tried.entry_id FOR UPDATE;
    UPDATE public.directory_entry e
       SET tries_said = said.all_of_them, tries_did = said.did, tries_changed = said.changed
      FROM (SELECT count(*) AS all_of_them, count(*) FILTER (WHERE state = 'did') AS did,
                   count(*) FILTER (WHERE state = 'changed') AS changed
              FROM public.practice_try
             WHERE authority_id = tried.authority_id AND entry_id = tried.entry_id AND state <> 'withdrawn') said
     WHERE e.authority_id = tried.authority_id AND e.id = tried.entry_id;
    RETURN NULL;
END $$;

CREATE TRIGGER count_tries AFTER INSERT OR UPDATE OF state OR DELETE ON practice_try
    FOR EACH ROW EXECUTE FUNCTION count_tries();
""",
)
