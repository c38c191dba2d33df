"""Tables of the authorities (the tenants) and of all versions of their settings."""

from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, Integer, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base, created_at
from alongside.platform.database.ddl import schema_rule


class Authority(Base):
    """A local authority that this installation serves.

    The table has no row-level security: the tenant is found by its host before a tenant context exists.
    `authority_id` is the DfE's code. `settings_version` names the row of `authority_settings` in force.
    """

    __tablename__ = "authority"
    __table_args__ = (
        UniqueConstraint("slug"),
        UniqueConstraint("gss_code"),
        CheckConstraint("authority_id BETWEEN 200 AND 999", name="dfe_code"),
        CheckConstraint("cardinality(hosts) > 0", name="hosts"),
    )

    authority_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    slug: Mapped[str]
    name: Mapped[str]
    gss_code: Mapped[str]
    hosts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    settings_version: Mapped[int]
    applied_at: Mapped[datetime] = created_at()


class AuthoritySettingsRow(AuthorityKeyed, Base):
    """One version of an authority's settings, as applied. The operator adds versions; none is changed.

    The app's role can only read them, because they contain hosts, sign-in providers and names of secrets. A process
    reads those of all authorities at once, in a context of none (EVERY_AUTHORITY).
    """

    __tablename__ = "authority_settings"
    __table_args__ = ({"info": {"read_only": True, "in_one_read": True}},)

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    settings: Mapped[dict[str, object]] = mapped_column(JSONB)
    applied_at: Mapped[datetime] = created_at()
    applied_by: Mapped[str]


schema_rule(
    "a_host_serves_one_authority",
    """
CREATE FUNCTION refuse_host_of_another() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('hosts of authorities'));
    IF EXISTS (SELECT FROM public.authority WHERE authority_id <> NEW.authority_id AND hosts && NEW.hosts) THEN
        RAISE EXCEPTION 'one of these hosts serves another authority'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'host_of_one_authority';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_host_of_another BEFORE INSERT OR UPDATE ON authority
    FOR EACH ROW EXECUTE FUNCTION refuse_host_of_another();
""",
)
