"""${message}.

Before you write: the release before this one is still running against this schema. So add, do not rename or drop;
add constraints NOT VALID and validate them in a later migration; build indexes on large tables CONCURRENTLY in a
migration of their own. A new table is fenced with `isolation.fence_statements(name)` in this same migration.
"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
