"""Tables of legal holds and subject access requests."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.ddl import schema_rule

HELD = {"authority": "Everything", "school": "One school", "person": "One person"}


class LegalHold(AuthorityOwned, Base):
    """Nothing about the whole authority, a school or a person may be deleted, whatever its retention period.

    With author, reason and end; without `until_on` it is active until it is lifted. Rows are kept as a record
    of past holds.
    """

    __tablename__ = "legal_hold"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("person_id", "person"),
        reference("placed_by", "person"),
        reference("lifted_by", "person"),
        CheckConstraint(one_of("kind", HELD), name="kind"),
        CheckConstraint("(kind = 'school') = (school_urn IS NOT NULL)", name="school"),
        CheckConstraint("(kind = 'person') = (person_id IS NOT NULL)", name="person"),
        CheckConstraint("char_length(why) BETWEEN 1 AND 1000", name="why"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by_somebody"),
        Index("ix_legal_hold_standing", "authority_id", postgresql_where=text("lifted_at IS NULL")),
    )

    kind: Mapped[str]
    school_urn: Mapped[int | None]
    person_id: Mapped[UUID | None]
    why: Mapped[str]
    until_on: Mapped[date | None]
    placed_by: Mapped[UUID]
    placed_at: Mapped[datetime] = created_at()
    lifted_by: Mapped[UUID | None]
    lifted_at: Mapped[datetime | None]


class SubjectRequest(AuthorityOwned, Base):
    """A request for all personal data about a person, with its reason; it can be downloaded for `DAYS` days."""

    __tablename__ = "subject_request"
    __table_args__ = (
        reference("person_id", "person"),
        reference("asked_by", "person"),
        CheckConstraint("char_length(why) BETWEEN 1 AND 1000", name="why"),
        Index(None, "authority_id", "asked_at"),
        {"info": {"append_only": True}},
    )

    person_id: Mapped[UUID]
    asked_by: Mapped[UUID]
    why: Mapped[str]
    asked_at: Mapped[datetime] = created_at()


schema_rule(
    "whether_something_is_held",
    """
CREATE FUNCTION is_held(of_authority integer, on_day date, about_school integer, about_person uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
RETURN EXISTS (
    SELECT FROM legal_hold
     WHERE authority_id = of_authority AND lifted_at IS NULL AND (until_on IS NULL OR until_on >= on_day)
       AND (kind = 'authority' OR school_urn = about_school OR person_id = about_person));
""",
)

schema_rule(
    "whether_a_message_of_a_held_person_is_in_a_thread",
    """
CREATE FUNCTION has_held_message(of_authority integer, on_day date, of_proposal uuid, of_visit_request uuid)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
RETURN EXISTS (
    SELECT FROM message_thread t JOIN message m ON m.authority_id = t.authority_id AND m.thread_id = t.id
     WHERE t.authority_id = of_authority AND (t.proposal_id = of_proposal OR t.visit_request_id = of_visit_request)
       AND (is_held(of_authority, on_day, NULL, m.written_by) OR is_held(of_authority, on_day, NULL, m.removed_by)));
""",
)

schema_rule(
    "old_imports_of_the_register_go_when_their_time_is_over",
    """
CREATE FUNCTION let_go_imports(imports uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own integer := security.authority_id();
    gone bigint;
BEGIN
    IF EXISTS (SELECT FROM public.register_import
                WHERE authority_id = own AND id = ANY (imports) AND applied_at > now() - interval '90 days') THEN
        RAISE EXCEPTION 'imports of the last 90 days are kept' USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM public.register_change WHERE authority_id = own AND import_id = ANY (imports);
    DELETE FROM public.register_import WHERE authority_id = own AND id = ANY (imports);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION let_go_imports(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION let_go_imports(uuid[]) TO alongside_app;
""",
)

schema_rule(
    "signed_versions_go_with_their_agreement_when_its_time_is_over",
    """
CREATE FUNCTION let_go_signed_agreements(agreements uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own integer := security.authority_id();
    gone bigint;
BEGIN
    IF EXISTS (SELECT FROM public.support_agreement
                WHERE authority_id = own AND id = ANY (agreements)
                  AND (state NOT IN ('closed', 'ended_early') OR ends_on > current_date - 90)) THEN
        RAISE EXCEPTION 'an agreement that runs or ended in the last 90 days is kept as it was signed'
            USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM public.signed_agreement WHERE authority_id = own AND agreement_id = ANY (agreements);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION let_go_signed_agreements(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION let_go_signed_agreements(uuid[]) TO alongside_app;
""",
)
