"""Tables of the register's history: imports and their changes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference

CHANGE_KINDS = {
    "added": "Added to our register",
    "opened": "Opened",
    "closed": "Closed",
    "converted": "Became an academy under a new URN",
    "merged": "Merged",
    "reopened": "Open again",
    "changed": "Details changed",
    "gone": "No longer listed under this authority",
    "back": "Listed under this authority again",
}
"""The kinds of change, in the order in which a report names them."""


class RegisterImport(AuthorityOwned, Base):
    """One file of the register that was applied, known by the hash of its content."""

    __tablename__ = "register_import"
    __table_args__ = (
        CheckConstraint("rows_read >= 0 AND rows_unreadable >= 0 AND changes >= 0", name="counts"),
        {"info": {"append_only": True}},
    )

    file_name: Mapped[str]
    sha256: Mapped[str]
    as_at: Mapped[date | None]
    applied_at: Mapped[datetime] = created_at()
    applied_by: Mapped[str]
    rows_read: Mapped[int]
    rows_unreadable: Mapped[int]
    changes: Mapped[int]


class RegisterChange(AuthorityOwned, Base):
    """One change of an import to a school; only changed details have `field`, `old` and `new`."""

    __tablename__ = "register_change"
    __table_args__ = (
        reference("import_id", "register_import"),
        reference("urn", "school"),
        CheckConstraint(one_of("kind", CHANGE_KINDS), name="kind"),
        CheckConstraint("(kind = 'changed') = (field IS NOT NULL)", name="field"),
        UniqueConstraint(
            "authority_id", "import_id", "urn", "kind", "field", postgresql_nulls_not_distinct=True
        ),
        Index(None, "authority_id", "urn", "id"),
        {"info": {"append_only": True}},
    )

    import_id: Mapped[UUID]
    urn: Mapped[int]
    kind: Mapped[str]
    other_urn: Mapped[int | None]
    field: Mapped[str | None]
    old: Mapped[str | None]
    new: Mapped[str | None]
