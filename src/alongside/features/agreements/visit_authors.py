"""The trigger by which each school writes only its own half of a visit's record.

The acting school is the signed requester (`security.requester`), so a request of one school cannot write the half of
the other, even with the condition of the app removed.
"""

# ruff: noqa: S608  (the statement is made of words of our own)

from alongside.platform.database.ddl import schema_rule

RECORD = "recorded_side, visit_on, days, focus, done, next_steps"
ANSWER = "answer, answered_by, answered_visit_on, answered_days, answered_done, answer_reason"
VIEW = "hoped_for, took_away"
SETTLEMENT = "settled_as, settled_because, settled_by"


def _differ(columns: str) -> str:
    """Return the SQL condition that some of these columns change."""
    new, old = (", ".join(f"{row}.{name}" for name in columns.split(", ")) for row in ("NEW", "OLD"))
    return f"({new}) IS DISTINCT FROM ({old})"


schema_rule(
    "each_school_writes_its_own_half_of_a_visit",
    f"""
CREATE FUNCTION visit_half_of_its_school() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    writes boolean := NEW.state = 'recorded';
    answers boolean := NEW.answer NOT IN ('', 'waiting');
    views boolean := NEW.hoped_for <> '' OR NEW.took_away <> '';
    settles boolean := NEW.settled_as IS NOT NULL;
    removes boolean := false;
    requester text[];
    side text;
    allowed boolean := true;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        writes := NEW.state = 'recorded' AND (OLD.state <> 'recorded' OR {_differ(RECORD)});
        answers := {_differ(ANSWER)};
        views := {_differ(VIEW)};
        settles := {_differ(SETTLEMENT)};
        removes := OLD.state = 'recorded' AND NEW.state <> 'recorded' AND NOT settles;
    END IF;
    IF NOT (writes OR answers OR views OR settles OR removes) THEN
        RETURN NEW;
    END IF;
    requester := security.requester();
    SELECT CASE requester[3] WHEN a.requesting_urn::text THEN 'requesting'
                             WHEN a.supporting_urn::text THEN 'supporting' END INTO side
      FROM public.support_agreement a WHERE a.authority_id = NEW.authority_id AND a.id = NEW.agreement_id;
    IF views THEN
        allowed := side IS NOT DISTINCT FROM 'requesting' AND NOT (writes OR answers OR settles OR removes);
    ELSIF settles THEN
        allowed := requester[3] = '' AND requester[1] <> 'system' AND OLD.settled_as IS NULL
                   AND OLD.answer IN ('corrected', 'disagree') AND NOT answers
                   AND ((NEW.visit_on, NEW.days) = (OLD.visit_on, OLD.days)
                        OR NEW.settled_as = 'answer'
                           AND (NEW.visit_on, NEW.days) = (OLD.answered_visit_on, OLD.answered_days));
    ELSIF removes THEN
        allowed := side IS NOT DISTINCT FROM OLD.recorded_side AND OLD.settled_as IS NULL AND NOT answers;
    ELSIF writes AND NEW.answer = 'waiting' THEN
        allowed := side IS NOT DISTINCT FROM NEW.recorded_side;
        IF TG_OP = 'UPDATE' AND OLD.state = 'recorded' THEN
            allowed := allowed AND OLD.recorded_side = NEW.recorded_side AND OLD.settled_as IS NULL;
        END IF;
    ELSIF TG_OP = 'INSERT' THEN
        allowed := false;
    ELSIF NEW.answer = 'agreed' THEN
        allowed := side IS NOT DISTINCT FROM OLD.recorded_side AND OLD.answer = 'corrected' AND OLD.settled_as IS NULL
                   AND (NEW.visit_on, NEW.days) = (OLD.answered_visit_on, OLD.answered_days);
    ELSIF NEW.answer = 'not_answered' THEN
        allowed := requester[1] = 'system' AND OLD.answer = 'waiting' AND NOT writes;
    ELSE
        allowed := OLD.answer = 'waiting' AND NEW.answer IN ('correct', 'corrected', 'disagree') AND NOT writes
                   AND side IS NOT NULL AND side <> OLD.recorded_side
                   AND OLD.answer_due_on >= public.london_today();
    END IF;
    IF allowed IS NOT TRUE THEN
        RAISE EXCEPTION 'this half of the record of visit % is not theirs to write', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'visit_half_of_its_school', TABLE = 'visit';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER visit_half_of_its_school BEFORE INSERT OR UPDATE ON visit
    FOR EACH ROW EXECUTE FUNCTION visit_half_of_its_school();
""",
)
