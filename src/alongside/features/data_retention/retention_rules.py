"""The classes of records with a retention period: which rows have expired, and how they are deleted.

One query per class chooses the rows for the forecast and for the deletion, so both agree. Rows on legal hold
are not chosen.
"""

from sqlalchemy import Table, text

from alongside.features.data_retention.ended_support import ended_support
from alongside.features.data_retention.kind import Kind, chosen
from alongside.features.data_retention.people_who_left import people_who_left
from alongside.features.data_retention.personal_data_map import about_people
from alongside.platform.database.base import Base

A_BATCH = 200
OF_AN_ESCALATION = "WHERE authority_id = :authority_id AND escalation_id = ANY(:ids)"


def _parts_of_an_escalation() -> list[Table]:
    """The tables that belong to an escalation, in the order in which they can be deleted."""
    tables = [
        table
        for table in Base.metadata.sorted_tables
        if table.name != "escalation"
        and any(key.column.table.name == "escalation" for key in table.foreign_keys)
    ]
    return tables[::-1]


def _nobody_of_an_escalation_is_held() -> str:
    """SQL condition: no person to whom the escalation or a part of it refers, in any column, is on hold."""
    own = (
        f"NOT is_held(authority_id, :today, NULL, {column})"
        for column in about_people(Base.metadata.tables["escalation"])
    )
    parts = (
        f"NOT EXISTS (SELECT FROM {table.name} part WHERE part.authority_id = :authority_id"
        f" AND part.escalation_id = escalation.id AND is_held(part.authority_id, :today, NULL, part.{column}))"
        for table in _parts_of_an_escalation()
        for column in about_people(table)
    )
    return " AND ".join((*own, *parts))


def kinds() -> tuple[Kind, ...]:
    """Every class, in the order of the forecast."""
    return (
        Kind(
            "mail",
            "Letters that were sent or given up",
            chosen(
                "SELECT id FROM email_outbox WHERE authority_id = :authority_id "
                "AND state IN ('sent', 'given_up', 'not_wanted')"
                " AND coalesce(sent_at, written_at) < :before"
                " AND NOT is_held(authority_id, :today, NULL, person_id) ORDER BY written_at, id"
            ),
            (text("DELETE FROM email_outbox WHERE authority_id = :authority_id AND id = ANY(:ids)"),),
        ),
        Kind(
            "sessions",
            "Sessions that ended",
            chosen(
                "SELECT id FROM user_session WHERE authority_id = :authority_id"
                " AND least(ended_at, expires_at) < :before"
                " AND NOT is_held(authority_id, :today, NULL, person_id) ORDER BY expires_at, id"
            ),
            (text("DELETE FROM user_session WHERE authority_id = :authority_id AND id = ANY(:ids)"),),
        ),
        Kind(
            "imports",
            "Imports of the register, but for the last",
            chosen(
                "SELECT id FROM register_import WHERE authority_id = :authority_id AND applied_at < :before"
                " AND id <> (SELECT id FROM register_import WHERE authority_id = :authority_id"
                " ORDER BY applied_at DESC, id DESC LIMIT 1)"
                " AND NOT is_held(authority_id, :today, NULL, NULL)"
                " AND NOT EXISTS (SELECT FROM register_change c WHERE c.authority_id = :authority_id"
                "  AND c.import_id = register_import.id AND is_held(c.authority_id, :today, c.urn, NULL))"
                " ORDER BY applied_at, id"
            ),
            (text("SELECT let_go_imports(:ids)"),),
        ),
        _escalations(),
        *ended_support(),
        people_who_left(),
    )


def _escalations() -> Kind:
    """The class of escalations that are over, with all their parts."""
    return Kind(
        "escalations",
        "Escalations that are over",
        chosen(
            "SELECT id FROM escalation WHERE authority_id = :authority_id"
            " AND state IN ('closed', 'withdrawn', 'merged')"
            " AND coalesce(closed_at, stage_began_at, raised_at) < :before"
            " AND NOT is_held(authority_id, :today, school_urn, NULL) AND NOBODY_HELD"
            " AND NOT EXISTS (SELECT FROM escalation o WHERE o.authority_id = :authority_id"
            "  AND o.merged_into = escalation.id) ORDER BY raised_at, id".replace(
                "NOBODY_HELD", _nobody_of_an_escalation_is_held()
            )
        ),
        (
            *(
                text(f"DELETE FROM {table.name} {OF_AN_ESCALATION}")  # noqa: S608  (tables of our own)
                for table in _parts_of_an_escalation()
            ),
            text("DELETE FROM escalation WHERE authority_id = :authority_id AND id = ANY(:ids)"),
        ),
        text(
            "SELECT id FROM escalation WHERE authority_id = :authority_id AND id = ANY(:ids)"
            " AND state IN ('closed', 'withdrawn', 'merged') FOR UPDATE SKIP LOCKED"
        ),
    )
