"""The rules of seats that PostgreSQL keeps: who may hold one, who may chair, and when a seat becomes empty.

Sources: the report on York, the constitution of the partnership (YO9, rule X2); Schools Forums (England) Regulations
2012, regulation 8 (chair).
"""

from alongside.platform.database.ddl import schema_rule

schema_rule(
    "only_people_of_its_group_hold_a_seat",
    """
CREATE FUNCTION seat_obstacle(of_authority integer, of_seat uuid, who uuid, of_urn integer, on_day date)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wanted record;
    of_school record;
BEGIN
    SELECT s.holders, s.phase, s.sector, s.from_on, s.until_on, b.constituted_on, b.ended_on INTO wanted
      FROM public.seat s
      JOIN public.body b ON b.authority_id = s.authority_id AND b.id = s.body_id
     WHERE s.authority_id = of_authority AND s.id = of_seat;
    IF on_day < wanted.from_on OR wanted.until_on <= on_day OR on_day < wanted.constituted_on
       OR wanted.ended_on <= on_day THEN
        RETURN 'seat_not_in_force';
    END IF;
    IF EXISTS (SELECT FROM public.person p
                WHERE p.authority_id = of_authority AND p.id = who AND p.left_on <= on_day) THEN
        RETURN 'seat_holder_left';
    END IF;
    IF wanted.holders IN ('headteacher', 'chair_of_governors') THEN
        SELECT g.phase, g.kind, g.status, g.type_group IN ('Academies', 'Free Schools') AS academy INTO of_school
          FROM public.school g WHERE g.authority_id = of_authority AND g.urn = of_urn;
        IF of_school.status IS NULL OR of_school.status NOT IN ('open', 'closing') OR NOT EXISTS (
            SELECT FROM public.role_assignment a
             WHERE a.authority_id = of_authority AND a.person_id = who AND a.school_urn = of_urn
               AND a.role = wanted.holders AND a.starts_on <= on_day
               AND (a.ends_on IS NULL OR a.ends_on > on_day)) THEN
            RETURN 'seat_right';
        END IF;
        IF wanted.phase = 'special' AND of_school.kind = 'mainstream'
           OR wanted.phase <> 'special' AND (of_school.kind <> 'mainstream'
              OR of_school.phase NOT IN (wanted.phase, 'middle_deemed_' || wanted.phase, 'all_through')
                 AND NOT (wanted.phase = 'primary' AND of_school.phase = 'nursery')) THEN
            RETURN 'seat_phase';
        END IF;
        IF wanted.sector IS NOT NULL AND coalesce(of_school.academy, false) <> (wanted.sector = 'academy') THEN
            RETURN 'seat_sector';
        END IF;
    ELSIF of_urn IS NOT NULL THEN
        RETURN 'seat_without_school';
    ELSIF wanted.holders = 'consortium_lead' AND NOT EXISTS (
            SELECT FROM public.role_assignment a
              JOIN public.consortium c ON c.authority_id = a.authority_id AND c.id = a.consortium_id
             WHERE a.authority_id = of_authority AND a.person_id = who
               AND a.role IN ('consortium_lead', 'consortium_deputy')
               AND (wanted.phase IS NULL OR c.phase = wanted.phase)
               AND a.starts_on <= on_day AND (a.ends_on IS NULL OR a.ends_on > on_day))
       OR wanted.holders = 'officer' AND NOT EXISTS (
            SELECT FROM public.role_assignment a
             WHERE a.authority_id = of_authority AND a.person_id = who
               AND a.role IN ('core_officer', 'head_of_service')
               AND a.starts_on <= on_day AND (a.ends_on IS NULL OR a.ends_on > on_day))
       OR wanted.holders IN ('independent', 'councillor', 'partner') AND EXISTS (
            SELECT FROM public.role_assignment a
             WHERE a.authority_id = of_authority AND a.person_id = who
               AND a.role NOT IN ('board_member', 'chair_of_governors')
               AND a.starts_on <= on_day AND (a.ends_on IS NULL OR a.ends_on > on_day)) THEN
        RETURN 'seat_right';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION check_seat_holder() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    obstacle text;
BEGIN
    obstacle := public.seat_obstacle(NEW.authority_id, NEW.seat_id, NEW.person_id, NEW.school_urn, NEW.from_on);
    IF obstacle IS NOT NULL THEN
        RAISE EXCEPTION 'the seat cannot be held: %', obstacle
            USING ERRCODE = 'check_violation', CONSTRAINT = obstacle;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER check_seat_holder BEFORE INSERT OR UPDATE OF seat_id, person_id, school_urn, from_on
    ON seat_appointment FOR EACH ROW EXECUTE FUNCTION check_seat_holder();
CREATE TRIGGER check_seat_holder BEFORE INSERT OR UPDATE OF seat_id, person_id, school_urn, from_on
    ON seat_substitute FOR EACH ROW EXECUTE FUNCTION check_seat_holder();
""",
)

schema_rule(
    "a_board_member_has_the_role_while_a_seat_is_held",
    """
CREATE FUNCTION give_board_role() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    ends date;
    held uuid;
BEGIN
    SELECT CASE WHEN bool_or(t.until_on IS NULL) THEN NULL ELSE max(t.until_on) END INTO ends
      FROM (SELECT a.until_on FROM public.seat_appointment a
             WHERE a.authority_id = NEW.authority_id AND a.person_id = NEW.person_id
               AND (a.until_on IS NULL OR a.until_on > a.from_on)
            UNION ALL
            SELECT s.until_on FROM public.seat_substitute s
             WHERE s.authority_id = NEW.authority_id AND s.person_id = NEW.person_id
               AND (s.until_on IS NULL OR s.until_on > s.from_on)
            UNION ALL
            SELECT coalesce(NEW.until_on, NEW.from_on) WHERE NEW.until_on IS NOT NULL) t;
    SELECT r.id INTO held FROM public.role_assignment r
     WHERE r.authority_id = NEW.authority_id AND r.person_id = NEW.person_id AND r.role = 'board_member'
       AND (r.ends_on IS NULL OR r.ends_on >= NEW.from_on)
     ORDER BY r.starts_on DESC, r.id LIMIT 1;
    IF held IS NULL THEN
        INSERT INTO public.role_assignment (authority_id, person_id, role, starts_on, ends_on)
        VALUES (NEW.authority_id, NEW.person_id, 'board_member', NEW.from_on, ends);
    ELSE
        UPDATE public.role_assignment r
           SET starts_on = least(r.starts_on, NEW.from_on),
               ends_on = greatest(ends, least(r.starts_on, NEW.from_on))
         WHERE r.authority_id = NEW.authority_id AND r.id = held
           AND (r.ends_on IS DISTINCT FROM ends OR r.starts_on > NEW.from_on);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER give_board_role AFTER INSERT OR UPDATE OF from_on, until_on ON seat_appointment
    FOR EACH ROW EXECUTE FUNCTION give_board_role();
CREATE TRIGGER give_board_role AFTER INSERT OR UPDATE OF from_on, until_on ON seat_substitute
    FOR EACH ROW EXECUTE FUNCTION give_board_role();
""",
)

schema_rule(
    "a_seat_becomes_empty_when_its_holder_leaves_the_office",
    """
CREATE FUNCTION empty_seats() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.seat_appointment t
       SET until_on = greatest(t.from_on, NEW.ends_on),
           ended_reason = CASE WHEN EXISTS (
               SELECT FROM public.role_assignment a
                WHERE a.authority_id = NEW.authority_id AND a.person_id = NEW.person_id AND a.role = NEW.role
                  AND a.school_urn <> NEW.school_urn AND a.starts_on = NEW.ends_on)
               THEN 'school_changed' ELSE 'left_office' END
      FROM public.seat s
     WHERE t.authority_id = NEW.authority_id AND t.person_id = NEW.person_id
       AND (t.until_on IS NULL OR t.until_on > greatest(t.from_on, NEW.ends_on))
       AND s.authority_id = t.authority_id AND s.id = t.seat_id
       AND public.seat_obstacle(t.authority_id, t.seat_id, t.person_id, t.school_urn,
                                greatest(t.from_on, NEW.ends_on)) IN ('seat_right', 'seat_holder_left');
    UPDATE public.seat_substitute t
       SET until_on = greatest(t.from_on, NEW.ends_on)
     WHERE t.authority_id = NEW.authority_id AND t.person_id = NEW.person_id
       AND (t.until_on IS NULL OR t.until_on > greatest(t.from_on, NEW.ends_on))
       AND public.seat_obstacle(t.authority_id, t.seat_id, t.person_id, t.school_urn,
                                greatest(t.from_on, NEW.ends_on)) IN ('seat_right', 'seat_holder_left');
    RETURN NULL;
END $$;

CREATE TRIGGER empty_seats AFTER UPDATE OF ends_on ON role_assignment FOR EACH ROW
    WHEN (NEW.role <> 'board_member' AND NEW.ends_on IS NOT NULL) EXECUTE FUNCTION empty_seats();

CREATE FUNCTION empty_seats_of_leaver() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.seat_appointment t SET until_on = greatest(t.from_on, NEW.left_on), ended_reason = 'left_office'
     WHERE t.authority_id = NEW.authority_id AND t.person_id = NEW.id
       AND (t.until_on IS NULL OR t.until_on > greatest(t.from_on, NEW.left_on));
    UPDATE public.seat_substitute t SET until_on = greatest(t.from_on, NEW.left_on)
     WHERE t.authority_id = NEW.authority_id AND t.person_id = NEW.id
       AND (t.until_on IS NULL OR t.until_on > greatest(t.from_on, NEW.left_on));
    RETURN NULL;
END $$;

CREATE TRIGGER empty_seats AFTER UPDATE OF left_on ON person FOR EACH ROW
    WHEN (NEW.left_on IS NOT NULL) EXECUTE FUNCTION empty_seats_of_leaver();
""",
)

schema_rule(
    "the_chair_follows_the_rule_of_the_body",
    """
CREATE FUNCTION check_body_chair() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    rule record;
BEGIN
    SELECT b.chair_rule, b.chair_never INTO rule FROM public.body b
     WHERE b.authority_id = NEW.authority_id AND b.id = NEW.body_id;
    IF rule.chair_rule = 'from_members' AND NOT EXISTS (
        SELECT FROM public.seat_appointment t
         WHERE t.authority_id = NEW.authority_id AND t.body_id = NEW.body_id AND t.person_id = NEW.person_id
           AND t.voting AND t.from_on <= NEW.from_on AND (t.until_on IS NULL OR t.until_on > NEW.from_on)) THEN
        RAISE EXCEPTION 'the chair is not a member'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'chair_is_a_member';
    ELSIF EXISTS (
        SELECT FROM public.seat_appointment t
          JOIN public.seat s ON s.authority_id = t.authority_id AND s.id = t.seat_id
         WHERE t.authority_id = NEW.authority_id AND t.body_id = NEW.body_id AND t.person_id = NEW.person_id
           AND t.from_on <= NEW.from_on AND (t.until_on IS NULL OR t.until_on > NEW.from_on)
           AND (s.holders = ANY (rule.chair_never)
                OR rule.chair_rule = 'independent' AND s.holders <> 'independent')) THEN
        RAISE EXCEPTION 'the holder of this seat cannot be the chair'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'chair_is_allowed';
    ELSIF EXISTS (
        SELECT FROM public.role_assignment a
         WHERE a.authority_id = NEW.authority_id AND a.person_id = NEW.person_id
           AND ('officer' = ANY (rule.chair_never) OR rule.chair_rule = 'independent')
           AND a.role IN ('core_officer', 'head_of_service', 'authority_administrator')
           AND a.starts_on <= NEW.from_on AND (a.ends_on IS NULL OR a.ends_on > NEW.from_on)) THEN
        RAISE EXCEPTION 'an officer cannot be the chair'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'chair_is_allowed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER check_body_chair BEFORE INSERT OR UPDATE OF person_id, from_on ON body_chair
    FOR EACH ROW EXECUTE FUNCTION check_body_chair();
""",
)

schema_rule(
    "schools_keep_the_majority_of_a_body",
    """
CREATE FUNCTION check_school_majority() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM public.body b
          JOIN public.seat s ON s.authority_id = b.authority_id AND s.body_id = b.id
         WHERE b.authority_id = NEW.authority_id AND b.id = NEW.body_id AND b.school_majority
           AND s.voting AND s.until_on IS NULL
        HAVING 2 * count(*) FILTER (
            WHERE s.holders IN ('headteacher', 'chair_of_governors', 'consortium_lead')) <= count(*)) THEN
        RAISE EXCEPTION 'schools lose the majority of seats'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'schools_have_the_majority';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER check_school_majority AFTER INSERT OR UPDATE ON seat
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_school_majority();
""",
)
