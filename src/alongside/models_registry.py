"""Imports every table and workflow of the product, so that the metadata is complete.

Every process imports this before it opens a database: `platform.database.session.Database` refuses otherwise.
"""

from alongside.feature_list import FEATURES
from alongside.platform.database.base import COMPLETE, Base
from alongside.platform.database.schema import schema_statements
from alongside.platform.workflow import WORKFLOWS

__all__ = ["Base", "full_schema"]

for feature in FEATURES:
    feature.import_models()
Base.metadata.info[COMPLETE] = True


def full_schema() -> list[str]:
    """Return all statements that create the schema declared by the models."""
    return schema_statements(Base.metadata, {subject: flow.pairs() for subject, flow in WORKFLOWS.items()})
