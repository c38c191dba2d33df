CREATE FUNCTION fence.asker() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    claim text := current_setting('alongside.asker', true);
    part text[];
    pad record;
BEGIN
    IF claim IS NULL OR claim = '' THEN
        RAISE EXCEPTION 'nobody is set as asking in this transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    part := string_to_array(claim, '.');
    IF array_length(part, 1) = 9 AND part[1] = 'a1' THEN
        FOR pad IN SELECT inner_pad, outer_pad FROM fence.key LOOP
            IF encode(sha256(pad.outer_pad || sha256(pad.inner_pad
                      || convert_to(array_to_string(part[1:8], '.'), 'UTF8'))), 'hex') = part[9] THEN
                IF part[3]::bigint < extract(epoch FROM now()) THEN
                    RAISE EXCEPTION 'who asks in this transaction has expired'
                        USING ERRCODE = 'insufficient_privilege';
                END IF;
                IF part[2]::integer <> fence.authority_id() THEN
                    RAISE EXCEPTION 'who asks in this transaction is of another authority'
                        USING ERRCODE = 'insufficient_privilege';
                END IF;
                RETURN part[4:8];
            END IF;
        END LOOP;
    END IF;
    RAISE EXCEPTION 'who asks in this transaction is not signed by us' USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION fence.asker() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fence.asker() TO alongside_app;
-- next
CREATE TABLE journal_start (
	authority_id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	seal BYTEA NOT NULL, 
	let_go_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_journal_start PRIMARY KEY (authority_id), 
	CONSTRAINT fk_journal_start_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE escalation (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	consortium_id UUID NOT NULL, 
	handling_consortium_id UUID, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	reason TEXT NOT NULL, 
	reason_words TEXT DEFAULT '' NOT NULL, 
	tried TEXT DEFAULT '' NOT NULL, 
	wanted TEXT NOT NULL, 
	urgency TEXT NOT NULL, 
	return_when TEXT DEFAULT '' NOT NULL, 
	suggested_since_on DATE, 
	raised_by UUID NOT NULL, 
	raised_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	told_at TIMESTAMP WITH TIME ZONE, 
	owner_id UUID, 
	stage TEXT, 
	stage_began_at TIMESTAMP WITH TIME ZONE, 
	due_at TIMESTAMP WITH TIME ZONE, 
	outcome TEXT, 
	decision TEXT DEFAULT '' NOT NULL, 
	provider TEXT DEFAULT '' NOT NULL, 
	provider_pence INTEGER, 
	fund TEXT DEFAULT '' NOT NULL, 
	named_support TEXT DEFAULT '' NOT NULL, 
	hours NUMERIC(6, 1) DEFAULT 0 NOT NULL, 
	plan TEXT DEFAULT '' NOT NULL, 
	result TEXT, 
	outcome_words TEXT DEFAULT '' NOT NULL, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	merged_into UUID, 
	CONSTRAINT pk_escalation PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_escalation_authority_id_consortium_id FOREIGN KEY(authority_id, consortium_id) REFERENCES consortium (authority_id, id), 
	CONSTRAINT fk_escalation_authority_id_handling_consortium_id FOREIGN KEY(authority_id, handling_consortium_id) REFERENCES consortium (authority_id, id), 
	CONSTRAINT fk_escalation_authority_id_raised_by FOREIGN KEY(authority_id, raised_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_escalation_authority_id_owner_id FOREIGN KEY(authority_id, owner_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_escalation_authority_id_merged_into FOREIGN KEY(authority_id, merged_into) REFERENCES escalation (authority_id, id), 
	CONSTRAINT ck_escalation_state CHECK (state IN ('acknowledged', 'active', 'closed', 'merged', 'raised', 'returning', 'stepped_up', 'triaged', 'waiting_on_consortium', 'waiting_on_provider', 'waiting_on_school', 'withdrawn')), 
	CONSTRAINT ck_escalation_outcome CHECK (outcome IN ('challenge', 'other_consortium', 'procured', 'returned', 'statutory')), 
	CONSTRAINT ck_escalation_result CHECK (result IN ('better', 'not_better', 'not_needed', 'partly')), 
	CONSTRAINT ck_escalation_stage CHECK (stage IN ('acknowledge', 'decide', 'plan', 'review')), 
	CONSTRAINT ck_escalation_decided CHECK (NOT state IN ('active', 'returning', 'stepped_up', 'triaged', 'waiting_on_consortium', 'waiting_on_provider', 'waiting_on_school') OR outcome IS NOT NULL), 
	CONSTRAINT ck_escalation_procured CHECK (outcome <> 'procured' OR (provider <> '' AND provider_pence IS NOT NULL AND fund <> '')), 
	CONSTRAINT ck_escalation_named_support CHECK (outcome <> 'returned' OR named_support <> ''), 
	CONSTRAINT ck_escalation_handed_on CHECK (outcome <> 'other_consortium' OR handling_consortium_id IS NOT NULL), 
	CONSTRAINT ck_escalation_another_consortium CHECK (handling_consortium_id <> consortium_id), 
	CONSTRAINT ck_escalation_decided_in_writing CHECK (outcome IS NULL OR decision <> ''), 
	CONSTRAINT ck_escalation_ended_in_writing CHECK (state <> 'closed' OR (outcome_words <> '' AND result IS NOT NULL)), 
	CONSTRAINT ck_escalation_merged CHECK ((state = 'merged') = (merged_into IS NOT NULL)), 
	CONSTRAINT ck_escalation_not_into_itself CHECK (merged_into <> id), 
	CONSTRAINT ck_escalation_amounts CHECK (provider_pence >= 0 AND hours >= 0 AND hours <= 2000), 
	CONSTRAINT ck_escalation_length CHECK (char_length(reason_words) <= 1000 AND char_length(tried) <= 2000 AND char_length(wanted) <= 2000 AND char_length(return_when) <= 2000 AND char_length(decision) <= 4000 AND char_length(plan) <= 4000 AND char_length(outcome_words) <= 4000), 
	CONSTRAINT ck_escalation_wanted CHECK (wanted <> ''), 
	CONSTRAINT fk_escalation_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_escalation_authority_id_consortium_id ON escalation (authority_id, consortium_id)
-- next
CREATE INDEX ix_escalation_authority_id_handling_consortium_id ON escalation (authority_id, handling_consortium_id)
-- next
CREATE INDEX ix_escalation_authority_id_owner_id ON escalation (authority_id, owner_id)
-- next
CREATE INDEX ix_escalation_authority_id_school_urn_state ON escalation (authority_id, school_urn, state)
-- next
CREATE INDEX ix_escalation_authority_id_state_due_at ON escalation (authority_id, state, due_at)
-- next
CREATE TABLE escalation_cover (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	away_id UUID NOT NULL, 
	cover_id UUID NOT NULL, 
	starts_on DATE NOT NULL, 
	ends_on DATE NOT NULL, 
	arranged_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_cover PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_cover_authority_id_away_id FOREIGN KEY(authority_id, away_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_escalation_cover_authority_id_cover_id FOREIGN KEY(authority_id, cover_id) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_cover_ends_after_start CHECK (ends_on >= starts_on), 
	CONSTRAINT ck_escalation_cover_somebody_else CHECK (away_id <> cover_id), 
	CONSTRAINT ex_escalation_cover_one_at_a_time EXCLUDE USING gist (authority_id WITH =, away_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&), 
	CONSTRAINT fk_escalation_cover_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE legal_hold (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	kind TEXT NOT NULL, 
	school_urn INTEGER, 
	person_id UUID, 
	why TEXT NOT NULL, 
	until_on DATE, 
	placed_by UUID NOT NULL, 
	placed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	lifted_by UUID, 
	lifted_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_legal_hold PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_legal_hold_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_legal_hold_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_legal_hold_authority_id_placed_by FOREIGN KEY(authority_id, placed_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_legal_hold_authority_id_lifted_by FOREIGN KEY(authority_id, lifted_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_legal_hold_kind CHECK (kind IN ('authority', 'person', 'school')), 
	CONSTRAINT ck_legal_hold_school CHECK ((kind = 'school') = (school_urn IS NOT NULL)), 
	CONSTRAINT ck_legal_hold_person CHECK ((kind = 'person') = (person_id IS NOT NULL)), 
	CONSTRAINT ck_legal_hold_why CHECK (char_length(why) BETWEEN 1 AND 1000), 
	CONSTRAINT ck_legal_hold_lifted_by_somebody CHECK ((lifted_at IS NULL) = (lifted_by IS NULL)), 
	CONSTRAINT fk_legal_hold_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_legal_hold_standing ON legal_hold (authority_id) WHERE lifted_at IS NULL
-- next
CREATE TABLE school_term (
	authority_id INTEGER NOT NULL, 
	school_urn INTEGER NOT NULL, 
	year TEXT NOT NULL, 
	name TEXT NOT NULL, 
	starts_on DATE NOT NULL, 
	ends_on DATE NOT NULL, 
	break_starts_on DATE NOT NULL, 
	break_ends_on DATE NOT NULL, 
	CONSTRAINT pk_school_term PRIMARY KEY (authority_id, school_urn, year, name), 
	CONSTRAINT fk_school_term_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT ck_school_term_name CHECK (name IN ('autumn', 'spring', 'summer')), 
	CONSTRAINT ck_school_term_year CHECK (year ~ '^20[0-9][0-9]-[0-9][0-9]$'), 
	CONSTRAINT ck_school_term_in_order CHECK (starts_on <= break_starts_on AND break_starts_on <= break_ends_on AND break_ends_on <= ends_on), 
	CONSTRAINT ex_school_term_one_at_a_time EXCLUDE USING gist (authority_id WITH =, school_urn WITH =, daterange(starts_on, ends_on, '[]') WITH &&), 
	CONSTRAINT fk_school_term_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE school_training_day (
	authority_id INTEGER NOT NULL, 
	school_urn INTEGER NOT NULL, 
	day DATE NOT NULL, 
	CONSTRAINT pk_school_training_day PRIMARY KEY (authority_id, school_urn, day), 
	CONSTRAINT fk_school_training_day_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT ck_school_training_day_weekday CHECK (extract(isodow FROM day) < 6), 
	CONSTRAINT fk_school_training_day_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE subject_request (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	person_id UUID NOT NULL, 
	asked_by UUID NOT NULL, 
	why TEXT NOT NULL, 
	asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_subject_request PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_subject_request_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_subject_request_authority_id_asked_by FOREIGN KEY(authority_id, asked_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_subject_request_why CHECK (char_length(why) BETWEEN 1 AND 1000), 
	CONSTRAINT fk_subject_request_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_subject_request_authority_id_asked_at ON subject_request (authority_id, asked_at)
-- next
CREATE TABLE escalation_criterion (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	words TEXT NOT NULL, 
	met_on DATE, 
	met_by UUID, 
	evidence TEXT DEFAULT '' NOT NULL, 
	dropped_at TIMESTAMP WITH TIME ZONE, 
	agreed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_criterion PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_criterion_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_criterion_authority_id_met_by FOREIGN KEY(authority_id, met_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_criterion_words CHECK (char_length(words) BETWEEN 1 AND 400), 
	CONSTRAINT ck_escalation_criterion_met_by_somebody CHECK ((met_on IS NULL) = (met_by IS NULL)), 
	CONSTRAINT ck_escalation_criterion_length CHECK (char_length(evidence) <= 1000), 
	CONSTRAINT fk_escalation_criterion_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_escalation_criterion_authority_id_case_id ON escalation_criterion (authority_id, case_id)
-- next
CREATE TABLE escalation_event (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	verb TEXT NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	for_school BOOLEAN DEFAULT true NOT NULL, 
	person_id UUID, 
	person_name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_event PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_event_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT ck_escalation_event_length CHECK (char_length(note) <= 4000), 
	CONSTRAINT fk_escalation_event_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_escalation_event_authority_id_case_id_id ON escalation_event (authority_id, case_id, id)
-- next
CREATE TABLE escalation_file (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	content BYTEA, 
	for_school BOOLEAN DEFAULT false NOT NULL, 
	added_by UUID NOT NULL, 
	added_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	removed_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_escalation_file PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_file_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_file_authority_id_added_by FOREIGN KEY(authority_id, added_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_file_kind CHECK (kind IN ('docx', 'jpeg', 'pdf', 'png', 'text', 'xlsx')), 
	CONSTRAINT ck_escalation_file_name CHECK (char_length(name) BETWEEN 1 AND 120), 
	CONSTRAINT ck_escalation_file_size CHECK (size BETWEEN 1 AND 5000000), 
	CONSTRAINT ck_escalation_file_content CHECK (content IS NOT NULL OR removed_at IS NOT NULL), 
	CONSTRAINT fk_escalation_file_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_escalation_file_authority_id_case_id ON escalation_file (authority_id, case_id)
-- next
CREATE TABLE escalation_note (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	weight TEXT NOT NULL, 
	words TEXT NOT NULL, 
	written_by UUID NOT NULL, 
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_note PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_note_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_note_authority_id_written_by FOREIGN KEY(authority_id, written_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_note_weight CHECK (weight IN ('fact', 'opinion')), 
	CONSTRAINT ck_escalation_note_words CHECK (char_length(words) BETWEEN 1 AND 4000), 
	CONSTRAINT fk_escalation_note_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_escalation_note_authority_id_case_id_id ON escalation_note (authority_id, case_id, id)
-- next
CREATE TABLE escalation_presence (
	authority_id INTEGER NOT NULL, 
	case_id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_presence PRIMARY KEY (authority_id, case_id, person_id), 
	CONSTRAINT fk_escalation_presence_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_presence_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_escalation_presence_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE escalation_reader (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	seat TEXT NOT NULL, 
	named_by UUID NOT NULL, 
	named_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_escalation_reader PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_reader_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_reader_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_escalation_reader_authority_id_named_by FOREIGN KEY(authority_id, named_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_reader_seat CHECK (char_length(seat) BETWEEN 1 AND 120), 
	CONSTRAINT fk_escalation_reader_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE UNIQUE INDEX uq_escalation_reader_live ON escalation_reader (authority_id, case_id, person_id) WHERE ended_at IS NULL
-- next
CREATE TABLE escalation_reading (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	role TEXT NOT NULL, 
	part TEXT NOT NULL, 
	read_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_reading PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_reading_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_reading_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_reading_part CHECK (part IN ('case', 'export', 'file', 'notes', 'pdf')), 
	CONSTRAINT fk_escalation_reading_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_escalation_reading_authority_id_case_id_read_at ON escalation_reading (authority_id, case_id, read_at)
-- next
CREATE INDEX ix_escalation_reading_authority_id_person_id_read_at ON escalation_reading (authority_id, person_id, read_at)
-- next
CREATE TABLE escalation_task (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	what TEXT NOT NULL, 
	owner_id UUID, 
	owner_name TEXT NOT NULL, 
	due_on DATE NOT NULL, 
	done_on DATE, 
	why_dropped TEXT DEFAULT '' NOT NULL, 
	agreed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_task PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_task_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_task_authority_id_owner_id FOREIGN KEY(authority_id, owner_id) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_task_state CHECK (state IN ('done', 'dropped', 'open')), 
	CONSTRAINT ck_escalation_task_what CHECK (char_length(what) BETWEEN 1 AND 400), 
	CONSTRAINT ck_escalation_task_owner_name CHECK (char_length(owner_name) BETWEEN 1 AND 120), 
	CONSTRAINT ck_escalation_task_why_dropped CHECK (state <> 'dropped' OR why_dropped <> ''), 
	CONSTRAINT ck_escalation_task_done_on CHECK ((state = 'done') = (done_on IS NOT NULL)), 
	CONSTRAINT fk_escalation_task_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_escalation_task_authority_id_case_id_state ON escalation_task (authority_id, case_id, state)
-- next
CREATE TABLE escalation_timer (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	stage TEXT NOT NULL, 
	step TEXT NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	remind_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	state TEXT DEFAULT 'armed' NOT NULL, 
	generation INTEGER DEFAULT 1 NOT NULL, 
	attempt INTEGER DEFAULT 0 NOT NULL, 
	lease_until TIMESTAMP WITH TIME ZONE, 
	fired_attempt INTEGER, 
	fired_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_escalation_timer PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_timer_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT ck_escalation_timer_stage CHECK (stage IN ('acknowledge', 'decide', 'plan', 'review')), 
	CONSTRAINT ck_escalation_timer_step CHECK (step IN ('core_team', 'director', 'head_of_service', 'owner_before', 'owner_on_the_day')), 
	CONSTRAINT ck_escalation_timer_state CHECK (state IN ('armed', 'cancelled', 'claimed', 'fired')), 
	CONSTRAINT ck_escalation_timer_fired_by_who_claimed_last CHECK (state <> 'fired' OR (fired_at IS NOT NULL AND fired_attempt IS NOT NULL AND fired_attempt = attempt)), 
	CONSTRAINT ck_escalation_timer_claimed_for_a_while CHECK (state <> 'claimed' OR lease_until IS NOT NULL), 
	CONSTRAINT uq_escalation_timer_authority_id_case_id_stage_step UNIQUE (authority_id, case_id, stage, step), 
	CONSTRAINT fk_escalation_timer_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_escalation_timer_due ON escalation_timer (authority_id, remind_at) WHERE state IN ('armed', 'claimed')
-- next
CREATE TABLE escalation_untold (
	authority_id INTEGER NOT NULL, 
	case_id UUID NOT NULL, 
	why TEXT NOT NULL, 
	decided_by UUID NOT NULL, 
	decided_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_untold PRIMARY KEY (authority_id, case_id), 
	CONSTRAINT fk_escalation_untold_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_untold_authority_id_decided_by FOREIGN KEY(authority_id, decided_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_untold_why CHECK (char_length(why) BETWEEN 1 AND 1000), 
	CONSTRAINT fk_escalation_untold_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE escalation_visit (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	visit_on DATE NOT NULL, 
	hours NUMERIC(4, 1) NOT NULL, 
	who TEXT NOT NULL, 
	focus TEXT NOT NULL, 
	found TEXT NOT NULL, 
	next_steps TEXT DEFAULT '' NOT NULL, 
	for_school BOOLEAN DEFAULT true NOT NULL, 
	recorded_by UUID NOT NULL, 
	recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_visit PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_visit_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_visit_authority_id_recorded_by FOREIGN KEY(authority_id, recorded_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_visit_hours CHECK (hours > 0 AND hours <= 40 AND hours * 2 = trunc(hours * 2)), 
	CONSTRAINT ck_escalation_visit_who CHECK (char_length(who) BETWEEN 1 AND 200), 
	CONSTRAINT ck_escalation_visit_focus CHECK (char_length(focus) BETWEEN 1 AND 200), 
	CONSTRAINT ck_escalation_visit_found CHECK (char_length(found) BETWEEN 1 AND 4000), 
	CONSTRAINT ck_escalation_visit_length CHECK (char_length(next_steps) <= 2000), 
	CONSTRAINT fk_escalation_visit_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_escalation_visit_authority_id_case_id_visit_on ON escalation_visit (authority_id, case_id, visit_on)
-- next
CREATE TABLE escalation_wait (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	waiting_on TEXT NOT NULL, 
	why TEXT NOT NULL, 
	begun_by UUID NOT NULL, 
	since_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	until_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_escalation_wait PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_wait_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_wait_authority_id_begun_by FOREIGN KEY(authority_id, begun_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_wait_waiting_on CHECK (waiting_on IN ('consortium', 'provider', 'school')), 
	CONSTRAINT ck_escalation_wait_why CHECK (char_length(why) BETWEEN 1 AND 1000), 
	CONSTRAINT ck_escalation_wait_ends_after_start CHECK (until_at >= since_at), 
	CONSTRAINT fk_escalation_wait_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_escalation_wait_authority_id_case_id_since_at ON escalation_wait (authority_id, case_id, since_at)
-- next
CREATE UNIQUE INDEX ix_escalation_wait_one_at_a_time ON escalation_wait (authority_id, case_id) WHERE until_at IS NULL
-- next
CREATE TABLE overruling (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	ground TEXT NOT NULL, 
	legal_basis TEXT NOT NULL, 
	decided TEXT NOT NULL, 
	instead TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	officer_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_overruling PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_overruling_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_overruling_authority_id_officer_id FOREIGN KEY(authority_id, officer_id) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_overruling_ground CHECK (ground IN ('breakdown', 'budget', 'equality', 'inspection', 'safeguarding', 'safety', 'standards', 'warning_ignored')), 
	CONSTRAINT ck_overruling_legal_basis CHECK (char_length(btrim(legal_basis)) BETWEEN 1 AND 300), 
	CONSTRAINT ck_overruling_reason CHECK (char_length(btrim(reason)) BETWEEN 1 AND 4000), 
	CONSTRAINT ck_overruling_decided CHECK (char_length(btrim(decided)) BETWEEN 1 AND 2000), 
	CONSTRAINT ck_overruling_instead CHECK (char_length(btrim(instead)) BETWEEN 1 AND 2000), 
	CONSTRAINT fk_overruling_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_overruling_authority_id_case_id ON overruling (authority_id, case_id)
-- next
CREATE TABLE statutory_step (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	taken_on DATE NOT NULL, 
	legal_basis TEXT NOT NULL, 
	words TEXT NOT NULL, 
	recipients TEXT[] DEFAULT '{}' NOT NULL, 
	letter TEXT DEFAULT '' NOT NULL, 
	letter_on DATE, 
	represent_by_on DATE, 
	comply_by_on DATE, 
	urgent_because TEXT DEFAULT '' NOT NULL, 
	recorded_by UUID NOT NULL, 
	recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_statutory_step PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_statutory_step_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_statutory_step_authority_id_recorded_by FOREIGN KEY(authority_id, recorded_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_statutory_step_kind CHECK (kind IN ('additional_governors', 'arrangements', 'complied', 'concern_meeting', 'eligible_for_intervention', 'ended', 'informal_concern', 'interim_executive_board', 'pre_warning', 'suspend_delegation', 'warning_notice')), 
	CONSTRAINT ck_statutory_step_legal_basis CHECK (char_length(legal_basis) BETWEEN 1 AND 300), 
	CONSTRAINT ck_statutory_step_words CHECK (char_length(words) BETWEEN 1 AND 4000), 
	CONSTRAINT ck_statutory_step_length CHECK (char_length(urgent_because) <= 1000 AND char_length(letter) <= 120), 
	CONSTRAINT ck_statutory_step_recipients CHECK (recipients <@ ARRAY['head', 'chair', 'diocese', 'dfe', 'consortium']::text[]), 
	CONSTRAINT ck_statutory_step_notice CHECK (NOT kind IN ('additional_governors', 'arrangements', 'interim_executive_board', 'pre_warning', 'suspend_delegation', 'warning_notice') OR (letter_on IS NOT NULL AND letter <> '' AND recipients @> ARRAY['chair', 'head']::text[] AND represent_by_on IS NOT NULL)), 
	CONSTRAINT ck_statutory_step_compliance_period CHECK (kind <> 'warning_notice' OR comply_by_on IS NOT NULL), 
	CONSTRAINT ck_statutory_step_dates CHECK (represent_by_on >= letter_on AND comply_by_on >= letter_on), 
	CONSTRAINT fk_statutory_step_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_statutory_step_authority_id_case_id_taken_on ON statutory_step (authority_id, case_id, taken_on)
-- next
CREATE TABLE escalation_reminder (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	timer_id UUID NOT NULL, 
	generation INTEGER NOT NULL, 
	stage TEXT NOT NULL, 
	step TEXT NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	told INTEGER NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_reminder PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_reminder_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_reminder_authority_id_timer_id FOREIGN KEY(authority_id, timer_id) REFERENCES escalation_timer (authority_id, id), 
	CONSTRAINT ck_escalation_reminder_stage CHECK (stage IN ('acknowledge', 'decide', 'plan', 'review')), 
	CONSTRAINT ck_escalation_reminder_step CHECK (step IN ('core_team', 'director', 'head_of_service', 'owner_before', 'owner_on_the_day')), 
	CONSTRAINT ck_escalation_reminder_told CHECK (told >= 0), 
	CONSTRAINT uq_escalation_reminder_authority_id_timer_id_generation UNIQUE (authority_id, timer_id, generation), 
	CONSTRAINT fk_escalation_reminder_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_escalation_reminder_authority_id_case_id_at ON escalation_reminder (authority_id, case_id, at)
-- next
CREATE TABLE escalation_tried (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	need_id UUID, 
	partnership_id UUID, 
	review_id UUID, 
	words TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_escalation_tried PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_tried_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_tried_authority_id_need_id FOREIGN KEY(authority_id, need_id) REFERENCES need (authority_id, id), 
	CONSTRAINT fk_escalation_tried_authority_id_partnership_id FOREIGN KEY(authority_id, partnership_id) REFERENCES partnership (authority_id, id), 
	CONSTRAINT fk_escalation_tried_authority_id_review_id FOREIGN KEY(authority_id, review_id) REFERENCES review (authority_id, id), 
	CONSTRAINT ck_escalation_tried_kind CHECK (kind IN ('need', 'other', 'partnership', 'peer', 'review', 'talk', 'visit')), 
	CONSTRAINT ck_escalation_tried_need CHECK ((kind = 'need') = (need_id IS NOT NULL)), 
	CONSTRAINT ck_escalation_tried_partnership CHECK ((kind = 'partnership') = (partnership_id IS NOT NULL)), 
	CONSTRAINT ck_escalation_tried_review CHECK ((kind = 'review') = (review_id IS NOT NULL)), 
	CONSTRAINT ck_escalation_tried_length CHECK (char_length(words) <= 400), 
	CONSTRAINT fk_escalation_tried_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_escalation_tried_authority_id_case_id ON escalation_tried (authority_id, case_id)
-- next
ALTER TABLE journal_start ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE journal_start FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON journal_start AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON journal_start FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE escalation ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND (consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))) AND (NOT school_urn::text = ANY (string_to_array((SELECT fence.asker())[5], ',')) OR raised_by::text = (SELECT fence.asker())[2])) OR ((SELECT fence.asker())[1] IN ('headteacher') AND school_urn::text = (SELECT fence.asker())[3] AND told_at IS NOT NULL) OR EXISTS (SELECT FROM escalation_reader r WHERE r.authority_id = escalation.authority_id AND r.case_id = escalation.id AND r.ended_at IS NULL AND r.person_id::text = (SELECT fence.asker())[2]))
-- next
CREATE POLICY added_by ON escalation AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND (consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))) AND (NOT school_urn::text = ANY (string_to_array((SELECT fence.asker())[5], ',')) OR raised_by::text = (SELECT fence.asker())[2])))
-- next
CREATE POLICY changed_by ON escalation AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND (consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))) AND (NOT school_urn::text = ANY (string_to_array((SELECT fence.asker())[5], ',')) OR raised_by::text = (SELECT fence.asker())[2]))) WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND (consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))) AND (NOT school_urn::text = ANY (string_to_array((SELECT fence.asker())[5], ',')) OR raised_by::text = (SELECT fence.asker())[2])))
-- next
CREATE POLICY removed_by ON escalation AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_cover ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_cover FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_cover AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_cover FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE legal_hold ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE legal_hold FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON legal_hold AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON legal_hold FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE school_term ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE school_term FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON school_term AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON school_term FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE school_training_day ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE school_training_day FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON school_training_day AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON school_training_day FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE subject_request ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE subject_request FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON subject_request AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON subject_request FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE escalation_criterion ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_criterion FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_criterion AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_criterion FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_criterion AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_criterion.authority_id AND c.id = escalation_criterion.case_id))
-- next
CREATE POLICY added_by ON escalation_criterion AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_criterion.authority_id AND c.id = escalation_criterion.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY changed_by ON escalation_criterion AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_criterion.authority_id AND c.id = escalation_criterion.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')))))) WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_criterion.authority_id AND c.id = escalation_criterion.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY removed_by ON escalation_criterion AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_event ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_event FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_event AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_event FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_event AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_event.authority_id AND c.id = escalation_event.case_id AND (NOT (SELECT fence.asker())[1] IN ('headteacher') OR for_school OR c.school_urn::text <> (SELECT fence.asker())[3])))
-- next
CREATE POLICY added_by ON escalation_event AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_event.authority_id AND c.id = escalation_event.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY changed_by ON escalation_event AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false)
-- next
CREATE POLICY removed_by ON escalation_event AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_file ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_file FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_file AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_file FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_file AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_file.authority_id AND c.id = escalation_file.case_id AND (NOT (SELECT fence.asker())[1] IN ('headteacher') OR for_school OR c.school_urn::text <> (SELECT fence.asker())[3])))
-- next
CREATE POLICY added_by ON escalation_file AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_file.authority_id AND c.id = escalation_file.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY changed_by ON escalation_file AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_file.authority_id AND c.id = escalation_file.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')))))) WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_file.authority_id AND c.id = escalation_file.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY removed_by ON escalation_file AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_note ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_note FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_note AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_note FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_note AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system'))
-- next
CREATE POLICY added_by ON escalation_note AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system'))
-- next
CREATE POLICY changed_by ON escalation_note AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false)
-- next
CREATE POLICY removed_by ON escalation_note AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_presence ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_presence FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_presence AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_presence FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_presence AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system'))
-- next
CREATE POLICY added_by ON escalation_presence AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system'))
-- next
CREATE POLICY changed_by ON escalation_presence AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system')) WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system'))
-- next
CREATE POLICY removed_by ON escalation_presence AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_reader ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_reader FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_reader AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_reader FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_reader AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR person_id::text = (SELECT fence.asker())[2])
-- next
CREATE POLICY added_by ON escalation_reader AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system'))
-- next
CREATE POLICY changed_by ON escalation_reader AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system')) WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system'))
-- next
CREATE POLICY removed_by ON escalation_reader AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_reading ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_reading FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_reading AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_reading FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_reading AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system'))
-- next
CREATE POLICY added_by ON escalation_reading AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR person_id::text = (SELECT fence.asker())[2])
-- next
CREATE POLICY changed_by ON escalation_reading AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false)
-- next
CREATE POLICY removed_by ON escalation_reading AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_task ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_task FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_task AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_task FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_task AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_task.authority_id AND c.id = escalation_task.case_id))
-- next
CREATE POLICY added_by ON escalation_task AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_task.authority_id AND c.id = escalation_task.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY changed_by ON escalation_task AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_task.authority_id AND c.id = escalation_task.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')))))) WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_task.authority_id AND c.id = escalation_task.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY removed_by ON escalation_task AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_timer ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_timer FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_timer AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_timer FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_timer AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_timer.authority_id AND c.id = escalation_timer.case_id))
-- next
CREATE POLICY added_by ON escalation_timer AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_timer.authority_id AND c.id = escalation_timer.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY changed_by ON escalation_timer AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_timer.authority_id AND c.id = escalation_timer.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')))))) WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_timer.authority_id AND c.id = escalation_timer.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY removed_by ON escalation_timer AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_untold ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_untold FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_untold AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_untold FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_untold AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_untold.authority_id AND c.id = escalation_untold.case_id AND (NOT (SELECT fence.asker())[1] IN ('headteacher') OR false OR c.school_urn::text <> (SELECT fence.asker())[3])))
-- next
CREATE POLICY added_by ON escalation_untold AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_untold.authority_id AND c.id = escalation_untold.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY changed_by ON escalation_untold AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false)
-- next
CREATE POLICY removed_by ON escalation_untold AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_visit ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_visit FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_visit AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_visit FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_visit AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_visit.authority_id AND c.id = escalation_visit.case_id AND (NOT (SELECT fence.asker())[1] IN ('headteacher') OR for_school OR c.school_urn::text <> (SELECT fence.asker())[3])))
-- next
CREATE POLICY added_by ON escalation_visit AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_visit.authority_id AND c.id = escalation_visit.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY changed_by ON escalation_visit AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_visit.authority_id AND c.id = escalation_visit.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')))))) WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_visit.authority_id AND c.id = escalation_visit.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY removed_by ON escalation_visit AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_wait ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_wait FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_wait AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_wait FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_wait AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_wait.authority_id AND c.id = escalation_wait.case_id))
-- next
CREATE POLICY added_by ON escalation_wait AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_wait.authority_id AND c.id = escalation_wait.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY changed_by ON escalation_wait AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_wait.authority_id AND c.id = escalation_wait.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')))))) WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_wait.authority_id AND c.id = escalation_wait.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY removed_by ON escalation_wait AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE overruling ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE overruling FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON overruling AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON overruling FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON overruling AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = overruling.authority_id AND c.id = overruling.case_id))
-- next
CREATE POLICY added_by ON overruling AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] = 'head_of_service' AND officer_id::text = (SELECT fence.asker())[2])
-- next
CREATE POLICY changed_by ON overruling AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false)
-- next
CREATE POLICY removed_by ON overruling AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE statutory_step ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE statutory_step FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON statutory_step AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON statutory_step FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON statutory_step AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = statutory_step.authority_id AND c.id = statutory_step.case_id))
-- next
CREATE POLICY added_by ON statutory_step AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system'))
-- next
CREATE POLICY changed_by ON statutory_step AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false)
-- next
CREATE POLICY removed_by ON statutory_step AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_reminder ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_reminder FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_reminder AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_reminder FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_reminder AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_reminder.authority_id AND c.id = escalation_reminder.case_id))
-- next
CREATE POLICY added_by ON escalation_reminder AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_reminder.authority_id AND c.id = escalation_reminder.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY changed_by ON escalation_reminder AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false)
-- next
CREATE POLICY removed_by ON escalation_reminder AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
ALTER TABLE escalation_tried ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_tried FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_tried AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_tried FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_tried AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_tried.authority_id AND c.id = escalation_tried.case_id))
-- next
CREATE POLICY added_by ON escalation_tried AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT fence.asker())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_tried.authority_id AND c.id = escalation_tried.case_id AND (c.consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT fence.asker())[4], ','))))))
-- next
CREATE POLICY changed_by ON escalation_tried AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false)
-- next
CREATE POLICY removed_by ON escalation_tried AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
REVOKE ALL ON journal_start FROM PUBLIC
-- next
GRANT SELECT ON journal_start TO alongside_app
-- next
REVOKE ALL ON escalation FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation TO alongside_app
-- next
REVOKE ALL ON escalation_cover FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_cover TO alongside_app
-- next
REVOKE ALL ON legal_hold FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON legal_hold TO alongside_app
-- next
REVOKE ALL ON school_term FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON school_term TO alongside_app
-- next
REVOKE ALL ON school_training_day FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON school_training_day TO alongside_app
-- next
REVOKE ALL ON subject_request FROM PUBLIC
-- next
GRANT SELECT, INSERT ON subject_request TO alongside_app
-- next
REVOKE ALL ON escalation_criterion FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_criterion TO alongside_app
-- next
REVOKE ALL ON escalation_event FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_event TO alongside_app
-- next
REVOKE ALL ON escalation_file FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_file TO alongside_app
-- next
REVOKE ALL ON escalation_note FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_note TO alongside_app
-- next
REVOKE ALL ON escalation_presence FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_presence TO alongside_app
-- next
REVOKE ALL ON escalation_reader FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_reader TO alongside_app
-- next
REVOKE ALL ON escalation_reading FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_reading TO alongside_app
-- next
REVOKE ALL ON escalation_task FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_task TO alongside_app
-- next
REVOKE ALL ON escalation_timer FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_timer TO alongside_app
-- next
REVOKE ALL ON escalation_untold FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_untold TO alongside_app
-- next
REVOKE ALL ON escalation_visit FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_visit TO alongside_app
-- next
REVOKE ALL ON escalation_wait FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_wait TO alongside_app
-- next
REVOKE ALL ON overruling FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON overruling TO alongside_app
-- next
REVOKE ALL ON statutory_step FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON statutory_step TO alongside_app
-- next
REVOKE ALL ON escalation_reminder FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_reminder TO alongside_app
-- next
REVOKE ALL ON escalation_tried FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_tried TO alongside_app
-- next
CREATE FUNCTION let_go_journal(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own integer := fence.authority_id();
    final public.journal_seal;
    gone bigint;
BEGIN
    IF before > now() - interval '1 year' THEN
        RAISE EXCEPTION 'the journal of the last year is kept' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM public.journal_head WHERE authority_id = own FOR UPDATE;
    PERFORM FROM public.legal_hold h
     WHERE h.authority_id = own AND h.lifted_at IS NULL
       AND (h.until_on IS NULL OR h.until_on >= (now() AT TIME ZONE 'Europe/London')::date);
    IF FOUND THEN
        RETURN 0;
    END IF;
    SELECT s.* INTO final FROM public.journal_seal s
     WHERE s.authority_id = own
       AND s.number < coalesce((SELECT min(young.number) FROM public.journal_seal young
                                 JOIN public.journal_entry e ON e.authority_id = own AND e.id = young.entry_id
                                WHERE young.authority_id = own AND e.at >= before), s.number + 1)
     ORDER BY s.number DESC LIMIT 1;
    IF final.number IS NULL THEN
        RETURN 0;
    END IF;
    INSERT INTO public.journal_start (authority_id, number, seal) VALUES (own, final.number, final.seal)
        ON CONFLICT (authority_id) DO UPDATE
        SET number = excluded.number, seal = excluded.seal, let_go_at = excluded.let_go_at;
    WITH seals AS (DELETE FROM public.journal_seal
                    WHERE authority_id = own AND number <= final.number RETURNING entry_id)
    DELETE FROM public.journal_entry e USING seals WHERE e.authority_id = own AND e.id = seals.entry_id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION let_go_journal(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION let_go_journal(timestamptz) TO alongside_app;
-- next
CREATE FUNCTION interests_of(of_authority integer, of_person uuid, on_day date) RETURNS SETOF integer
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    WITH own AS (
        SELECT s.urn, s.trust_uid FROM public.appointment a
          JOIN public.school s ON s.authority_id = of_authority AND s.urn = a.school_urn
         WHERE a.authority_id = of_authority AND a.person_id = of_person
           AND a.starts_on <= on_day AND (a.ends_on IS NULL OR a.ends_on > on_day))
    SELECT urn FROM own
    UNION
    SELECT s.urn FROM public.school s JOIN own ON own.trust_uid = s.trust_uid WHERE s.authority_id = of_authority
    UNION
    SELECT other_urn FROM public.declared_interest
     WHERE authority_id = of_authority AND person_id = of_person AND ended_at IS NULL
$$;
-- next
CREATE FUNCTION announce_case() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('alongside_' || NEW.authority_id, 'case');
    RETURN NULL;
END $$;

CREATE TRIGGER announce_case AFTER INSERT ON escalation_event
    FOR EACH ROW EXECUTE FUNCTION announce_case();
-- next
CREATE FUNCTION is_maintained(of_authority integer, of_urn integer) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
RETURN EXISTS (
    SELECT FROM public.school
     WHERE authority_id = of_authority AND urn = of_urn
       AND (type_group = 'Local authority maintained schools'
            OR (type_group = 'Special schools' AND type <> 'Non-maintained special school')));

CREATE FUNCTION check_statutory_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT is_maintained(NEW.authority_id, (SELECT school_urn FROM public.escalation
                                             WHERE authority_id = NEW.authority_id AND id = NEW.case_id)) THEN
        RAISE EXCEPTION 'statutory powers reach maintained schools only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'maintained_only';
    END IF;
    IF EXISTS (SELECT FROM (VALUES ('concern_meeting', 'informal_concern'), ('pre_warning', 'concern_meeting'), ('warning_notice', 'pre_warning'), ('complied', 'warning_notice'), ('eligible_for_intervention', 'warning_notice'), ('arrangements', 'eligible_for_intervention'), ('additional_governors', 'eligible_for_intervention'), ('interim_executive_board', 'eligible_for_intervention'), ('suspend_delegation', 'eligible_for_intervention'), ('ended', 'complied'), ('ended', 'eligible_for_intervention'), ('ended', 'arrangements'), ('ended', 'additional_governors'), ('ended', 'interim_executive_board'), ('ended', 'suspend_delegation')) gate (step, before) WHERE gate.step = NEW.kind)
       AND NOT EXISTS (
           SELECT FROM (VALUES ('concern_meeting', 'informal_concern'), ('pre_warning', 'concern_meeting'), ('warning_notice', 'pre_warning'), ('complied', 'warning_notice'), ('eligible_for_intervention', 'warning_notice'), ('arrangements', 'eligible_for_intervention'), ('additional_governors', 'eligible_for_intervention'), ('interim_executive_board', 'eligible_for_intervention'), ('suspend_delegation', 'eligible_for_intervention'), ('ended', 'complied'), ('ended', 'eligible_for_intervention'), ('ended', 'arrangements'), ('ended', 'additional_governors'), ('ended', 'interim_executive_board'), ('ended', 'suspend_delegation')) gate (step, before)
             JOIN public.statutory_step taken ON taken.authority_id = NEW.authority_id
              AND taken.case_id = NEW.case_id AND taken.kind = gate.before
            WHERE gate.step = NEW.kind)
       AND (NEW.urgent_because = '' OR NEW.kind IN ('complied', 'ended')) THEN
        RAISE EXCEPTION 'the step before this one has not been taken'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'step_in_turn';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER in_turn BEFORE INSERT ON statutory_step FOR EACH ROW EXECUTE FUNCTION check_statutory_step();

CREATE FUNCTION check_statutory_route() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT is_maintained(NEW.authority_id, NEW.school_urn) THEN
        RAISE EXCEPTION 'statutory powers reach maintained schools only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'maintained_only';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER maintained_only BEFORE INSERT OR UPDATE OF outcome ON escalation
    FOR EACH ROW WHEN (NEW.outcome = 'statutory') EXECUTE FUNCTION check_statutory_route();
-- next
CREATE FUNCTION check_case_may_move() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state = 'closed' AND EXISTS (
        SELECT FROM public.escalation_task
         WHERE authority_id = NEW.authority_id AND case_id = NEW.id AND state = 'open') THEN
        RAISE EXCEPTION 'a case cannot close with open actions'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_open_actions';
    END IF;
    IF NEW.state = 'active' AND NOT EXISTS (
        SELECT FROM public.escalation_criterion
         WHERE authority_id = NEW.authority_id AND case_id = NEW.id AND dropped_at IS NULL) THEN
        RAISE EXCEPTION 'a plan needs a criterion by which the case ends'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'has_criteria';
    END IF;
    IF NEW.state = 'returning' AND EXISTS (
        SELECT FROM public.escalation_criterion
         WHERE authority_id = NEW.authority_id AND case_id = NEW.id AND dropped_at IS NULL AND met_on IS NULL) THEN
        RAISE EXCEPTION 'not every criterion is met'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'criteria_met';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER may_move BEFORE UPDATE OF state ON escalation
    FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION check_case_may_move();

CREATE FUNCTION check_case_is_open() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    standing text;
BEGIN
    SELECT state INTO standing FROM public.escalation
     WHERE authority_id = NEW.authority_id AND id = NEW.case_id FOR SHARE;
    IF standing IN ('closed', 'withdrawn', 'merged') THEN
        RAISE EXCEPTION 'this case is over' USING ERRCODE = 'check_violation', CONSTRAINT = 'case_is_open';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER case_is_open BEFORE INSERT OR UPDATE OF state ON escalation_task
    FOR EACH ROW EXECUTE FUNCTION check_case_is_open();
-- next
CREATE FUNCTION refuse_timer_after_its_lease() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF clock_timestamp() > NEW.lease_until THEN
        RAISE EXCEPTION 'the lease of timer % is over: another worker has it now', NEW.id
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER within_its_lease AFTER UPDATE ON escalation_timer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'fired' AND OLD.state <> 'fired')
    EXECUTE FUNCTION refuse_timer_after_its_lease();
-- next
CREATE FUNCTION is_held(of_authority integer, on_day date, about_school integer, about_person uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
RETURN EXISTS (
    SELECT FROM legal_hold
     WHERE authority_id = of_authority AND lifted_at IS NULL AND (until_on IS NULL OR until_on >= on_day)
       AND (kind = 'authority' OR school_urn = about_school OR person_id = about_person));
-- next
CREATE FUNCTION let_go_imports(imports uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own integer := fence.authority_id();
    gone bigint;
BEGIN
    IF EXISTS (SELECT FROM public.register_import
                WHERE authority_id = own AND id = ANY (imports) AND applied_at > now() - interval '90 days') THEN
        RAISE EXCEPTION 'imports of the last 90 days are kept' USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM public.register_change WHERE authority_id = own AND import_id = ANY (imports);
    DELETE FROM public.register_import WHERE authority_id = own AND id = ANY (imports);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION let_go_imports(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION let_go_imports(uuid[]) TO alongside_app;
-- next
CREATE TRIGGER legal_move BEFORE INSERT OR UPDATE OF state ON escalation FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move()
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', '', 'raised')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'acknowledged', 'merged')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'acknowledged', 'triaged')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'acknowledged', 'withdrawn')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'active', 'active')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'active', 'closed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'active', 'returning')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'active', 'stepped_up')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'active', 'triaged')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'active', 'waiting_on_consortium')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'active', 'waiting_on_provider')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'active', 'waiting_on_school')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'closed', 'acknowledged')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'raised', 'acknowledged')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'raised', 'merged')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'raised', 'withdrawn')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'returning', 'active')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'returning', 'closed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'stepped_up', 'active')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'stepped_up', 'closed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'triaged', 'active')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'triaged', 'merged')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'triaged', 'stepped_up')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'triaged', 'triaged')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'waiting_on_consortium', 'active')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'waiting_on_provider', 'active')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'waiting_on_school', 'active')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation', 'withdrawn', 'acknowledged')
-- next
CREATE TRIGGER legal_move BEFORE INSERT OR UPDATE OF state ON escalation_task FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move()
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation_task', '', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation_task', 'done', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation_task', 'dropped', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation_task', 'open', 'done')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation_task', 'open', 'dropped')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('escalation_task', 'open', 'open')
