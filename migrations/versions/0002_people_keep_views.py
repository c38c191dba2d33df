"""People keep views of a list under a name of their own."""

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from alongside.database.isolation import fence_statements, grant_statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and fence it."""
    op.create_table(
        "saved_view",
        Column("authority_id", Integer, nullable=False),
        Column("id", Uuid, server_default=text("uuidv7()"), nullable=False),
        Column("person_id", Uuid, nullable=False),
        Column("name", Text, nullable=False),
        Column("query", Text, nullable=False),
        Column("saved_at", DateTime(timezone=True), server_default=text("now()"), nullable=False),
        PrimaryKeyConstraint("authority_id", "id", name="pk_saved_view"),
        ForeignKeyConstraint(["authority_id"], ["authority.authority_id"], name="fk_saved_view_authority_id"),
        ForeignKeyConstraint(
            ["authority_id", "person_id"],
            ["person.authority_id", "person.id"],
            name="fk_saved_view_authority_id_person_id",
        ),
        UniqueConstraint(
            "authority_id", "person_id", "name", name="uq_saved_view_authority_id_person_id_name"
        ),
        CheckConstraint("char_length(name) BETWEEN 1 AND 60", name="ck_saved_view_name"),
        CheckConstraint("query = '' OR left(query, 1) = '?'", name="ck_saved_view_query"),
    )
    for statement in (*fence_statements("saved_view"), *grant_statements("saved_view")):
        op.execute(statement)


def downgrade() -> None:
    """Forget all kept views."""
    op.drop_table("saved_view")
