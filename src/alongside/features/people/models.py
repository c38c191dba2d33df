"""Tables of people, identities, role assignments, sessions, invitations and saved views."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.access.principal import (
    AUTHORITY_ROLES,
    BOARD_ROLES,
    CONSORTIUM_ROLES,
    ORGANISATION_ROLES,
    ROLES_OF_ONE_SCHOOL,
)
from alongside.platform.database.base import (
    AuthorityKeyed,
    AuthorityOwned,
    Base,
    created_at,
    one_of,
    reference,
)
from alongside.platform.database.ddl import schema_rule
from alongside.platform.database.folding import folded_column

FIRST_STEPS = ("details", "offer", "practice", "delegate")
"""What a new head does first, in this order."""


class Person(AuthorityOwned, Base):
    """A user of this authority. The email address is a contact, never an identity.

    `first_steps_done` are the first steps that the person has marked as done or hidden.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(one_of("mail_choice", ("at_once", "daily", "none")), name="mail_choice"),
        CheckConstraint("cardinality(first_steps_done) <= 20", name="first_steps_done"),
    )

    name: Mapped[str]
    folded_name: Mapped[str] = folded_column("name")
    email: Mapped[str]
    mail_choice: Mapped[str] = mapped_column(server_default=text("'at_once'"))
    joined_at: Mapped[datetime] = created_at()
    left_on: Mapped[date | None]
    first_steps_done: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))


class Identity(AuthorityKeyed, Base):
    """The identity with which a person signs in: issuer and subject only."""

    __tablename__ = "identity"
    __table_args__ = (reference("person_id", "person"), Index(None, "authority_id", "person_id"))

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    linked_at: Mapped[datetime] = created_at()


class RoleAssignment(AuthorityOwned, Base):
    """A role of a person, for one school, one consortium, one trust or diocese, or the authority.

    `organisation` is the number of a trust or the name of a diocese in the register; its schools are those that the
    register gives it now.
    It is valid from `starts_on` until the day before `ends_on`, so a role that ends today has ended already.
    """

    __tablename__ = "role_assignment"
    __table_args__ = (
        reference("person_id", "person"),
        reference("school_urn", "school"),
        reference("consortium_id", "consortium"),
        CheckConstraint(
            f"({one_of('role', ROLES_OF_ONE_SCHOOL)} AND school_urn IS NOT NULL"
            " AND consortium_id IS NULL AND organisation IS NULL) OR "
            f"({one_of('role', CONSORTIUM_ROLES)} AND consortium_id IS NOT NULL"
            " AND school_urn IS NULL AND organisation IS NULL) OR "
            f"({one_of('role', ORGANISATION_ROLES)} AND organisation IS NOT NULL"
            " AND school_urn IS NULL AND consortium_id IS NULL) OR "
            f"({one_of('role', AUTHORITY_ROLES | BOARD_ROLES)}"
            " AND num_nonnulls(school_urn, consortium_id, organisation) = 0)",
            name="role_and_place",
        ),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index(None, "authority_id", "person_id"),
        Index(None, "authority_id", "school_urn"),
        Index(None, "authority_id", "consortium_id"),
    )

    person_id: Mapped[UUID]
    role: Mapped[str]
    school_urn: Mapped[int | None]
    consortium_id: Mapped[UUID | None]
    organisation: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class UserSession(AuthorityOwned, Base):
    """A session: one browser in which a person is signed in. Only a hash of its token is kept.

    `begun_by` is the hash of the sign-in's OAuth state; it is unique, so each state opens one session. `id_token` is
    the provider's token, encrypted, kept for signing out at the provider.
    """

    __tablename__ = "user_session"
    __table_args__ = (
        reference("person_id", "person"),
        reference("role_assignment_id", "role_assignment"),
        UniqueConstraint("authority_id", "token_hash"),
        UniqueConstraint("authority_id", "begun_by"),
        Index(None, "authority_id", "person_id"),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    person_id: Mapped[UUID]
    role_assignment_id: Mapped[UUID | None]
    issuer: Mapped[str]
    device: Mapped[str]
    begun_by: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_token: Mapped[str | None]
    started_at: Mapped[datetime] = created_at()
    seen_at: Mapped[datetime] = created_at()
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Invitation(AuthorityOwned, Base):
    """An invitation of one person to one role: it works once, until it expires.

    `batch_id` is the same for invitations that were sent together from a file. `sent_count` is the number of emails
    sent with it, `sent_at` the time of the last one.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("consortium_id", "consortium"),
        reference("invited_by", "person"),
        reference("used_by", "person"),
        UniqueConstraint("authority_id", "token_hash"),
        CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name="used_by_somebody"),
        CheckConstraint("email ~ '^[!-~]+@[!-~]+$'", name="email"),
        CheckConstraint("name !~ '[[:cntrl:]]|//|@'", name="name"),
        CheckConstraint("sent_count BETWEEN 1 AND 3", name="sent_count"),
        Index(None, "authority_id", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str]
    email: Mapped[str]
    role: Mapped[str]
    school_urn: Mapped[int | None]
    consortium_id: Mapped[UUID | None]
    organisation: Mapped[str | None]
    invited_by: Mapped[UUID | None]
    batch_id: Mapped[UUID | None]
    invited_at: Mapped[datetime] = created_at()
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    sent_count: Mapped[int] = mapped_column(server_default=text("1"))
    sent_at: Mapped[datetime] = created_at()


MOST_TO_ONE_ADDRESS, MOST_OF_ONE_SCHOOL, MOST_OF_ONE_PERSON = 5, 10, 60
"""Limits: invitation emails per address and day, per school (delegates) and day, per inviting person and hour."""

MOST_IN_A_BATCH, MOST_BATCHES = 600, 3
"""Limits: invitations sent together, and how often a person may do that in a day."""

schema_rule(
    "invitations_are_limited",
    f"""
CREATE FUNCTION limit_invitations() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('invitations ' || NEW.authority_id, 0));
    IF (SELECT coalesce(sum(sent_count), 0) FROM invitation WHERE authority_id = NEW.authority_id
           AND lower(email) = lower(NEW.email) AND sent_at > now() - interval '1 day' AND id <> NEW.id)
       + NEW.sent_count > {MOST_TO_ONE_ADDRESS} THEN
        RAISE EXCEPTION 'too many invitations to this address'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invitations_to_address';
    ELSIF NEW.role IN ('delegate', 'chair_of_governors') AND (SELECT coalesce(sum(sent_count), 0) FROM invitation
           WHERE authority_id = NEW.authority_id AND role IN ('delegate', 'chair_of_governors')
             AND school_urn = NEW.school_urn
             AND sent_at > now() - interval '1 day' AND id <> NEW.id)
       + NEW.sent_count > {MOST_OF_ONE_SCHOOL} THEN
        RAISE EXCEPTION 'too many invitations of this school'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invitations_of_school';
    ELSIF NEW.batch_id IS NOT NULL AND TG_OP = 'INSERT' THEN
        IF (SELECT count(*) FROM invitation
             WHERE authority_id = NEW.authority_id AND batch_id = NEW.batch_id) >= {MOST_IN_A_BATCH} THEN
            RAISE EXCEPTION 'too many invitations together'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'invitations_in_batch';
        ELSIF (SELECT count(DISTINCT batch_id) FROM invitation
                WHERE authority_id = NEW.authority_id AND invited_by = NEW.invited_by AND batch_id <> NEW.batch_id
                  AND invited_at > now() - interval '1 day') >= {MOST_BATCHES} THEN
            RAISE EXCEPTION 'too many batches by this person'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'invitations_batches';
        END IF;
    ELSIF NEW.invited_by IS NOT NULL AND (SELECT coalesce(sum(sent_count), 0) FROM invitation
           WHERE authority_id = NEW.authority_id AND invited_by = NEW.invited_by AND batch_id IS NULL
             AND sent_at > now() - interval '1 hour' AND id <> NEW.id)
       + NEW.sent_count > {MOST_OF_ONE_PERSON} THEN
        RAISE EXCEPTION 'too many invitations by this person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invitations_by_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER limit_invitations BEFORE INSERT OR UPDATE OF sent_count, sent_at, email ON invitation
FOR EACH ROW EXECUTE FUNCTION limit_invitations();
""",  # noqa: S608  (only our own constants are put in)
)


class SavedView(AuthorityOwned, Base):
    """A saved view of a list: a name and the query string with filters and sort order."""

    __tablename__ = "saved_view"
    __table_args__ = (
        reference("person_id", "person"),
        UniqueConstraint("authority_id", "person_id", "name"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 60", name="name"),
        CheckConstraint("query = '' OR left(query, 1) = '?'", name="query"),
    )

    person_id: Mapped[UUID]
    name: Mapped[str]
    query: Mapped[str]
    saved_at: Mapped[datetime] = created_at()


schema_rule(
    "a_trust_or_diocese_has_the_schools_that_the_register_gives_it",
    """
CREATE FUNCTION organisation_of(role text, trust_uid text, diocese text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE role WHEN 'trust_officer' THEN trust_uid WHEN 'diocese_officer' THEN diocese END;
""",
)
