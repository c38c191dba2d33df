"""Retention of terms on bodies after they have ended."""

from sqlalchemy import text

from alongside.platform.retention import RetentionRule, expired_rows


def _rule(table: str, label: str) -> RetentionRule:
    return RetentionRule(
        "agreements",
        label,
        expired_rows(
            f"SELECT id FROM {table} WHERE authority_id = :authority_id AND until_on < :before"  # noqa: S608
            " AND NOT is_held(authority_id, :today, NULL, person_id) ORDER BY until_on, id"
        ),
        (text(f"DELETE FROM {table} WHERE authority_id = :authority_id AND id = ANY(:ids)"),),  # noqa: S608
    )


RULES = (
    _rule("seat_appointment", "Terms on boards that are over"),
    _rule("seat_substitute", "Substitutes on boards whose time is over"),
    _rule("body_chair", "Chairs of boards whose time is over"),
)
