"""The tables of the audit log: entries, and the hash chain over them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, AuthorityOwned, Base, created_at, reference
from alongside.platform.database.ddl import schema_rule


class AuditEntry(AuthorityOwned, Base):
    """One action, in the words of the domain. Entries are never changed.

    `verb` is the action ("post_need"), `subject_kind` and `subject_id` what it was done to, `schools` the URNs it
    concerns, `changes` the fields that changed as {field: [before, after]}, `note` the reason given.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "authority_id", "subject_kind", "subject_id", "id"),
        {"info": {"append_only": True}},
    )

    at: Mapped[datetime] = created_at()
    person_id: Mapped[UUID | None]
    person_name: Mapped[str]
    role: Mapped[str]
    verb: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    schools: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    note: Mapped[str | None]
    changes: Mapped[dict[str, list[object]]] = mapped_column(JSONB)
    request_id: Mapped[str | None]


class AuditHead(AuthorityKeyed, Base):
    """The end of an authority's chain: its last number and seal."""

    __tablename__ = "audit_head"
    __table_args__ = ({"info": {"read_only": True}},)

    number: Mapped[int] = mapped_column(BigInteger)
    seal: Mapped[bytes] = mapped_column(LargeBinary)


class AuditSeal(AuthorityKeyed, Base):
    """The seal of one entry: SHA-256 over the previous seal and the whole entry."""

    __tablename__ = "audit_seal"
    __table_args__ = (
        UniqueConstraint("authority_id", "entry_id"),
        reference("entry_id", "audit_entry"),
        {"info": {"read_only": True}},
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID]
    seal: Mapped[bytes] = mapped_column(LargeBinary)


class AuditStart(AuthorityKeyed, Base):
    """The start of an authority's chain after old entries were deleted: number and seal of the last deleted one."""

    __tablename__ = "audit_start"
    __table_args__ = ({"info": {"read_only": True}},)

    number: Mapped[int] = mapped_column(BigInteger)
    seal: Mapped[bytes] = mapped_column(LargeBinary)
    let_go_at: Mapped[datetime] = created_at()


schema_rule(
    "an_entry_is_sealed_when_its_transaction_commits",
    """
CREATE FUNCTION entry_seal(before bytea, entry audit_entry) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC'
RETURN sha256(before || convert_to(to_jsonb(entry)::text, 'UTF8'));

CREATE FUNCTION seal_audit_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head public.audit_head;
BEGIN
    INSERT INTO public.audit_head (authority_id, number, seal) VALUES (NEW.authority_id, 0, '\\x')
        ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM public.audit_head WHERE authority_id = NEW.authority_id FOR UPDATE;
    head.number := head.number + 1;
    head.seal := public.entry_seal(head.seal, NEW);
    UPDATE public.audit_head SET number = head.number, seal = head.seal
        WHERE authority_id = NEW.authority_id;
    INSERT INTO public.audit_seal (authority_id, number, entry_id, seal)
        VALUES (NEW.authority_id, head.number, NEW.id, head.seal);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION seal_audit_entry() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER seal AFTER INSERT ON audit_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION seal_audit_entry();
""",
)

schema_rule(
    "the_oldest_entries_go_when_their_time_is_over_and_the_chain_holds",
    """
CREATE FUNCTION let_go_audit(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own integer := security.authority_id();
    final public.audit_seal;
    gone bigint;
BEGIN
    IF before > now() - interval '1 year' THEN
        RAISE EXCEPTION 'the journal of the last year is kept' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM public.audit_head WHERE authority_id = own FOR UPDATE;
    PERFORM FROM public.legal_hold h
     WHERE h.authority_id = own AND h.lifted_at IS NULL
       AND (h.until_on IS NULL OR h.until_on >= (now() AT TIME ZONE 'Europe/London')::date);
    IF FOUND THEN
        RETURN 0;
    END IF;
    SELECT s.* INTO final FROM public.audit_seal s
     WHERE s.authority_id = own
       AND s.number < coalesce((SELECT min(young.number) FROM public.audit_seal young
                                 JOIN public.audit_entry e ON e.authority_id = own AND e.id = young.entry_id
                                WHERE young.authority_id = own AND e.at >= before), s.number + 1)
     ORDER BY s.number DESC LIMIT 1;
    IF final.number IS NULL THEN
        RETURN 0;
    END IF;
    INSERT INTO public.audit_start (authority_id, number, seal) VALUES (own, final.number, final.seal)
        ON CONFLICT (authority_id) DO UPDATE
        SET number = excluded.number, seal = excluded.seal, let_go_at = excluded.let_go_at;
    INSERT INTO public.audit_entry
        (authority_id, person_name, role, verb, subject_kind, subject_id, schools, changes)
    SELECT e.authority_id, e.person_name, e.role, e.verb, e.subject_kind, e.subject_id, e.schools, e.changes
      FROM public.audit_entry e JOIN public.audit_seal s ON s.authority_id = own AND s.entry_id = e.id
     WHERE e.authority_id = own AND s.number <= final.number AND e.verb = 'seal_record'
       AND e.changes ->> 'digest' IS NOT NULL
       AND NOT EXISTS (SELECT FROM public.audit_entry later
                        WHERE later.authority_id = own AND later.verb = 'seal_record' AND later.id > e.id
                          AND later.subject_kind = e.subject_kind AND later.subject_id = e.subject_id);
    WITH seals AS (DELETE FROM public.audit_seal
                    WHERE authority_id = own AND number <= final.number RETURNING entry_id)
    DELETE FROM public.audit_entry e USING seals WHERE e.authority_id = own AND e.id = seals.entry_id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION let_go_audit(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION let_go_audit(timestamptz) TO alongside_app;
""",
)
