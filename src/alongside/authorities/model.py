"""The authorities as tables: who the tenants are, and every version of what each has settled."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, Integer, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from alongside.database.base import AuthorityKeyed, Base, created_at
from alongside.database.promises import promise


class Authority(Base):
    """A local authority that is served here. Shared by all: it is found by its host before any fence stands.

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
    """One version of an authority's settings, as applied. Versions are added, never changed."""

    __tablename__ = "authority_settings"
    __table_args__ = ({"info": {"append_only": True}},)

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    applied_at: Mapped[datetime] = created_at()
    applied_by: Mapped[str]


promise(
    "an_authority_is_declared_from_inside_its_own_fence",
    """
CREATE FUNCTION declare_authority(
    new_slug text, new_name text, new_gss_code text, new_hosts text[], new_version int)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    inside int := fence.authority_id();
BEGIN
    LOCK TABLE public.authority IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM public.authority WHERE authority_id <> inside AND hosts && new_hosts) THEN
        RAISE EXCEPTION 'one of these hosts serves another authority' USING ERRCODE = 'unique_violation';
    END IF;
    INSERT INTO public.authority (authority_id, slug, name, gss_code, hosts, settings_version)
    VALUES (inside, new_slug, new_name, new_gss_code, new_hosts, new_version)
    ON CONFLICT (authority_id) DO UPDATE SET slug = new_slug, name = new_name, gss_code = new_gss_code,
        hosts = new_hosts, settings_version = new_version, applied_at = now();
END $$;
REVOKE ALL ON FUNCTION declare_authority(text, text, text, text[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION declare_authority(text, text, text, text[], int) TO alongside_app;
""",
)
