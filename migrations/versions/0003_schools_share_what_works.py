"""Schools share what works: the directory of good practice.

The statements stand beside this file (`tests/structure/write_migration.py` wrote them from the models); what changes
tables of earlier migrations stands in ALTERATIONS.
"""

from pathlib import Path

from alembic import op

from alongside.database.schema import run_statements

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OF_ALL = ("need", "school")
"""A new foreign key is checked over the rows of every authority, by the owner, in this transaction alone."""

ALTERATIONS: tuple[str, ...] = (
    "ALTER TABLE need ADD COLUMN addressed_urn integer",
    *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in OF_ALL),
    "ALTER TABLE need ADD CONSTRAINT fk_need_authority_id_addressed_urn FOREIGN KEY (authority_id, addressed_urn)"
    " REFERENCES school (authority_id, urn)",
    *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in OF_ALL),
    "ALTER TABLE need ADD CONSTRAINT ck_need_addressed_to_another CHECK (addressed_urn <> school_urn)",
)


def upgrade() -> None:
    """Change what was there, then make what is new."""
    for statement in ALTERATIONS:
        op.execute(statement)
    run_statements(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """What schools wrote is not thrown away."""
    raise NotImplementedError("Restore the backup of the day before to go back before 0003.")
