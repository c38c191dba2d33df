"""The hard rules for pairing a need and an offer, as a PostgreSQL function that triggers call on INSERT and UPDATE.

`pair_obstacles` is the single source of these rules for manual proposals, answers, agreements and sent plans.
It reads the tables of exclusions, interests and suspended supporters, which belong to `matching`, by name.
The triggers check them for today's date in London, whatever the statement says. Source: domain.md §3 ask 6 (conflicts
are hard rules) and F3.
"""

from alongside.platform.database.ddl import schema_rule

schema_rule(
    "a_barred_pair_is_neither_proposed_nor_agreed",
    """
CREATE FUNCTION acts_for_school(of_authority integer, who uuid, of_urn integer, on_day date)
RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM public.role_assignment a
         WHERE a.authority_id = of_authority AND a.person_id = who AND a.school_urn = of_urn
           AND a.role IN ('headteacher', 'delegate')
           AND a.starts_on <= on_day AND (a.ends_on IS NULL OR a.ends_on > on_day));
END $$;

CREATE FUNCTION pair_obstacles(
    of_authority integer, of_need uuid, of_offer uuid, on_day date, begins date, made_as text, made_by uuid
) RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    asks record;
    gives record;
    found text[] := '{}';
BEGIN
    SELECT n.school_urn AS urn, n.state, s.status, s.trust_uid, s.federation_uid INTO asks
      FROM public.need n
      JOIN public.school s ON s.authority_id = n.authority_id AND s.urn = n.school_urn
     WHERE n.authority_id = of_authority AND n.id = of_need;
    SELECT o.school_urn AS urn, o.state, o.appetite, o.designation, o.designation_until, o.ends_on, s.status,
           s.trust_uid, s.federation_uid INTO gives
      FROM public.offer o
      JOIN public.school s ON s.authority_id = o.authority_id AND s.urn = o.school_urn
     WHERE o.authority_id = of_authority AND o.id = of_offer;
    IF asks.urn = gives.urn THEN
        found := found || 'same_school'::text;
    ELSIF asks.trust_uid = gives.trust_uid OR asks.federation_uid = gives.federation_uid THEN
        found := found || 'same_group'::text;
    END IF;
    IF asks.status NOT IN ('open', 'closing') THEN
        found := found || 'asking_closed'::text;
    END IF;
    IF gives.status NOT IN ('open', 'closing') THEN
        found := found || 'giving_closed'::text;
    END IF;
    IF asks.state NOT IN ('open', 'proposed') THEN
        found := found || 'need_not_open'::text;
    END IF;
    IF gives.state <> 'live' THEN
        found := found || 'offer_not_live'::text;
    END IF;
    IF gives.appetite = 'no' THEN
        found := found || 'not_this_year'::text;
    END IF;
    IF gives.designation <> '' AND gives.designation_until < on_day THEN
        found := found || 'designation_expired'::text;
    END IF;
    IF gives.ends_on < greatest(on_day, begins) THEN
        found := found || 'offer_ended'::text;
    END IF;
    IF EXISTS (
        SELECT FROM public.school_exclusion x
         WHERE x.authority_id = of_authority AND x.lifted_at IS NULL
           AND ((x.school_urn = asks.urn AND x.other_urn = gives.urn)
             OR (x.school_urn = gives.urn AND x.other_urn = asks.urn)))
    THEN
        found := found || 'excluded'::text;
    END IF;
    IF EXISTS (
        SELECT FROM public.school_support_suspension u
         WHERE u.authority_id = of_authority AND u.school_urn = gives.urn AND u.lifted_at IS NULL
           AND (u.until_on IS NULL OR u.until_on >= on_day))
    THEN
        found := found || 'unfit'::text;
    END IF;
    IF EXISTS (
        SELECT FROM public.declared_interest i
         WHERE i.authority_id = of_authority AND i.ended_at IS NULL AND i.other_urn IN (asks.urn, gives.urn)
           AND ((made_as = 'leader' AND i.person_id = made_by)
             OR i.school_urn = CASE WHEN i.other_urn = asks.urn THEN gives.urn ELSE asks.urn END
             OR public.acts_for_school(of_authority, i.person_id,
                    CASE WHEN i.other_urn = asks.urn THEN gives.urn ELSE asks.urn END, on_day)))
    THEN
        found := found || 'interest'::text;
    END IF;
    IF made_as IS NOT NULL AND EXISTS (
        SELECT FROM public.proposal p
         WHERE p.authority_id = of_authority AND p.need_id = of_need AND p.offer_id = of_offer
           AND p.state = 'declined' AND p.not_again_before > on_day
           AND p.declined_by IS DISTINCT FROM made_as)
    THEN
        found := found || 'declined'::text;
    END IF;
    RETURN found;
END $$;

CREATE FUNCTION refuse_barred_proposal() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    need_version integer;
    offer_version integer;
    found text[];
BEGIN
    SELECT content_version INTO need_version FROM public.need
     WHERE authority_id = NEW.authority_id AND id = NEW.need_id;
    SELECT content_version INTO offer_version FROM public.offer
     WHERE authority_id = NEW.authority_id AND id = NEW.offer_id;
    IF TG_OP = 'INSERT' THEN
        IF NEW.interest_reason IS NOT NULL AND NOT coalesce(
            (public.settings_in_force(NEW.authority_id) #>> '{matching,interest_may_be_set_aside}')::boolean, false)
        THEN
            NEW.interest_reason := NULL;
        END IF;
        NEW.need_content_version := need_version;
        NEW.offer_content_version := offer_version;
        found := public.pair_obstacles(NEW.authority_id, NEW.need_id, NEW.offer_id, public.london_today(),
                                       NEW.starts_on, NEW.proposed_as, NEW.proposed_by);
    ELSE
        found := public.pair_obstacles(NEW.authority_id, NEW.need_id, NEW.offer_id, public.london_today(),
                                       NEW.starts_on, NULL, NULL);
        IF NEW.need_content_version <> need_version THEN
            found := found || 'need_changed'::text;
        END IF;
        IF NEW.offer_content_version <> offer_version THEN
            found := found || 'offer_changed'::text;
        END IF;
    END IF;
    IF NEW.interest_reason IS NOT NULL THEN
        found := array_remove(found, 'interest');
    END IF;
    IF cardinality(found) > 0 THEN
        RAISE EXCEPTION 'pair_barred: %', array_to_string(found, ',')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pair_barred';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_barred_proposal BEFORE INSERT ON proposal
    FOR EACH ROW EXECUTE FUNCTION refuse_barred_proposal();

CREATE TRIGGER refuse_barred_answer BEFORE UPDATE ON proposal FOR EACH ROW
    WHEN (NEW.state IN ('to_release', 'agreed') AND NEW.state <> OLD.state
          OR NEW.state = 'proposed' AND (
              OLD.requesting_accepted_at IS NULL AND NEW.requesting_accepted_at IS NOT NULL
              OR OLD.supporting_accepted_at IS NULL AND NEW.supporting_accepted_at IS NOT NULL
              OR NEW.terms_version <> OLD.terms_version))
    EXECUTE FUNCTION refuse_barred_proposal();

CREATE FUNCTION refuse_another_pair() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a proposal keeps its pair, its proposer, the reason for setting an interest aside, and its refusal'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'proposal_keeps_its_pair';
END $$;

CREATE TRIGGER refuse_another_pair BEFORE UPDATE ON proposal FOR EACH ROW
    WHEN ((NEW.need_id, NEW.offer_id, NEW.interest_reason, NEW.proposed_as, NEW.proposed_by)
          IS DISTINCT FROM (OLD.need_id, OLD.offer_id, OLD.interest_reason, OLD.proposed_as, OLD.proposed_by)
          OR OLD.state = 'declined' AND (NEW.not_again_before, NEW.declined_by)
          IS DISTINCT FROM (OLD.not_again_before, OLD.declined_by))
    EXECUTE FUNCTION refuse_another_pair();

CREATE FUNCTION refuse_barred_agreement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    agreed record;
    found text[];
BEGIN
    SELECT * INTO agreed FROM public.proposal
     WHERE authority_id = NEW.authority_id AND id = NEW.proposal_id;
    found := public.pair_obstacles(NEW.authority_id, NEW.need_id, NEW.offer_id, public.london_today(),
                                   NEW.starts_on, NULL, NULL);
    IF agreed.interest_reason IS NOT NULL THEN
        found := array_remove(found, 'interest');
    END IF;
    IF agreed.state <> 'agreed' OR (agreed.need_id, agreed.offer_id) <> (NEW.need_id, NEW.offer_id) THEN
        found := found || 'not_agreed'::text;
    END IF;
    IF cardinality(found) > 0 THEN
        RAISE EXCEPTION 'pair_barred: %', array_to_string(found, ',')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pair_barred';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_barred_agreement BEFORE INSERT ON support_agreement
    FOR EACH ROW EXECUTE FUNCTION refuse_barred_agreement();
""",
)

schema_rule(
    "a_proposal_belongs_to_one_version_of_need_and_offer",
    """
CREATE FUNCTION count_need_versions() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.title, NEW.theme, NEW.phase, NEW.key_stage, NEW.wanted, NEW.success_criteria, NEW.form_of_support,
        NEW.days, NEW.terms, NEW.starts_on, NEW.ends_on)
       IS DISTINCT FROM
       (OLD.title, OLD.theme, OLD.phase, OLD.key_stage, OLD.wanted, OLD.success_criteria, OLD.form_of_support,
        OLD.days, OLD.terms, OLD.starts_on, OLD.ends_on)
       OR (NEW.state = 'open' AND OLD.state IN ('withdrawn', 'unmet', 'met', 'part_met', 'not_met'))
    THEN
        NEW.content_version := OLD.content_version + 1;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER count_need_versions BEFORE UPDATE ON need FOR EACH ROW EXECUTE FUNCTION count_need_versions();

CREATE FUNCTION count_offer_versions() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.title, NEW.description, NEW.phases, NEW.leader_name, NEW.leader_is_head, NEW.designation,
        NEW.forms_of_support)
       IS DISTINCT FROM
       (OLD.title, OLD.description, OLD.phases, OLD.leader_name, OLD.leader_is_head, OLD.designation,
        OLD.forms_of_support)
       OR (NEW.state = 'live' AND OLD.state = 'ended')
    THEN
        NEW.content_version := OLD.content_version + 1;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER count_offer_versions BEFORE UPDATE ON offer FOR EACH ROW EXECUTE FUNCTION count_offer_versions();

CREATE FUNCTION refuse_proposals_left_behind() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM public.proposal p
          JOIN public.need n ON n.authority_id = p.authority_id AND n.id = p.need_id
          JOIN public.offer o ON o.authority_id = p.authority_id AND o.id = p.offer_id
         WHERE p.authority_id = NEW.authority_id AND p.state IN ('proposed', 'to_release')
           AND ((TG_TABLE_NAME = 'need' AND p.need_id = NEW.id) OR (TG_TABLE_NAME = 'offer' AND p.offer_id = NEW.id))
           AND (n.state IN ('withdrawn', 'unmet', 'met', 'part_met', 'not_met') OR o.state = 'ended'
                OR n.content_version <> p.need_content_version OR o.content_version <> p.offer_content_version))
    THEN
        RAISE EXCEPTION 'a live proposal is left behind by its need or its offer'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'proposal_left_behind';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER refuse_proposals_left_behind AFTER UPDATE ON need DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state OR NEW.content_version <> OLD.content_version)
    EXECUTE FUNCTION refuse_proposals_left_behind();

CREATE CONSTRAINT TRIGGER refuse_proposals_left_behind AFTER UPDATE ON offer DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state OR NEW.content_version <> OLD.content_version)
    EXECUTE FUNCTION refuse_proposals_left_behind();
""",
)
