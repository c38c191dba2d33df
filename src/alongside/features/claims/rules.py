"""Rules of claims that PostgreSQL enforces: who may take which step, lines from visits only, and the ledger."""

from alongside.platform.database.ddl import schema_rule

schema_rule(
    "a_claim_is_made_by_its_school_and_decided_by_somebody_else",
    """
CREATE FUNCTION refuse_claim(said text, rule text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', said USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION check_officer_of_claim(decided claim) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    officer uuid := requesting_person();
    agreed public.support_agreement;
BEGIN
    SELECT * INTO agreed FROM public.support_agreement
     WHERE authority_id = decided.authority_id AND id = decided.agreement_id;
    IF coalesce((security.requester())[1] NOT IN ('core_officer', 'head_of_service'), true) OR officer IS NULL THEN
        PERFORM refuse_claim('only the core team decides on a claim', 'claim_decided_by_core_team');
    END IF;
    IF EXISTS (SELECT FROM interests_of(decided.authority_id, officer, (now() AT TIME ZONE 'Europe/London')::date) urn
                WHERE urn IN (agreed.requesting_urn, agreed.supporting_urn)) THEN
        PERFORM refuse_claim('the officer has an interest in one of the schools', 'claim_decided_without_interest');
    END IF;
    IF officer = decided.claimed_by THEN
        PERFORM refuse_claim('nobody decides on a claim of their own', 'claim_decided_by_another');
    END IF;
    IF decided.state = 'approved' AND EXISTS (
        SELECT FROM public.ledger_commitment c
         WHERE c.authority_id = decided.authority_id AND c.decision_id = decided.agreement_id
           AND c.person_id = officer) THEN
        PERFORM refuse_claim('who committed the money does not approve the claim', 'claim_approved_by_another');
    END IF;
END $$;

CREATE FUNCTION check_claim() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own text[] := CASE WHEN TG_OP = 'INSERT' THEN '{}'::text[] ELSE ARRAY['state', 'version'] END;
BEGIN
    IF current_user <> 'alongside_app' THEN
        RETURN NEW;  -- triggers write the sums
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NOT coalesce((security.requester())[1] = 'headteacher' AND NEW.claimed_by = requesting_person() AND EXISTS (
                SELECT FROM public.support_agreement p WHERE p.authority_id = NEW.authority_id
                   AND p.id = NEW.agreement_id AND p.supporting_urn::text = (security.requester())[3]), false) THEN
            PERFORM refuse_claim('only the headteacher of the supporting school claims', 'claim_by_supporting_school');
        END IF;
        PERFORM FROM public.support_agreement
          WHERE authority_id = NEW.authority_id AND id = NEW.agreement_id FOR NO KEY UPDATE;
        NEW.claimed_at := now();
        NEW.days := 0;
        NEW.pence := 0;
        RETURN NEW;
    END IF;
    own := own || CASE WHEN NEW.state = OLD.state THEN '{}'::text[]
                       WHEN NEW.state = 'returned' THEN '{decided_by,decided_at,returned_because}'
                       WHEN NEW.state = 'approved' THEN '{decided_by,decided_at}'
                       WHEN NEW.state = 'paid' THEN '{paid_by,paid_on,payment_reference}'
                       WHEN NEW.state = 'credited' THEN '{credited_by,credited_at,credited_because}'
                       ELSE '{}' END;
    IF NEW.state = OLD.state OR to_jsonb(NEW) - own <> to_jsonb(OLD) - own THEN
        PERFORM refuse_claim('a claim is never edited', 'claim_is_not_edited');
    END IF;
    IF NEW.state = 'withdrawn' THEN
        IF (security.requester())[3] IS DISTINCT FROM (
                SELECT supporting_urn::text FROM public.support_agreement
                 WHERE authority_id = NEW.authority_id AND id = NEW.agreement_id) THEN
            PERFORM refuse_claim('only the supporting school withdraws its claim', 'claim_by_supporting_school');
        END IF;
        RETURN NEW;
    END IF;
    PERFORM check_officer_of_claim(NEW);
    IF requesting_person() IS DISTINCT FROM (CASE NEW.state WHEN 'paid' THEN NEW.paid_by
                                             WHEN 'credited' THEN NEW.credited_by ELSE NEW.decided_by END) THEN
        PERFORM refuse_claim('the claim names another officer', 'claim_decided_by_requester');
    END IF;
    IF NEW.state = 'paid' AND NEW.paid_on > (now() AT TIME ZONE 'Europe/London')::date THEN
        PERFORM refuse_claim('a payment has no date in the future', 'claim_paid_by_today');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER check_claim BEFORE INSERT OR UPDATE ON claim FOR EACH ROW EXECUTE FUNCTION check_claim();

CREATE FUNCTION keep_claim() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (security.requester())[1] <> 'system' THEN
        PERFORM refuse_claim('only retention deletes a claim', 'claim_is_not_deleted');
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER keep_claim BEFORE DELETE ON claim FOR EACH ROW EXECUTE FUNCTION keep_claim();
""",
)

schema_rule(
    "the_lines_of_a_claim_are_confirmed_visits_within_what_is_committed",
    """
CREATE FUNCTION visit_is_confirmed(one visit) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
RETURN one.state = 'recorded' AND coalesce(one.settled_as IN ('record', 'answer'), one.answer IN ('correct', 'agreed'));

CREATE FUNCTION fill_claim_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    made public.claim;
    delivered public.visit;
    held record;
    waiting record;
BEGIN
    SELECT * INTO made FROM public.claim WHERE authority_id = NEW.authority_id AND id = NEW.claim_id;
    IF made.state IS DISTINCT FROM 'submitted' OR made.claimed_at <> now() THEN
        PERFORM refuse_claim('lines are written together with their claim', 'claim_line_with_its_claim');
    END IF;
    SELECT * INTO delivered FROM public.visit
     WHERE authority_id = NEW.authority_id AND id = NEW.visit_id AND agreement_id = made.agreement_id FOR SHARE;
    IF NOT coalesce(visit_is_confirmed(delivered), false) THEN
        PERFORM refuse_claim('only a confirmed visit of the agreement is claimed', 'claim_line_of_confirmed_visit');
    END IF;
    SELECT c.amount, fc.fund_id, fc.days, fc.pence_per_day INTO held
      FROM public.fund_commitment fc
      JOIN public.fund f ON f.authority_id = NEW.authority_id AND f.id = fc.fund_id
                        AND f.financial_year = financial_year(delivered.visit_on)
      JOIN public.ledger_commitment c ON c.authority_id = NEW.authority_id AND c.id = fc.commitment_id
     WHERE fc.authority_id = NEW.authority_id AND fc.subject_id = made.agreement_id
       AND NOT EXISTS (SELECT FROM public.ledger_resolution r
                        WHERE r.authority_id = NEW.authority_id AND r.commitment_id = c.id)
     ORDER BY c.amount DESC, c.id LIMIT 1;
    IF held.fund_id IS NULL THEN
        PERFORM refuse_claim('no fund pays for this visit', 'claim_line_has_a_fund');
    END IF;
    NEW.fund_id := held.fund_id;
    NEW.visit_on := delivered.visit_on;
    NEW.days := delivered.days;
    NEW.pence_per_day := held.pence_per_day;
    NEW.pence := floor(delivered.days * held.pence_per_day);
    NEW.counts := true;
    NEW.invoiced := false;
    SELECT coalesce(sum(l.pence), 0) AS pence, coalesce(sum(l.days), 0) AS days INTO waiting
      FROM public.claim_line l
      JOIN public.claim c ON c.authority_id = NEW.authority_id AND c.id = l.claim_id
     WHERE l.authority_id = NEW.authority_id AND c.agreement_id = made.agreement_id AND l.fund_id = NEW.fund_id
       AND l.counts AND NOT l.invoiced;
    IF waiting.pence + NEW.pence > held.amount OR waiting.days + NEW.days > held.days THEN
        PERFORM refuse_claim('the claim is above what is committed', 'claim_within_commitment');
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION fill_claim_line() FROM PUBLIC;

CREATE TRIGGER fill_claim_line BEFORE INSERT ON claim_line FOR EACH ROW EXECUTE FUNCTION fill_claim_line();

CREATE FUNCTION add_to_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.claim SET days = days + NEW.days, pence = pence + NEW.pence
     WHERE authority_id = NEW.authority_id AND id = NEW.claim_id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION add_to_claim() FROM PUBLIC;

CREATE TRIGGER add_to_claim AFTER INSERT ON claim_line FOR EACH ROW EXECUTE FUNCTION add_to_claim();

CREATE FUNCTION refuse_change_of_claimed_visit() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.claim_line l
                WHERE l.authority_id = OLD.authority_id AND l.visit_id = OLD.id AND l.counts) THEN
        PERFORM refuse_claim('the visit is on a claim', 'visit_is_on_a_claim');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_change_of_claimed_visit BEFORE UPDATE ON visit
    FOR EACH ROW WHEN ((OLD.state, OLD.days, OLD.visit_on, OLD.agreement_id)
                       IS DISTINCT FROM (NEW.state, NEW.days, NEW.visit_on, NEW.agreement_id))
    EXECUTE FUNCTION refuse_change_of_claimed_visit();
""",
)
