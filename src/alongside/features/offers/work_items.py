"""Work items of offers: what waits for a school."""

from alongside.features.authorities import settings_of
from alongside.features.offers.confirmation import fresh_since
from alongside.platform.work_items import HomePage, WorkItemQuery

WORK_ITEMS = (
    WorkItemQuery(
        HomePage.SCHOOL,
        "Confirm your offer",
        """
        SELECT o.title, 'nobody sees it until you do', CAST(NULL AS date), '/offers/' || o.id
          FROM offer o
         WHERE o.authority_id = :authority_id AND o.school_urn = :urn AND o.appetite <> 'no'
           AND (o.state = 'paused' OR (o.state = 'live' AND o.confirmed_on < :fresh_since))
        """,
        values=lambda person, calendar: {
            "fresh_since": fresh_since(calendar, settings_of(person.authority_id), person.today)
        },
    ),
    WorkItemQuery(
        HomePage.SCHOOL,
        "Say whether you can offer this again",
        """
        SELECT o.title, 'not this year, you said', o.ask_again_on, '/offers/' || o.id
          FROM offer o
         WHERE o.authority_id = :authority_id AND o.school_urn = :urn AND o.appetite = 'no'
           AND o.state IN ('live', 'paused', 'exhausted') AND o.ask_again_on <= :today
        """,
    ),
)
