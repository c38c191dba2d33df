"""Work items of proposals, agreements and visits: what a school must do, and what is open at those of a consortium."""

from alongside.features.authorities import settings_of
from alongside.platform.work_items import HomePage, WorkItemQuery

WORK_ITEMS = (
    WorkItemQuery(
        HomePage.SCHOOL,
        "Answer a proposal",
        """
        SELECT n.title, other.name, p.respond_by, '/proposals/' || p.id
          FROM proposal p
          JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          JOIN school other ON other.authority_id = :authority_id
           AND other.urn = CASE WHEN p.requesting_urn = :urn THEN p.supporting_urn ELSE p.requesting_urn END
         WHERE p.authority_id = :authority_id AND p.state = 'proposed' AND p.respond_by >= :today
           AND ((p.requesting_urn = :urn AND p.requesting_accepted_at IS NULL AND NOT EXISTS (
                    SELECT FROM proposal other WHERE other.authority_id = :authority_id
                       AND other.need_id = p.need_id AND other.id <> p.id AND other.state = 'proposed'
                       AND other.respond_by >= :today AND other.requesting_accepted_at IS NULL))
                OR (p.supporting_urn = :urn AND p.supporting_accepted_at IS NULL))
        """,
    ),
    WorkItemQuery(
        HomePage.SCHOOL,
        "Compare the replies and choose one",
        """
        SELECT n.title, count(*) || ' replies', min(p.respond_by), '/needs/' || n.id || '/replies'
          FROM proposal p JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
         WHERE p.authority_id = :authority_id AND p.requesting_urn = :urn AND p.state = 'proposed'
           AND p.respond_by >= :today AND p.requesting_accepted_at IS NULL
         GROUP BY n.id, n.title HAVING count(*) > 1
        """,
    ),
    WorkItemQuery(
        HomePage.SCHOOL,
        "Release a leader",
        """
        SELECT n.title, asking.name, p.respond_by, '/proposals/' || p.id
          FROM proposal p
          JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          JOIN school asking ON asking.authority_id = :authority_id AND asking.urn = p.requesting_urn
         WHERE p.authority_id = :authority_id AND p.state = 'to_release' AND p.supporting_urn = :urn
           AND p.respond_by >= :today
        """,
    ),
    WorkItemQuery(
        HomePage.SCHOOL,
        "Write the aims and sign",
        """
        SELECT n.title, other.name, p.agreed_on, '/agreements/' || p.id
          FROM support_agreement p
          JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          JOIN school other ON other.authority_id = :authority_id
           AND other.urn = CASE WHEN p.requesting_urn = :urn THEN p.supporting_urn ELSE p.requesting_urn END
         WHERE p.authority_id = :authority_id AND p.state = 'preparing'
           AND ((p.requesting_urn = :urn AND p.requesting_signed_at IS NULL)
                OR (p.supporting_urn = :urn AND p.supporting_signed_at IS NULL))
        """,
        school_days=lambda authority_id: settings_of(authority_id).periods.agreement_due,
    ),
    WorkItemQuery(
        HomePage.SCHOOL,
        "Record a visit",
        """
        SELECT n.title, asking.name, v.record_due_on, '/agreements/' || p.id
          FROM visit v
          JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = v.agreement_id
          JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          JOIN school asking ON asking.authority_id = :authority_id AND asking.urn = p.requesting_urn
         WHERE v.authority_id = :authority_id AND v.state = 'planned' AND v.visit_on <= :today
           AND (p.requesting_urn = :urn OR p.supporting_urn = :urn)
        """,
    ),
    WorkItemQuery(
        HomePage.SCHOOL,
        "Answer the record of a visit",
        """
        SELECT n.title, other.name, v.answer_due_on, '/visits/' || v.id || '/answer'
          FROM visit v
          JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = v.agreement_id
          JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          JOIN school other ON other.authority_id = :authority_id
           AND other.urn = CASE v.recorded_side WHEN 'requesting' THEN p.requesting_urn ELSE p.supporting_urn END
         WHERE v.authority_id = :authority_id AND v.state = 'recorded' AND v.answer = 'waiting'
           AND v.answer_due_on >= :today
           AND (p.requesting_urn = :urn OR p.supporting_urn = :urn)
           AND :urn = CASE v.recorded_side WHEN 'requesting' THEN p.supporting_urn ELSE p.requesting_urn END
        """,
    ),
    WorkItemQuery(
        HomePage.SCHOOL,
        "Give your closing review",
        """
        SELECT n.title, other.name, p.ends_on, '/agreements/' || p.id
          FROM support_agreement p
          JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          JOIN school other ON other.authority_id = :authority_id
           AND other.urn = CASE WHEN p.requesting_urn = :urn THEN p.supporting_urn ELSE p.requesting_urn END
         WHERE p.authority_id = :authority_id AND p.state = 'active' AND p.ends_on <= :today
           AND (p.requesting_urn = :urn OR p.supporting_urn = :urn)
           AND NOT EXISTS (SELECT FROM review r WHERE r.authority_id = :authority_id
                            AND r.agreement_id = p.id AND r.kind = 'closing'
                            AND r.side = CASE WHEN p.requesting_urn = :urn THEN 'requesting' ELSE 'supporting' END)
        """,
        school_days=lambda authority_id: settings_of(authority_id).periods.review_due,
    ),
    WorkItemQuery(
        HomePage.CONSORTIUM_DUE,
        "Proposal without an answer",
        """
        SELECT n.title, s.name, p.respond_by, '/proposals/' || p.id
          FROM proposal p
          JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          JOIN school s ON s.authority_id = :authority_id AND s.urn = p.requesting_urn
         WHERE p.authority_id = :authority_id AND p.state IN ('proposed', 'to_release') AND p.respond_by >= :today
           AND (CAST(:urns AS integer[]) IS NULL OR p.requesting_urn = ANY(:urns) OR p.supporting_urn = ANY(:urns))
        """,
    ),
    WorkItemQuery(
        HomePage.CONSORTIUM_DUE,
        "Agreement without signatures",
        """
        SELECT n.title, s.name, p.agreed_on, '/agreements/' || p.id
          FROM support_agreement p
          JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          JOIN school s ON s.authority_id = :authority_id AND s.urn = p.requesting_urn
         WHERE p.authority_id = :authority_id AND p.state = 'preparing'
           AND (CAST(:urns AS integer[]) IS NULL OR p.requesting_urn = ANY(:urns) OR p.supporting_urn = ANY(:urns))
        """,
        school_days=lambda authority_id: settings_of(authority_id).periods.agreement_due,
    ),
    WorkItemQuery(
        HomePage.CONSORTIUM,
        "Schools differ about a visit",
        """
        SELECT (SELECT n.title FROM need n WHERE n.authority_id = :authority_id AND n.id = p.need_id),
               s.name, CAST(v.answered_at AS date), '/agreements/' || p.id || '#visits'
          FROM visit v
          JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = v.agreement_id
          JOIN school s ON s.authority_id = :authority_id AND s.urn = p.requesting_urn
         WHERE v.authority_id = :authority_id AND v.state = 'recorded' AND v.answer IN ('corrected', 'disagree')
           AND v.settled_as IS NULL
           AND (CAST(:urns AS integer[]) IS NULL OR p.requesting_urn = ANY(:urns) OR p.supporting_urn = ANY(:urns))
        """,
    ),
    WorkItemQuery(
        HomePage.CONSORTIUM_DUE,
        "Visit without a record",
        """
        SELECT (SELECT n.title FROM need n WHERE n.authority_id = :authority_id AND n.id = p.need_id),
               s.name, v.record_due_on, '/agreements/' || p.id
          FROM visit v
          JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = v.agreement_id
          JOIN school s ON s.authority_id = :authority_id AND s.urn = p.requesting_urn
         WHERE v.authority_id = :authority_id AND v.state = 'planned' AND v.record_due_on < :today
           AND (CAST(:urns AS integer[]) IS NULL OR p.requesting_urn = ANY(:urns) OR p.supporting_urn = ANY(:urns))
        """,
    ),
)
