"""Work items of needs: what waits for a school, and what is open at the schools of a consortium."""

from alongside.features.authorities import settings_of
from alongside.platform.work_items import HomePage, WorkItemQuery

WORK_ITEMS = (
    WorkItemQuery(
        HomePage.SCHOOL,
        "Confirm a draft",
        """
        SELECT n.title, 'drafted for your school', CAST(NULL AS date), '/needs/' || n.id
          FROM need n
         WHERE n.authority_id = :authority_id AND n.school_urn = :urn AND n.state = 'to_confirm'
        """,
    ),
    WorkItemQuery(
        HomePage.SCHOOL,
        "Answer a need addressed to you",
        """
        SELECT n.title, asking.name, CAST(NULL AS date), '/needs/' || n.id
          FROM need n
          JOIN school asking ON asking.authority_id = :authority_id AND asking.urn = n.school_urn
         WHERE n.authority_id = :authority_id AND n.addressed_urn = :urn AND n.state = 'open'
        """,
    ),
    WorkItemQuery(
        HomePage.SCHOOL,
        "Say whether to show a need to the whole authority",
        """
        SELECT n.title, asked_by.name, n.wider_asked_on, '/needs/' || n.id || '/visibility'
          FROM need n
          JOIN person asked_by ON asked_by.authority_id = :authority_id AND asked_by.id = n.wider_asked_by
         WHERE n.authority_id = :authority_id AND n.school_urn = :urn AND n.state IN ('open', 'proposed')
           AND n.wider_refused_on IS NULL
           AND (n.visible_to_authority_from IS NULL OR n.visible_to_authority_from > :today)
        """,
        school_days=lambda authority_id: settings_of(authority_id).periods.respond_by,
    ),
    WorkItemQuery(
        HomePage.CONSORTIUM,
        "Need without a partner",
        """
        SELECT n.title, s.name, n.posted_at::date, '/needs/' || n.id
          FROM need n JOIN school s ON s.authority_id = :authority_id AND s.urn = n.school_urn
         WHERE n.authority_id = :authority_id
           AND (n.state = 'open' OR n.state = 'proposed' AND NOT EXISTS (
               SELECT FROM proposal p WHERE p.authority_id = :authority_id AND p.need_id = n.id
                  AND p.state IN ('proposed', 'to_release') AND p.respond_by >= :today))
           AND (CAST(:urns AS integer[]) IS NULL OR n.school_urn = ANY(:urns))
        """,
    ),
)
