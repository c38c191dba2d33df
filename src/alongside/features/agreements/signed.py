"""The `signed_agreement` table: every version that both headteachers signed, with content stored by a trigger."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base, created_at, reference
from alongside.platform.database.ddl import schema_rule


class SignedAgreement(AuthorityKeyed, Base):
    """One version that both headteachers signed. The table is append-only.

    `content` is what the trigger read from agreement and aims at signing (days, dates, aims), `text` the whole
    agreement as it is printed, with the names of both schools and of who signed.
    """

    __tablename__ = "signed_agreement"
    __table_args__ = (
        reference("agreement_id", "support_agreement"),
        CheckConstraint("char_length(text) > 0", name="text"),
        {"info": {"append_only": True, "record": True}},
    )

    agreement_id: Mapped[UUID] = mapped_column(primary_key=True)
    agreement_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, object]] = mapped_column(JSONB)
    text: Mapped[str]
    signed_at: Mapped[datetime] = created_at()


schema_rule(
    "what_was_signed_is_kept_and_stands",
    """
CREATE FUNCTION agreement_content(of_authority integer, of_agreement uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object('days', p.days, 'starts_on', p.starts_on, 'ends_on', p.ends_on,
               'aims', coalesce((
                   SELECT jsonb_agg(jsonb_build_object('aim', a.aim, 'measure', a.measure, 'baseline', a.baseline,
                                                       'target', a.target) ORDER BY a.id)
                     FROM public.aim a
                    WHERE a.authority_id = of_authority AND a.agreement_id = of_agreement), '[]'))
          FROM public.support_agreement p WHERE p.authority_id = of_authority AND p.id = of_agreement);
END $$;

CREATE FUNCTION write_down_what_is_signed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.content := public.agreement_content(NEW.authority_id, NEW.agreement_id);
    RETURN NEW;
END $$;

CREATE TRIGGER write_down_what_is_signed BEFORE INSERT ON signed_agreement
    FOR EACH ROW EXECUTE FUNCTION write_down_what_is_signed();

CREATE FUNCTION refuse_unsigned_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own_key text := CASE TG_TABLE_NAME WHEN 'support_agreement' THEN 'id' ELSE 'agreement_id' END;
    facts jsonb := coalesce(to_jsonb(NEW), to_jsonb(OLD));
    of_authority integer := facts ->> 'authority_id';
    concerned uuid[] := ARRAY[facts ->> own_key, to_jsonb(OLD) ->> own_key];
BEGIN
    IF EXISTS (
        SELECT FROM public.support_agreement p
         WHERE p.authority_id = of_authority AND p.id = ANY (concerned) AND p.state = 'active'
           AND NOT EXISTS (
               SELECT FROM public.signed_agreement s
                WHERE s.authority_id = of_authority AND s.agreement_id = p.id
                  AND s.agreement_version = p.agreement_version
                  AND s.content = public.agreement_content(of_authority, p.id)))
    THEN
        RAISE EXCEPTION 'what both headteachers signed is not kept, or has changed since'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'signed_agreement_stands';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER refuse_unsigned_change AFTER UPDATE ON support_agreement DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'active' AND (OLD.state <> 'active'
                       OR (NEW.agreement_version, NEW.days, NEW.starts_on, NEW.ends_on)
                          IS DISTINCT FROM (OLD.agreement_version, OLD.days, OLD.starts_on, OLD.ends_on)))
    EXECUTE FUNCTION refuse_unsigned_change();

CREATE CONSTRAINT TRIGGER refuse_unsigned_change AFTER INSERT OR UPDATE OR DELETE ON aim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unsigned_change();
""",
)
