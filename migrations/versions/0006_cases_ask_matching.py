"""A case keeps what it asked matching for.

The statements stand beside this file (`tests/structure/write_migration.py` wrote them from the models); what changes
tables of earlier migrations stands in ALTERATIONS.
"""

from pathlib import Path

from alembic import op

from alongside.database.schema import run_statements

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ALTERATIONS: tuple[str, ...] = ()


def upgrade() -> None:
    """Change what was there, then make what is new."""
    for statement in ALTERATIONS:
        op.execute(statement)
    run_statements(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """What schools wrote is not thrown away."""
    raise NotImplementedError("Restore the backup of the day before to go back before 0006.")
