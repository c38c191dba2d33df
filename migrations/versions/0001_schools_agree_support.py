"""Schools agree support: the fence, the register, people, needs, offers, partnerships, what people are told.

The statements stand beside this file, as the models of that day declared them (`alongside.tables.statements`); they are
history now and do not change. `tests/structure/test_migrations.py` holds what all migrations make against the models.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = Path(__file__).with_suffix(".sql")
BETWEEN = "\n-- next\n"


def upgrade() -> None:
    """Make everything, in the caller's transaction."""
    bind = op.get_bind()
    bind.exec_driver_sql("SELECT 1")  # SQLAlchemy begins its transaction with the first statement of its own
    driver = bind.connection.dbapi_connection
    for statement in STATEMENTS.read_text(encoding="utf-8").split(BETWEEN):
        driver.run_async(lambda connection, sql=statement: connection.execute(sql))


def downgrade() -> None:
    """There is nothing before the first."""
    raise NotImplementedError("Drop the database to go back before the first migration.")
