"""Schools agree support: the fence, the register, people, needs, offers, partnerships."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make everything."""
    from alongside.tables import statements

    bind = op.get_bind()
    bind.exec_driver_sql("SELECT 1")
    for statement in statements():
        try:
            bind.connection.dbapi_connection.run_async(lambda driver, sql=statement: driver.execute(sql))
        except Exception:
            print(statement)
            raise


def downgrade() -> None:
    """There is nothing before the first: drop the database instead."""
    raise NotImplementedError("Drop the database to go back before the first migration.")
