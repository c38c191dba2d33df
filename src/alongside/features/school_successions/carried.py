"""Every column that refers to a school: moved to the successor, or kept with the reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Carried:
    """One column that moves to the successor.

    `condition` is SQL that selects rows (alias `row`), `other` a column with another school, which must stay different,
    `subject` the subject type in the audit log, `versioned` whether the row's version increases, `people` whether the
    column moves only together with the school's people, because it gives a role there.
    """

    table: str
    column: str
    condition: str = "true"
    other: str | None = None
    subject: str | None = None
    versioned: bool = False
    key: str = "id"
    people: bool = False


LIVE_EXCLUSION = (
    "lifted_at IS NULL AND NOT EXISTS (SELECT FROM school_exclusion e WHERE e.authority_id = row.authority_id"
    " AND e.lifted_at IS NULL AND {same})"
)

OPEN_VISIT = (
    "suggested_urn IS DISTINCT FROM :new AND (state NOT IN ('asked', 'dates_offered') OR NOT EXISTS ("
    "SELECT FROM visit_request v WHERE v.authority_id = row.authority_id AND {same}"
    " AND v.state IN ('asked', 'dates_offered')))"
)

OF_A_MOVED_RECORD = (
    "EXISTS (SELECT FROM message_thread t"
    " LEFT JOIN proposal p ON p.authority_id = t.authority_id AND p.id = t.proposal_id"
    " LEFT JOIN visit_request v ON v.authority_id = t.authority_id AND v.id = t.visit_request_id"
    " WHERE t.authority_id = row.authority_id AND t.id = row.thread_id AND row.school_urn NOT IN"
    " (coalesce(p.requesting_urn, v.requesting_urn), coalesce(p.supporting_urn, v.supporting_urn)))"
)
"""Messages move with the proposal or visit that they are about: their people remove them and need not read them."""

CARRIED = (
    Carried("need", "school_urn", other="addressed_urn", subject="need", versioned=True),
    Carried("need", "addressed_urn", other="school_urn", subject="need", versioned=True),
    Carried("offer", "school_urn", subject="offer", versioned=True),
    Carried("proposal", "requesting_urn", other="supporting_urn", subject="proposal", versioned=True),
    Carried("proposal", "supporting_urn", other="requesting_urn", subject="proposal", versioned=True),
    Carried(
        "support_agreement",
        "requesting_urn",
        other="supporting_urn",
        subject="support_agreement",
        versioned=True,
    ),
    Carried(
        "support_agreement",
        "supporting_urn",
        other="requesting_urn",
        subject="support_agreement",
        versioned=True,
    ),
    Carried(
        "visit_request",
        "requesting_urn",
        OPEN_VISIT.format(
            same="v.requesting_urn = :new AND v.supporting_urn = row.supporting_urn"
            " AND v.entry_id IS NOT DISTINCT FROM row.entry_id"
        ),
        other="supporting_urn",
        subject="visit_request",
        versioned=True,
    ),
    Carried(
        "visit_request",
        "supporting_urn",
        OPEN_VISIT.format(
            same="v.supporting_urn = :new AND v.requesting_urn = row.requesting_urn"
            " AND v.entry_id IS NOT DISTINCT FROM row.entry_id"
        ),
        other="requesting_urn",
        subject="visit_request",
        versioned=True,
    ),
    Carried("message", "school_urn", OF_A_MOVED_RECORD),
    Carried(
        "entry_adoption",
        "school_urn",
        "NOT EXISTS (SELECT FROM entry_adoption u WHERE u.authority_id = row.authority_id AND u.entry_id = row.entry_id"
        " AND u.school_urn = :new) AND NOT EXISTS (SELECT FROM directory_entry d WHERE d.authority_id ="
        " row.authority_id AND d.id = row.entry_id AND :new IN (d.school_urn, d.partner_urn))",
        subject="directory_entry",
        key="entry_id",
    ),
    Carried(
        "practice_try",
        "school_urn",
        "entry_id IS NULL OR state = 'withdrawn' OR (NOT EXISTS (SELECT FROM practice_try t WHERE t.authority_id ="
        " row.authority_id AND t.entry_id = row.entry_id AND t.school_urn = :new AND t.state <> 'withdrawn')"
        " AND NOT EXISTS (SELECT FROM directory_entry d WHERE d.authority_id = row.authority_id AND d.id = row.entry_id"
        " AND :new IN (d.school_urn, d.partner_urn)))",
        subject="practice_try",
        versioned=True,
    ),
    Carried(
        "entry_consent",
        "school_urn",
        "NOT EXISTS (SELECT FROM entry_consent c WHERE c.authority_id = row.authority_id AND c.entry_id ="
        " row.entry_id AND c.school_urn = :new)",
        subject="directory_entry",
        key="entry_id",
    ),
    Carried(
        "directory_entry",
        "school_urn",
        "checked_by_urn IS DISTINCT FROM :new",
        other="partner_urn",
        subject="directory_entry",
        versioned=True,
    ),
    Carried("directory_entry", "partner_urn", other="school_urn", subject="directory_entry", versioned=True),
    Carried(
        "school_exclusion",
        "school_urn",
        LIVE_EXCLUSION.format(same="e.school_urn = :new AND e.other_urn = row.other_urn"),
        other="other_urn",
        subject="exclusion",
    ),
    Carried(
        "school_exclusion",
        "other_urn",
        LIVE_EXCLUSION.format(same="e.other_urn = :new AND e.school_urn = row.school_urn"),
        other="school_urn",
        subject="exclusion",
    ),
    Carried("declared_interest", "school_urn", other="other_urn", subject="interest"),
    Carried(
        "declared_interest",
        "other_urn",
        "ended_at IS NULL AND NOT EXISTS (SELECT FROM declared_interest i WHERE i.authority_id = row.authority_id"
        " AND i.ended_at IS NULL AND i.person_id = row.person_id AND i.other_urn = :new)",
        other="school_urn",
        subject="interest",
    ),
    Carried(
        "school_support_suspension",
        "school_urn",
        "lifted_at IS NULL AND NOT EXISTS (SELECT FROM school_support_suspension f"
        " WHERE f.authority_id = row.authority_id"
        " AND f.lifted_at IS NULL AND f.school_urn = :new)",
        subject="fitness",
    ),
    Carried(
        "escalation",
        "school_urn",
        "state NOT IN ('closed', 'withdrawn', 'merged')",
        subject="escalation",
        versioned=True,
    ),
    Carried(
        "performance_figure",
        "school_urn",
        "superseded_by IS NULL AND NOT EXISTS (SELECT FROM performance_figure f WHERE f.authority_id ="
        " row.authority_id AND f.superseded_by IS NULL AND f.measure = row.measure"
        " AND f.academic_year = row.academic_year AND f.school_urn = :new)",
    ),
    Carried(
        "inspection_outcome",
        "school_urn",
        "NOT EXISTS (SELECT FROM inspection_outcome o WHERE o.authority_id = row.authority_id AND o.school_urn = :new"
        " AND o.inspected_on = row.inspected_on AND o.framework = row.framework AND o.area = row.area)",
    ),
    Carried(
        "watched_school",
        "school_urn",
        "NOT EXISTS (SELECT FROM watched_school w WHERE w.authority_id = row.authority_id"
        " AND w.role_assignment_id = row.role_assignment_id AND w.school_urn = :new)",
    ),
    Carried(
        "support_category",
        "school_urn",
        "state NOT IN ('superseded', 'withdrawn')",
        subject="support_category",
        versioned=True,
    ),
    Carried(
        "invitation",
        "school_urn",
        "used_at IS NULL AND withdrawn_at IS NULL",
        subject="invitation",
        people=True,
    ),
)
"""Columns that move. Memberships, roles, own days and legal holds have statements of their own (`statements.py`)."""

ELSEWHERE = {
    ("consortium_membership", "school_urn"),
    ("role_assignment", "school_urn"),
    ("school_term", "school_urn"),
    ("school_training_day", "school_urn"),
    ("legal_hold", "school_urn"),
}
"""Carried over by statements of their own, because the old row ends or stays and a new one begins."""

KEPT = {
    ("school_link", "urn"): "The register's own word.",
    (
        "school_contact",
        "urn",
    ): "The day of a contact with the old school; what moves is a contact with the new one.",
    ("register_change", "urn"): "The history of an import is append-only.",
    ("directory_entry", "checked_by_urn"): "Which school checked an entry is a fact of that day.",
    ("consultation_school", "school_urn"): "The schools that are asked are fixed when a consultation opens.",
    ("visit_request", "suggested_urn"): "Which school was suggested is a fact of that day.",
    ("plan_assignment", "requesting_urn"): "A plan is kept as it was calculated.",
    ("plan_assignment", "supporting_urn"): "A plan is kept as it was calculated.",
    ("profile", "school_urn"): "A profile is about the school as it was in that year.",
    ("seat_appointment", "school_urn"): "The term says for which school the seat was filled.",
    ("seat_substitute", "school_urn"): "It says for which school the substitute was named.",
    ("motion_subject", "school_urn"): "A motion is about the school as it was when it was written.",
    ("school_label", "school_urn"): "A label is about the school as it was on those days.",
    ("document_reading", "school_urn"): "Who read a document, and when, is a fact of that day.",
    ("school_succession", "old_urn"): "It says what was carried over from which school.",
    ("school_succession", "new_urn"): "It says what was carried over to which school.",
}
"""Columns that stay with the old school, and why."""
