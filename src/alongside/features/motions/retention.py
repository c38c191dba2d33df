"""Retention of motions after they have ended, with electorate, votes and interests."""

from sqlalchemy import text

from alongside.platform.retention import RetentionRule, expired_rows

_PARTS = (
    "vote",
    "motion_interest",
    "motion_elector",
    "motion_subject",
    "motion_referral",
    "motion_overruling",
)

RULES = (
    RetentionRule(
        "motions",
        "Motions of boards",
        expired_rows(
            "SELECT id FROM motion WHERE authority_id = :authority_id AND state NOT IN ('tabled', 'open', 'tied')"
            " AND coalesce(closed_at, opened_at, tabled_at)::date < :before"
            " AND (review_on IS NULL OR review_on < :before)"
            " AND NOT is_held(authority_id, :today, NULL, tabled_by)"
            " AND NOT EXISTS (SELECT FROM unnest(schools) urn WHERE is_held(authority_id, :today, urn, NULL))"
            " AND NOT EXISTS (SELECT FROM motion_elector e WHERE e.authority_id = motion.authority_id"
            " AND e.motion_id = motion.id AND is_held(e.authority_id, :today, NULL, e.person_id))"
            " ORDER BY tabled_at, id"
        ),
        (
            *(
                text(
                    f"DELETE FROM {table} WHERE authority_id = :authority_id AND motion_id = ANY(:ids)"  # noqa: S608
                )
                for table in _PARTS
            ),
            text("DELETE FROM motion WHERE authority_id = :authority_id AND id = ANY(:ids)"),
        ),
    ),
)
