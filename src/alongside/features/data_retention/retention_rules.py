"""The retention rules of all features, and those of records to which several features refer.

One query per class chooses the rows for the forecast and for the deletion, so both agree. Rows on legal hold
are not chosen.
"""

from sqlalchemy import Table, text

from alongside.features.data_retention.ended_support import ended_support
from alongside.features.data_retention.personal_data_map import about_people
from alongside.platform.database.base import Base
from alongside.platform.feature import installed_features
from alongside.platform.retention import RetentionRule, expired_rows

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


def _escalations() -> RetentionRule:
    """The class of escalations that are over, with all their parts."""
    return RetentionRule(
        "escalations",
        "Escalations that are over",
        expired_rows(
            "SELECT id FROM escalation WHERE authority_id = :authority_id"
            " AND state IN ('closed', 'withdrawn', 'merged')"
            " AND coalesce(closed_at, clock_began_at, raised_at) < :before"
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


RULES = (_escalations(), *ended_support())


def retention_rules() -> list[RetentionRule]:
    """Return the rules of all features, in the order of the forecast."""
    return [rule for one in installed_features() for rule in one.load(one.retention, RetentionRule)]
