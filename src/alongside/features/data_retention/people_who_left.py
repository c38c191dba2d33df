"""Retention of people who left: name and address are removed, what they did stays without a name.

The audit log and the activity of an escalation keep who did what, each for its own retention period.
"""

# ruff: noqa: S608  (every statement is made of words of our own)

from sqlalchemy import text

from alongside.features.data_retention.kind import Kind, chosen

NAMELESS = "Somebody who left"
OWN = ("identity", "saved_view", "notification", "directory_subscription", "declared_interest")
"""Tables whose rows are useful to the person only."""


def people_who_left() -> Kind:
    """The class of people whose last day has passed, who are not on hold and have no role again."""
    return Kind(
        "people_who_left",
        "Names and addresses of people who left",
        chosen(
            "SELECT id FROM person WHERE authority_id = :authority_id AND left_on < :before"
            f" AND (name <> '{NAMELESS}' OR email <> '')"
            " AND NOT is_held(authority_id, :today, NULL, id)"
            " AND NOT EXISTS (SELECT FROM role_assignment a WHERE a.authority_id = :authority_id"
            "  AND a.person_id = person.id AND (a.ends_on IS NULL OR a.ends_on > :today)) ORDER BY left_on, id"
        ),
        (
            *(
                text(f"DELETE FROM {table} WHERE authority_id = :authority_id AND person_id = ANY(:ids)")
                for table in OWN
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
