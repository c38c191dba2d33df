"""Work items of messages: threads in which the other school has written since a person last read them."""

from collections.abc import Mapping

from alongside.platform.access.principal import Principal
from alongside.platform.work_items import HomePage, WorkItemQuery


def _reader(person: Principal, _calendar: object) -> Mapping[str, object]:
    return {"reader_id": person.id}


WORK_ITEMS = (
    WorkItemQuery(
        HomePage.SCHOOL,
        "Read a message",
        """
        SELECT t.title, other.name, CAST(NULL AS date), t.path || '/messages'
          FROM (SELECT thread.id, n.title, '/proposals/' || p.id AS path,
                       CASE WHEN p.requesting_urn = :urn THEN p.supporting_urn ELSE p.requesting_urn END AS other_urn
                  FROM proposal p
                  JOIN message_thread thread ON thread.authority_id = :authority_id AND thread.proposal_id = p.id
                  JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
                 WHERE p.authority_id = :authority_id AND (p.requesting_urn = :urn OR p.supporting_urn = :urn)
                 UNION ALL
                SELECT thread.id, coalesce(e.title, 'Visit to ' || asked.name), '/visit-requests/' || v.id,
                       CASE WHEN v.requesting_urn = :urn THEN v.supporting_urn ELSE v.requesting_urn END
                  FROM visit_request v
                  JOIN message_thread thread
                    ON thread.authority_id = :authority_id AND thread.visit_request_id = v.id
                  JOIN school asked ON asked.authority_id = :authority_id AND asked.urn = v.supporting_urn
                  LEFT JOIN directory_entry e ON e.authority_id = :authority_id AND e.id = v.entry_id
                 WHERE v.authority_id = :authority_id AND (v.requesting_urn = :urn OR v.supporting_urn = :urn)
               ) t
          JOIN school other ON other.authority_id = :authority_id AND other.urn = t.other_urn
         WHERE EXISTS (
               SELECT FROM message m
                WHERE m.authority_id = :authority_id AND m.thread_id = t.id AND m.school_urn <> :urn
                  AND m.removed_at IS NULL
                  AND m.written_at > coalesce(
                      (SELECT r.read_at FROM message_reading r WHERE r.authority_id = :authority_id
                          AND r.thread_id = t.id AND r.person_id = :reader_id),
                      (SELECT reader.joined_at FROM person reader WHERE reader.authority_id = :authority_id
                          AND reader.id = :reader_id)))
        """,
        values=_reader,
    ),
)
