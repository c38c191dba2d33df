"""Retention of visit requests that are over, or whose visit was long ago."""

from sqlalchemy import text

from alongside.platform.retention import RetentionRule, expired_rows

RULES = (
    RetentionRule(
        "posts",
        "Visit requests that are over",
        expired_rows(
            "SELECT id FROM visit_request WHERE authority_id = :authority_id"
            " AND state NOT IN ('asked', 'dates_offered') AND asked_at < :before"
            " AND respond_by < :before AND coalesce(visit_on, '-infinity') < :before"
            " AND NOT is_held(authority_id, :today, requesting_urn, asked_by)"
            " AND NOT is_held(authority_id, :today, supporting_urn, answered_by)"
            " AND NOT has_held_message(authority_id, :today, NULL, id) ORDER BY asked_at, id"
        ),
        (text("DELETE FROM visit_request WHERE authority_id = :authority_id AND id = ANY(:ids)"),),
    ),
)
