"""Retention of emails that were sent or given up."""

from sqlalchemy import text

from alongside.platform.retention import RetentionRule, expired_rows

RULES = (
    RetentionRule(
        "mail",
        "Emails that were sent or could not be delivered",
        expired_rows(
            "SELECT id FROM email_outbox WHERE authority_id = :authority_id "
            "AND state IN ('sent', 'given_up', 'not_wanted')"
            " AND coalesce(sent_at, written_at) < :before"
            " AND NOT is_held(authority_id, :today, NULL, person_id) ORDER BY written_at, id"
        ),
        (text("DELETE FROM email_outbox WHERE authority_id = :authority_id AND id = ANY(:ids)"),),
    ),
)
