"""SQL that moves memberships, roles, school term dates and legal holds: the old row ends, a new one begins."""

from sqlalchemy import ARRAY, Boolean, Uuid, bindparam, text

from alongside.features.school_successions.carried import Carried

MEMBERSHIPS = text(
    """
    WITH ended AS (
        UPDATE consortium_membership SET ends_on = greatest(starts_on, CAST(:on AS date))
         WHERE authority_id = :authority_id AND school_urn = :old
           AND (ends_on IS NULL OR ends_on > greatest(starts_on, CAST(:on AS date)))
           AND phase = ANY (:phases)
        RETURNING consortium_id, phase, starts_on
    )
    INSERT INTO consortium_membership (authority_id, school_urn, consortium_id, phase, starts_on)
    SELECT :authority_id, :new, ended.consortium_id, ended.phase, greatest(ended.starts_on, CAST(:on AS date))
      FROM ended JOIN consortium c ON c.authority_id = :authority_id AND c.id = ended.consortium_id
     WHERE c.ended_on IS NULL AND NOT EXISTS (
           SELECT FROM consortium_membership m WHERE m.authority_id = :authority_id AND m.school_urn = :new
              AND m.phase = ended.phase AND (m.ends_on IS NULL OR m.ends_on > CAST(:on AS date)))
    RETURNING consortium_id AS id
    """
)
"""`on` is the day of the change: from that day the new school is a member and the old one is not."""

ROLES = text(
    """
    WITH held AS (
        SELECT id, person_id, role, starts_on, ends_on FROM role_assignment
         WHERE authority_id = :authority_id AND school_urn = :old
           AND (ends_on IS NULL OR ends_on > greatest(starts_on, CAST(:on AS date)))
         FOR UPDATE
    ), begun AS (
        INSERT INTO role_assignment (authority_id, person_id, role, school_urn, starts_on, ends_on)
        SELECT :authority_id, person_id, role, :new, greatest(starts_on, CAST(:on AS date)), ends_on FROM held
         WHERE role <> 'chair_of_governors'
           AND NOT EXISTS (SELECT FROM role_assignment a WHERE a.authority_id = :authority_id AND a.school_urn = :new
                              AND a.person_id = held.person_id AND a.role = held.role
                              AND (a.ends_on IS NULL OR a.ends_on > CAST(:on AS date)))
        RETURNING id, person_id, role
    ), ended AS (
        UPDATE role_assignment SET ends_on = greatest(starts_on, CAST(:on AS date))
         WHERE authority_id = :authority_id AND id IN (SELECT id FROM held)
        RETURNING id
    ), signed AS (
        UPDATE user_session s SET role_assignment_id = begun.id
          FROM held JOIN begun ON begun.person_id = held.person_id AND begun.role = held.role
         WHERE s.authority_id = :authority_id AND s.role_assignment_id = held.id AND s.ended_at IS NULL
        RETURNING s.id
    )
    SELECT id FROM begun
    """
)
"""A role that begins later keeps its start date. The chair's role ends with the school: another body governs the new
one. Sessions with the role continue, for the new school."""

OWN_DAYS = (
    text(
        """
        INSERT INTO school_training_day (authority_id, school_urn, day)
        SELECT authority_id, :new, day FROM school_training_day
         WHERE authority_id = :authority_id AND school_urn = :old AND day >= CAST(:on AS date)
        ON CONFLICT DO NOTHING
        """
    ),
    text(
        """
        INSERT INTO school_term
               (authority_id, school_urn, year, name, starts_on, ends_on, break_starts_on, break_ends_on)
        SELECT authority_id, :new, year, name, starts_on, ends_on, break_starts_on, break_ends_on FROM school_term
         WHERE authority_id = :authority_id AND school_urn = :old AND ends_on >= CAST(:on AS date)
        ON CONFLICT DO NOTHING
        """
    ),
)

HOLDS = text(
    """
    INSERT INTO legal_hold (authority_id, kind, school_urn, why, until_on, placed_by)
    SELECT h.authority_id, h.kind, :new, h.why, h.until_on, h.placed_by FROM legal_hold h
     WHERE h.authority_id = :authority_id AND h.school_urn = :old AND h.lifted_at IS NULL
       AND NOT EXISTS (SELECT FROM legal_hold o WHERE o.authority_id = :authority_id AND o.school_urn = :new
                          AND o.lifted_at IS NULL AND o.why = h.why)
    RETURNING id
    """
)
"""The hold stays on the old school, for data that was not moved, and is copied to the new one."""

END_MEMBERSHIPS = text(
    """
    UPDATE consortium_membership SET ends_on = greatest(starts_on, CAST(:on AS date))
     WHERE authority_id = :authority_id AND school_urn = :old
       AND (ends_on IS NULL OR ends_on > greatest(starts_on, CAST(:on AS date)))
    RETURNING consortium_id AS id
    """
)

END_ROLES = text(
    """
    UPDATE role_assignment SET ends_on = greatest(starts_on, CAST(:on AS date))
     WHERE authority_id = :authority_id AND school_urn = :old
       AND (ends_on IS NULL OR ends_on > greatest(starts_on, CAST(:on AS date)))
    RETURNING id
    """
)

UNTELL = text(
    """
    UPDATE escalation SET notified_at = NULL
     WHERE authority_id = :authority_id AND id = ANY (:ids) AND notified_at IS NOT NULL
       AND NOT (:people AND NOT EXISTS (
           SELECT FROM role_assignment a
            WHERE a.authority_id = :authority_id AND a.school_urn = :new AND a.role = 'headteacher'
              AND (a.ends_on IS NULL OR a.ends_on > :today)
              AND NOT EXISTS (SELECT FROM role_assignment b WHERE b.authority_id = :authority_id AND b.school_urn = :old
                                 AND b.role = 'headteacher' AND b.person_id = a.person_id)))
    RETURNING id
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("people", type_=Boolean))
"""The old school's headteacher was notified, not the new one's, who has no access until notified."""

END_INVITATIONS = text(
    """
    UPDATE invitation SET withdrawn_at = now()
     WHERE authority_id = :authority_id AND school_urn = :old AND used_at IS NULL AND withdrawn_at IS NULL
    RETURNING id
    """
)

PARTNERS = text(
    """
    SELECT DISTINCT unnest(ARRAY[requesting_urn, supporting_urn]) AS urn FROM (
        SELECT requesting_urn, supporting_urn FROM proposal
         WHERE authority_id = :authority_id AND state IN ('proposed', 'to_release')
           AND :old IN (requesting_urn, supporting_urn)
        UNION ALL
        SELECT requesting_urn, supporting_urn FROM support_agreement
         WHERE authority_id = :authority_id AND state IN ('preparing', 'active')
           AND :old IN (requesting_urn, supporting_urn)
    ) agreement
    """
)
"""The schools in live proposals or support agreements of a school, itself included."""


def move_of(one: Carried) -> str:
    """The statement that moves one column to the new school and returns the keys of the rows that moved."""
    version = ", version = row.version + 1" if one.versioned else ""
    apart = f" AND row.{one.other} IS DISTINCT FROM :new" if one.other else ""
    return (
        f"UPDATE {one.table} AS row SET {one.column} = :new{version}"  # noqa: S608  (our own constants)
        f" WHERE row.authority_id = :authority_id AND row.{one.column} = :old{apart} AND ({one.condition})"
        f" RETURNING row.{one.key} AS id"
    )
