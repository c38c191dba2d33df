"""SQL that inserts escalations, notices, records and audit log entries of a large authority."""

CASES = """
INSERT INTO escalation (authority_id, id, school_urn, consortium_id, state, reason, wanted, urgency, raised_by, notified_at,
                        owner_id, outcome, decision, deadline_kind, clock_began_at, due_at, raised_at)
SELECT $1, ('00000000-0000-7000-8000-0000021' || lpad(n::text, 5, '0'))::uuid,
       CASE WHEN n % 8 = 0 THEN $2::int ELSE m.school_urn END, m.consortium_id,
       (array['raised', 'acknowledged', 'active', 'waiting_on_school', 'active'])[1 + n % 5], 'too_close',
       'Somebody from outside', 'soon', $3::uuid, now(), CASE WHEN n % 3 > 0 THEN $4::uuid END,
       'challenge', 'We challenge', 'review', now(), now() + (n - 100) * interval '1 day', now() - n * interval '1 hour'
  FROM (SELECT school_urn, consortium_id, row_number() OVER (ORDER BY school_urn) AS n
          FROM consortium_membership WHERE authority_id = $1 AND school_urn > 700000) m
 WHERE n <= 300
"""

OF_AN_ESCALATION = (
    "INSERT INTO escalation_task (authority_id, escalation_id, state, what, owner_id, owner_name, due_on)"
    " SELECT $1, $2::uuid, 'open', repeat('Watch two lessons ', 8), $3::uuid, 'Ola Officer', date '2026-11-27' + n - 20"
    " FROM generate_series(1, 120) n",
    "INSERT INTO escalation_criterion (authority_id, escalation_id, words)"
    " SELECT $1, $2::uuid, repeat('Reading is taught well ', 8) || n FROM generate_series(1, 40) n, (SELECT $3::uuid) u",
    "INSERT INTO escalation_visit (authority_id, escalation_id, visit_on, hours, who, focus, found, for_school, recorded_by)"
    " SELECT $1, $2::uuid, date '2026-11-27' - n, 2, 'Ola Officer', 'Reading', repeat('It is taught well. ', 100), n % 2 = 0, $3::uuid"
    " FROM generate_series(1, 60) n",
    "INSERT INTO escalation_event (authority_id, escalation_id, verb, note, for_school, person_id, person_name, role, at)"
    " SELECT $1, $2::uuid, 'reviewed the escalation', repeat('It stands well. ', 60), n % 2 = 0, $3::uuid, 'Ola Officer',"
    " 'core_officer', now() - n * interval '1 hour' FROM generate_series(1, 400) n",
    "INSERT INTO escalation_note (authority_id, escalation_id, weight, words, written_by)"
    " SELECT $1, $2::uuid, 'fact', repeat('It stands well. ', 60), $3::uuid FROM generate_series(1, 200) n",
    "INSERT INTO escalation_file (authority_id, escalation_id, name, kind, size, content, for_school, added_by)"
    " SELECT $1, $2::uuid, 'Minutes ' || n, 'txt', 5, 'Notes', n % 2 = 0, $3::uuid FROM generate_series(1, 80) n",
    "INSERT INTO escalation_reader (authority_id, escalation_id, person_id, seat, named_by)"
    " SELECT $1, $2::uuid, id, 'Member', $3::uuid FROM person WHERE authority_id = $1 AND email LIKE 'head.1%'",
    "INSERT INTO escalation_access_log (authority_id, escalation_id, person_id, role, part, read_at)"
    " SELECT $1, $2::uuid, $3::uuid, 'core_officer', 'escalation', now() - n * interval '1 minute' FROM generate_series(1, 2000) n",
    "INSERT INTO escalation_pause (authority_id, escalation_id, waiting_on, why, begun_by, since_at, until_at)"
    " SELECT $1, $2::uuid, 'school', 'Snow', $3::uuid, now() - n * interval '2 days', now() - n * interval '1 day'"
    " FROM generate_series(2, 60) n",
    "INSERT INTO statutory_step (authority_id, escalation_id, kind, taken_on, legal_basis, words, recorded_by)"
    " SELECT $1, $2::uuid, 'informal_concern', date '2026-11-27' - n, 'None', repeat('We met. ', 100), $3::uuid"
    " FROM generate_series(1, 40) n",
)
"""Rows of one long-running escalation: `$2` the escalation, `$3` the officer."""

OF_AN_AGREEMENT = (
    "INSERT INTO visit (authority_id, agreement_id, state, visit_on, days, focus, done, record_due_on, recorded_side,"
    " answer, answered_visit_on, answered_days, answered_done)"
    " SELECT $1, $2::uuid, (array['planned', 'recorded'])[1 + n % 2], date '2026-11-27' - n, 0.5, 'Lessons',"
    " repeat('We saw three lessons. ', 50), date '2026-11-27', (array[NULL, 'supporting'])[1 + n % 2],"
    " (array['', 'corrected'])[1 + n % 2], date '2026-11-26', 1, repeat('We saw two lessons. ', 50)"
    " FROM generate_series(1, 80) n",
    "INSERT INTO aim (authority_id, agreement_id, aim, measure, baseline, target)"
    " SELECT $1, $2::uuid, repeat('Read ', 30) || n, repeat('m ', 60), 'b', 't' FROM generate_series(1, 12) n",
)

OF_AN_ENTRY = (
    "INSERT INTO entry_version (authority_id, entry_id, edition, written)"
    " SELECT $1, $2::uuid, n, '{}' FROM generate_series(2, 40) n ON CONFLICT DO NOTHING",
    "INSERT INTO entry_adoption (authority_id, entry_id, school_urn, worked, notes, said_by)"
    " SELECT $1, $2::uuid, 700000 + n, (array['yes', 'partly', 'no'])[1 + n % 3], repeat('It did. ', 40),"
    " ('00000000-0000-7000-8000-0000007' || lpad(n::text, 5, '0'))::uuid FROM generate_series(1, 400) n",
)

OF_A_PERSON = (
    "INSERT INTO notification (authority_id, person_id, kind, text, path, once)"
    " SELECT $1, $2::uuid, 'proposal', repeat('A school has proposed support. ', 3) || n, '/proposals', 'large-' || n"
    " FROM generate_series(1, 400) n",
    "INSERT INTO directory_subscription (authority_id, person_id, kind, subject, name)"
    " SELECT $1, $2::uuid, 'school', (700000 + n)::text, 'School ' || n FROM generate_series(1, 120) n",
    "INSERT INTO saved_view (authority_id, person_id, name, query)"
    " SELECT $1, $2::uuid, 'View ' || n, '?quiet=y' FROM generate_series(1, 60) n",
    "INSERT INTO declared_interest (authority_id, person_id, school_urn, other_urn, kind, words)"
    " SELECT $1, $2::uuid, NULL, 700000 + n, 'governor', repeat('I was there. ', 20) FROM generate_series(1, 90) n",
    "INSERT INTO user_session (authority_id, token_hash, person_id, issuer, device, expires_at)"
    " SELECT $1, sha256(($2::uuid::text || n)::bytea), $2::uuid, 'https://stage.example', 'Phone ' || n, now() + interval '1 day'"
    " FROM generate_series(1, 80) n",
)
"""Rows of each persona: `$2` the person."""

RECORDS = (
    "INSERT INTO school_exclusion (authority_id, school_urn, other_urn, reason, made_by)"
    " SELECT $1, $2::int, 700000 + n, repeat('We tried. ', 30), $3::uuid FROM generate_series(1, 300) n",
    "INSERT INTO school_support_suspension (authority_id, school_urn, reason, set_by)"
    " SELECT $1, 700000 + n, repeat('A new head. ', 30), $3::uuid FROM generate_series(1, 200) n, (SELECT $2::int) u",
    "INSERT INTO declared_interest (authority_id, person_id, school_urn, other_urn, kind)"
    " SELECT $1, $3::uuid, 700000 + n, 700100 + n, 'family' FROM generate_series(1, 300) n, (SELECT $2::int) u",
    "INSERT INTO email_outbox (authority_id, person_id, to_address, subject, body, state, last_error)"
    " SELECT $1, $3::uuid, 'head.' || n || '@large.example', 'A proposal', 'Words', 'given_up', 'No such address'"
    " FROM generate_series(1, 400) n, (SELECT $2::int) u",
    "INSERT INTO email_outbox (authority_id, person_id, to_address, subject, body, state, sent_at)"
    " SELECT $1, $3::uuid, 'head.' || n || '@large.example', 'A proposal', repeat('Words ', 90), 'sent', now()"
    " FROM generate_series(1, 400) n, (SELECT $2::int) u",
    "INSERT INTO invitation (authority_id, token_hash, name, email, role, school_urn, invited_by, expires_at)"
    " SELECT $1, sha256(('invited' || n)::bytea), 'Invited ' || n, 'invited.' || n || '@large.example', 'delegate',"
    " $2::int, $3::uuid, now() + interval '7 days' FROM generate_series(1, 200) n",
    "INSERT INTO legal_hold (authority_id, kind, school_urn, why, placed_by)"
    " SELECT $1, 'school', 700000 + n, repeat('A claim. ', 40), $3::uuid FROM generate_series(1, 150) n, (SELECT $2::int) u",
    "INSERT INTO subject_request (authority_id, person_id, asked_by, why)"
    " SELECT $1, $3::uuid, $3::uuid, repeat('A request. ', 20) FROM generate_series(1, 150) n, (SELECT $2::int) u",
    "INSERT INTO leave_cover (authority_id, away_id, cover_id, starts_on, ends_on)"
    " SELECT $1, ('00000000-0000-7000-8000-0000007' || lpad(n::text, 5, '0'))::uuid, $3::uuid, date '2026-11-27', date '2026-11-27' + n"
    " FROM generate_series(1, 90) n, (SELECT $2::int) u",
    "INSERT INTO school_training_day (authority_id, school_urn, day)"
    " SELECT $1, $2::int, day FROM generate_series(date '2026-11-27', date '2026-11-27' + 120, '1 day') day, (SELECT $3::uuid) u"
    " WHERE extract(isodow FROM day) < 6",
    "INSERT INTO school_link (authority_id, urn, other_urn, link_type, kind)"
    " SELECT $1, $2::int, 700000 + n, 'Predecessor', 'predecessor' FROM generate_series(1, 40) n, (SELECT $3::uuid) u",
    "INSERT INTO zero_result_search (authority_id, words, seeker, slot, last_on)"
    " SELECT $1, 'words ' || n % 60, substr(sha256(n::text::bytea), 1, 16), substr(sha256(('p' || n)::bytea), 1, 16),"
    " date '2026-11-27' FROM generate_series(1, 600) n, (SELECT $2::int, $3::uuid) u",
)
"""`$2` the school of the personas, `$3` a person."""

IMPORT = (
    "INSERT INTO register_import (authority_id, id, file_name, sha256, as_at, applied_by, rows_read, rows_unreadable,"
    " changes) SELECT $1, ('00000000-0000-7000-8000-0000022' || lpad(n::text, 5, '0'))::uuid, 'edubase.csv',"
    " repeat('0', 64), date '2026-11-27' - n, 'large', 600, 0, 5 FROM generate_series(1, 90) n, (SELECT $2::int) u",
    "INSERT INTO register_change (authority_id, import_id, urn, kind, field, old, new)"
    " SELECT $1, id, $2::int, 'changed', (array['pupils', 'capacity', 'town', 'website'])[n], n::text, (n + 1)::text FROM register_import, generate_series(1, 4) n"
    " WHERE authority_id = $1",
)

AUDIT_LOG = """
INSERT INTO audit_entry (authority_id, at, person_name, role, verb, subject_kind, subject_id, schools, changes)
SELECT $1, now() - n * interval '4 minutes', 'Ola Officer', 'core_officer', 'changed', 'need', n::text,
       CASE WHEN n % 8 = 0 THEN ARRAY[$2::int] ELSE ARRAY[700000 + 1 + n * 23 % 519] END, '{}'
  FROM generate_series(1, 60000) n
"""
