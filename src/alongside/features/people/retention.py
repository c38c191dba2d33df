"""Retention of sessions, and of people who left: their name and address are removed, what they did stays.

The audit log and the activity of an escalation keep who did what, each for its own retention period.
"""

# ruff: noqa: S608  (every statement is made of words of our own)

from sqlalchemy import text

from alongside.platform.feature import installed_features
from alongside.platform.retention import RetentionRule, expired_rows

NAMELESS = "Somebody who left"

PEOPLE_WHO_LEFT = RetentionRule(
    "people_who_left",
    "Names and addresses of people who left",
    expired_rows(
        "SELECT id FROM person WHERE authority_id = :authority_id AND left_on < :before"
        f" AND (name <> '{NAMELESS}' OR email <> '')"
        " AND NOT is_held(authority_id, :today, NULL, id)"
        " AND NOT EXISTS (SELECT FROM role_assignment a WHERE a.authority_id = :authority_id"
        "  AND a.person_id = person.id AND (a.ends_on IS NULL OR a.ends_on > :today)) ORDER BY left_on, id"
    ),
    (
        *(
            text(f"DELETE FROM {table} WHERE authority_id = :authority_id AND person_id = ANY(:ids)")
            for one in installed_features()
            for table in one.personal_tables
        ),
        text("DELETE FROM invitation WHERE authority_id = :authority_id AND used_by = ANY(:ids)"),
        text(
            f"UPDATE person SET name = '{NAMELESS}', email = '', mail_choice = 'none'"
            " WHERE authority_id = :authority_id AND id = ANY(:ids)"
        ),
    ),
    text(
        "SELECT id FROM person WHERE authority_id = :authority_id AND id = ANY(:ids) AND left_on IS NOT NULL"
        " FOR UPDATE SKIP LOCKED"
    ),
)
"""People whose last day has passed, who are not on hold and have no role again."""

RULES = (
    RetentionRule(
        "sessions",
        "Sessions that ended",
        expired_rows(
            "SELECT id FROM user_session WHERE authority_id = :authority_id"
            " AND least(ended_at, expires_at) < :before"
            " AND NOT is_held(authority_id, :today, NULL, person_id) ORDER BY expires_at, id"
        ),
        (text("DELETE FROM user_session WHERE authority_id = :authority_id AND id = ANY(:ids)"),),
    ),
    PEOPLE_WHO_LEFT,
)
