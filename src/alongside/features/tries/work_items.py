"""Work items of tries: a term later, one question to the school."""

from alongside.platform.work_items import HomePage, WorkItemQuery

WORK_ITEMS = (
    WorkItemQuery(
        HomePage.SCHOOL,
        "Say how it went",
        """
        SELECT t.line, CAST(NULL AS text), CAST(NULL AS date), '/tries/' || t.id || '/outcome'
          FROM practice_try t
         WHERE t.authority_id = :authority_id AND t.school_urn = :urn AND t.state = 'intended'
           AND t.ask_on <= :today
        """,
    ),
)
