"""Retention of labels that ended, as long as support agreements."""

from sqlalchemy import text

from alongside.platform.retention import RetentionRule, expired_rows

RULES = (
    RetentionRule(
        "agreements",
        "Labels of schools after their end",
        expired_rows(
            "SELECT id FROM school_label WHERE authority_id = :authority_id AND ends_on < :before"
            " AND NOT is_held(authority_id, :today, school_urn, recorded_by) ORDER BY ends_on, id"
        ),
        (text("DELETE FROM school_label WHERE authority_id = :authority_id AND id = ANY(:ids)"),),
    ),
)
