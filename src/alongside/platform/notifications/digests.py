"""The daily digest: unread notifications since the last digest, in one email."""

from sqlalchemy import Date, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal

MOST_LINES = 25

DIGEST = text(
    f"""
    WITH carried AS (
        UPDATE notification SET in_digest = :day
          FROM person
         WHERE notification.authority_id = :authority_id AND notification.in_digest IS NULL
           AND notification.read_at IS NULL AND notification.shown_from <= now()
           AND person.authority_id = :authority_id AND person.id = notification.person_id
           AND person.mail_choice = 'daily' AND person.email <> ''
           AND (person.left_on IS NULL OR person.left_on > :day)
           AND NOT EXISTS (SELECT FROM email_outbox WHERE email_outbox.authority_id = :authority_id
                              AND email_outbox.message_id = 'digest-' || :written || '-' || person.id)
        RETURNING notification.person_id, person.email, notification.text, notification.id
    ), numbered AS (
        SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY id) AS line,
               count(*) OVER (PARTITION BY person_id) AS lines
          FROM carried
    )
    INSERT INTO email_outbox (authority_id, person_id, to_address, subject, body, path, hours, message_id)
    SELECT :authority_id, person_id, email,
           max(lines) || CASE WHEN max(lines) = 1 THEN ' notification' ELSE ' notifications' END || ' for you',
           string_agg('- ' || text, E'\\n' ORDER BY id) FILTER (WHERE line <= {MOST_LINES})
           || CASE WHEN max(lines) > {MOST_LINES} THEN E'\\n- and ' || max(lines) - {MOST_LINES} || ' more' ELSE '' END,
           '/notifications', 'waking_hours', 'digest-' || :written || '-' || person_id
      FROM numbered GROUP BY person_id, email
    """  # noqa: S608  (a number of our own)
).bindparams(bindparam("day", type_=Date), bindparam("written", type_=Text))


async def write_digests(session: AsyncSession, person: Principal) -> None:
    """Write one email to each person who chose a daily digest, with the unread notifications since the last one.

    A second call on the same day writes nothing: the id of the email is derived from the person and the day.
    """
    day = person.today
    values: dict[str, object] = {"authority_id": person.authority_id, "day": day, "written": day.isoformat()}
    await session.execute(DIGEST, values)
