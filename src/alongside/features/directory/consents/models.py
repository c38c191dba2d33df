"""Consent to an entry about a support agreement: both schools agree to exactly the text that is published.

PostgreSQL lets such an entry be checked and listed only with both consents to its current `edition`, and does not let
the text change within an edition. A text that is changed after verification therefore leaves the directory
(`RECALL_ENTRY`).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base, created_at, reference
from alongside.platform.database.ddl import schema_rule


class EntryConsent(AuthorityKeyed, Base):
    """One school's consent to one `edition` of an entry. A later edition needs a new consent."""

    __tablename__ = "entry_consent"
    __table_args__ = (
        reference("entry_id", "directory_entry"),
        reference("school_urn", "school"),
        reference("given_by", "person"),
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    school_urn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    edition: Mapped[int]
    given_by: Mapped[UUID]
    given_at: Mapped[datetime] = created_at()


schema_rule(
    "an_entry_about_two_schools_needs_both",
    """
CREATE FUNCTION words_agreed_on(entry directory_entry) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT jsonb_build_array(entry.kind, entry.title, entry.themes, entry.phases, entry.key_stages, entry.problem,
        entry.context, entry.what_we_did, entry.evidence, entry.claimed_level, entry.what_to_avoid, entry.what_you_need,
        entry.cost_pence, entry.staff_hours, entry.staff_time, entry.term, entry.who_to_ask, entry.visibility,
        entry.school_urn, entry.partner_urn)
$$;

CREATE FUNCTION refuse_without_consent() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.partner_urn IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.edition <= OLD.edition AND words_agreed_on(NEW) <> words_agreed_on(OLD) THEN
        RAISE EXCEPTION 'another text of an entry about two schools is another edition'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_of_both';
    END IF;
    IF NEW.state NOT IN ('draft', 'returned', 'archived')
       AND (TG_OP = 'INSERT' OR NEW.state <> OLD.state OR NEW.edition <> OLD.edition)
       AND 2 > (SELECT count(*) FROM public.entry_consent
                 WHERE authority_id = NEW.authority_id AND entry_id = NEW.id AND edition = NEW.edition
                   AND school_urn IN (NEW.school_urn, NEW.partner_urn)) THEN
        RAISE EXCEPTION 'both schools must agree to this text'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_of_both';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_without_consent BEFORE INSERT OR UPDATE ON directory_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_without_consent();
""",
)
