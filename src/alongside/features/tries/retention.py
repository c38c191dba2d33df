"""Retention of tries that nobody is asked about any more."""

from sqlalchemy import text

from alongside.platform.retention import RetentionRule, expired_rows

RULES = (
    RetentionRule(
        "posts",
        "What schools wanted to try",
        expired_rows(
            "SELECT id FROM practice_try WHERE authority_id = :authority_id AND ask_on < :before"
            " AND coalesce(answered_at, written_at) < :before"
            " AND NOT is_held(authority_id, :today, school_urn, written_by)"
            " AND NOT is_held(authority_id, :today, school_urn, answered_by) ORDER BY written_at, id"
        ),
        (text("DELETE FROM practice_try WHERE authority_id = :authority_id AND id = ANY(:ids)"),),
    ),
)
