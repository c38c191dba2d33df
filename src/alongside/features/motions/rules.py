"""The rules of motions that PostgreSQL keeps: transitions, the frozen text and electorate, votes, count and overruling.

Only retention deletes rows of motions (`access_policy.py`).
Sources: Schools Forums (England) Regulations 2012, regulation 8; rules X1 and X4 of the domain.
"""

from alongside.features.motions.access_policy import MANAGERS
from alongside.features.motions.models import MOVES
from alongside.platform.database.ddl import schema_rule

_PAIRS = ", ".join(f"('{start}', '{end}')" for start, end in MOVES)


def _refuse(condition: str, constraint: str, sentence: str) -> str:
    return f"""
    IF ({condition}) THEN
        RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';
    END IF;"""


_FUNCTION = "RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$"
_RULES = (
    "(body_id, remit, kind, phase, line, financial_year, how, closes_at, majority, casting_vote,"
    " overruling, referable, schools, dispensed)"
)


def _of(row: str, columns: str) -> str:
    return "(" + ", ".join(f"{row}.{one.strip()}" for one in columns.strip("()").split(",")) + ")"


_CHANGED = f"{_of('NEW', _RULES)} IS DISTINCT FROM {_of('OLD', _RULES)}"
_COUNT = "(votes_for, votes_against, abstained, closed_at)"
_RECOUNTED = f"{_of('NEW', _COUNT)} IS DISTINCT FROM {_of('OLD', _COUNT)}"
_OPENING = "(quorum_needed, opened_at)"
_REOPENED = f"{_of('NEW', _OPENING)} IS DISTINCT FROM {_of('OLD', _OPENING)}"
_COUNTED = "('carried', 'lost', 'tied', 'inquorate')"

schema_rule(
    "a_motion_is_opened_and_closed_by_its_rules",
    f"""
CREATE FUNCTION count_of_motion(of_authority integer, of_motion uuid)
RETURNS TABLE (votes_for integer, votes_against integer, abstained integer, present integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*) FILTER (WHERE v.choice = 'for')::integer, count(*) FILTER (WHERE v.choice = 'against')::integer,
           count(*) FILTER (WHERE v.choice = 'abstain')::integer,
           (SELECT count(*)::integer FROM public.motion_elector e
             WHERE e.authority_id = of_authority AND e.motion_id = of_motion AND e.present
               AND NOT EXISTS (SELECT FROM public.motion_interest i
                                WHERE i.authority_id = e.authority_id AND i.motion_id = e.motion_id
                                  AND i.seat_id = e.seat_id AND i.followed = 'withdrew' AND i.dispensed_by IS NULL))
      FROM public.vote v
     WHERE v.authority_id = of_authority AND v.motion_id = of_motion AND v.superseded_by IS NULL
$$;

CREATE FUNCTION result_of_motion(rule text, casting boolean, quorate boolean, yes integer, no integer)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN NOT quorate THEN 'inquorate'
                WHEN yes + no = 0 THEN 'lost'
                WHEN rule = 'simple' AND yes = no THEN CASE WHEN casting THEN 'tied' ELSE 'lost' END
                WHEN rule = 'simple' AND yes > no OR rule = 'two_thirds' AND 3 * yes >= 2 * (yes + no)
                  OR rule = 'three_quarters' AND 4 * yes >= 3 * (yes + no) THEN 'carried'
                ELSE 'lost' END
$$;

CREATE FUNCTION check_motion() {_FUNCTION}
DECLARE
    began text := CASE TG_OP WHEN 'UPDATE' THEN OLD.state ELSE '' END;
    counted record;
BEGIN
    IF TG_OP = 'INSERT' THEN{
        _refuse(
            "NEW.overruling AND EXISTS (SELECT FROM public.body b WHERE b.authority_id = NEW.authority_id"
            " AND b.id = NEW.body_id AND b.kind = 'forum')",
            "motion_forum_is_not_overruled",
            "nobody overrules a Schools Forum",
        )
    }
    END IF;
    IF TG_OP = 'INSERT' OR NEW.state <> OLD.state THEN{
        _refuse(f"(began, NEW.state) NOT IN ({_PAIRS})", "motion_transition", "a motion cannot go that way")
    }
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;{
        _refuse(
            f"NOT ({MANAGERS})",
            "motion_manager",
            "only the clerk and the head of service change motions",
        )
    }{
        _refuse(
            f"{_CHANGED} AND began <> 'tabled'",
            "motion_rules_frozen",
            "the rules of an open motion are frozen",
        )
    }{
        _refuse(
            "(NEW.title, NEW.text) IS DISTINCT FROM (OLD.title, OLD.text) AND (began NOT IN ('tabled', 'open')"
            " OR EXISTS (SELECT FROM public.vote v WHERE v.authority_id = NEW.authority_id AND v.motion_id = NEW.id))",
            "motion_text_frozen",
            "the text is frozen after the first vote",
        )
    }{
        _refuse(
            f"{_RECOUNTED} AND NOT (began = 'open' AND NEW.state IN {_COUNTED})",
            "motion_count_frozen",
            "the votes are counted once, when the motion closes",
        )
    }{
        _refuse(
            f"{_REOPENED} AND (began, NEW.state) IS DISTINCT FROM ('tabled', 'open')",
            "motion_quorum_frozen",
            "the quorum is set once, when the motion opens",
        )
    }
    IF NEW.state = 'open' AND began = 'tabled' THEN{
        _refuse(
            "NOT EXISTS (SELECT FROM public.motion_elector e WHERE e.authority_id = NEW.authority_id"
            " AND e.motion_id = NEW.id AND e.may_vote)",
            "motion_electorate",
            "nobody could vote",
        )
    }{
        _refuse(
            "EXISTS (SELECT FROM public.motion_elector e JOIN public.motion_subject s"
            " ON s.authority_id = e.authority_id AND s.motion_id = e.motion_id"
            " WHERE e.authority_id = NEW.authority_id AND e.motion_id = NEW.id AND e.may_vote"
            " AND s.school_urn IN (SELECT public.interests_of(e.authority_id, e.person_id, public.london_today()))"
            " AND NOT EXISTS (SELECT FROM public.motion_interest i WHERE i.authority_id = e.authority_id"
            " AND i.motion_id = e.motion_id AND i.seat_id = e.seat_id AND i.dispensed_by IS NOT NULL))",
            "motion_elector_interest",
            "an elector has an interest in the school",
        )
    }{_refuse("NEW.closes_at <= clock_timestamp()", "motion_closes_later", "it would be closed at once")}
    ELSIF began = 'open' AND NEW.state IN {_COUNTED} THEN
        SELECT * INTO counted FROM public.count_of_motion(NEW.authority_id, NEW.id);{
        _refuse(
            "(NEW.votes_for, NEW.votes_against, NEW.abstained) IS DISTINCT FROM"
            " (counted.votes_for, counted.votes_against, counted.abstained)",
            "motion_count",
            "the result is not the count of the votes",
        )
    }{
        _refuse(
            "NEW.state <> public.result_of_motion(NEW.majority, NEW.casting_vote,"
            " CASE NEW.how WHEN 'meeting' THEN counted.present"
            " ELSE counted.votes_for + counted.votes_against + counted.abstained END >= NEW.quorum_needed,"
            " counted.votes_for, counted.votes_against)",
            "motion_result",
            "the result does not follow from the votes",
        )
    }{
        _refuse(
            "NEW.closes_at > clock_timestamp() AND EXISTS (SELECT FROM public.motion_elector e"
            " WHERE e.authority_id = NEW.authority_id AND e.motion_id = NEW.id AND e.may_vote"
            " AND NOT EXISTS (SELECT FROM public.vote v WHERE v.authority_id = e.authority_id"
            " AND v.motion_id = e.motion_id AND v.seat_id = e.seat_id))",
            "motion_closes_later",
            "members can still vote",
        )
    }
    ELSIF began = 'tied' AND NEW.state <> 'tied' THEN{
        _refuse(
            "NEW.casting_choice IS DISTINCT FROM CASE NEW.state WHEN 'carried' THEN 'for' ELSE 'against' END"
            " OR NOT EXISTS (SELECT FROM public.body_chair c WHERE c.authority_id = NEW.authority_id"
            " AND c.body_id = NEW.body_id AND c.person_id = NEW.casting_by AND c.from_on <= public.london_today()"
            " AND (c.until_on IS NULL OR c.until_on > public.london_today()))",
            "motion_casting_by_chair",
            "only the chair has a casting vote",
        )
    }
    ELSIF NEW.state = 'referred' AND began <> 'referred' THEN{
        _refuse(
            "NOT NEW.referable OR NOT EXISTS (SELECT FROM public.motion_referral r"
            " WHERE r.authority_id = NEW.authority_id AND r.motion_id = NEW.id)",
            "motion_referral",
            "this motion cannot be referred",
        )
    }
    ELSIF began = 'referred' AND NEW.state <> 'referred' THEN{
        _refuse(
            "NOT EXISTS (SELECT FROM public.motion_referral r WHERE r.authority_id = NEW.authority_id"
            " AND r.motion_id = NEW.id AND r.outcome = NEW.state)",
            "motion_referral",
            "the answer is not recorded",
        )
    }
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER check_motion BEFORE INSERT OR UPDATE ON motion FOR EACH ROW EXECUTE FUNCTION check_motion();
""",  # noqa: S608 (of constants above)
)

schema_rule(
    "the_electorate_and_subjects_of_a_motion_are_frozen_when_it_opens",
    f"""
CREATE FUNCTION freeze_with_motion() {_FUNCTION}
DECLARE
    held record;
BEGIN
    SELECT m.state, m.body_id INTO held FROM public.motion m
     WHERE m.authority_id = NEW.authority_id AND m.id = NEW.motion_id FOR SHARE;{
        _refuse("held.state <> 'tabled'", "motion_electorate_frozen", "the motion has opened")
    }
    IF TG_TABLE_NAME = 'motion_elector' THEN{
        _refuse(
            "NOT EXISTS (SELECT FROM public.seat s WHERE s.authority_id = NEW.authority_id AND s.id = NEW.seat_id"
            " AND s.body_id = held.body_id AND (s.voting OR NOT NEW.may_vote))",
            "motion_elector_seat",
            "the seat has no vote on this body",
        )
    }{
        _refuse(
            "NEW.may_vote AND NOT EXISTS (SELECT FROM public.seat_appointment t"
            " WHERE t.authority_id = NEW.authority_id AND t.seat_id = NEW.seat_id AND t.person_id = NEW.person_id"
            " AND t.from_on <= public.london_today() AND (t.until_on IS NULL OR t.until_on > public.london_today())"
            " UNION ALL SELECT FROM public.seat_substitute u"
            " WHERE u.authority_id = NEW.authority_id AND u.seat_id = NEW.seat_id AND u.person_id = NEW.person_id"
            " AND u.from_on <= public.london_today() AND (u.until_on IS NULL OR u.until_on > public.london_today()))",
            "motion_elector_holder",
            "this person does not hold the seat",
        )
    }
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER freeze_with_motion BEFORE INSERT OR UPDATE ON motion_elector
    FOR EACH ROW EXECUTE FUNCTION freeze_with_motion();
CREATE TRIGGER freeze_with_motion BEFORE INSERT OR UPDATE ON motion_subject
    FOR EACH ROW EXECUTE FUNCTION freeze_with_motion();

CREATE FUNCTION check_motion_interest() {_FUNCTION}
DECLARE
    stage text;
BEGIN
    SELECT m.state INTO stage FROM public.motion m
     WHERE m.authority_id = NEW.authority_id AND m.id = NEW.motion_id FOR SHARE;{
        _refuse("stage NOT IN ('tabled', 'open')", "motion_interest_in_time", "the motion is closed")
    }{
        _refuse(
            "stage = 'open' AND TG_OP = 'UPDATE' AND NEW.dispensed_by IS DISTINCT FROM OLD.dispensed_by",
            "motion_interest_in_time",
            "a dispensation comes before the motion opens",
        )
    }{
        _refuse(
            "NEW.followed <> 'stayed' AND NEW.dispensed_by IS NULL AND EXISTS (SELECT FROM public.vote v"
            " WHERE v.authority_id = NEW.authority_id AND v.motion_id = NEW.motion_id AND v.seat_id = NEW.seat_id)",
            "motion_interest_before_vote",
            "the seat has voted",
        )
    }
    RETURN NEW;
END $$;

CREATE TRIGGER check_motion_interest BEFORE INSERT OR UPDATE ON motion_interest
    FOR EACH ROW EXECUTE FUNCTION check_motion_interest();
""",  # noqa: S608 (of constants above)
)

schema_rule(
    "only_electors_vote_while_the_motion_is_open",
    f"""
CREATE FUNCTION check_vote() {_FUNCTION}
DECLARE
    held record;
BEGIN
    SELECT m.state, m.how, m.closes_at INTO held FROM public.motion m
     WHERE m.authority_id = NEW.authority_id AND m.id = NEW.motion_id FOR SHARE;{
        _refuse(
            "held.state IS DISTINCT FROM 'open' OR held.closes_at <= clock_timestamp()",
            "vote_while_open",
            "the motion is not open",
        )
    }
    IF TG_OP = 'UPDATE' THEN{
        _refuse(
            "OLD.superseded_by IS NOT NULL OR NEW.superseded_by IS NULL OR NEW.superseded_by = NEW.id"
            " OR (to_jsonb(NEW) - 'superseded_by') IS DISTINCT FROM (to_jsonb(OLD) - 'superseded_by')",
            "vote_history",
            "a vote changes by a later one only",
        )
    }
        RETURN NEW;
    END IF;{
        _refuse(
            "NEW.superseded_by IS NOT NULL OR NOT EXISTS (SELECT FROM public.motion_elector e"
            " WHERE e.authority_id = NEW.authority_id AND e.motion_id = NEW.motion_id AND e.seat_id = NEW.seat_id"
            " AND e.may_vote AND (held.how = 'meeting' OR e.person_id = NEW.voted_by))"
            " OR EXISTS (SELECT FROM public.motion_interest i WHERE i.authority_id = NEW.authority_id"
            " AND i.motion_id = NEW.motion_id AND i.seat_id = NEW.seat_id AND i.followed <> 'stayed'"
            " AND i.dispensed_by IS NULL)",
            "vote_right",
            "this seat has no vote on this motion",
        )
    }
    NEW.voted_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER check_vote BEFORE INSERT OR UPDATE ON vote FOR EACH ROW EXECUTE FUNCTION check_vote();

CREATE FUNCTION check_superseding() {_FUNCTION}
BEGIN{
        _refuse(
            "NOT EXISTS (SELECT FROM public.vote v WHERE v.authority_id = NEW.authority_id AND v.id = NEW.superseded_by"
            " AND v.motion_id = NEW.motion_id AND v.seat_id = NEW.seat_id AND v.voted_at > NEW.voted_at)",
            "vote_history",
            "a vote changes by a later one of its seat only",
        )
    }
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER check_superseding AFTER UPDATE ON vote DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_superseding();
""",  # noqa: S608 (of constants above)
)

schema_rule(
    "the_authority_overrules_only_where_the_remit_allows_it",
    f"""
CREATE FUNCTION check_overruling() {_FUNCTION}
BEGIN{
        _refuse(
            "TG_OP <> 'INSERT'",
            "motion_overruling_kept",
            "an overruling is kept as it is",
        )
    }{
        _refuse(
            "NOT EXISTS (SELECT FROM public.motion m JOIN public.body b"
            " ON b.authority_id = m.authority_id AND b.id = m.body_id"
            " WHERE m.authority_id = NEW.authority_id AND m.id = NEW.motion_id AND m.overruling"
            " AND NOT m.referable AND b.kind <> 'forum' AND m.state IN ('carried', 'lost'))",
            "motion_overruling_allowed",
            "this decision cannot be overruled",
        )
    }
    RETURN NEW;
END $$;

CREATE TRIGGER check_overruling BEFORE INSERT OR UPDATE ON motion_overruling
    FOR EACH ROW EXECUTE FUNCTION check_overruling();

CREATE FUNCTION check_referral() {_FUNCTION}
BEGIN{
        _refuse(
            "(TG_OP = 'UPDATE' AND (OLD.outcome IS NOT NULL OR"
            " (to_jsonb(NEW) - '{outcome,outcome_on}'::text[]) IS DISTINCT FROM"
            " (to_jsonb(OLD) - '{outcome,outcome_on}'::text[])))",
            "motion_referral_kept",
            "a referral changes by its answer only",
        )
    }{
        _refuse(
            "TG_OP = 'INSERT' AND NOT EXISTS (SELECT FROM public.motion m WHERE m.authority_id = NEW.authority_id"
            " AND m.id = NEW.motion_id AND m.referable AND m.state = 'lost' AND NEW.outcome IS NULL)",
            "motion_referral",
            "this motion cannot be referred",
        )
    }
    RETURN NEW;
END $$;

CREATE TRIGGER check_referral BEFORE INSERT OR UPDATE ON motion_referral
    FOR EACH ROW EXECUTE FUNCTION check_referral();
""",  # noqa: S608 (of constants above)
)
