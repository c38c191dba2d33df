"""The table of public entries: it holds no personal data, and only PostgreSQL triggers write it.

An entry is added when a text that its school made public is verified. It is removed when it is archived, shown less
widely, or changed while it is about two schools. Any other changed text is left out until it is verified again; the
verified one stays.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ARRAY, Index, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityOwned, Base, reference
from alongside.platform.database.ddl import schema_rule


class PublicEntry(AuthorityOwned, Base):
    """An entry without personal data; `id` is the entry's. The app can only read this table."""

    __tablename__ = "public_entry"
    __table_args__ = (
        reference("id", "directory_entry", ondelete="CASCADE"),
        Index(None, "authority_id", "listed_at", "id"),
        {"info": {"read_only": True}},
    )

    school_urn: Mapped[int | None]
    school: Mapped[str]
    edition: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    themes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    phases: Mapped[list[str]] = mapped_column(ARRAY(Text))
    key_stages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    problem: Mapped[str]
    context: Mapped[str]
    what_we_did: Mapped[str]
    evidence: Mapped[str]
    what_to_avoid: Mapped[str]
    what_you_need: Mapped[str]
    who_to_ask: Mapped[str]
    cost_pence: Mapped[int | None]
    staff_hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 1))
    staff_time: Mapped[str]
    term: Mapped[str | None]
    source_name: Mapped[str]
    source_url: Mapped[str]
    licence: Mapped[str]
    attribution: Mapped[str]
    evidence_level: Mapped[int]
    reviewed_on: Mapped[date]
    review_due_on: Mapped[date]
    listed_at: Mapped[datetime]


schema_rule(
    "the_public_sees_what_is_verified_and_public",
    """
CREATE FUNCTION keep_public_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    shown boolean := NEW.visibility = 'public' AND NEW.state IN ('verified', 'review_due', 'reverified');
BEGIN
    IF shown AND NEW.edition <> NEW.verified_edition THEN
        UPDATE public.public_entry SET evidence_level = NEW.evidence_level
         WHERE authority_id = NEW.authority_id AND id = NEW.id;
        RETURN NULL;
    END IF;
    DELETE FROM public.public_entry WHERE authority_id = NEW.authority_id AND id = NEW.id;
    IF shown THEN
        INSERT INTO public.public_entry
        SELECT (jsonb_populate_record(NULL::public.public_entry, to_jsonb(NEW) || jsonb_build_object(
            'listed_at', coalesce(NEW.listed_at, now()),
            'school', coalesce((SELECT name FROM public.school
                                 WHERE authority_id = NEW.authority_id AND urn = NEW.school_urn), '')))).*;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_public_entry() FROM PUBLIC;

CREATE TRIGGER keep_public_entry AFTER INSERT OR UPDATE ON directory_entry
    FOR EACH ROW EXECUTE FUNCTION keep_public_entry();
""",
)
