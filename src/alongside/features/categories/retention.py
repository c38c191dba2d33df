"""Retention of support categories that are superseded or withdrawn, with their changes."""

from sqlalchemy import text

from alongside.platform.retention import RetentionRule, expired_rows

_OWN = "WHERE authority_id = :authority_id AND"

RULES = (
    RetentionRule(
        "agreements",
        "Support categories of earlier years",
        expired_rows(
            "SELECT id FROM support_category WHERE authority_id = :authority_id"
            " AND state IN ('superseded', 'withdrawn') AND coalesce(in_force_on, proposed_on) < :before"
            " AND NOT is_held(authority_id, :today, school_urn, proposed_by) ORDER BY proposed_on, id"
        ),
        (
            text(f"DELETE FROM support_category_change {_OWN} support_category_id = ANY(:ids)"),  # noqa: S608
            text(f"DELETE FROM support_category {_OWN} id = ANY(:ids)"),  # noqa: S608
        ),
    ),
)
