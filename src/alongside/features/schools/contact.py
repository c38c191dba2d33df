"""The days of the last contact with each school and of the last action about it, kept by a trigger on the audit log.

A contact is one between people: a message, a call, a visit or an answer. An action is anything that a person does which
concerns the school. What the product does itself, by rule or schedule, has no person and is neither.
"""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base, reference
from alongside.platform.database.ddl import schema_rule

CONTACTS = (
    "write_message",
    "write_call",
    "write_file",
    "log_visit",
    "record_visit",
    "accept_proposal",
    "agree_proposal",
    "ask_release",
    "release_leader",
    "refuse_release",
    "counter_propose",
    "decline_proposal",
    "ask_for_visit",
    "agree_visit",
    "offer_visit_dates",
    "choose_visit_date",
    "postpone_visit",
    "suggest_school",
    "decline_visit",
    "confirm_visit",
)
"""The verbs of the audit log that record a contact between people.

Entries about escalations name no school, so a visit of the core team to a school in an escalation does not count.
"""


class SchoolContact(AuthorityKeyed, Base):
    """The days, in London, of the last contact with this school and of the last action that concerned it.

    Without a row nobody ever did something about it. The row is written in the transaction of the action.
    """

    __tablename__ = "school_contact"
    __table_args__ = (reference("urn", "school"), {"info": {"read_only": True}})

    urn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_active_on: Mapped[date]
    last_contact_on: Mapped[date | None]


schema_rule(
    "the_last_contact_with_a_school_is_kept",
    """
CREATE FUNCTION keep_school_contact() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.school_contact AS kept (authority_id, urn, last_active_on, last_contact_on)
    SELECT NEW.authority_id, s.urn, acted.day, CASE WHEN NEW.verb IN CONTACTS THEN acted.day END
      FROM public.school s, (SELECT (NEW.at AT TIME ZONE 'Europe/London')::date) acted (day)
     WHERE s.authority_id = NEW.authority_id AND s.urn = ANY (NEW.schools)
    ON CONFLICT (authority_id, urn) DO UPDATE
       SET last_active_on = greatest(kept.last_active_on, excluded.last_active_on),
           last_contact_on = greatest(kept.last_contact_on, excluded.last_contact_on)
     WHERE kept.last_active_on < excluded.last_active_on
        OR coalesce(kept.last_contact_on, '-infinity') < excluded.last_contact_on;
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
    INSERT INTO public.school_contact AS kept (authority_id, urn, last_active_on, last_contact_on)
    SELECT own, s.urn, max((e.at AT TIME ZONE 'Europe/London')::date),
           max((e.at AT TIME ZONE 'Europe/London')::date) FILTER (WHERE e.verb IN CONTACTS)
      FROM public.audit_entry e
     CROSS JOIN LATERAL unnest(e.schools) AS of_entry (urn)
      JOIN public.school s ON s.authority_id = own AND s.urn = of_entry.urn
     WHERE e.authority_id = own AND e.person_id IS NOT NULL
     GROUP BY s.urn
    ON CONFLICT (authority_id, urn) DO UPDATE
       SET last_active_on = greatest(kept.last_active_on, excluded.last_active_on),
           last_contact_on = greatest(kept.last_contact_on, excluded.last_contact_on)
     WHERE kept.last_active_on < excluded.last_active_on
        OR coalesce(kept.last_contact_on, '-infinity') < excluded.last_contact_on;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;
REVOKE ALL ON FUNCTION rebuild_school_contact() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rebuild_school_contact() TO alongside_app;
""".replace("CONTACTS", str(CONTACTS)),
)


async def rebuild_contacts(session: AsyncSession) -> int:
    """Recalculate the last contacts of the transaction's authority from its audit log. Returns the rows changed.

    A later day that is stored stays, because old entries of the log are deleted when their time is over.
    """
    return int((await session.execute(text("SELECT rebuild_school_contact()"))).scalar_one())
