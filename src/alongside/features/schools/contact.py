"""The day of the last contact with each school, kept by a trigger on the audit log.

A contact is an action of a person that concerns the school. What the product does itself, by rule or schedule, has no
person and is none.
"""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base, reference
from alongside.platform.database.ddl import schema_rule


class SchoolContact(AuthorityKeyed, Base):
    """The day, in London, on which a person last did something that concerns this school.

    Without a row there was never a contact. The row is written in the transaction of the action.
    """

    __tablename__ = "school_contact"
    __table_args__ = (reference("urn", "school"), {"info": {"read_only": True}})

    urn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_contact_on: Mapped[date]


schema_rule(
    "the_last_contact_with_a_school_is_kept",
    """
CREATE FUNCTION keep_school_contact() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.school_contact AS kept (authority_id, urn, last_contact_on)
    SELECT NEW.authority_id, s.urn, (NEW.at AT TIME ZONE 'Europe/London')::date
      FROM public.school s
     WHERE s.authority_id = NEW.authority_id AND s.urn = ANY (NEW.schools)
    ON CONFLICT (authority_id, urn) DO UPDATE SET last_contact_on = excluded.last_contact_on
     WHERE kept.last_contact_on < excluded.last_contact_on;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_school_contact() FROM PUBLIC;

-- After "seal", which locks the end of the authority's chain: so two transactions never wait for each other here.
CREATE CONSTRAINT TRIGGER seal_then_keep_contact AFTER INSERT ON audit_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.person_id IS NOT NULL AND cardinality(NEW.schools) > 0)
    EXECUTE FUNCTION keep_school_contact();

CREATE FUNCTION rebuild_school_contact() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own integer := security.authority_id();
    changed bigint;
BEGIN
    PERFORM FROM public.audit_head WHERE authority_id = own FOR UPDATE;
    INSERT INTO public.school_contact AS kept (authority_id, urn, last_contact_on)
    SELECT own, s.urn, max((e.at AT TIME ZONE 'Europe/London')::date)
      FROM public.audit_entry e
     CROSS JOIN LATERAL unnest(e.schools) AS of_entry (urn)
      JOIN public.school s ON s.authority_id = own AND s.urn = of_entry.urn
     WHERE e.authority_id = own AND e.person_id IS NOT NULL
     GROUP BY s.urn
    ON CONFLICT (authority_id, urn) DO UPDATE SET last_contact_on = excluded.last_contact_on
     WHERE kept.last_contact_on < excluded.last_contact_on;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;
REVOKE ALL ON FUNCTION rebuild_school_contact() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rebuild_school_contact() TO alongside_app;
""",
)


async def rebuild_contacts(session: AsyncSession) -> int:
    """Recalculate the last contacts of the transaction's authority from its audit log. Returns the rows changed.

    A later day that is stored stays, because old entries of the log are deleted when their time is over.
    """
    return int((await session.execute(text("SELECT rebuild_school_contact()"))).scalar_one())
