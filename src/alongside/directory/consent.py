"""Consent to an entry that tells of a partnership: both schools say yes to the very text that goes out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from alongside.database.base import AuthorityKeyed, Base, created_at, reference
from alongside.database.promises import promise


class EntryConsent(AuthorityKeyed, Base):
    """One school's yes to one `edition` of an entry; a later text needs a new one."""

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


promise(
    "an_entry_about_two_schools_needs_both",
    """
CREATE FUNCTION refuse_without_consent() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.partner_urn IS NOT NULL AND NEW.state IN ('submitted', 'verified', 'reverified')
       AND (TG_OP = 'INSERT' OR NEW.state <> OLD.state OR NEW.edition <> OLD.edition)
       AND 2 > (SELECT count(*) FROM public.entry_consent
                 WHERE authority_id = NEW.authority_id AND entry_id = NEW.id AND edition = NEW.edition
                   AND school_urn IN (NEW.school_urn, NEW.partner_urn)) THEN
        RAISE EXCEPTION 'both schools have to say yes to this text'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_of_both';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_without_consent BEFORE INSERT OR UPDATE ON directory_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_without_consent();
""",
)
