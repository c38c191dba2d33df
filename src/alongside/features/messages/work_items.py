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
        SELECT coalesce(n.title, e.title, 'Visit to ' || asked.name), other.name, CAST(NULL AS date),
               CASE WHEN t.proposal_id IS NULL THEN '/visit-requests/' || t.visit_request_id
                    ELSE '/proposals/' || t.proposal_id END || '/messages'
          FROM message_thread t
          LEFT JOIN proposal p ON p.authority_id = :authority_id AND p.id = t.proposal_id
          LEFT JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
          LEFT JOIN visit_request v ON v.authority_id = :authority_id AND v.id = t.visit_request_id
          LEFT JOIN directory_entry e ON e.authority_id = :authority_id AND e.id = v.entry_id
          JOIN school asked ON asked.authority_id = :authority_id
           AND asked.urn = coalesce(p.supporting_urn, v.supporting_urn)
          JOIN school other ON other.authority_id = :authority_id
           AND other.urn = CASE WHEN coalesce(p.requesting_urn, v.requesting_urn) = :urn THEN asked.urn
                                ELSE coalesce(p.requesting_urn, v.requesting_urn) END
         WHERE t.authority_id = :authority_id
           AND :urn IN (coalesce(p.requesting_urn, v.requesting_urn), asked.urn)
           AND EXISTS (
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
