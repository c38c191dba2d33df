"""Schools agree support: the fence, the register, people, needs, offers, partnerships.

The statements were written out once from the models (`python -m alongside.database.written_out`) and are frozen beside
this file; `tests/structure` compares what all migrations make with what the models declare.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = Path(__file__).with_suffix(".sql")


def upgrade() -> None:
    """Make everything."""
    driver = op.get_bind().connection.driver_connection
    op.get_bind().exec_driver_sql("SELECT 1")
    for statement in STATEMENTS.read_text().split("\n-- next\n"):
        op.get_bind().connection.dbapi_connection.await_(driver.execute(statement))


def downgrade() -> None:
    """There is nothing before the first: drop the database instead."""
    raise NotImplementedError("Drop the database to go back before the first migration.")
