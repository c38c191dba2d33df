"""Retention of consultations after their last day, with questions and answers."""

from sqlalchemy import text

from alongside.platform.retention import RetentionRule, expired_rows

_PARTS = ("consultation_answer", "consultation_school", "consultation_question")
_OF_CONSULTATION = "WHERE authority_id = :authority_id AND consultation_id = ANY(:ids)"

RULES = (
    RetentionRule(
        "consultations",
        "Consultations that are over",
        expired_rows(
            "SELECT id FROM consultation WHERE authority_id = :authority_id AND state IN ('decided', 'withdrawn')"
            " AND coalesce(decided_on, closes_on, created_at::date) < :before"
            " AND NOT is_held(authority_id, :today, NULL, created_by)"
            " AND NOT EXISTS (SELECT FROM consultation_answer a WHERE a.authority_id = :authority_id"
            " AND a.consultation_id = consultation.id AND is_held(:authority_id, :today, a.school_urn, a.answered_by))"
            " ORDER BY created_at, id"
        ),
        (
            *(
                text(f"DELETE FROM {table} {_OF_CONSULTATION}")  # noqa: S608
                for table in _PARTS
            ),
            text("DELETE FROM consultation WHERE authority_id = :authority_id AND id = ANY(:ids)"),
        ),
    ),
)
