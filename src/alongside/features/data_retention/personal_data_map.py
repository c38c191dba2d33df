"""Columns with personal data, derived from the tables so that a new column is included.

A column that refers to a person makes its row personal data about them. Any text may name a person, so all text
is searched. What cannot be derived is declared here, and a test fails for a column that is neither derived nor
declared.
"""

from collections.abc import Iterator

from sqlalchemy import Column, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import TSVECTOR

from alongside.platform.database.base import Base
from alongside.platform.database.row_level_security import owned_tables

REFERS_WITHOUT_A_KEY = {
    ("audit_entry", "person_id"),
    ("idempotency_key", "person_id"),
    ("escalation_event", "person_id"),
    ("support_agreement", "requesting_signed_by"),
    ("support_agreement", "supporting_signed_by"),
    ("visit", "recorded_by"),
    ("ledger_transaction", "person_id"),
    ("ledger_commitment", "person_id"),
    ("ledger_resolution", "person_id"),
}
"""Columns with a person's id that have no foreign key."""

KEPT_BACK = {
    ("user_session", "token_hash"),
    ("user_session", "begun_by"),
    ("user_session", "id_token"),
    ("invitation", "token_hash"),
    ("unsent_form", "sealed"),
}
"""Secrets and their hashes: excluded from every export, also from the person's own."""

IDS_OF_NOTHING = {
    ("invitation", "batch_id"),
    ("document_reading", "document_id"),
    ("support_category", "agreed_motion_id"),
    ("fund_commitment", "subject_id"),
    ("ledger_transaction", "decision_id"),
    ("ledger_commitment", "decision_id"),
    ("ledger_resolution", "decision_id"),
}
"""Ids that only group rows which were written together, and of rows whose table another column names."""

NOT_OF_PEOPLE = {
    "audit_head",
    "audit_seal",
    "audit_start",
    "plan_snapshot",
    "entry_embedding",
    "entry_attachment",
    "entry_picture",
    "zero_result_search",
    "escalation_file",
    "notice_file",
    "profile_method",
    "profile_snapshot",
    "performance_upload",
    "message",
}
"""Tables whose binary columns have no personal data, or are files: listed in an export and checked by hand."""


def about_people(table: Table) -> list[str]:
    """The columns of a table that refer to a person; for the person table, its id."""
    if table.name == "person":
        return ["id"]
    keyed = {
        column.name
        for key in table.foreign_key_constraints
        if key.referred_table.name == "person"
        for column in key.columns
        if column.name != "authority_id"
    }
    return [column.name for column in table.columns if column.name in keyed or _loose(table, column)]


def given(table: Table) -> list[str]:
    """The columns of a table that are exported: all except secrets, the authority and binary content."""
    return [
        column.name
        for column in table.columns
        if (table.name, column.name) not in KEPT_BACK
        and column.name != "authority_id"
        and not isinstance(column.type, LargeBinary | TSVECTOR)
    ]


def words_of(table: Table) -> list[str]:
    """The text columns of a table, which may name a person; closed lists are included because searching them is
    cheap.
    """
    return [
        column.name
        for column in table.columns
        if isinstance(column.type, Text) and (table.name, column.name) not in KEPT_BACK
    ]


def unaccounted() -> Iterator[str]:
    """Describe each column that is neither derived nor declared: ids without a known target, and binary
    columns.
    """
    for table in owned_tables(Base.metadata):
        keyed = {column.name for key in table.foreign_key_constraints for column in key.columns}
        for column in table.columns:
            if (
                isinstance(column.type, Uuid)
                and column.name not in keyed | {"id"}
                and not _loose(table, column)
                and (table.name, column.name) not in IDS_OF_NOTHING
            ):
                yield f"{table.name}.{column.name}: an id that refers to nothing"
            if (
                isinstance(column.type, LargeBinary)
                and (table.name, column.name) not in KEPT_BACK
                and table.name not in NOT_OF_PEOPLE
            ):
                yield f"{table.name}.{column.name}: bytes that nobody has placed"


def _loose(table: Table, column: Column[object]) -> bool:
    return (table.name, column.name) in REFERS_WITHOUT_A_KEY
