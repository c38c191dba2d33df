"""SQL that inserts needs, offers, proposals, agreements, plans and entries of a large authority.

`$2` is the school of the personas, which gets one in eight of all rows, so that its own pages are full too.
"""

NEEDS = """
INSERT INTO need (authority_id, id, school_urn, state, title, theme, phase, wanted, success_criteria, form_of_support,
                  urgency, days, audience, visible_to_authority_from, posted_at, confirmed_on)
SELECT $1, ('00000000-0000-7000-8000-0000011' || lpad(n::text, 5, '0'))::uuid,
       CASE WHEN n % 8 = 0 THEN $2::int ELSE 700000 + 1 + n * 13 % 519 END,
       (array['open', 'open', 'proposed', 'agreed', 'in_support', 'met', 'open', 'paused', 'draft'])[1 + n % 9],
       'Help with the teaching of early reading to the children who have fallen behind, number ' || n,
       ($3::text[])[1 + n % cardinality($3)], 'primary', repeat('Our results have fallen for two years. ', 12),
       repeat('Every class is taught well. ', 8), 'coaching', ($4::text[])[1 + n % cardinality($4)], 2.5, 'everybody',
       date '2026-11-27' - 30, now() - n * interval '3 hours', date '2026-11-27' - 400
  FROM generate_series(1, 1200) n
"""

OFFERS = """
INSERT INTO offer (authority_id, id, school_urn, state, title, description, phases, leader_name, leader_is_head,
                   days_total, days_taken, engagements_max, forms_of_support, appetite, audience, visible_to_authority_from,
                   posted_at, confirmed_on)
SELECT $1, ('00000000-0000-7000-8000-0000012' || lpad(n::text, 5, '0'))::uuid,
       CASE WHEN n % 8 = 0 THEN $2::int ELSE 700000 + 1 + n * 17 % 519 END,
       (array['live', 'live', 'live', 'paused', 'exhausted', 'draft', 'live'])[1 + n % 7],
       'Two days in each half term with our leader of mathematics, number ' || n, repeat('Ten years of work. ', 20),
       array['primary'], 'Rita Reading', false, 10, n % 5, 3, array['coaching'], 'yes', 'everybody', date '2026-11-27' - 30,
       now() - n * interval '5 hours', date '2026-11-27' - 400
  FROM generate_series(1, 900) n
"""

THEMES = """
INSERT INTO offer_theme (authority_id, offer_id, theme, evidence)
SELECT $1, id, ($2::text[])[1 + (row_number() OVER (ORDER BY id) * 3 + turn) % cardinality($2)], 'Nine in ten pass.'
  FROM offer, generate_series(0, 1) turn WHERE authority_id = $1 AND id::text LIKE '%0000012_____'
"""

PROPOSALS = """
INSERT INTO proposal (authority_id, id, need_id, offer_id, requesting_urn, supporting_urn, state, days, starts_on, ends_on,
                      message, proposed_as, respond_by, proposed_at, not_again_before)
SELECT $1, ('00000000-0000-7000-8000-0000013' || lpad(n::text, 5, '0'))::uuid, e.id, o.id, e.school_urn, o.school_urn,
       (array['proposed', 'agreed', 'declined', 'to_release', 'lapsed', 'proposed'])[1 + n % 6], 2, date '2026-11-27',
       date '2026-11-27' + 60, repeat('Shall we? ', 20), 'leader', date '2026-11-27' + n % 10, now() - n * interval '2 hours',
       date '2026-11-27' + 30
  FROM generate_series(1, 1200) n
  JOIN need e ON e.authority_id = $1 AND e.id = ('00000000-0000-7000-8000-0000011' || lpad(n::text, 5, '0'))::uuid
  JOIN offer o ON o.authority_id = $1
   AND o.id = ('00000000-0000-7000-8000-0000012' || lpad((1 + n * 7 % 900)::text, 5, '0'))::uuid
 WHERE e.school_urn <> o.school_urn
"""

AGREEMENTS = """
INSERT INTO support_agreement (authority_id, id, proposal_id, need_id, offer_id, requesting_urn, supporting_urn, state, days,
                         days_used, starts_on, ends_on, agreed_at, agreed_on)
SELECT authority_id, ('00000000-0000-7000-8000-0000014' || right(id::text, 5))::uuid, id, need_id, offer_id, requesting_urn,
       supporting_urn, (array['active', 'preparing', 'closed', 'active'])[1 + right(id::text, 4)::int % 4], 2, 1,
       date '2026-11-27' - 90, date '2026-11-27' - 30, now() - interval '100 days',
       date '2026-11-27' - 100
  FROM proposal WHERE authority_id = $1 AND id::text LIKE '%0000013_____' AND right(id::text, 1)::int % 3 = 0
"""

VISITS = """
INSERT INTO visit (authority_id, agreement_id, state, visit_on, days, focus, done, record_due_on, recorded_side, answer,
                   answer_asked_on, answer_due_on, answer_reason)
SELECT authority_id, id, (array['planned', 'recorded'])[1 + turn % 2], date '2026-11-27' - turn * 7, 0.5,
       'Lessons in the lower school', repeat('We saw three lessons. ', 10), date '2026-11-27' - 5,
       (array[NULL, 'supporting'])[1 + turn % 2],
       CASE WHEN turn % 2 = 0 THEN '' ELSE (array['waiting', 'disagree', 'correct'])[1 + ascii(right(id::text, 1)) % 3] END,
       date '2026-11-27', date '2026-12-04', repeat('It was shorter. ', 10)
  FROM support_agreement, generate_series(1, 3) turn WHERE authority_id = $1
"""

PLANS = """
INSERT INTO plan_run (authority_id, id, consortium_id, state, because, weights_version, seed, limit_seconds, input_hash,
                      needs, offers, status, total, stopped_because, coverage, solve_milliseconds, ended_at)
SELECT $1, ('00000000-0000-7000-8000-0000015' || lpad(n::text, 5, '0'))::uuid,
       CASE WHEN n % 3 > 0 THEN (SELECT id FROM consortium WHERE authority_id = $1 AND key = 'north') END,
       (array['superseded', 'set_aside'])[1 + n % 2], 'fresh', 1, 1, 5, repeat('0', 64), 300, 200, 'optimal',
       20700, 'Solved to the end.', '[{"tier": 1, "needs": 300, "served": 200, "at_most": 200, "proven": true}]', 4,
       now() - n * interval '1 day'
  FROM generate_series(1, 120) n
"""

LOCATIONS = """
INSERT INTO plan_assignment (authority_id, run_id, need_id, requesting_urn, tier, offer_id, supporting_urn, score, rank, candidates,
                        days, pence, parts, why, why_nobody)
SELECT $1, r.id, e.id, e.school_urn, 1 + n % 3, o.id, o.school_urn, CASE WHEN o.id IS NOT NULL THEN 700 END, 1, 30, 2,
       70000, '{}', '{}', CASE WHEN o.id IS NULL THEN 'full' END
  FROM generate_series(1, 585) n
  JOIN need e ON e.authority_id = $1 AND e.id = ('00000000-0000-7000-8000-0000011' || lpad(n::text, 5, '0'))::uuid
  LEFT JOIN offer o ON o.authority_id = $1 AND n % 4 > 0 AND o.school_urn <> e.school_urn
   AND o.id = ('00000000-0000-7000-8000-0000012' || lpad((1 + n * 7 % 900)::text, 5, '0'))::uuid
  CROSS JOIN plan_run r
 WHERE r.authority_id = $1 AND r.id = ANY($2::uuid[])
"""

ENTRIES = """
INSERT INTO directory_entry (authority_id, id, school_urn, state, title, themes, problem, what_we_did, evidence,
                             visibility, visible_to_authority_from, verified_edition, reviewed_on, review_due_on, listed_at,
                             written_by)
SELECT $1, ('00000000-0000-7000-8000-0000016' || lpad(n::text, 5, '0'))::uuid,
       CASE WHEN n % 8 = 0 THEN $2::int ELSE 700000 + 1 + n * 19 % 519 END,
       (array['verified', 'verified', 'submitted', 'peer_check', 'review_due', 'draft', 'verified'])[1 + n % 7],
       'Reading every morning before the register is taken, and what came of it, number ' || n,
       ARRAY[($3::text[])[1 + n % cardinality($3)]], repeat('Too few children read at home. ', 10),
       repeat('We read with each child. ', 20), repeat('Nine in ten pass. ', 10),
       CASE WHEN n % 5 = 0 THEN 'public' ELSE 'authority' END, date '2026-11-27' - 10, 1, date '2026-11-27' - 300,
       date '2026-11-27' + 65 - n % 200, now() - n * interval '4 hours',
       ('00000000-0000-7000-8000-0000007' || lpad((1 + n % 519)::text, 5, '0'))::uuid
  FROM generate_series(1, 900) n
"""

PUBLIC = """
INSERT INTO public_entry
SELECT (jsonb_populate_record(NULL::public_entry, to_jsonb(e) || jsonb_build_object('school', 'A school'))).*
  FROM directory_entry e
 WHERE e.authority_id = $1 AND e.visibility = 'public' AND e.state = 'verified' AND e.id::text LIKE '%0000016_____'
"""
