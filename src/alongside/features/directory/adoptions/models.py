"""The table of adoptions: which schools use an entry, and whether it worked there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base, created_at, one_of, reference
from alongside.platform.database.ddl import schema_rule

WORKED = ("yes", "partly", "no", "too_early")


class EntryAdoption(AuthorityKeyed, Base):
    """One school's use of an entry: what it changed (`notes`) and whether it `worked`."""

    __tablename__ = "entry_adoption"
    __table_args__ = (
        reference("entry_id", "directory_entry"),
        reference("school_urn", "school"),
        reference("said_by", "person"),
        CheckConstraint(one_of("worked", WORKED), name="worked"),
        CheckConstraint("char_length(notes) <= 2000", name="length"),
        Index(None, "authority_id", "school_urn"),
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    school_urn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    worked: Mapped[str]
    notes: Mapped[str]
    said_by: Mapped[UUID]
    said_at: Mapped[datetime] = created_at()


schema_rule(
    "a_school_is_no_witness_of_its_own_entry",
    """
CREATE FUNCTION refuse_own_witness() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.directory_entry
                WHERE authority_id = NEW.authority_id AND id = NEW.entry_id
                  AND (school_urn = NEW.school_urn OR partner_urn = NEW.school_urn)) THEN
        RAISE EXCEPTION 'a school does not count as a user of an entry of its own'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'own_witness';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_own_witness BEFORE INSERT OR UPDATE ON entry_adoption
    FOR EACH ROW EXECUTE FUNCTION refuse_own_witness();
""",
)

schema_rule(
    "what_users_say_is_counted_with_the_entry",
    """
CREATE FUNCTION count_uses() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    used public.entry_adoption := coalesce(NEW, OLD);
BEGIN
    PERFORM FROM public.directory_entry
      WHERE authority_id = used.authority_id AND id = used.entry_id FOR UPDATE;
    UPDATE public.directory_entry e
       SET uses_yes = said.yes, uses_partly = said.partly, uses_no = said.no, uses_early = said.early
      FROM (SELECT count(*) FILTER (WHERE worked = 'yes') AS yes,
                   count(*) FILTER (WHERE worked = 'partly') AS partly,
                   count(*) FILTER (WHERE worked = 'no') AS no,
                   count(*) FILTER (WHERE worked = 'too_early') AS early
              FROM public.entry_adoption WHERE authority_id = used.authority_id AND entry_id = used.entry_id) said
     WHERE e.authority_id = used.authority_id AND e.id = used.entry_id;
    RETURN NULL;
END $$;

CREATE TRIGGER count_uses AFTER INSERT OR UPDATE OR DELETE ON entry_adoption
    FOR EACH ROW EXECUTE FUNCTION count_uses();
""",
)
