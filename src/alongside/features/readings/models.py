"""The `document_reading` table: who has read or signed which version of a document about a school, and when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from alongside.features.performance.access_policy import CORE, OWN_SCHOOL
from alongside.platform.access.principal import GOVERNING_ROLES, SCHOOL_ROLES
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.requester_context import PERSON, ROLE, SCHOOL, RowPolicy, is_among

PROFILE, CATEGORY = "profile", "support_category"
DOCUMENTS = {PROFILE: "Performance profile", CATEGORY: "Category letter"}
SEEN, SIGNED = "seen", "signed"


def _readable(document: str, newest: str) -> str:
    """Return the condition that the requester can read this version of a document of this kind and school."""
    return (
        f"(document = '{document}' AND EXISTS (SELECT FROM {document} d"
        " WHERE d.authority_id = document_reading.authority_id AND d.id = document_id"
        f" AND d.school_urn = document_reading.school_urn AND d.{newest} >= document_reading.number))"
    )


OWN_READING = (
    f"(person_id::text = {PERSON} AND role = {ROLE} AND {is_among('school_urn', SCHOOL)}"
    f" AND ({_readable(PROFILE, 'snapshot_number')} OR {_readable(CATEGORY, 'decision_number')}))"
)
OF_READING = RowPolicy(
    seen=f"{CORE} OR {OWN_SCHOOL} OR person_id::text = {PERSON}", added=OWN_READING, changed="false"
)
"""The core team and the school read who has read a document; others add their own readings of what they can read."""


class DocumentReading(AuthorityOwned, Base):
    """A person has read, or signed that they have read, one version of a document in one role. Never changed.

    `document_id` is the id of a profile or a support category; `number` its version: the snapshot of a profile, the
    letter of a category.
    """

    __tablename__ = "document_reading"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("person_id", "person"),
        Index(
            "uq_document_reading",
            "authority_id",
            "document_id",
            "number",
            "person_id",
            "role",
            "act",
            unique=True,
        ),
        CheckConstraint(one_of("document", DOCUMENTS), name="document"),
        CheckConstraint(one_of("act", (SEEN, SIGNED)), name="act"),
        CheckConstraint(one_of("role", GOVERNING_ROLES | SCHOOL_ROLES), name="role"),
        CheckConstraint(f"act = 'seen' OR {one_of('role', GOVERNING_ROLES)}", name="signed"),
        CheckConstraint("number > 0", name="number"),
        Index(None, "authority_id", "person_id"),
        {"info": {"second_policy": OF_READING}},
    )

    document: Mapped[str]
    document_id: Mapped[UUID]
    number: Mapped[int]
    school_urn: Mapped[int]
    person_id: Mapped[UUID]
    role: Mapped[str]
    act: Mapped[str]
    read_at: Mapped[datetime] = created_at()
