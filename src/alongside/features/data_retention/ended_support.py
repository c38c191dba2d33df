"""Retention of ended support: agreements with visits and reviews, then their needs and offers.

These tables have no column for their end. The retention period starts with the last audit entry about the row,
and with its dates. A row is not chosen while something else refers to it (a directory entry, an escalation, an
agreement).
"""

# ruff: noqa: S608  (every statement is made of words of our own)

from sqlalchemy import TextClause, text

from alongside.platform.retention import RetentionRule, expired_rows

QUIET = """
    NOT EXISTS (SELECT FROM audit_entry j WHERE j.authority_id = :authority_id AND j.subject_kind = '{kind}'
                 AND j.subject_id = {table}.id::text AND j.at >= :before)
"""
"""SQL condition: no audit entry since :before; {kind} is the subject kind in the audit log."""


def _quiet(table: str) -> str:
    return QUIET.format(kind=table, table=table)


def _delete(table: str, where: str) -> str:
    return f"DELETE FROM {table} WHERE authority_id = :authority_id AND {where}"


def ended_support() -> tuple[RetentionRule, ...]:
    """The classes of ended support: agreements first, because needs and offers are kept while an agreement
    refers to them.
    """
    return _agreements(), _needs(), _offers()


def _agreements() -> RetentionRule:
    of_it = "agreement_id = ANY(:ids)"
    return RetentionRule(
        "agreements",
        "Support agreements that are over, with their visits and reviews",
        expired_rows(
            "SELECT id FROM support_agreement WHERE authority_id = :authority_id AND state IN ('closed', 'ended_early')"
            f" AND ends_on < :before AND agreed_at < :before AND {_quiet('support_agreement')}"
            " AND EXISTS (SELECT FROM offer o"
            "  WHERE o.authority_id = :authority_id AND o.id = support_agreement.offer_id"
            "  AND o.state = 'ended')"
            " AND NOT EXISTS (SELECT FROM claim c WHERE c.authority_id = :authority_id"
            "  AND c.agreement_id = support_agreement.id)"
            " AND NOT EXISTS (SELECT FROM directory_entry e WHERE e.authority_id = :authority_id"
            "  AND e.agreement_id = support_agreement.id)"
            " AND NOT EXISTS (SELECT FROM escalation_attempted_support t WHERE t.authority_id = :authority_id"
            "  AND (t.agreement_id = support_agreement.id OR t.review_id IN (SELECT r.id FROM review r"
            "       WHERE r.authority_id = :authority_id AND r.agreement_id = support_agreement.id)))"
            " AND NOT is_held(authority_id, :today, requesting_urn, requesting_signed_by)"
            " AND NOT is_held(authority_id, :today, supporting_urn, supporting_signed_by)"
            " AND NOT EXISTS (SELECT FROM review r WHERE r.authority_id = :authority_id"
            "  AND r.agreement_id = support_agreement.id AND is_held(:authority_id, :today, NULL, r.given_by))"
            " AND NOT EXISTS (SELECT FROM visit v WHERE v.authority_id = :authority_id"
            "  AND v.agreement_id = support_agreement.id AND (is_held(:authority_id, :today, NULL, v.recorded_by)"
            "   OR is_held(:authority_id, :today, NULL, v.answered_by)"
            "   OR is_held(:authority_id, :today, NULL, v.hopes_by)"
            "   OR is_held(:authority_id, :today, NULL, v.settled_by)))"
            " ORDER BY ends_on, id"
        ),
        (
            text(
                _delete(
                    "review_rating",
                    "review_id IN (SELECT id FROM review WHERE authority_id = :authority_id"
                    " AND agreement_id = ANY(:ids))",
                )
            ),
            *(text(_delete(table, of_it)) for table in ("review", "visit", "amendment", "aim")),
            text(
                "UPDATE offer SET days_taken = days_taken - gone.days FROM (SELECT offer_id, sum(days_used) AS days"
                " FROM support_agreement WHERE authority_id = :authority_id AND id = ANY(:ids) GROUP BY offer_id) gone"
                " WHERE offer.authority_id = :authority_id AND offer.id = gone.offer_id"
            ),
            text("SELECT let_go_signed_agreements(:ids)"),
            text(_delete("support_agreement", "id = ANY(:ids)")),
        ),
    )


def _needs() -> RetentionRule:
    over = "('met', 'part_met', 'not_met', 'unmet', 'withdrawn')"
    return RetentionRule(
        "posts",
        "Needs that are over, with their proposals",
        expired_rows(
            f"SELECT id FROM need WHERE authority_id = :authority_id AND state IN {over}"
            f" AND created_at < :before AND coalesce(confirmed_on, '-infinity') < :before AND {_quiet('need')}"
            f" AND NOT EXISTS ({_one('support_agreement', 'need')})"
            f" AND NOT EXISTS ({_one('escalation_matching_request', 'need')})"
            f" AND NOT EXISTS ({_one('escalation_attempted_support', 'need')})"
            " AND NOT is_held(authority_id, :today, school_urn, drafted_by)"
            " AND NOT is_held(authority_id, :today, school_urn, wider_asked_by)"
            f" AND {_no_proposal_held('need')} ORDER BY created_at, id"
        ),
        (
            text(_delete("plan_assignment", "need_id = ANY(:ids)")),
            text(_delete("plan_constraint", "need_id = ANY(:ids)")),
            _delete_messages("need"),
            text(_delete("proposal", "need_id = ANY(:ids)")),
            text(_delete("need", "id = ANY(:ids)")),
        ),
        text(
            f"SELECT id FROM need WHERE authority_id = :authority_id AND id = ANY(:ids) AND state IN {over}"
            " FOR UPDATE SKIP LOCKED"
        ),
    )


def _offers() -> RetentionRule:
    return RetentionRule(
        "posts",
        "Offers that are over, with their proposals",
        expired_rows(
            "SELECT id FROM offer WHERE authority_id = :authority_id AND state = 'ended' AND created_at < :before"
            f" AND coalesce(confirmed_on, '-infinity') < :before AND {_quiet('offer')}"
            f" AND NOT EXISTS ({_one('support_agreement', 'offer')})"
            " AND NOT is_held(authority_id, :today, school_urn, posted_by)"
            f" AND {_no_proposal_held('offer')} ORDER BY created_at, id"
        ),
        (
            text(
                _delete(
                    "plan_assignment",
                    "(offer_id = ANY(:ids) OR proposal_id IN (SELECT id FROM proposal"
                    " WHERE authority_id = :authority_id AND offer_id = ANY(:ids)))",
                )
            ),
            text(_delete("plan_constraint", "offer_id = ANY(:ids)")),
            _delete_messages("offer"),
            text(_delete("proposal", "offer_id = ANY(:ids)")),
            text(_delete("offer_theme", "offer_id = ANY(:ids)")),
            text(_delete("offer", "id = ANY(:ids)")),
        ),
        text(
            "SELECT id FROM offer WHERE authority_id = :authority_id AND id = ANY(:ids) AND state = 'ended'"
            " FOR UPDATE SKIP LOCKED"
        ),
    )


def _delete_messages(post: str) -> TextClause:
    """The statement that deletes the messages about the proposals of a post."""
    proposals = f"SELECT id FROM proposal WHERE authority_id = :authority_id AND {post}_id = ANY(:ids)"
    return text(_delete("message_thread", f"proposal_id IN ({proposals})"))


def _one(table: str, post: str) -> str:
    """SQL condition: a row of this table refers to the post."""
    return f"SELECT FROM {table} x WHERE x.authority_id = :authority_id AND x.{post}_id = {post}.id"


def _no_proposal_held(post: str) -> str:
    return (
        f"NOT EXISTS ({_one('proposal', post)} AND (is_held(:authority_id, :today, x.requesting_urn, x.proposed_by)"
        " OR is_held(:authority_id, :today, x.supporting_urn, NULL)"
        " OR has_held_message(:authority_id, :today, x.id, NULL)))"
    )
