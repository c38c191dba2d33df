"""Retention of notices after their last day, with all their parts."""

from sqlalchemy import text

from alongside.platform.retention import RetentionRule, expired_rows

_PARTS = ("notice_reading", "notice_question", "notice_correction", "notice_file")
_PEOPLE = {"notice_reading": "person_id", "notice_question": "asked_by"}
_HELD = " ".join(
    f"AND NOT EXISTS (SELECT FROM {table} part WHERE part.authority_id = :authority_id AND part.notice_id = notice.id"
    f" AND is_held(:authority_id, :today, NULL, part.{column}))"
    for table, column in _PEOPLE.items()
)

RULES = (
    RetentionRule(
        "notices",
        "Notices after their last day",
        expired_rows(
            "SELECT id FROM notice WHERE authority_id = :authority_id AND ends_on < :before"  # noqa: S608
            f" AND NOT is_held(authority_id, :today, NULL, posted_by) {_HELD} ORDER BY ends_on, id"
        ),
        (
            *(
                text(f"DELETE FROM {table} WHERE authority_id = :authority_id AND notice_id = ANY(:ids)")  # noqa: S608
                for table in _PARTS
            ),
            text("DELETE FROM notice WHERE authority_id = :authority_id AND id = ANY(:ids)"),
        ),
    ),
)
