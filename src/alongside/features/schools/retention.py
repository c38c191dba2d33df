"""Retention of imports of the register."""

from sqlalchemy import text

from alongside.platform.retention import RetentionRule, expired_rows

RULES = (
    RetentionRule(
        "imports",
        "Imports of the register, but for the last",
        expired_rows(
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
)
