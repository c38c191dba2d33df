"""SQL that inserts the schools, consortia and people of a large authority, with invented names."""

SCHOOLS, INDEPENDENT, CONSORTIA = 519, 66, 6
"""Schools that the authority works with; independent schools; consortia in addition to the personas' two."""

LOCATIONS = """
INSERT INTO school (authority_id, urn, name, phase, type_group, kind, status, la_code, establishment_number,
                    easting, northing, pupils, town)
SELECT $1, 700000 + n,
       (array['Saint Ethelburga', 'Hollow Oak', 'Lower Tannery', 'Upper Meadow', 'Bishop''s Ferry', 'Long Acre',
              'North Brook', 'Weir Lane'])[1 + n % 8] || ' '
         || (array['Church of England Voluntary Aided', 'Community', 'Catholic', 'Free'])[1 + n % 4]
         || CASE WHEN n % 7 = 0 THEN ' Secondary' ELSE ' Primary' END || ' School ' || n,
       CASE WHEN n % 7 = 0 THEN 'secondary' ELSE 'primary' END,
       CASE WHEN n > $2::int THEN 'Independent schools' WHEN n % 2 = 0 THEN 'Academies'
            ELSE 'Local authority maintained schools' END,
       CASE WHEN n % 40 = 0 THEN 'special' ELSE 'mainstream' END, 'open', $1, 3000 + n,
       300000 + (n * 7919 % 997) * 100, 400000 + (n * 104729 % 613) * 100, 60 + n % 900, 'Tannerton'
  FROM generate_series(1, $2::int + $3::int) n
"""

GROUPS = """
INSERT INTO consortium (authority_id, id, key, name, phase)
SELECT $1, ('00000000-0000-7000-8000-00000000700' || n)::uuid, 'large' || n, 'Consortium of the valley ' || n,
       CASE WHEN n = 6 THEN 'secondary' ELSE 'primary' END
  FROM generate_series(1, $2::int) n
"""

MEMBERS = """
INSERT INTO consortium_membership (authority_id, school_urn, consortium_id, phase, starts_on)
SELECT $1, s.urn, c.id, c.phase, '2020-09-01'
  FROM (SELECT urn, CASE WHEN phase = 'secondary' THEN 'large6'
                         ELSE (array['north', 'south', 'large1', 'large2', 'large3', 'large4', 'large5'])
                              [1 + (row_number() OVER (PARTITION BY phase ORDER BY urn)) % 7] END AS key
          FROM school WHERE authority_id = $1 AND urn > 700000 AND urn <= 700000 + $2::int) s
  JOIN consortium c ON c.authority_id = $1 AND c.key = s.key
"""

PEOPLE = """
INSERT INTO person (authority_id, id, name, email)
SELECT $1, ('00000000-0000-7000-8000-0000007' || lpad(n::text, 5, '0'))::uuid,
       (array['Asha', 'Bryn', 'Carys', 'Dov', 'Esme', 'Femi', 'Grace'])[1 + n % 7] || ' Testwell-' || n,
       'head.' || n || '@large.example'
  FROM generate_series(1, $2::int) n
"""

ROLES = """
INSERT INTO role_assignment (authority_id, id, person_id, role, school_urn, starts_on)
SELECT $1, ('00000000-0000-7000-8000-0000008' || lpad(n::text, 5, '0'))::uuid,
       ('00000000-0000-7000-8000-0000007' || lpad(n::text, 5, '0'))::uuid, 'headteacher', 700000 + n, '2020-09-01'
  FROM generate_series(1, $2::int) n
"""

OFFICERS = """
INSERT INTO role_assignment (authority_id, person_id, role, school_urn, starts_on)
SELECT $1, ('00000000-0000-7000-8000-0000007' || lpad(n::text, 5, '0'))::uuid,
       CASE WHEN n <= 40 THEN 'core_officer' ELSE 'delegate' END, CASE WHEN n > 40 THEN 990001 END, '2020-09-01'
  FROM generate_series(1, 70) n
"""
"""Forty officers, and thirty delegates of a headteacher persona."""

ROLES_OF_ONE = """
INSERT INTO role_assignment (authority_id, person_id, role, school_urn, starts_on)
SELECT $1, $2::uuid, 'delegate', 700000 + n, '2020-09-01' FROM generate_series(1, 30) n
"""
"""One person with thirty roles beside their own."""
