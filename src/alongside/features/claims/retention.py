"""Retention of claims after their end; the entries of the ledger stay."""

from sqlalchemy import text

from alongside.platform.retention import RetentionRule, expired_rows

PEOPLE = ("claimed_by", "decided_by", "paid_by", "credited_by")
_NOBODY_HELD = " AND ".join(f"NOT is_held(claim.authority_id, :today, NULL, {column})" for column in PEOPLE)

RULES = (
    RetentionRule(
        "claims",
        "Claims that are over",
        expired_rows(
            "SELECT claim.id FROM claim JOIN support_agreement p"  # noqa: S608  (only our own SQL is put in)
            " ON p.authority_id = :authority_id AND p.id = claim.agreement_id"
            " WHERE claim.authority_id = :authority_id AND claim.state IN ('paid', 'returned', 'withdrawn', 'credited')"
            " AND greatest(claim.claimed_at, claim.decided_at, claim.credited_at, claim.paid_on) < :before"
            " AND NOT is_held(claim.authority_id, :today, p.supporting_urn, NULL)"
            f" AND NOT is_held(claim.authority_id, :today, p.requesting_urn, NULL) AND {_NOBODY_HELD}"
            " ORDER BY claim.claimed_at, claim.id"
        ),
        (text("DELETE FROM claim WHERE authority_id = :authority_id AND id = ANY(:ids)"),),
    ),
)
