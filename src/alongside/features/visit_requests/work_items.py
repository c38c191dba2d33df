"""Work items of visit requests: what a school must answer, and what it can say after a visit."""

from alongside.platform.work_items import HomePage, WorkItemQuery

WORK_ITEMS = (
    WorkItemQuery(
        HomePage.SCHOOL,
        "Answer a request for a visit",
        """
        SELECT coalesce(e.title, 'Visit to your school'), asking.name, v.respond_by, '/visit-requests/' || v.id
          FROM visit_request v
          JOIN school asking ON asking.authority_id = :authority_id AND asking.urn = v.requesting_urn
          LEFT JOIN directory_entry e ON e.authority_id = :authority_id AND e.id = v.entry_id
         WHERE v.authority_id = :authority_id AND v.state = 'asked' AND v.supporting_urn = :urn
           AND v.respond_by >= :today
        """,
    ),
    WorkItemQuery(
        HomePage.SCHOOL,
        "Choose a date for a visit",
        """
        SELECT coalesce(e.title, 'Visit to ' || asked.name), asked.name, v.respond_by, '/visit-requests/' || v.id
          FROM visit_request v
          JOIN school asked ON asked.authority_id = :authority_id AND asked.urn = v.supporting_urn
          LEFT JOIN directory_entry e ON e.authority_id = :authority_id AND e.id = v.entry_id
         WHERE v.authority_id = :authority_id AND v.state = 'dates_offered' AND v.requesting_urn = :urn
           AND v.respond_by >= :today
        """,
    ),
    WorkItemQuery(
        HomePage.SCHOOL,
        "Say whether a visit took place",
        """
        SELECT coalesce(e.title, 'Visit to ' || asked.name), other.name, v.visit_on, '/visit-requests/' || v.id
          FROM visit_request v
          JOIN school asked ON asked.authority_id = :authority_id AND asked.urn = v.supporting_urn
          JOIN school other ON other.authority_id = :authority_id
           AND other.urn = CASE WHEN v.requesting_urn = :urn THEN v.supporting_urn ELSE v.requesting_urn END
          LEFT JOIN directory_entry e ON e.authority_id = :authority_id AND e.id = v.entry_id
         WHERE v.authority_id = :authority_id AND v.state = 'agreed' AND v.visit_on <= :today
           AND (v.requesting_urn = :urn OR v.supporting_urn = :urn)
        """,
    ),
)
