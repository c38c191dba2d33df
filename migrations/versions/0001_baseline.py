"""The whole schema, as the models declared it before the first installation in production.

The statements stand beside this file in `0001_baseline.sql`, written from the models by
`python -m tests.structure.write_baseline`. `tests/structure/test_migrations.py` compares the two.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything in the caller's transaction, as one message of many statements."""
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    bind = op.get_bind()
    bind.exec_driver_sql("SELECT 1")  # SQLAlchemy begins its transaction with its own first statement
    bind.connection.dbapi_connection.run_async(lambda connection: connection.execute(script))


def downgrade() -> None:
    """There is nothing before the baseline."""
    raise NotImplementedError("Drop the database to go back before the baseline.")
