"""Retention of readings, as long as support categories and profiles of earlier years."""

from sqlalchemy import text

from alongside.platform.retention import RetentionRule, expired_rows

RULES = (
    RetentionRule(
        "agreements",
        "Who read and signed documents about schools",
        expired_rows(
            "SELECT id FROM document_reading WHERE authority_id = :authority_id AND read_at < :before"
            " AND NOT is_held(authority_id, :today, school_urn, person_id) ORDER BY read_at, id"
        ),
        (text("DELETE FROM document_reading WHERE authority_id = :authority_id AND id = ANY(:ids)"),),
    ),
)
