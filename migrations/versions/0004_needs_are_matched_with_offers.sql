CREATE TABLE declared_interest (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	person_id UUID NOT NULL, 
	school_urn INTEGER, 
	other_urn INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	words TEXT DEFAULT '' NOT NULL, 
	declared_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_declared_interest PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_declared_interest_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_declared_interest_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_declared_interest_authority_id_other_urn FOREIGN KEY(authority_id, other_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT ck_declared_interest_two_schools CHECK (school_urn <> other_urn), 
	CONSTRAINT ck_declared_interest_kind CHECK (kind IN ('business', 'family', 'governor', 'judged', 'other', 'worked_there')), 
	CONSTRAINT ck_declared_interest_words CHECK (char_length(words) <= 500), 
	CONSTRAINT fk_declared_interest_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_declared_interest_authority_id_other_urn ON declared_interest (authority_id, other_urn)
-- next
CREATE UNIQUE INDEX uq_declared_interest_live ON declared_interest (authority_id, person_id, other_urn) WHERE ended_at IS NULL
-- next
CREATE TABLE plan_run (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	consortium_id UUID, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	because TEXT NOT NULL, 
	starts_from_id UUID, 
	asked_by UUID, 
	asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	weights_version INTEGER NOT NULL, 
	seed INTEGER NOT NULL, 
	limit_seconds INTEGER NOT NULL, 
	attempt INTEGER DEFAULT 0 NOT NULL, 
	lease_until TIMESTAMP WITH TIME ZONE, 
	progress INTEGER DEFAULT 0 NOT NULL, 
	inputs_read_at TIMESTAMP WITH TIME ZONE, 
	input_hash TEXT, 
	needs INTEGER, 
	offers INTEGER, 
	status TEXT, 
	total BIGINT, 
	bound BIGINT, 
	gap DOUBLE PRECISION, 
	stopped_because TEXT, 
	coverage JSONB, 
	solve_milliseconds INTEGER, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	failed_because TEXT, 
	CONSTRAINT pk_plan_run PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_plan_run_authority_id_consortium_id FOREIGN KEY(authority_id, consortium_id) REFERENCES consortium (authority_id, id), 
	CONSTRAINT fk_plan_run_authority_id_asked_by FOREIGN KEY(authority_id, asked_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_plan_run_authority_id_starts_from_id FOREIGN KEY(authority_id, starts_from_id) REFERENCES plan_run (authority_id, id), 
	CONSTRAINT ck_plan_run_state CHECK (state IN ('cancelled', 'done', 'failed', 'offered', 'queued', 'running', 'sent', 'set_aside', 'superseded')), 
	CONSTRAINT ck_plan_run_because CHECK (because IN ('change', 'decline', 'fresh')), 
	CONSTRAINT ck_plan_run_status CHECK (status IN ('gap', 'greedy', 'optimal')), 
	CONSTRAINT ck_plan_run_progress CHECK (progress BETWEEN 0 AND 100), 
	CONSTRAINT ck_plan_run_worked_out CHECK (state NOT IN ('done', 'sent', 'offered') OR (input_hash IS NOT NULL AND status IS NOT NULL)), 
	CONSTRAINT ck_plan_run_failed_because CHECK ((state = 'failed') = (failed_because IS NOT NULL)), 
	CONSTRAINT fk_plan_run_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_plan_run_authority_id_consortium_id_id ON plan_run (authority_id, consortium_id, id)
-- next
CREATE UNIQUE INDEX uq_plan_run_at_work ON plan_run (authority_id, consortium_id) NULLS NOT DISTINCT WHERE state IN ('queued', 'running')
-- next
CREATE UNIQUE INDEX uq_plan_run_standing ON plan_run (authority_id, consortium_id) NULLS NOT DISTINCT WHERE state IN ('done', 'sent')
-- next
CREATE TABLE school_exclusion (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	other_urn INTEGER NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	made_by UUID NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	lifted_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_school_exclusion PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_school_exclusion_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_school_exclusion_authority_id_other_urn FOREIGN KEY(authority_id, other_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_school_exclusion_authority_id_made_by FOREIGN KEY(authority_id, made_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_school_exclusion_two_schools CHECK (school_urn <> other_urn), 
	CONSTRAINT ck_school_exclusion_reason CHECK (char_length(reason) <= 500), 
	CONSTRAINT fk_school_exclusion_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE UNIQUE INDEX uq_school_exclusion_live ON school_exclusion (authority_id, school_urn, other_urn) WHERE lifted_at IS NULL
-- next
CREATE TABLE school_unfit (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	until_on DATE, 
	set_by UUID NOT NULL, 
	set_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	lifted_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_school_unfit PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_school_unfit_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_school_unfit_authority_id_set_by FOREIGN KEY(authority_id, set_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_school_unfit_reason CHECK (char_length(reason) BETWEEN 1 AND 500), 
	CONSTRAINT fk_school_unfit_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE UNIQUE INDEX uq_school_unfit_live ON school_unfit (authority_id, school_urn) WHERE lifted_at IS NULL
-- next
CREATE TABLE plan_record (
	authority_id INTEGER NOT NULL, 
	run_id UUID NOT NULL, 
	inputs BYTEA NOT NULL, 
	outcome BYTEA, 
	kept_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_plan_record PRIMARY KEY (authority_id, run_id), 
	CONSTRAINT fk_plan_record_authority_id_run_id FOREIGN KEY(authority_id, run_id) REFERENCES plan_run (authority_id, id), 
	CONSTRAINT fk_plan_record_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE plan_wish (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	need_id UUID NOT NULL, 
	offer_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	made_by UUID NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	lifted_by UUID, 
	lifted_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_plan_wish PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_plan_wish_authority_id_need_id FOREIGN KEY(authority_id, need_id) REFERENCES need (authority_id, id), 
	CONSTRAINT fk_plan_wish_authority_id_offer_id FOREIGN KEY(authority_id, offer_id) REFERENCES offer (authority_id, id), 
	CONSTRAINT fk_plan_wish_authority_id_made_by FOREIGN KEY(authority_id, made_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_plan_wish_authority_id_lifted_by FOREIGN KEY(authority_id, lifted_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_plan_wish_kind CHECK (kind IN ('forbid', 'pin')), 
	CONSTRAINT ck_plan_wish_reason CHECK (char_length(reason) BETWEEN 1 AND 500), 
	CONSTRAINT fk_plan_wish_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE UNIQUE INDEX uq_plan_wish_of_pair ON plan_wish (authority_id, need_id, offer_id) WHERE lifted_at IS NULL
-- next
CREATE UNIQUE INDEX uq_plan_wish_one_pin ON plan_wish (authority_id, need_id) WHERE kind = 'pin' AND lifted_at IS NULL
-- next
CREATE TABLE plan_place (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	run_id UUID NOT NULL, 
	need_id UUID NOT NULL, 
	asking_urn INTEGER NOT NULL, 
	tier INTEGER NOT NULL, 
	offer_id UUID, 
	giving_urn INTEGER, 
	score INTEGER, 
	rank INTEGER, 
	candidates INTEGER NOT NULL, 
	days NUMERIC(5, 1), 
	pence BIGINT, 
	held_by TEXT, 
	parts JSONB NOT NULL, 
	why JSONB NOT NULL, 
	why_nobody TEXT, 
	proposal_id UUID, 
	not_sent_because TEXT, 
	again_id UUID, 
	replaced_on DATE, 
	CONSTRAINT pk_plan_place PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_plan_place_authority_id_run_id FOREIGN KEY(authority_id, run_id) REFERENCES plan_run (authority_id, id), 
	CONSTRAINT fk_plan_place_authority_id_need_id FOREIGN KEY(authority_id, need_id) REFERENCES need (authority_id, id), 
	CONSTRAINT fk_plan_place_authority_id_asking_urn FOREIGN KEY(authority_id, asking_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_plan_place_authority_id_offer_id FOREIGN KEY(authority_id, offer_id) REFERENCES offer (authority_id, id), 
	CONSTRAINT fk_plan_place_authority_id_giving_urn FOREIGN KEY(authority_id, giving_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_plan_place_authority_id_proposal_id FOREIGN KEY(authority_id, proposal_id) REFERENCES proposal (authority_id, id), 
	CONSTRAINT fk_plan_place_authority_id_again_id FOREIGN KEY(authority_id, again_id) REFERENCES plan_run (authority_id, id), 
	CONSTRAINT uq_plan_place_authority_id_run_id_need_id UNIQUE (authority_id, run_id, need_id), 
	CONSTRAINT ck_plan_place_tier CHECK (tier BETWEEN 1 AND 3), 
	CONSTRAINT ck_plan_place_score CHECK (score BETWEEN 0 AND 1000), 
	CONSTRAINT ck_plan_place_partner CHECK ((offer_id IS NULL) = (giving_urn IS NULL) AND (offer_id IS NULL) = (score IS NULL) AND (offer_id IS NULL OR days IS NOT NULL)), 
	CONSTRAINT ck_plan_place_two_schools CHECK (asking_urn <> giving_urn), 
	CONSTRAINT ck_plan_place_days CHECK (days > 0), 
	CONSTRAINT ck_plan_place_pence CHECK (pence >= 0), 
	CONSTRAINT ck_plan_place_held_by CHECK (held_by IN ('partnership', 'pin', 'proposal')), 
	CONSTRAINT ck_plan_place_proposal CHECK (proposal_id IS NULL OR offer_id IS NOT NULL), 
	CONSTRAINT fk_plan_place_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_plan_place_authority_id_need_id ON plan_place (authority_id, need_id)
-- next
CREATE INDEX ix_plan_place_authority_id_proposal_id ON plan_place (authority_id, proposal_id)
-- next
ALTER TABLE declared_interest ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE declared_interest FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON declared_interest AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON declared_interest FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE plan_run ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE plan_run FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON plan_run AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON plan_run FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE school_exclusion ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE school_exclusion FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON school_exclusion AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON school_exclusion FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE school_unfit ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE school_unfit FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON school_unfit AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON school_unfit FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE plan_record ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE plan_record FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON plan_record AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON plan_record FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE plan_wish ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE plan_wish FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON plan_wish AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON plan_wish FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE plan_place ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE plan_place FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON plan_place AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON plan_place FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
REVOKE ALL ON declared_interest FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON declared_interest TO alongside_app
-- next
REVOKE ALL ON plan_run FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON plan_run TO alongside_app
-- next
REVOKE ALL ON school_exclusion FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON school_exclusion TO alongside_app
-- next
REVOKE ALL ON school_unfit FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON school_unfit TO alongside_app
-- next
REVOKE ALL ON plan_record FROM PUBLIC
-- next
GRANT SELECT, INSERT ON plan_record TO alongside_app
-- next
REVOKE ALL ON plan_wish FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON plan_wish TO alongside_app
-- next
REVOKE ALL ON plan_place FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON plan_place TO alongside_app
-- next
CREATE FUNCTION announce_plan() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('alongside_mail', NEW.authority_id::text);
    RETURN NULL;
END $$;

CREATE TRIGGER announce_plan AFTER INSERT ON plan_run FOR EACH ROW
    WHEN (NEW.state = 'queued') EXECUTE FUNCTION announce_plan();
-- next
CREATE FUNCTION refuse_broken_plan() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM public.plan_place place
          JOIN public.plan_wish wish ON wish.authority_id = place.authority_id AND wish.need_id = place.need_id
         WHERE place.authority_id = NEW.authority_id AND place.run_id = NEW.id
           AND wish.lifted_at IS NULL AND wish.made_at <= NEW.inputs_read_at
           AND place.held_by IS DISTINCT FROM 'proposal'
           AND NOT EXISTS (
               SELECT FROM public.proposal said
                WHERE said.authority_id = wish.authority_id AND said.need_id = wish.need_id
                  AND said.offer_id = wish.offer_id AND said.state IN ('declined', 'lapsed')
                  AND said.proposed_at >= wish.made_at)
           AND ((wish.kind = 'pin' AND place.offer_id IS DISTINCT FROM wish.offer_id)
             OR (wish.kind = 'forbid' AND place.offer_id = wish.offer_id)))
    THEN
        RAISE EXCEPTION 'the plan breaks a pin' USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_keeps_pins';
    END IF;
    IF EXISTS (
        SELECT FROM public.plan_place place
          JOIN public.partnership held ON held.authority_id = place.authority_id AND held.need_id = place.need_id
         WHERE place.authority_id = NEW.authority_id AND place.run_id = NEW.id
           AND held.state IN ('preparing', 'active') AND held.agreed_at <= NEW.inputs_read_at
           AND place.offer_id IS DISTINCT FROM held.offer_id)
    THEN
        RAISE EXCEPTION 'the plan breaks an agreement'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_keeps_agreements';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER refuse_broken_plan AFTER UPDATE OF state ON plan_run FOR EACH ROW
    WHEN (NEW.state IN ('done', 'offered') AND OLD.state = 'running') EXECUTE FUNCTION refuse_broken_plan();
-- next
CREATE TRIGGER legal_move BEFORE INSERT OR UPDATE OF state ON plan_run FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move()
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', '', 'queued')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'done', 'sent')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'done', 'superseded')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'offered', 'done')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'offered', 'set_aside')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'offered', 'superseded')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'queued', 'cancelled')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'queued', 'running')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'running', 'cancelled')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'running', 'done')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'running', 'failed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'running', 'offered')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'running', 'running')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'running', 'set_aside')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'sent', 'sent')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('plan_run', 'sent', 'superseded')
