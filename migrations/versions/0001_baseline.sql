CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE EXTENSION IF NOT EXISTS unaccent;

CREATE SCHEMA security;
CREATE TABLE security.key (
    name text PRIMARY KEY,
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION security.server_process() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    process text := (SELECT pid || '-' || (extract(epoch FROM backend_start) * 1000000)::bigint
                     FROM pg_stat_get_activity(pg_backend_pid()));
BEGIN
    IF process IS NULL THEN
        RAISE EXCEPTION 'alongside_owner cannot see when a server process began: run infra/roles.sql'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN process;
END $$;
REVOKE ALL ON FUNCTION security.server_process() FROM PUBLIC;
CREATE FUNCTION security.authority_id() RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    claim text := current_setting('alongside.tenant_context', true);
    part text[];
    covered bytea;
    pad record;
BEGIN
    IF claim IS NULL OR claim = '' THEN
        RAISE EXCEPTION 'no authority is set for this transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    part := string_to_array(claim, '.');
    IF array_length(part, 1) = 4 AND part[1] = 'v2' THEN
        covered := convert_to(array_to_string(part[1:3], '.') || '.' || security.server_process(), 'UTF8');
        FOR pad IN SELECT inner_pad, outer_pad FROM security.key LOOP
            IF encode(sha256(pad.outer_pad || sha256(pad.inner_pad || covered)), 'hex') = part[4] THEN
                IF part[3]::bigint < extract(epoch FROM now()) THEN
                    RAISE EXCEPTION 'the authority set for this transaction has expired'
                        USING ERRCODE = 'insufficient_privilege';
                END IF;
                RETURN part[2]::integer;
            END IF;
        END LOOP;
    END IF;
    RAISE EXCEPTION 'the authority set for this transaction is not signed by us for this server process'
        USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION security.authority_id() FROM PUBLIC;
GRANT USAGE ON SCHEMA security TO alongside_app;
GRANT EXECUTE ON FUNCTION security.authority_id(), security.server_process() TO alongside_app;

CREATE FUNCTION security.requester() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    claim text := current_setting('alongside.requester_context', true);
    part text[];
    covered bytea;
    pad record;
BEGIN
    IF claim IS NULL OR claim = '' THEN
        RAISE EXCEPTION 'nobody is set as asking in this transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    part := string_to_array(claim, '.');
    IF array_length(part, 1) = 9 AND part[1] = 'a2' THEN
        covered := convert_to(array_to_string(part[1:8], '.') || '.' || security.server_process(), 'UTF8');
        FOR pad IN SELECT inner_pad, outer_pad FROM security.key LOOP
            IF encode(sha256(pad.outer_pad || sha256(pad.inner_pad || covered)), 'hex') = part[9] THEN
                IF part[3]::bigint < extract(epoch FROM now()) THEN
                    RAISE EXCEPTION 'who asks in this transaction has expired'
                        USING ERRCODE = 'insufficient_privilege';
                END IF;
                IF part[2]::integer <> security.authority_id() THEN
                    RAISE EXCEPTION 'who asks in this transaction is of another authority'
                        USING ERRCODE = 'insufficient_privilege';
                END IF;
                RETURN part[4:8];
            END IF;
        END LOOP;
    END IF;
    RAISE EXCEPTION 'who asks in this transaction is not signed by us for this server process'
        USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION security.requester() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION security.requester() TO alongside_app;

CREATE FUNCTION public.folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT regexp_replace(regexp_replace(regexp_replace(btrim(regexp_replace(replace(replace(replace(replace(replace(translate(regexp_replace(lower(normalize(words, NFKD)), '[̀-ͯ᪰-᫿᷀-᷿⃐-⃿︠-︯]', '', 'g'), 'øđłðı''’‘ʼ`´′.', 'odldi'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), '&', ' and '), '[^a-z0-9]+', ' ', 'g')), '\m(?:saint)\M', 'st', 'g'), '\m(?:c of e|cof e|c ofe|cofe|ce)\M', 'church of england', 'g'), '\m(?:rc)\M', 'roman catholic', 'g')
$$;

CREATE FUNCTION public.folded_matches(name text, wanted text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT wanted <> '' AND (strpos(replace(name, ' ', ''), replace(wanted, ' ', '')) > 0
        OR name LIKE ALL (string_to_array('%' || replace(wanted, ' ', '% %') || '%', ' ')))
$$;

CREATE TABLE allowed_transition (
	subject TEXT NOT NULL, 
	start TEXT NOT NULL, 
	finish TEXT NOT NULL, 
	CONSTRAINT pk_allowed_transition PRIMARY KEY (subject, start, finish)
);

CREATE TABLE authority (
	authority_id INTEGER NOT NULL, 
	slug TEXT NOT NULL, 
	name TEXT NOT NULL, 
	gss_code TEXT NOT NULL, 
	hosts TEXT[] NOT NULL, 
	settings_version INTEGER NOT NULL, 
	applied_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_authority PRIMARY KEY (authority_id), 
	CONSTRAINT uq_authority_slug UNIQUE (slug), 
	CONSTRAINT uq_authority_gss_code UNIQUE (gss_code), 
	CONSTRAINT ck_authority_dfe_code CHECK (authority_id BETWEEN 200 AND 999), 
	CONSTRAINT ck_authority_hosts CHECK (cardinality(hosts) > 0)
);

CREATE TABLE audit_entry (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	person_id UUID, 
	person_name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	verb TEXT NOT NULL, 
	subject_kind TEXT NOT NULL, 
	subject_id TEXT NOT NULL, 
	schools INTEGER[] NOT NULL, 
	note TEXT, 
	changes JSONB NOT NULL, 
	request_id TEXT, 
	CONSTRAINT pk_audit_entry PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_audit_entry_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_audit_entry_authority_id_subject_kind_subject_id_id ON audit_entry (authority_id, subject_kind, subject_id, id);

CREATE TABLE audit_head (
	authority_id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	seal BYTEA NOT NULL, 
	CONSTRAINT pk_audit_head PRIMARY KEY (authority_id), 
	CONSTRAINT fk_audit_head_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE audit_start (
	authority_id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	seal BYTEA NOT NULL, 
	let_go_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_audit_start PRIMARY KEY (authority_id), 
	CONSTRAINT fk_audit_start_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE authority_settings (
	authority_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	settings JSONB NOT NULL, 
	applied_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	applied_by TEXT NOT NULL, 
	CONSTRAINT pk_authority_settings PRIMARY KEY (authority_id, version), 
	CONSTRAINT fk_authority_settings_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE body (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	key TEXT NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	constituted_on DATE NOT NULL, 
	ended_on DATE, 
	chair_rule TEXT NOT NULL, 
	chair_never TEXT[] DEFAULT '{}' NOT NULL, 
	school_majority BOOLEAN NOT NULL, 
	CONSTRAINT pk_body PRIMARY KEY (authority_id, id), 
	CONSTRAINT uq_body_authority_id_key UNIQUE (authority_id, key), 
	CONSTRAINT ck_body_kind CHECK (kind IN ('board', 'commission', 'forum', 'management_board', 'partnership')), 
	CONSTRAINT ck_body_name CHECK (char_length(name) BETWEEN 1 AND 120), 
	CONSTRAINT ck_body_ends_after_start CHECK (ended_on >= constituted_on), 
	CONSTRAINT ck_body_chair_rule CHECK (chair_rule IN ('from_members', 'independent')), 
	CONSTRAINT fk_body_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE consortium (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	key TEXT NOT NULL, 
	name TEXT NOT NULL, 
	folded_name TEXT GENERATED ALWAYS AS (public.folded(name)) STORED NOT NULL, 
	phase TEXT NOT NULL, 
	ended_on DATE, 
	CONSTRAINT pk_consortium PRIMARY KEY (authority_id, id), 
	CONSTRAINT uq_consortium_authority_id_key UNIQUE (authority_id, key), 
	CONSTRAINT uq_consortium_authority_id_id_phase UNIQUE (authority_id, id, phase), 
	CONSTRAINT ck_consortium_phase CHECK (phase IN ('primary', 'secondary')), 
	CONSTRAINT ck_consortium_name CHECK (char_length(name) BETWEEN 1 AND 120), 
	CONSTRAINT fk_consortium_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE idempotency_key (
	authority_id INTEGER NOT NULL, 
	person_id UUID NOT NULL, 
	key TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	location TEXT, 
	said TEXT, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_idempotency_key PRIMARY KEY (authority_id, person_id, key), 
	CONSTRAINT fk_idempotency_key_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE ledger_account (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	key TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	floor BIGINT, 
	ceiling BIGINT, 
	protected BOOLEAN DEFAULT false NOT NULL, 
	balance BIGINT DEFAULT 0 NOT NULL, 
	reserved BIGINT DEFAULT 0 NOT NULL, 
	expected BIGINT DEFAULT 0 NOT NULL, 
	shortfall BIGINT DEFAULT 0 NOT NULL, 
	opened_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_ledger_account PRIMARY KEY (authority_id, id), 
	CONSTRAINT uq_ledger_account_authority_id_key UNIQUE (authority_id, key), 
	CONSTRAINT ck_ledger_account_unit CHECK (unit IN ('credits', 'pence')), 
	CONSTRAINT ck_ledger_account_key CHECK (key <> '' AND char_length(key) <= 200), 
	CONSTRAINT ck_ledger_account_limits CHECK (floor <= ceiling), 
	CONSTRAINT ck_ledger_account_amounts CHECK (reserved >= 0 AND expected >= 0 AND shortfall >= 0), 
	CONSTRAINT ck_ledger_account_floor CHECK (balance - reserved >= floor - shortfall), 
	CONSTRAINT ck_ledger_account_ceiling CHECK (balance + expected <= ceiling), 
	CONSTRAINT fk_ledger_account_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE ledger_transaction (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	cause TEXT NOT NULL, 
	decision_kind TEXT, 
	decision_id UUID, 
	person_id UUID, 
	corrects UUID, 
	lowers BOOLEAN DEFAULT false NOT NULL, 
	postings INTEGER DEFAULT 2 NOT NULL, 
	CONSTRAINT pk_ledger_transaction PRIMARY KEY (authority_id, id), 
	CONSTRAINT uq_ledger_transaction_authority_id_cause UNIQUE (authority_id, cause), 
	CONSTRAINT uq_ledger_transaction_authority_id_corrects UNIQUE (authority_id, corrects), 
	CONSTRAINT fk_ledger_transaction_authority_id_corrects FOREIGN KEY(authority_id, corrects) REFERENCES ledger_transaction (authority_id, id), 
	CONSTRAINT ck_ledger_transaction_named CHECK (cause <> '' AND char_length(cause) <= 200 AND (decision_id IS NULL) = (decision_kind IS NULL)), 
	CONSTRAINT ck_ledger_transaction_two_postings CHECK (postings >= 2), 
	CONSTRAINT ck_ledger_transaction_corrects_another CHECK (corrects <> id), 
	CONSTRAINT fk_ledger_transaction_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE performance_column (
	authority_id INTEGER NOT NULL, 
	spreadsheet TEXT NOT NULL, 
	heading TEXT NOT NULL, 
	holds TEXT NOT NULL, 
	CONSTRAINT pk_performance_column PRIMARY KEY (authority_id, spreadsheet, heading), 
	CONSTRAINT ck_performance_column_spreadsheet CHECK (char_length(spreadsheet) BETWEEN 1 AND 80), 
	CONSTRAINT ck_performance_column_heading CHECK (char_length(heading) BETWEEN 1 AND 200), 
	CONSTRAINT fk_performance_column_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE person (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	name TEXT NOT NULL, 
	folded_name TEXT GENERATED ALWAYS AS (public.folded(name)) STORED NOT NULL, 
	email TEXT NOT NULL, 
	mail_choice TEXT DEFAULT 'at_once' NOT NULL, 
	joined_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	left_on DATE, 
	first_steps_done TEXT[] DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_person PRIMARY KEY (authority_id, id), 
	CONSTRAINT ck_person_mail_choice CHECK (mail_choice IN ('at_once', 'daily', 'none')), 
	CONSTRAINT ck_person_first_steps_done CHECK (cardinality(first_steps_done) <= 20), 
	CONSTRAINT fk_person_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE register_import (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	file_name TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	as_at DATE, 
	applied_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	applied_by TEXT NOT NULL, 
	rows_read INTEGER NOT NULL, 
	rows_unreadable INTEGER NOT NULL, 
	changes INTEGER NOT NULL, 
	CONSTRAINT pk_register_import PRIMARY KEY (authority_id, id), 
	CONSTRAINT ck_register_import_counts CHECK (rows_read >= 0 AND rows_unreadable >= 0 AND changes >= 0), 
	CONSTRAINT fk_register_import_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE scheduled_job_run (
	authority_id INTEGER NOT NULL, 
	job TEXT NOT NULL, 
	day DATE NOT NULL, 
	ran_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_scheduled_job_run PRIMARY KEY (authority_id, job, day), 
	CONSTRAINT fk_scheduled_job_run_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE school (
	authority_id INTEGER NOT NULL, 
	urn INTEGER NOT NULL, 
	la_code INTEGER, 
	establishment_number INTEGER, 
	name TEXT NOT NULL, 
	folded_name TEXT GENERATED ALWAYS AS (public.folded(name)) STORED NOT NULL, 
	type TEXT, 
	type_group TEXT, 
	kind TEXT DEFAULT 'mainstream' NOT NULL, 
	phase TEXT NOT NULL, 
	status TEXT NOT NULL, 
	opened_on DATE, 
	reason_opened TEXT, 
	closed_on DATE, 
	reason_closed TEXT, 
	lowest_age INTEGER, 
	highest_age INTEGER, 
	nursery_provision TEXT, 
	sixth_form TEXT, 
	gender TEXT, 
	religious_character TEXT, 
	diocese TEXT, 
	admissions TEXT, 
	capacity INTEGER, 
	pupils INTEGER, 
	percentage_fsm NUMERIC(4, 1), 
	census_on DATE, 
	trust_uid TEXT, 
	trust TEXT, 
	federation_uid TEXT, 
	federation TEXT, 
	ukprn INTEGER, 
	street TEXT, 
	locality TEXT, 
	address3 TEXT, 
	town TEXT, 
	county TEXT, 
	postcode TEXT, 
	website TEXT, 
	ward TEXT, 
	district TEXT, 
	urban_rural TEXT, 
	easting INTEGER, 
	northing INTEGER, 
	latitude DOUBLE PRECISION, 
	longitude DOUBLE PRECISION, 
	last_changed_on DATE, 
	gone_since DATE, 
	CONSTRAINT pk_school PRIMARY KEY (authority_id, urn), 
	CONSTRAINT ck_school_urn CHECK (urn > 0), 
	CONSTRAINT ck_school_la_code CHECK (la_code BETWEEN 1 AND 999), 
	CONSTRAINT ck_school_establishment_number CHECK (establishment_number BETWEEN 0 AND 9999), 
	CONSTRAINT ck_school_phase CHECK (phase IN ('all_through', 'middle_deemed_primary', 'middle_deemed_secondary', 'not_applicable', 'nursery', 'primary', 'secondary', 'sixteen_plus')), 
	CONSTRAINT ck_school_status CHECK (status IN ('closed', 'closing', 'open', 'proposed')), 
	CONSTRAINT ck_school_kind CHECK (kind IN ('mainstream', 'pupil_referral_unit', 'special')), 
	CONSTRAINT ck_school_name CHECK (char_length(name) BETWEEN 1 AND 200), 
	CONSTRAINT ck_school_percentage_fsm CHECK (percentage_fsm BETWEEN 0 AND 100), 
	CONSTRAINT ck_school_counts CHECK (capacity >= 0 AND pupils >= 0), 
	CONSTRAINT ck_school_grid CHECK ((easting IS NULL) = (northing IS NULL)), 
	CONSTRAINT ck_school_position CHECK ((latitude IS NULL) = (longitude IS NULL)), 
	CONSTRAINT ck_school_website CHECK (website ~ '^https?://'), 
	CONSTRAINT ck_school_gone_is_closed CHECK (gone_since IS NULL OR status IN ('closed', 'proposed')), 
	CONSTRAINT fk_school_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_school_authority_id_la_code_establishment_number ON school (authority_id, la_code, establishment_number);

CREATE INDEX ix_school_authority_id_status_name_urn ON school (authority_id, status, name, urn);

CREATE TABLE zero_result_search (
	authority_id INTEGER NOT NULL, 
	words TEXT NOT NULL, 
	seeker BYTEA NOT NULL, 
	slot BYTEA NOT NULL, 
	last_on DATE NOT NULL, 
	CONSTRAINT pk_zero_result_search PRIMARY KEY (authority_id, words, seeker), 
	CONSTRAINT ck_zero_result_search_words CHECK (char_length(words) BETWEEN 1 AND 80), 
	CONSTRAINT ck_zero_result_search_marks CHECK (octet_length(seeker) = 16 AND octet_length(slot) = 16), 
	CONSTRAINT uq_zero_result_search_authority_id_slot UNIQUE (authority_id, slot), 
	CONSTRAINT fk_zero_result_search_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_zero_result_search_authority_id_last_on ON zero_result_search (authority_id, last_on);

CREATE TABLE apportionment (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	body_id UUID NOT NULL, 
	method TEXT NOT NULL, 
	rolls_on DATE NOT NULL, 
	seats INTEGER NOT NULL, 
	numbers JSONB NOT NULL, 
	guaranteed JSONB NOT NULL, 
	result JSONB NOT NULL, 
	drawn TEXT[] DEFAULT '{}' NOT NULL, 
	drawn_by UUID, 
	drawn_at TIMESTAMP WITH TIME ZONE, 
	proposed_by UUID NOT NULL, 
	proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_apportionment PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_apportionment_authority_id_body_id FOREIGN KEY(authority_id, body_id) REFERENCES body (authority_id, id), 
	CONSTRAINT fk_apportionment_authority_id_proposed_by FOREIGN KEY(authority_id, proposed_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_apportionment_authority_id_drawn_by FOREIGN KEY(authority_id, drawn_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_apportionment_method CHECK (method IN ('largest_remainder', 'sainte_lague')), 
	CONSTRAINT ck_apportionment_seats CHECK (seats BETWEEN 1 AND 200), 
	CONSTRAINT ck_apportionment_drawn CHECK ((cardinality(drawn) > 0) = (drawn_at IS NOT NULL)), 
	CONSTRAINT fk_apportionment_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_apportionment_authority_id_body_id_proposed_at ON apportionment (authority_id, body_id, proposed_at);

CREATE TABLE audit_seal (
	authority_id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	entry_id UUID NOT NULL, 
	seal BYTEA NOT NULL, 
	CONSTRAINT pk_audit_seal PRIMARY KEY (authority_id, number), 
	CONSTRAINT uq_audit_seal_authority_id_entry_id UNIQUE (authority_id, entry_id), 
	CONSTRAINT fk_audit_seal_authority_id_entry_id FOREIGN KEY(authority_id, entry_id) REFERENCES audit_entry (authority_id, id), 
	CONSTRAINT fk_audit_seal_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE body_chair (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	body_id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE, 
	CONSTRAINT pk_body_chair PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_body_chair_authority_id_body_id FOREIGN KEY(authority_id, body_id) REFERENCES body (authority_id, id), 
	CONSTRAINT fk_body_chair_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_body_chair_ends_after_start CHECK (until_on >= from_on), 
	CONSTRAINT ex_body_chair_one_at_a_time EXCLUDE USING gist (authority_id WITH =, body_id WITH =, daterange(from_on, until_on) WITH &&), 
	CONSTRAINT fk_body_chair_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_body_chair_authority_id_person_id ON body_chair (authority_id, person_id);

CREATE TABLE calendar_feed (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	person_id UUID NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_calendar_feed PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_calendar_feed_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_calendar_feed_authority_id_person_id UNIQUE (authority_id, person_id), 
	CONSTRAINT fk_calendar_feed_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE consortium_membership (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	consortium_id UUID NOT NULL, 
	phase TEXT NOT NULL, 
	starts_on DATE NOT NULL, 
	ends_on DATE, 
	CONSTRAINT pk_consortium_membership PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_consortium_membership_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_consortium_membership_authority_id_consortium_id_phase FOREIGN KEY(authority_id, consortium_id, phase) REFERENCES consortium (authority_id, id, phase), 
	CONSTRAINT ex_consortium_membership_one_at_a_time EXCLUDE USING gist (authority_id WITH =, school_urn WITH =, phase WITH =, daterange(starts_on, ends_on) WITH &&), 
	CONSTRAINT ck_consortium_membership_ends_after_start CHECK (ends_on IS NULL OR ends_on >= starts_on), 
	CONSTRAINT fk_consortium_membership_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_consortium_membership_authority_id_consortium_id ON consortium_membership (authority_id, consortium_id);

CREATE INDEX ix_consortium_membership_authority_id_school_urn ON consortium_membership (authority_id, school_urn);

CREATE TABLE consultation (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	state TEXT NOT NULL, 
	title TEXT NOT NULL, 
	body TEXT NOT NULL, 
	phase TEXT, 
	school_phases TEXT[] DEFAULT '{}' NOT NULL, 
	school_days INTEGER NOT NULL, 
	created_by UUID, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	opens_on DATE, 
	closes_on DATE, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	asked INTEGER, 
	answered INTEGER, 
	counts JSONB DEFAULT '{}' NOT NULL, 
	decision TEXT DEFAULT '' NOT NULL, 
	decision_reference TEXT DEFAULT '' NOT NULL, 
	decided_on DATE, 
	withdrawn_because TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_consultation PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_consultation_authority_id_created_by FOREIGN KEY(authority_id, created_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_consultation_state CHECK (state IN ('closed', 'decided', 'draft', 'open', 'withdrawn')), 
	CONSTRAINT ck_consultation_phase CHECK (phase IN ('primary', 'secondary')), 
	CONSTRAINT ck_consultation_title CHECK (title ~ '[[:alnum:]]' AND char_length(title) <= 120), 
	CONSTRAINT ck_consultation_body CHECK (char_length(body) BETWEEN 1 AND 8000), 
	CONSTRAINT ck_consultation_school_days CHECK (school_days BETWEEN 1 AND 60), 
	CONSTRAINT ck_consultation_opened CHECK ((opens_on IS NULL) = (closes_on IS NULL) AND (opens_on IS NOT NULL OR state IN ('draft', 'withdrawn'))), 
	CONSTRAINT ck_consultation_closed CHECK (state NOT IN ('closed', 'decided') OR closed_at IS NOT NULL), 
	CONSTRAINT ck_consultation_numbers CHECK ((closed_at IS NULL) = (asked IS NULL)), 
	CONSTRAINT ck_consultation_answered CHECK (answered BETWEEN 0 AND asked), 
	CONSTRAINT ck_consultation_decision CHECK (state <> 'decided' OR (decision <> '' AND decision_reference <> '' AND decided_on IS NOT NULL)), 
	CONSTRAINT ck_consultation_decision_length CHECK (char_length(decision) <= 4000 AND char_length(decision_reference) <= 200), 
	CONSTRAINT ck_consultation_withdrawn_because CHECK (state <> 'withdrawn' OR withdrawn_because <> ''), 
	CONSTRAINT fk_consultation_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_consultation_authority_id_state_closes_on ON consultation (authority_id, state, closes_on);

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
);

CREATE INDEX ix_declared_interest_authority_id_other_urn ON declared_interest (authority_id, other_urn);

CREATE UNIQUE INDEX uq_declared_interest_live ON declared_interest (authority_id, person_id, other_urn) WHERE ended_at IS NULL;

CREATE TABLE directory_subscription (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	person_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	name TEXT NOT NULL, 
	notified_until TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	since TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_directory_subscription PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_directory_subscription_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_directory_subscription_authority_id_person_id_kind_subject UNIQUE (authority_id, person_id, kind, subject), 
	CONSTRAINT ck_directory_subscription_kind CHECK (kind IN ('school', 'search', 'theme')), 
	CONSTRAINT ck_directory_subscription_name CHECK (char_length(name) BETWEEN 1 AND 60), 
	CONSTRAINT ck_directory_subscription_subject CHECK (CASE kind WHEN 'school' THEN subject ~ '^[0-9]{1,7}$' WHEN 'search' THEN left(subject, 1) = '?' AND char_length(subject) <= 1000 ELSE subject ~ '^[a-z][a-z0-9_]{0,39}$' END), 
	CONSTRAINT fk_directory_subscription_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_directory_subscription_authority_id_notified_until ON directory_subscription (authority_id, notified_until);

CREATE TABLE document_reading (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	document TEXT NOT NULL, 
	document_id UUID NOT NULL, 
	number INTEGER NOT NULL, 
	school_urn INTEGER NOT NULL, 
	person_id UUID NOT NULL, 
	role TEXT NOT NULL, 
	act TEXT NOT NULL, 
	read_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_document_reading PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_document_reading_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_document_reading_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_document_reading_document CHECK (document IN ('profile', 'support_category')), 
	CONSTRAINT ck_document_reading_act CHECK (act IN ('seen', 'signed')), 
	CONSTRAINT ck_document_reading_role CHECK (role IN ('chair_of_governors', 'delegate', 'diocese_officer', 'headteacher', 'trust_officer')), 
	CONSTRAINT ck_document_reading_signed CHECK (act = 'seen' OR role IN ('chair_of_governors', 'diocese_officer', 'trust_officer')), 
	CONSTRAINT ck_document_reading_number CHECK (number > 0), 
	CONSTRAINT fk_document_reading_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_document_reading_authority_id_person_id ON document_reading (authority_id, person_id);

CREATE UNIQUE INDEX uq_document_reading ON document_reading (authority_id, document_id, number, person_id, role, act);

CREATE TABLE email_outbox (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	person_id UUID, 
	to_address TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	body TEXT NOT NULL, 
	path TEXT, 
	hours TEXT DEFAULT 'waking_hours' NOT NULL, 
	message_id TEXT DEFAULT gen_random_uuid()::text NOT NULL, 
	state TEXT DEFAULT 'waiting' NOT NULL, 
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	sent_at TIMESTAMP WITH TIME ZONE, 
	run_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	attempt INTEGER DEFAULT 0 NOT NULL, 
	max_attempts INTEGER DEFAULT 6 NOT NULL, 
	lease_until TIMESTAMP WITH TIME ZONE, 
	last_error TEXT, 
	CONSTRAINT pk_email_outbox PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_email_outbox_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_email_outbox_state CHECK (state IN ('given_up', 'not_wanted', 'sending', 'sent', 'waiting')), 
	CONSTRAINT ck_email_outbox_hours CHECK (hours IN ('school_hours', 'waking_hours')), 
	CONSTRAINT uq_email_outbox_authority_id_message_id UNIQUE (authority_id, message_id), 
	CONSTRAINT fk_email_outbox_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_mail_due ON email_outbox (authority_id, run_at) WHERE state IN ('waiting', 'sending');

CREATE INDEX ix_mail_given_up ON email_outbox (authority_id, id) WHERE state = 'given_up';

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
	notified_at TIMESTAMP WITH TIME ZONE, 
	owner_id UUID, 
	deadline_kind TEXT, 
	clock_began_at TIMESTAMP WITH TIME ZONE, 
	due_at TIMESTAMP WITH TIME ZONE, 
	outcome TEXT, 
	decision TEXT DEFAULT '' NOT NULL, 
	provider TEXT DEFAULT '' NOT NULL, 
	provider_pence INTEGER, 
	fund TEXT DEFAULT '' NOT NULL, 
	named_support TEXT DEFAULT '' NOT NULL, 
	hours NUMERIC(6, 1) DEFAULT 0 NOT NULL, 
	plan TEXT DEFAULT '' NOT NULL, 
	referred_on DATE, 
	referral_reference TEXT DEFAULT '' NOT NULL, 
	referral_answer TEXT DEFAULT '' NOT NULL, 
	referral_answered_on DATE, 
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
	CONSTRAINT ck_escalation_outcome CHECK (outcome IN ('challenge', 'other_consortium', 'procured', 'regions_group', 'returned', 'statutory')), 
	CONSTRAINT ck_escalation_result CHECK (result IN ('better', 'not_better', 'not_needed', 'partly')), 
	CONSTRAINT ck_escalation_deadline_kind CHECK (deadline_kind IN ('acknowledge', 'decide', 'plan', 'review')), 
	CONSTRAINT ck_escalation_decided CHECK (NOT state IN ('active', 'returning', 'stepped_up', 'triaged', 'waiting_on_consortium', 'waiting_on_provider', 'waiting_on_school') OR outcome IS NOT NULL), 
	CONSTRAINT ck_escalation_procured CHECK (outcome <> 'procured' OR (provider <> '' AND provider_pence IS NOT NULL AND fund <> '')), 
	CONSTRAINT ck_escalation_named_support CHECK (outcome <> 'returned' OR named_support <> ''), 
	CONSTRAINT ck_escalation_handed_on CHECK (outcome <> 'other_consortium' OR handling_consortium_id IS NOT NULL), 
	CONSTRAINT ck_escalation_another_consortium CHECK (handling_consortium_id <> consortium_id), 
	CONSTRAINT ck_escalation_referred CHECK (outcome <> 'regions_group' OR (referred_on IS NOT NULL AND referral_reference <> '')), 
	CONSTRAINT ck_escalation_referral_answered CHECK ((referral_answered_on IS NULL) = (referral_answer = '') AND (referral_answered_on IS NULL OR referral_answered_on >= referred_on)), 
	CONSTRAINT ck_escalation_answered_once_referred CHECK (referral_answered_on IS NULL OR referred_on IS NOT NULL), 
	CONSTRAINT ck_escalation_referral_length CHECK (char_length(referral_reference) <= 120 AND char_length(referral_answer) <= 4000), 
	CONSTRAINT ck_escalation_decided_in_writing CHECK (outcome IS NULL OR decision <> ''), 
	CONSTRAINT ck_escalation_ended_in_writing CHECK (state <> 'closed' OR (outcome_words <> '' AND result IS NOT NULL)), 
	CONSTRAINT ck_escalation_merged CHECK ((state = 'merged') = (merged_into IS NOT NULL)), 
	CONSTRAINT ck_escalation_not_into_itself CHECK (merged_into <> id), 
	CONSTRAINT ck_escalation_amounts CHECK (provider_pence >= 0 AND hours >= 0 AND hours <= 2000), 
	CONSTRAINT ck_escalation_length CHECK (char_length(reason_words) <= 1000 AND char_length(tried) <= 2000 AND char_length(wanted) <= 2000 AND char_length(return_when) <= 2000 AND char_length(decision) <= 4000 AND char_length(plan) <= 4000 AND char_length(outcome_words) <= 4000), 
	CONSTRAINT ck_escalation_wanted CHECK (wanted <> ''), 
	CONSTRAINT fk_escalation_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_authority_id_consortium_id ON escalation (authority_id, consortium_id);

CREATE INDEX ix_escalation_authority_id_handling_consortium_id ON escalation (authority_id, handling_consortium_id);

CREATE INDEX ix_escalation_authority_id_owner_id ON escalation (authority_id, owner_id);

CREATE INDEX ix_escalation_authority_id_school_urn_state ON escalation (authority_id, school_urn, state);

CREATE INDEX ix_escalation_authority_id_state_due_at ON escalation (authority_id, state, due_at);

CREATE TABLE fund (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	key TEXT NOT NULL, 
	financial_year TEXT NOT NULL, 
	label TEXT NOT NULL, 
	source TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	phase TEXT NOT NULL, 
	held_by TEXT NOT NULL, 
	section_251_line TEXT NOT NULL, 
	account_id UUID NOT NULL, 
	invoiced_account_id UUID NOT NULL, 
	paid_account_id UUID NOT NULL, 
	CONSTRAINT pk_fund PRIMARY KEY (authority_id, id), 
	CONSTRAINT uq_fund_authority_id_key_financial_year UNIQUE (authority_id, key, financial_year), 
	CONSTRAINT uq_fund_authority_id_account_id UNIQUE (authority_id, account_id), 
	CONSTRAINT fk_fund_authority_id_account_id FOREIGN KEY(authority_id, account_id) REFERENCES ledger_account (authority_id, id), 
	CONSTRAINT fk_fund_authority_id_invoiced_account_id FOREIGN KEY(authority_id, invoiced_account_id) REFERENCES ledger_account (authority_id, id), 
	CONSTRAINT fk_fund_authority_id_paid_account_id FOREIGN KEY(authority_id, paid_account_id) REFERENCES ledger_account (authority_id, id), 
	CONSTRAINT fk_fund_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE identity (
	authority_id INTEGER NOT NULL, 
	issuer TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	person_id UUID NOT NULL, 
	linked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_identity PRIMARY KEY (authority_id, issuer, subject), 
	CONSTRAINT fk_identity_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_identity_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_identity_authority_id_person_id ON identity (authority_id, person_id);

CREATE TABLE invitation (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	token_hash BYTEA NOT NULL, 
	name TEXT NOT NULL, 
	email TEXT NOT NULL, 
	role TEXT NOT NULL, 
	school_urn INTEGER, 
	consortium_id UUID, 
	organisation TEXT, 
	invited_by UUID, 
	batch_id UUID, 
	invited_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	used_by UUID, 
	withdrawn_at TIMESTAMP WITH TIME ZONE, 
	sent_count INTEGER DEFAULT 1 NOT NULL, 
	sent_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_invitation PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_invitation_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_invitation_authority_id_consortium_id FOREIGN KEY(authority_id, consortium_id) REFERENCES consortium (authority_id, id), 
	CONSTRAINT fk_invitation_authority_id_invited_by FOREIGN KEY(authority_id, invited_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_invitation_authority_id_used_by FOREIGN KEY(authority_id, used_by) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_invitation_authority_id_token_hash UNIQUE (authority_id, token_hash), 
	CONSTRAINT ck_invitation_used_by_somebody CHECK ((used_at IS NULL) = (used_by IS NULL)), 
	CONSTRAINT ck_invitation_email CHECK (email ~ '^[!-~]+@[!-~]+$'), 
	CONSTRAINT ck_invitation_name CHECK (name !~ '[[:cntrl:]]|//|@'), 
	CONSTRAINT ck_invitation_sent_count CHECK (sent_count BETWEEN 1 AND 3), 
	CONSTRAINT fk_invitation_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_invitation_authority_id_batch_id ON invitation (authority_id, batch_id) WHERE batch_id IS NOT NULL;

CREATE TABLE leave_cover (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	away_id UUID NOT NULL, 
	cover_id UUID NOT NULL, 
	starts_on DATE NOT NULL, 
	ends_on DATE NOT NULL, 
	arranged_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_leave_cover PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_leave_cover_authority_id_away_id FOREIGN KEY(authority_id, away_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_leave_cover_authority_id_cover_id FOREIGN KEY(authority_id, cover_id) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_leave_cover_ends_after_start CHECK (ends_on >= starts_on), 
	CONSTRAINT ck_leave_cover_somebody_else CHECK (away_id <> cover_id), 
	CONSTRAINT ex_escalation_cover_one_at_a_time EXCLUDE USING gist (authority_id WITH =, away_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&), 
	CONSTRAINT fk_leave_cover_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE ledger_commitment (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	from_account_id UUID NOT NULL, 
	to_account_id UUID NOT NULL, 
	amount BIGINT NOT NULL, 
	expires_on DATE, 
	cause TEXT NOT NULL, 
	decision_kind TEXT, 
	decision_id UUID, 
	person_id UUID, 
	CONSTRAINT pk_ledger_commitment PRIMARY KEY (authority_id, id), 
	CONSTRAINT uq_ledger_commitment_authority_id_cause UNIQUE (authority_id, cause), 
	CONSTRAINT fk_ledger_commitment_authority_id_from_account_id FOREIGN KEY(authority_id, from_account_id) REFERENCES ledger_account (authority_id, id), 
	CONSTRAINT fk_ledger_commitment_authority_id_to_account_id FOREIGN KEY(authority_id, to_account_id) REFERENCES ledger_account (authority_id, id), 
	CONSTRAINT ck_ledger_commitment_named CHECK (cause <> '' AND char_length(cause) <= 200 AND (decision_id IS NULL) = (decision_kind IS NULL)), 
	CONSTRAINT ck_ledger_commitment_amount CHECK (amount > 0 AND amount <= 1000000000000000), 
	CONSTRAINT ck_ledger_commitment_two_accounts CHECK (from_account_id <> to_account_id), 
	CONSTRAINT fk_ledger_commitment_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_ledger_commitment_authority_id_from_account_id ON ledger_commitment (authority_id, from_account_id);

CREATE TABLE ledger_posting (
	authority_id INTEGER NOT NULL, 
	transaction_id UUID NOT NULL, 
	account_id UUID NOT NULL, 
	amount BIGINT NOT NULL, 
	CONSTRAINT pk_ledger_posting PRIMARY KEY (authority_id, transaction_id, account_id), 
	CONSTRAINT fk_ledger_posting_authority_id_transaction_id FOREIGN KEY(authority_id, transaction_id) REFERENCES ledger_transaction (authority_id, id), 
	CONSTRAINT fk_ledger_posting_authority_id_account_id FOREIGN KEY(authority_id, account_id) REFERENCES ledger_account (authority_id, id), 
	CONSTRAINT ck_ledger_posting_amount CHECK (amount <> 0 AND abs(amount) <= 1000000000000000), 
	CONSTRAINT fk_ledger_posting_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_ledger_posting_authority_id_account_id_transaction_id ON ledger_posting (authority_id, account_id, transaction_id);

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
);

CREATE INDEX ix_legal_hold_standing ON legal_hold (authority_id) WHERE lifted_at IS NULL;

CREATE TABLE motion (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	reference TEXT NOT NULL, 
	body_id UUID NOT NULL, 
	remit TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	schools INTEGER[] DEFAULT '{}' NOT NULL, 
	dispensed UUID[] DEFAULT '{}' NOT NULL, 
	phase TEXT, 
	line TEXT DEFAULT '' NOT NULL, 
	financial_year TEXT DEFAULT '' NOT NULL, 
	title TEXT NOT NULL, 
	text TEXT NOT NULL, 
	how TEXT NOT NULL, 
	state TEXT NOT NULL, 
	closes_at TIMESTAMP WITH TIME ZONE, 
	majority TEXT NOT NULL, 
	casting_vote BOOLEAN NOT NULL, 
	overruling BOOLEAN NOT NULL, 
	referable BOOLEAN NOT NULL, 
	quorum_needed INTEGER, 
	tabled_by UUID NOT NULL, 
	tabled_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	opened_at TIMESTAMP WITH TIME ZONE, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	votes_for INTEGER, 
	votes_against INTEGER, 
	abstained INTEGER, 
	casting_choice TEXT, 
	casting_by UUID, 
	result_reason TEXT DEFAULT '' NOT NULL, 
	conditions TEXT DEFAULT '' NOT NULL, 
	review_on DATE, 
	owner_id UUID, 
	ended_reason TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_motion PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_motion_authority_id_body_id FOREIGN KEY(authority_id, body_id) REFERENCES body (authority_id, id), 
	CONSTRAINT fk_motion_authority_id_owner_id FOREIGN KEY(authority_id, owner_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_motion_authority_id_tabled_by FOREIGN KEY(authority_id, tabled_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_motion_authority_id_casting_by FOREIGN KEY(authority_id, casting_by) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_motion_authority_id_reference UNIQUE (authority_id, reference), 
	CONSTRAINT ck_motion_kind CHECK (kind IN ('central_spending', 'dedelegation', 'formula', 'general', 'scheme', 'view')), 
	CONSTRAINT ck_motion_how CHECK (how IN ('meeting', 'written')), 
	CONSTRAINT ck_motion_state CHECK (state IN ('carried', 'deferred', 'granted', 'inquorate', 'lost', 'open', 'referred', 'refused', 'rescinded', 'tabled', 'tied', 'withdrawn')), 
	CONSTRAINT ck_motion_majority CHECK (majority IN ('simple', 'three_quarters', 'two_thirds')), 
	CONSTRAINT ck_motion_casting_choice CHECK (casting_choice IN ('against', 'for')), 
	CONSTRAINT ck_motion_casting_by CHECK ((casting_choice IS NULL) = (casting_by IS NULL)), 
	CONSTRAINT ck_motion_casting_vote CHECK (casting_choice IS NULL OR casting_vote), 
	CONSTRAINT ck_motion_title CHECK (char_length(title) BETWEEN 1 AND 200), 
	CONSTRAINT ck_motion_text CHECK (char_length(text) BETWEEN 1 AND 10000), 
	CONSTRAINT ck_motion_closes_at CHECK ((how = 'written') = (closes_at IS NOT NULL)), 
	CONSTRAINT ck_motion_overruled_or_referred CHECK (NOT (overruling AND referable)), 
	CONSTRAINT ck_motion_opened CHECK (CASE state WHEN 'tabled' THEN opened_at IS NULL WHEN 'deferred' THEN true WHEN 'withdrawn' THEN true ELSE opened_at IS NOT NULL AND quorum_needed IS NOT NULL END), 
	CONSTRAINT ck_motion_ended_reason CHECK (state NOT IN ('deferred', 'withdrawn', 'rescinded') OR ended_reason <> ''), 
	CONSTRAINT ck_motion_counted CHECK (state NOT IN ('carried', 'lost', 'tied', 'inquorate', 'rescinded', 'referred', 'granted', 'refused') OR num_nulls(closed_at, votes_for, votes_against, abstained) = 0), 
	CONSTRAINT ck_motion_each_phase_line_and_year CHECK ((kind = 'dedelegation') = (phase IS NOT NULL AND line <> '' AND financial_year <> '')), 
	CONSTRAINT ck_motion_phase CHECK (phase IN ('primary', 'secondary')), 
	CONSTRAINT fk_motion_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_motion_authority_id_body_id_tabled_at ON motion (authority_id, body_id, tabled_at);

CREATE UNIQUE INDEX uq_motion_once_a_year ON motion (authority_id, body_id, phase, line, financial_year) WHERE kind = 'dedelegation' AND state NOT IN ('withdrawn', 'deferred', 'inquorate', 'rescinded');

CREATE TABLE need (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	addressed_urn INTEGER, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	content_version INTEGER DEFAULT 1 NOT NULL, 
	title TEXT NOT NULL, 
	folded_title TEXT GENERATED ALWAYS AS (public.folded(title)) STORED NOT NULL, 
	theme TEXT NOT NULL, 
	phase TEXT NOT NULL, 
	key_stage TEXT, 
	wanted TEXT NOT NULL, 
	success_criteria TEXT NOT NULL, 
	form_of_support TEXT NOT NULL, 
	days NUMERIC(5, 1), 
	terms TEXT[] DEFAULT '{}' NOT NULL, 
	starts_on DATE, 
	ends_on DATE, 
	urgency TEXT NOT NULL, 
	audience TEXT DEFAULT 'widening' NOT NULL, 
	visible_to_authority_from DATE, 
	widening_since DATE, 
	drafted_by UUID, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	posted_at TIMESTAMP WITH TIME ZONE, 
	confirmed_on DATE, 
	proposed_until DATE, 
	audience_before TEXT, 
	wider_asked_by UUID, 
	wider_asked_on DATE, 
	wider_refused_on DATE, 
	words TSVECTOR GENERATED ALWAYS AS (to_tsvector('english', title || ' ' || wanted || ' ' || success_criteria)) STORED NOT NULL, 
	CONSTRAINT pk_need PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_need_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_need_authority_id_addressed_urn FOREIGN KEY(authority_id, addressed_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_need_authority_id_drafted_by FOREIGN KEY(authority_id, drafted_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_need_authority_id_wider_asked_by FOREIGN KEY(authority_id, wider_asked_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_need_state CHECK (state IN ('agreed', 'draft', 'in_support', 'met', 'not_met', 'open', 'part_met', 'paused', 'proposed', 'to_confirm', 'unmet', 'withdrawn')), 
	CONSTRAINT ck_need_days CHECK (days IS NULL OR (days > 0 AND days <= 200 AND days * 2 = trunc(days * 2))), 
	CONSTRAINT ck_need_dates CHECK (ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on), 
	CONSTRAINT ck_need_length CHECK (char_length(wanted) <= 4000 AND char_length(success_criteria) <= 4000), 
	CONSTRAINT ck_need_title CHECK (char_length(title) BETWEEN 1 AND 120), 
	CONSTRAINT ck_need_audience CHECK (audience IN ('consortium', 'everybody', 'widening')), 
	CONSTRAINT ck_need_audience_before CHECK (audience_before IN ('consortium', 'everybody', 'widening')), 
	CONSTRAINT ck_need_wider_asked CHECK ((wider_asked_by IS NULL) = (wider_asked_on IS NULL)), 
	CONSTRAINT ck_need_shown_to_all CHECK (visible_to_authority_from IS NULL OR audience <> 'consortium'), 
	CONSTRAINT ck_need_terms CHECK (cardinality(terms) <= 12), 
	CONSTRAINT ck_need_addressed_to_another CHECK (addressed_urn <> school_urn), 
	CONSTRAINT fk_need_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_need_authority_id_addressed_urn_state ON need (authority_id, addressed_urn, state);

CREATE INDEX ix_need_authority_id_school_urn_state ON need (authority_id, school_urn, state);

CREATE INDEX ix_need_on_board ON need (authority_id, posted_at, id) WHERE state IN ('open', 'proposed');

CREATE TABLE notice (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	consortium_id UUID, 
	posted_by UUID, 
	state TEXT NOT NULL, 
	title TEXT NOT NULL, 
	body TEXT NOT NULL, 
	audience TEXT NOT NULL, 
	with_delegates BOOLEAN DEFAULT false NOT NULL, 
	phase TEXT, 
	school_phases TEXT[] DEFAULT '{}' NOT NULL, 
	audience_consortium_id UUID, 
	ends_on DATE NOT NULL, 
	event_on DATE, 
	event_starts TIME WITHOUT TIME ZONE, 
	event_ends TIME WITHOUT TIME ZONE, 
	event_location TEXT DEFAULT '' NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	posted_at TIMESTAMP WITH TIME ZONE, 
	withdrawn_at TIMESTAMP WITH TIME ZONE, 
	withdrawn_because TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_notice PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_notice_authority_id_consortium_id FOREIGN KEY(authority_id, consortium_id) REFERENCES consortium (authority_id, id), 
	CONSTRAINT fk_notice_authority_id_audience_consortium_id FOREIGN KEY(authority_id, audience_consortium_id) REFERENCES consortium (authority_id, id), 
	CONSTRAINT fk_notice_authority_id_posted_by FOREIGN KEY(authority_id, posted_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_notice_state CHECK (state IN ('discarded', 'draft', 'posted', 'withdrawn')), 
	CONSTRAINT ck_notice_audience CHECK (audience IN ('heads', 'leads')), 
	CONSTRAINT ck_notice_phase CHECK (phase IN ('primary', 'secondary')), 
	CONSTRAINT ck_notice_one_limit CHECK (phase IS NULL OR audience_consortium_id IS NULL), 
	CONSTRAINT ck_notice_leads_of_all CHECK (audience = 'heads' OR audience_consortium_id IS NULL), 
	CONSTRAINT ck_notice_own_consortium CHECK (consortium_id IS NULL OR (audience = 'heads' AND audience_consortium_id = consortium_id)), 
	CONSTRAINT ck_notice_title CHECK (title ~ '[[:alnum:]]' AND char_length(title) <= 120), 
	CONSTRAINT ck_notice_body CHECK (char_length(body) BETWEEN 1 AND 6000), 
	CONSTRAINT ck_notice_event_location CHECK (char_length(event_location) <= 200), 
	CONSTRAINT ck_notice_event CHECK (event_on IS NOT NULL OR (event_starts IS NULL AND event_ends IS NULL AND event_location = '')), 
	CONSTRAINT ck_notice_event_ends CHECK (event_ends IS NULL OR event_ends > event_starts), 
	CONSTRAINT ck_notice_ends_after_event CHECK (event_on IS NULL OR ends_on >= event_on), 
	CONSTRAINT fk_notice_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_notice_authority_id_posted_at_id ON notice (authority_id, posted_at, id);

CREATE INDEX ix_notice_event ON notice (authority_id, event_on) WHERE event_on IS NOT NULL;

CREATE TABLE notification (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	person_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	text TEXT NOT NULL, 
	path TEXT NOT NULL, 
	once TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	read_at TIMESTAMP WITH TIME ZONE, 
	in_digest DATE, 
	shown_from TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_notification PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_notification_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_notification_authority_id_person_id_once UNIQUE (authority_id, person_id, once), 
	CONSTRAINT fk_notification_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_notification_authority_id_person_id_id ON notification (authority_id, person_id, id);

CREATE INDEX ix_notification_to_do ON notification (authority_id, person_id) WHERE read_at IS NULL;

CREATE TABLE offer (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	content_version INTEGER DEFAULT 1 NOT NULL, 
	title TEXT NOT NULL, 
	folded_title TEXT GENERATED ALWAYS AS (public.folded(title)) STORED NOT NULL, 
	description TEXT NOT NULL, 
	phases TEXT[] DEFAULT '{}' NOT NULL, 
	leader_name TEXT NOT NULL, 
	leader_is_head BOOLEAN NOT NULL, 
	designation TEXT, 
	designation_until DATE, 
	days_total NUMERIC(5, 1) NOT NULL, 
	days_taken NUMERIC(5, 1) DEFAULT 0 NOT NULL, 
	engagements_max INTEGER NOT NULL, 
	engagements_taken INTEGER DEFAULT 0 NOT NULL, 
	terms TEXT[] DEFAULT '{}' NOT NULL, 
	starts_on DATE, 
	ends_on DATE, 
	travel_miles INTEGER, 
	forms_of_support TEXT[] DEFAULT '{}' NOT NULL, 
	appetite TEXT NOT NULL, 
	appetite_reason TEXT, 
	ask_again_on DATE, 
	audience TEXT DEFAULT 'widening' NOT NULL, 
	visible_to_authority_from DATE, 
	widening_since DATE, 
	posted_by UUID, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	posted_at TIMESTAMP WITH TIME ZONE, 
	confirmed_on DATE, 
	words TSVECTOR GENERATED ALWAYS AS (to_tsvector('english', title || ' ' || description)) STORED NOT NULL, 
	CONSTRAINT pk_offer PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_offer_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_offer_authority_id_posted_by FOREIGN KEY(authority_id, posted_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_offer_state CHECK (state IN ('draft', 'ended', 'exhausted', 'live', 'paused')), 
	CONSTRAINT ck_offer_appetite CHECK (appetite IN ('maybe', 'no', 'yes')), 
	CONSTRAINT ck_offer_days CHECK (days_total > 0 AND days_total <= 200 AND days_total * 2 = trunc(days_total * 2)), 
	CONSTRAINT ck_offer_days_left CHECK (days_taken >= 0 AND days_taken <= days_total), 
	CONSTRAINT ck_offer_engagements CHECK (engagements_max BETWEEN 1 AND 50), 
	CONSTRAINT ck_offer_engagements_left CHECK (engagements_taken >= 0 AND engagements_taken <= engagements_max), 
	CONSTRAINT ck_offer_dates CHECK (ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on), 
	CONSTRAINT ck_offer_length CHECK (char_length(description) <= 4000), 
	CONSTRAINT ck_offer_title CHECK (char_length(title) BETWEEN 1 AND 120), 
	CONSTRAINT ck_offer_audience CHECK (audience IN ('consortium', 'everybody', 'widening')), 
	CONSTRAINT ck_offer_shown_to_all CHECK (visible_to_authority_from IS NULL OR audience <> 'consortium'), 
	CONSTRAINT ck_offer_travel_miles CHECK (travel_miles BETWEEN 0 AND 200), 
	CONSTRAINT ck_offer_leader_name CHECK (char_length(leader_name) <= 120), 
	CONSTRAINT ck_offer_appetite_reason CHECK (char_length(appetite_reason) <= 500), 
	CONSTRAINT ck_offer_lists CHECK (cardinality(terms) <= 12 AND cardinality(phases) <= 12 AND cardinality(forms_of_support) <= 30), 
	CONSTRAINT fk_offer_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_offer_authority_id_school_urn_state ON offer (authority_id, school_urn, state);

CREATE INDEX ix_offer_on_board ON offer (authority_id, posted_at, id) WHERE state = 'live';

CREATE TABLE performance_import (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	table_key TEXT NOT NULL, 
	academic_year TEXT NOT NULL, 
	release TEXT NOT NULL, 
	filename TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	retrieved_on DATE, 
	imported_by UUID, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	rows_used INTEGER NOT NULL, 
	rows_left_out INTEGER NOT NULL, 
	CONSTRAINT pk_performance_import PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_performance_import_authority_id_imported_by FOREIGN KEY(authority_id, imported_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_performance_import_academic_year CHECK (academic_year ~ '^\d{4}-\d{2}$'), 
	CONSTRAINT ck_performance_import_release CHECK (release IN ('final', 'provisional', 'revised')), 
	CONSTRAINT ck_performance_import_filename CHECK (char_length(filename) BETWEEN 1 AND 200), 
	CONSTRAINT ck_performance_import_counts CHECK (rows_used >= 0 AND rows_left_out >= 0), 
	CONSTRAINT fk_performance_import_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_performance_import_authority_id_created_at_id ON performance_import (authority_id, created_at, id);

CREATE TABLE performance_upload (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	filename TEXT NOT NULL, 
	academic_year TEXT, 
	release TEXT, 
	as_at DATE, 
	source TEXT DEFAULT '' NOT NULL, 
	retrieved_on DATE, 
	sheet BYTEA, 
	uploaded_by UUID, 
	uploaded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_performance_upload PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_performance_upload_authority_id_uploaded_by FOREIGN KEY(authority_id, uploaded_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_performance_upload_filename CHECK (char_length(filename) BETWEEN 1 AND 200), 
	CONSTRAINT ck_performance_upload_source CHECK (char_length(source) <= 200), 
	CONSTRAINT fk_performance_upload_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_performance_upload_authority_id_uploaded_at ON performance_upload (authority_id, uploaded_at);

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
	max_attempts INTEGER DEFAULT 3 NOT NULL, 
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
	run_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	attempt INTEGER DEFAULT 0 NOT NULL, 
	lease_until TIMESTAMP WITH TIME ZONE, 
	last_error TEXT, 
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
);

CREATE INDEX ix_plan_run_authority_id_consortium_id_id ON plan_run (authority_id, consortium_id, id);

CREATE UNIQUE INDEX uq_plan_run_at_work ON plan_run (authority_id, consortium_id) NULLS NOT DISTINCT WHERE state IN ('queued', 'running');

CREATE UNIQUE INDEX uq_plan_run_standing ON plan_run (authority_id, consortium_id) NULLS NOT DISTINCT WHERE state IN ('done', 'sent');

CREATE TABLE profile_method (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	phase TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	content BYTEA NOT NULL, 
	decision TEXT DEFAULT '' NOT NULL, 
	adopted_on DATE, 
	written_by UUID, 
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_profile_method PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_profile_method_authority_id_written_by FOREIGN KEY(authority_id, written_by) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_profile_method_authority_id_phase_number UNIQUE (authority_id, phase, number), 
	CONSTRAINT ck_profile_method_phase CHECK (phase IN ('primary', 'secondary')), 
	CONSTRAINT ck_profile_method_state CHECK (state IN ('draft', 'in_force', 'superseded')), 
	CONSTRAINT ck_profile_method_number CHECK (number > 0), 
	CONSTRAINT ck_profile_method_adopted CHECK (state = 'draft' OR adopted_on IS NOT NULL), 
	CONSTRAINT ck_profile_method_decision CHECK (char_length(decision) <= 300), 
	CONSTRAINT fk_profile_method_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE UNIQUE INDEX uq_profile_method_in_force ON profile_method (authority_id, phase) WHERE state = 'in_force';

CREATE TABLE register_change (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	import_id UUID NOT NULL, 
	urn INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	other_urn INTEGER, 
	field TEXT, 
	"old" TEXT, 
	"new" TEXT, 
	CONSTRAINT pk_register_change PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_register_change_authority_id_import_id FOREIGN KEY(authority_id, import_id) REFERENCES register_import (authority_id, id), 
	CONSTRAINT fk_register_change_authority_id_urn FOREIGN KEY(authority_id, urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT ck_register_change_kind CHECK (kind IN ('added', 'back', 'changed', 'closed', 'converted', 'gone', 'merged', 'opened', 'reopened')), 
	CONSTRAINT ck_register_change_field CHECK ((kind = 'changed') = (field IS NOT NULL)), 
	CONSTRAINT uq_register_change_authority_id_import_id_urn_kind_field UNIQUE NULLS NOT DISTINCT (authority_id, import_id, urn, kind, field), 
	CONSTRAINT fk_register_change_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_register_change_authority_id_urn_id ON register_change (authority_id, urn, id);

CREATE TABLE role_assignment (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	person_id UUID NOT NULL, 
	role TEXT NOT NULL, 
	school_urn INTEGER, 
	consortium_id UUID, 
	organisation TEXT, 
	starts_on DATE NOT NULL, 
	ends_on DATE, 
	CONSTRAINT pk_role_assignment PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_role_assignment_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_role_assignment_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_role_assignment_authority_id_consortium_id FOREIGN KEY(authority_id, consortium_id) REFERENCES consortium (authority_id, id), 
	CONSTRAINT ck_role_assignment_role_and_place CHECK ((role IN ('chair_of_governors', 'delegate', 'headteacher') AND school_urn IS NOT NULL AND consortium_id IS NULL AND organisation IS NULL) OR (role IN ('consortium_deputy', 'consortium_lead') AND consortium_id IS NOT NULL AND school_urn IS NULL AND organisation IS NULL) OR (role IN ('diocese_officer', 'trust_officer') AND organisation IS NOT NULL AND school_urn IS NULL AND consortium_id IS NULL) OR (role IN ('authority_administrator', 'board_member', 'clerk', 'core_officer', 'head_of_service') AND num_nonnulls(school_urn, consortium_id, organisation) = 0)), 
	CONSTRAINT ck_role_assignment_ends_after_start CHECK (ends_on IS NULL OR ends_on >= starts_on), 
	CONSTRAINT fk_role_assignment_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_role_assignment_authority_id_consortium_id ON role_assignment (authority_id, consortium_id);

CREATE INDEX ix_role_assignment_authority_id_person_id ON role_assignment (authority_id, person_id);

CREATE INDEX ix_role_assignment_authority_id_school_urn ON role_assignment (authority_id, school_urn);

CREATE TABLE saved_view (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	person_id UUID NOT NULL, 
	name TEXT NOT NULL, 
	query TEXT NOT NULL, 
	saved_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_saved_view PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_saved_view_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_saved_view_authority_id_person_id_name UNIQUE (authority_id, person_id, name), 
	CONSTRAINT ck_saved_view_name CHECK (char_length(name) BETWEEN 1 AND 60), 
	CONSTRAINT ck_saved_view_query CHECK (query = '' OR left(query, 1) = '?'), 
	CONSTRAINT fk_saved_view_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE school_contact (
	authority_id INTEGER NOT NULL, 
	urn INTEGER NOT NULL, 
	last_active_on DATE NOT NULL, 
	last_contact_on DATE, 
	CONSTRAINT pk_school_contact PRIMARY KEY (authority_id, urn), 
	CONSTRAINT fk_school_contact_authority_id_urn FOREIGN KEY(authority_id, urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_school_contact_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

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
);

CREATE UNIQUE INDEX uq_school_exclusion_live ON school_exclusion (authority_id, school_urn, other_urn) WHERE lifted_at IS NULL;

CREATE TABLE school_label (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	label TEXT NOT NULL, 
	starts_on DATE NOT NULL, 
	ends_on DATE, 
	rule_version TEXT NOT NULL, 
	source TEXT NOT NULL, 
	end_reason TEXT DEFAULT '' NOT NULL, 
	recorded_by UUID, 
	recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_school_label PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_school_label_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_school_label_authority_id_recorded_by FOREIGN KEY(authority_id, recorded_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_school_label_ends_after_start CHECK (ends_on >= starts_on), 
	CONSTRAINT ck_school_label_end_reason CHECK (CASE WHEN ends_on IS NULL THEN end_reason = '' ELSE end_reason ~ '\S' END), 
	CONSTRAINT ck_school_label_end_reason_length CHECK (char_length(end_reason) <= 1000), 
	CONSTRAINT ck_school_label_source CHECK (char_length(source) <= 200 AND source ~ '\S'), 
	CONSTRAINT ex_school_label_one_at_a_time EXCLUDE USING gist (authority_id WITH =, school_urn WITH =, label WITH =, daterange(starts_on, ends_on) WITH &&), 
	CONSTRAINT fk_school_label_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_school_label_authority_id_recorded_by ON school_label (authority_id, recorded_by);

CREATE TABLE school_link (
	authority_id INTEGER NOT NULL, 
	urn INTEGER NOT NULL, 
	other_urn INTEGER NOT NULL, 
	link_type TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	other_name TEXT, 
	established_on DATE, 
	CONSTRAINT pk_school_link PRIMARY KEY (authority_id, urn, other_urn, link_type), 
	CONSTRAINT fk_school_link_authority_id_urn FOREIGN KEY(authority_id, urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT ck_school_link_kind CHECK (kind IN ('other', 'predecessor', 'successor')), 
	CONSTRAINT fk_school_link_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_school_link_authority_id_other_urn ON school_link (authority_id, other_urn);

CREATE TABLE school_succession (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	old_urn INTEGER NOT NULL, 
	new_urn INTEGER, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	question TEXT, 
	candidates INTEGER[] DEFAULT '{}' NOT NULL, 
	moved JSONB DEFAULT '{}' NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	decided_by UUID, 
	decided_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_school_succession PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_school_succession_authority_id_old_urn FOREIGN KEY(authority_id, old_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_school_succession_authority_id_new_urn FOREIGN KEY(authority_id, new_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_school_succession_authority_id_decided_by FOREIGN KEY(authority_id, decided_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_school_succession_kind CHECK (kind IN ('closure', 'conversion', 'merger', 'split', 'waiting')), 
	CONSTRAINT ck_school_succession_state CHECK (state IN ('carried', 'ended', 'open')), 
	CONSTRAINT ck_school_succession_two_schools CHECK (old_urn <> new_urn), 
	CONSTRAINT ck_school_succession_open CHECK ((state = 'open') = (question IS NOT NULL AND decided_at IS NULL)), 
	CONSTRAINT ck_school_succession_carried CHECK (state <> 'carried' OR new_urn IS NOT NULL), 
	CONSTRAINT fk_school_succession_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE UNIQUE INDEX uq_school_succession_open ON school_succession (authority_id, old_urn) WHERE state = 'open';

CREATE TABLE school_support_suspension (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	until_on DATE, 
	set_by UUID NOT NULL, 
	set_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	lifted_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_school_support_suspension PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_school_support_suspension_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_school_support_suspension_authority_id_set_by FOREIGN KEY(authority_id, set_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_school_support_suspension_reason CHECK (char_length(reason) BETWEEN 1 AND 500), 
	CONSTRAINT fk_school_support_suspension_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE UNIQUE INDEX uq_school_suspension_live ON school_support_suspension (authority_id, school_urn) WHERE lifted_at IS NULL;

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
);

CREATE TABLE school_training_day (
	authority_id INTEGER NOT NULL, 
	school_urn INTEGER NOT NULL, 
	day DATE NOT NULL, 
	CONSTRAINT pk_school_training_day PRIMARY KEY (authority_id, school_urn, day), 
	CONSTRAINT fk_school_training_day_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT ck_school_training_day_weekday CHECK (extract(isodow FROM day) < 6), 
	CONSTRAINT fk_school_training_day_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE seat (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	body_id UUID NOT NULL, 
	constituency TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	voting BOOLEAN NOT NULL, 
	holders TEXT NOT NULL, 
	phase TEXT, 
	sector TEXT, 
	from_on DATE NOT NULL, 
	until_on DATE, 
	CONSTRAINT pk_seat PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_seat_authority_id_body_id FOREIGN KEY(authority_id, body_id) REFERENCES body (authority_id, id), 
	CONSTRAINT uq_seat_authority_id_id_body_id_voting UNIQUE (authority_id, id, body_id, voting), 
	CONSTRAINT ck_seat_holders CHECK (holders IN ('chair_of_governors', 'consortium_lead', 'councillor', 'headteacher', 'independent', 'officer', 'partner')), 
	CONSTRAINT ck_seat_phase CHECK (phase IN ('primary', 'secondary', 'special')), 
	CONSTRAINT ck_seat_sector CHECK (sector IN ('academy', 'maintained')), 
	CONSTRAINT ck_seat_number CHECK (number > 0), 
	CONSTRAINT ck_seat_ends_after_start CHECK (until_on >= from_on), 
	CONSTRAINT ex_seat_one_of_a_number EXCLUDE USING gist (authority_id WITH =, body_id WITH =, constituency WITH =, number WITH =, daterange(from_on, until_on) WITH &&), 
	CONSTRAINT fk_seat_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

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
);

CREATE INDEX ix_subject_request_authority_id_asked_at ON subject_request (authority_id, asked_at);

CREATE TABLE support_category (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	academic_year TEXT NOT NULL, 
	phase TEXT NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	consortium_id UUID, 
	handling_consortium_id UUID, 
	advisory BOOLEAN DEFAULT false NOT NULL, 
	narrative BOOLEAN DEFAULT false NOT NULL, 
	category TEXT, 
	category_proposed TEXT, 
	reasons_proposed TEXT NOT NULL, 
	proposed_by UUID, 
	proposed_on DATE NOT NULL, 
	first_invited_on DATE, 
	first_answer_by DATE, 
	second_invited_on DATE, 
	second_answer_by DATE, 
	discussion_basis TEXT, 
	discussion TEXT DEFAULT '' NOT NULL, 
	discussed_on DATE, 
	discussed_by UUID, 
	category_moderated TEXT, 
	reasons_moderated TEXT DEFAULT '' NOT NULL, 
	moderated_by UUID, 
	moderated_on DATE, 
	category_agreed TEXT, 
	reasons_agreed TEXT DEFAULT '' NOT NULL, 
	agreed_by UUID, 
	agreed_on DATE, 
	agreed_motion_id UUID, 
	decision_reference TEXT DEFAULT '' NOT NULL, 
	notified_on DATE, 
	appeal_by DATE, 
	shown_from TIMESTAMP WITH TIME ZONE, 
	decision_number INTEGER DEFAULT 1 NOT NULL, 
	seen_on DATE, 
	seen_by UUID, 
	appealed_on DATE, 
	appealed_by UUID, 
	appeal_grounds TEXT DEFAULT '' NOT NULL, 
	category_heard TEXT, 
	appeal_outcome TEXT, 
	reasons_heard TEXT DEFAULT '' NOT NULL, 
	heard_by UUID, 
	heard_on DATE, 
	in_force_on DATE, 
	withdrawn_because TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_support_category PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_support_category_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_support_category_authority_id_consortium_id FOREIGN KEY(authority_id, consortium_id) REFERENCES consortium (authority_id, id), 
	CONSTRAINT fk_support_category_authority_id_handling_consortium_id FOREIGN KEY(authority_id, handling_consortium_id) REFERENCES consortium (authority_id, id), 
	CONSTRAINT fk_support_category_authority_id_proposed_by FOREIGN KEY(authority_id, proposed_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_support_category_authority_id_discussed_by FOREIGN KEY(authority_id, discussed_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_support_category_authority_id_moderated_by FOREIGN KEY(authority_id, moderated_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_support_category_authority_id_agreed_by FOREIGN KEY(authority_id, agreed_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_support_category_authority_id_seen_by FOREIGN KEY(authority_id, seen_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_support_category_authority_id_appealed_by FOREIGN KEY(authority_id, appealed_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_support_category_authority_id_heard_by FOREIGN KEY(authority_id, heard_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_support_category_state CHECK (state IN ('agreed', 'appealed', 'discussed', 'heard', 'in_force', 'moderated', 'notified', 'proposed', 'superseded', 'withdrawn')), 
	CONSTRAINT ck_support_category_phase CHECK (phase IN ('primary', 'secondary')), 
	CONSTRAINT ck_support_category_academic_year CHECK (academic_year ~ '^\d{4}-\d{2}$'), 
	CONSTRAINT ck_support_category_narrative CHECK (narrative = (category_proposed IS NULL)), 
	CONSTRAINT ck_support_category_narrative_only CHECK (NOT narrative OR coalesce(category_moderated, category_agreed, category_heard, category) IS NULL), 
	CONSTRAINT ck_support_category_reasons_proposed CHECK (reasons_proposed <> ''), 
	CONSTRAINT ck_support_category_lengths CHECK (char_length(reasons_proposed) <= 4000 AND char_length(discussion) <= 4000 AND char_length(reasons_moderated) <= 4000 AND char_length(reasons_agreed) <= 4000 AND char_length(appeal_grounds) <= 4000 AND char_length(reasons_heard) <= 4000), 
	CONSTRAINT ck_support_category_discussion_basis CHECK (discussion_basis IN ('discussion', 'no_answer', 'refusal')), 
	CONSTRAINT ck_support_category_discussed CHECK ((discussion_basis IS NULL) = (discussed_on IS NULL)), 
	CONSTRAINT ck_support_category_second_invitation CHECK (second_invited_on > first_invited_on), 
	CONSTRAINT ck_support_category_invitations CHECK ((second_invited_on IS NULL) = (second_answer_by IS NULL) AND (first_invited_on IS NULL) = (first_answer_by IS NULL) AND (second_invited_on IS NULL OR first_invited_on IS NOT NULL)), 
	CONSTRAINT ck_support_category_reasons_moderated CHECK (category_moderated = category_proposed OR reasons_moderated <> '' OR moderated_on IS NULL), 
	CONSTRAINT ck_support_category_reasons_agreed CHECK (category_agreed = category_moderated OR reasons_agreed <> '' OR agreed_on IS NULL), 
	CONSTRAINT ck_support_category_decision_reference CHECK ((agreed_on IS NULL) = (decision_reference = '')), 
	CONSTRAINT ck_support_category_decision_reference_length CHECK (char_length(decision_reference) <= 200), 
	CONSTRAINT ck_support_category_appeal_grounds CHECK ((appealed_on IS NULL) = (appeal_grounds = '')), 
	CONSTRAINT ck_support_category_appeal_outcome CHECK (appeal_outcome IN ('changed', 'confirmed')), 
	CONSTRAINT ck_support_category_reasons_heard CHECK ((appeal_outcome IS NULL) = (reasons_heard = '')), 
	CONSTRAINT ck_support_category_appeal_by CHECK (state <> 'notified' OR appeal_by IS NOT NULL), 
	CONSTRAINT ck_support_category_in_force CHECK (state NOT IN ('in_force', 'superseded') OR narrative OR category IS NOT NULL), 
	CONSTRAINT fk_support_category_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_support_category_authority_id_academic_year_state ON support_category (authority_id, academic_year, state);

CREATE UNIQUE INDEX uq_support_category_in_force ON support_category (authority_id, school_urn, phase) WHERE state = 'in_force';

CREATE UNIQUE INDEX uq_support_category_year ON support_category (authority_id, school_urn, academic_year, phase) WHERE state <> 'withdrawn';

CREATE TABLE unsent_form (
	authority_id INTEGER NOT NULL, 
	person_id UUID NOT NULL, 
	path TEXT NOT NULL, 
	sealed TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_unsent_form PRIMARY KEY (authority_id, person_id), 
	CONSTRAINT fk_unsent_form_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_unsent_form_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE consultation_question (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	consultation_id UUID NOT NULL, 
	number INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	wording TEXT NOT NULL, 
	choices TEXT[] DEFAULT '{}' NOT NULL, 
	removed_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_consultation_question PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_consultation_question_authority_id_consultation_id FOREIGN KEY(authority_id, consultation_id) REFERENCES consultation (authority_id, id), 
	CONSTRAINT ck_consultation_question_kind CHECK (kind IN ('agreement', 'choice', 'text')), 
	CONSTRAINT ck_consultation_question_wording CHECK (wording ~ '[[:alnum:]]' AND char_length(wording) <= 300), 
	CONSTRAINT ck_consultation_question_choices CHECK ((kind = 'text') = (cardinality(choices) = 0) AND cardinality(choices) <= 10 AND cardinality(choices) <> 1), 
	CONSTRAINT fk_consultation_question_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_consultation_question_authority_id_consultation_id_number ON consultation_question (authority_id, consultation_id, number);

CREATE TABLE consultation_school (
	authority_id INTEGER NOT NULL, 
	consultation_id UUID NOT NULL, 
	school_urn INTEGER NOT NULL, 
	answer_by DATE NOT NULL, 
	CONSTRAINT pk_consultation_school PRIMARY KEY (authority_id, consultation_id, school_urn), 
	CONSTRAINT fk_consultation_school_authority_id_consultation_id FOREIGN KEY(authority_id, consultation_id) REFERENCES consultation (authority_id, id), 
	CONSTRAINT fk_consultation_school_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_consultation_school_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_consultation_school_authority_id_school_urn ON consultation_school (authority_id, school_urn);

CREATE TABLE escalation_access_log (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	role TEXT NOT NULL, 
	part TEXT NOT NULL, 
	read_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_access_log PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_access_log_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_access_log_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_access_log_part CHECK (part IN ('escalation', 'export', 'file', 'notes', 'pdf')), 
	CONSTRAINT fk_escalation_access_log_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_access_log_authority_id_escalation_id_read_at ON escalation_access_log (authority_id, escalation_id, read_at);

CREATE INDEX ix_escalation_access_log_authority_id_person_id_read_at ON escalation_access_log (authority_id, person_id, read_at);

CREATE TABLE escalation_criterion (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
	words TEXT NOT NULL, 
	met_on DATE, 
	met_by UUID, 
	evidence TEXT DEFAULT '' NOT NULL, 
	dropped_at TIMESTAMP WITH TIME ZONE, 
	agreed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_criterion PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_criterion_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_criterion_authority_id_met_by FOREIGN KEY(authority_id, met_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_criterion_words CHECK (char_length(words) BETWEEN 1 AND 400), 
	CONSTRAINT ck_escalation_criterion_met_by_somebody CHECK ((met_on IS NULL) = (met_by IS NULL)), 
	CONSTRAINT ck_escalation_criterion_length CHECK (char_length(evidence) <= 1000), 
	CONSTRAINT fk_escalation_criterion_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_criterion_authority_id_escalation_id ON escalation_criterion (authority_id, escalation_id);

CREATE TABLE escalation_deferred_notification (
	authority_id INTEGER NOT NULL, 
	escalation_id UUID NOT NULL, 
	why TEXT NOT NULL, 
	decided_by UUID NOT NULL, 
	decided_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_deferred_notification PRIMARY KEY (authority_id, escalation_id), 
	CONSTRAINT fk_escalation_deferred_notification_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_deferred_notification_authority_id_decided_by FOREIGN KEY(authority_id, decided_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_deferred_notification_why CHECK (char_length(why) BETWEEN 1 AND 1000), 
	CONSTRAINT fk_escalation_deferred_notification_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE escalation_event (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
	verb TEXT NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	for_school BOOLEAN DEFAULT true NOT NULL, 
	person_id UUID, 
	person_name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_event PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_event_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT ck_escalation_event_length CHECK (char_length(note) <= 4000), 
	CONSTRAINT fk_escalation_event_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_event_authority_id_escalation_id_id ON escalation_event (authority_id, escalation_id, id);

CREATE TABLE escalation_file (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	content BYTEA, 
	for_school BOOLEAN DEFAULT false NOT NULL, 
	added_by UUID NOT NULL, 
	added_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	removed_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_escalation_file PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_file_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_file_authority_id_added_by FOREIGN KEY(authority_id, added_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_file_kind CHECK (kind IN ('csv', 'docx', 'jpg', 'odp', 'ods', 'odt', 'pdf', 'png', 'pptx', 'txt', 'xlsx')), 
	CONSTRAINT ck_escalation_file_name CHECK (char_length(name) BETWEEN 1 AND 120), 
	CONSTRAINT ck_escalation_file_size CHECK (size BETWEEN 1 AND 5000000), 
	CONSTRAINT ck_escalation_file_content CHECK (content IS NOT NULL OR removed_at IS NOT NULL), 
	CONSTRAINT fk_escalation_file_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_file_authority_id_escalation_id ON escalation_file (authority_id, escalation_id);

CREATE TABLE escalation_matching_request (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
	need_id UUID NOT NULL, 
	run_id UUID NOT NULL, 
	asked_by UUID NOT NULL, 
	asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_matching_request PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_matching_request_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_matching_request_authority_id_need_id FOREIGN KEY(authority_id, need_id) REFERENCES need (authority_id, id), 
	CONSTRAINT fk_escalation_matching_request_authority_id_run_id FOREIGN KEY(authority_id, run_id) REFERENCES plan_run (authority_id, id), 
	CONSTRAINT fk_escalation_matching_request_authority_id_asked_by FOREIGN KEY(authority_id, asked_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_escalation_matching_request_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_matching_request_authority_id_escalation_id_id ON escalation_matching_request (authority_id, escalation_id, id);

CREATE TABLE escalation_note (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
	weight TEXT NOT NULL, 
	words TEXT NOT NULL, 
	written_by UUID NOT NULL, 
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_note PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_note_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_note_authority_id_written_by FOREIGN KEY(authority_id, written_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_note_weight CHECK (weight IN ('fact', 'opinion')), 
	CONSTRAINT ck_escalation_note_words CHECK (char_length(words) BETWEEN 1 AND 4000), 
	CONSTRAINT fk_escalation_note_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_note_authority_id_escalation_id_id ON escalation_note (authority_id, escalation_id, id);

CREATE TABLE escalation_overruling (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
	ground TEXT NOT NULL, 
	legal_basis TEXT NOT NULL, 
	decided TEXT NOT NULL, 
	instead TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	officer_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_overruling PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_overruling_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_overruling_authority_id_officer_id FOREIGN KEY(authority_id, officer_id) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_overruling_ground CHECK (ground IN ('breakdown', 'budget', 'equality', 'inspection', 'safeguarding', 'safety', 'standards', 'warning_ignored')), 
	CONSTRAINT ck_escalation_overruling_legal_basis CHECK (char_length(btrim(legal_basis)) BETWEEN 1 AND 300), 
	CONSTRAINT ck_escalation_overruling_reason CHECK (char_length(btrim(reason)) BETWEEN 1 AND 4000), 
	CONSTRAINT ck_escalation_overruling_decided CHECK (char_length(btrim(decided)) BETWEEN 1 AND 2000), 
	CONSTRAINT ck_escalation_overruling_instead CHECK (char_length(btrim(instead)) BETWEEN 1 AND 2000), 
	CONSTRAINT fk_escalation_overruling_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_overruling_authority_id_escalation_id ON escalation_overruling (authority_id, escalation_id);

CREATE TABLE escalation_pause (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
	waiting_on TEXT NOT NULL, 
	why TEXT NOT NULL, 
	begun_by UUID NOT NULL, 
	since_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	until_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_escalation_pause PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_pause_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_pause_authority_id_begun_by FOREIGN KEY(authority_id, begun_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_pause_waiting_on CHECK (waiting_on IN ('consortium', 'provider', 'school')), 
	CONSTRAINT ck_escalation_pause_why CHECK (char_length(why) BETWEEN 1 AND 1000), 
	CONSTRAINT ck_escalation_pause_ends_after_start CHECK (until_at >= since_at), 
	CONSTRAINT fk_escalation_pause_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_pause_authority_id_escalation_id_since_at ON escalation_pause (authority_id, escalation_id, since_at);

CREATE UNIQUE INDEX ix_escalation_wait_one_at_a_time ON escalation_pause (authority_id, escalation_id) WHERE until_at IS NULL;

CREATE TABLE escalation_presence (
	authority_id INTEGER NOT NULL, 
	escalation_id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_presence PRIMARY KEY (authority_id, escalation_id, person_id), 
	CONSTRAINT fk_escalation_presence_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_presence_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_escalation_presence_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE escalation_reader (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	seat TEXT NOT NULL, 
	named_by UUID NOT NULL, 
	named_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_escalation_reader PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_reader_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_reader_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_escalation_reader_authority_id_named_by FOREIGN KEY(authority_id, named_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_reader_seat CHECK (char_length(seat) BETWEEN 1 AND 120), 
	CONSTRAINT fk_escalation_reader_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE UNIQUE INDEX uq_escalation_reader_live ON escalation_reader (authority_id, escalation_id, person_id) WHERE ended_at IS NULL;

CREATE TABLE escalation_task (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
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
	CONSTRAINT fk_escalation_task_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_task_authority_id_owner_id FOREIGN KEY(authority_id, owner_id) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_task_state CHECK (state IN ('done', 'dropped', 'open')), 
	CONSTRAINT ck_escalation_task_what CHECK (char_length(what) BETWEEN 1 AND 400), 
	CONSTRAINT ck_escalation_task_owner_name CHECK (char_length(owner_name) BETWEEN 1 AND 120), 
	CONSTRAINT ck_escalation_task_why_dropped CHECK (state <> 'dropped' OR why_dropped <> ''), 
	CONSTRAINT ck_escalation_task_done_on CHECK ((state = 'done') = (done_on IS NOT NULL)), 
	CONSTRAINT fk_escalation_task_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_task_authority_id_escalation_id_state ON escalation_task (authority_id, escalation_id, state);

CREATE TABLE escalation_timer (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
	deadline_kind TEXT NOT NULL, 
	step TEXT NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	state TEXT DEFAULT 'armed' NOT NULL, 
	generation INTEGER DEFAULT 1 NOT NULL, 
	max_attempts INTEGER DEFAULT 20 NOT NULL, 
	fired_attempt INTEGER, 
	fired_at TIMESTAMP WITH TIME ZONE, 
	run_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	attempt INTEGER DEFAULT 0 NOT NULL, 
	lease_until TIMESTAMP WITH TIME ZONE, 
	last_error TEXT, 
	CONSTRAINT pk_escalation_timer PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_timer_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT ck_escalation_timer_deadline_kind CHECK (deadline_kind IN ('acknowledge', 'comply', 'decide', 'plan', 'powers', 'review')), 
	CONSTRAINT ck_escalation_timer_step CHECK (step IN ('core_team', 'director', 'head_of_service', 'owner_before', 'owner_on_the_day')), 
	CONSTRAINT ck_escalation_timer_state CHECK (state IN ('armed', 'cancelled', 'claimed', 'failed', 'fired')), 
	CONSTRAINT ck_escalation_timer_fired_by_who_claimed_last CHECK (state <> 'fired' OR (fired_at IS NOT NULL AND fired_attempt IS NOT NULL AND fired_attempt = attempt)), 
	CONSTRAINT ck_escalation_timer_claimed_for_a_while CHECK (state <> 'claimed' OR lease_until IS NOT NULL), 
	CONSTRAINT uq_escalation_timer_step UNIQUE (authority_id, escalation_id, deadline_kind, step), 
	CONSTRAINT fk_escalation_timer_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_timer_due ON escalation_timer (authority_id, run_at) WHERE state IN ('armed', 'claimed');

CREATE TABLE escalation_visit (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
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
	CONSTRAINT fk_escalation_visit_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_visit_authority_id_recorded_by FOREIGN KEY(authority_id, recorded_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_escalation_visit_hours CHECK (hours > 0 AND hours <= 40 AND hours * 2 = trunc(hours * 2)), 
	CONSTRAINT ck_escalation_visit_who CHECK (char_length(who) BETWEEN 1 AND 200), 
	CONSTRAINT ck_escalation_visit_focus CHECK (char_length(focus) BETWEEN 1 AND 200), 
	CONSTRAINT ck_escalation_visit_found CHECK (char_length(found) BETWEEN 1 AND 4000), 
	CONSTRAINT ck_escalation_visit_length CHECK (char_length(next_steps) <= 2000), 
	CONSTRAINT fk_escalation_visit_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_visit_authority_id_escalation_id_visit_on ON escalation_visit (authority_id, escalation_id, visit_on);

CREATE TABLE fund_amount (
	authority_id INTEGER NOT NULL, 
	fund_id UUID NOT NULL, 
	version INTEGER NOT NULL, 
	pence BIGINT NOT NULL, 
	said_by TEXT NOT NULL, 
	approval TEXT NOT NULL, 
	transaction_id UUID, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_fund_amount PRIMARY KEY (authority_id, fund_id, version), 
	CONSTRAINT fk_fund_amount_authority_id_fund_id FOREIGN KEY(authority_id, fund_id) REFERENCES fund (authority_id, id), 
	CONSTRAINT fk_fund_amount_authority_id_transaction_id FOREIGN KEY(authority_id, transaction_id) REFERENCES ledger_transaction (authority_id, id), 
	CONSTRAINT ck_fund_amount_pence CHECK (pence >= 0), 
	CONSTRAINT ck_fund_amount_version CHECK (version >= 1), 
	CONSTRAINT fk_fund_amount_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE fund_commitment (
	authority_id INTEGER NOT NULL, 
	commitment_id UUID NOT NULL, 
	fund_id UUID NOT NULL, 
	subject_kind TEXT NOT NULL, 
	subject_id UUID NOT NULL, 
	days NUMERIC(5, 1), 
	pence_per_day INTEGER, 
	CONSTRAINT pk_fund_commitment PRIMARY KEY (authority_id, commitment_id), 
	CONSTRAINT fk_fund_commitment_authority_id_commitment_id FOREIGN KEY(authority_id, commitment_id) REFERENCES ledger_commitment (authority_id, id), 
	CONSTRAINT fk_fund_commitment_authority_id_fund_id FOREIGN KEY(authority_id, fund_id) REFERENCES fund (authority_id, id), 
	CONSTRAINT ck_fund_commitment_subject_kind CHECK (subject_kind IN ('escalation', 'support_agreement')), 
	CONSTRAINT ck_fund_commitment_days CHECK (days > 0 AND pence_per_day >= 0), 
	CONSTRAINT fk_fund_commitment_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_fund_commitment_authority_id_fund_id ON fund_commitment (authority_id, fund_id);

CREATE INDEX ix_fund_commitment_authority_id_subject_id ON fund_commitment (authority_id, subject_id);

CREATE TABLE inspection_outcome (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	published_urn INTEGER NOT NULL, 
	inspected_on DATE NOT NULL, 
	as_at BOOLEAN DEFAULT false NOT NULL, 
	framework TEXT NOT NULL, 
	area TEXT NOT NULL, 
	judgement TEXT NOT NULL, 
	import_id UUID NOT NULL, 
	row_number INTEGER NOT NULL, 
	CONSTRAINT pk_inspection_outcome PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_inspection_outcome_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_inspection_outcome_authority_id_import_id FOREIGN KEY(authority_id, import_id) REFERENCES performance_import (authority_id, id), 
	CONSTRAINT ck_inspection_outcome_framework CHECK (char_length(framework) BETWEEN 1 AND 80), 
	CONSTRAINT ck_inspection_outcome_area CHECK (char_length(area) BETWEEN 1 AND 120), 
	CONSTRAINT ck_inspection_outcome_judgement CHECK (char_length(judgement) BETWEEN 1 AND 120), 
	CONSTRAINT fk_inspection_outcome_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_inspection_outcome_authority_id_import_id ON inspection_outcome (authority_id, import_id);

CREATE UNIQUE INDEX uq_inspection_outcome ON inspection_outcome (authority_id, school_urn, inspected_on, framework, area);

CREATE TABLE ledger_resolution (
	authority_id INTEGER NOT NULL, 
	commitment_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	outcome TEXT NOT NULL, 
	amount BIGINT DEFAULT 0 NOT NULL, 
	cause TEXT NOT NULL, 
	decision_kind TEXT, 
	decision_id UUID, 
	person_id UUID, 
	CONSTRAINT pk_ledger_resolution PRIMARY KEY (authority_id, commitment_id), 
	CONSTRAINT fk_ledger_resolution_authority_id_commitment_id FOREIGN KEY(authority_id, commitment_id) REFERENCES ledger_commitment (authority_id, id), 
	CONSTRAINT uq_ledger_resolution_authority_id_cause UNIQUE (authority_id, cause), 
	CONSTRAINT ck_ledger_resolution_named CHECK (cause <> '' AND char_length(cause) <= 200 AND (decision_id IS NULL) = (decision_kind IS NULL)), 
	CONSTRAINT ck_ledger_resolution_outcome CHECK (outcome IN ('drawn', 'expired', 'posted', 'released', 'replaced')), 
	CONSTRAINT ck_ledger_resolution_amount CHECK ((outcome IN ('posted', 'drawn')) = (amount > 0) AND amount >= 0), 
	CONSTRAINT fk_ledger_resolution_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE motion_elector (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	motion_id UUID NOT NULL, 
	seat_id UUID NOT NULL, 
	person_id UUID, 
	may_vote BOOLEAN NOT NULL, 
	may_speak BOOLEAN NOT NULL, 
	reason TEXT NOT NULL, 
	present BOOLEAN NOT NULL, 
	CONSTRAINT pk_motion_elector PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_motion_elector_authority_id_motion_id FOREIGN KEY(authority_id, motion_id) REFERENCES motion (authority_id, id), 
	CONSTRAINT fk_motion_elector_authority_id_seat_id FOREIGN KEY(authority_id, seat_id) REFERENCES seat (authority_id, id), 
	CONSTRAINT fk_motion_elector_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_motion_elector_authority_id_motion_id_seat_id UNIQUE (authority_id, motion_id, seat_id), 
	CONSTRAINT ck_motion_elector_vacant_seat CHECK (NOT may_vote OR person_id IS NOT NULL), 
	CONSTRAINT ck_motion_elector_absent CHECK (NOT may_vote OR (may_speak AND present)), 
	CONSTRAINT ck_motion_elector_reason CHECK (reason <> ''), 
	CONSTRAINT fk_motion_elector_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE motion_interest (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	motion_id UUID NOT NULL, 
	seat_id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	source TEXT NOT NULL, 
	label TEXT NOT NULL, 
	followed TEXT NOT NULL, 
	dispensation_reason TEXT DEFAULT '' NOT NULL, 
	dispensed_by UUID, 
	CONSTRAINT pk_motion_interest PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_motion_interest_authority_id_motion_id FOREIGN KEY(authority_id, motion_id) REFERENCES motion (authority_id, id), 
	CONSTRAINT fk_motion_interest_authority_id_seat_id FOREIGN KEY(authority_id, seat_id) REFERENCES seat (authority_id, id), 
	CONSTRAINT fk_motion_interest_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_motion_interest_authority_id_dispensed_by FOREIGN KEY(authority_id, dispensed_by) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_motion_interest_authority_id_motion_id_seat_id_source UNIQUE (authority_id, motion_id, seat_id, source), 
	CONSTRAINT ck_motion_interest_source CHECK (source IN ('declared', 'derived')), 
	CONSTRAINT ck_motion_interest_followed CHECK (followed IN ('spoke', 'stayed', 'withdrew')), 
	CONSTRAINT ck_motion_interest_label CHECK (label <> ''), 
	CONSTRAINT ck_motion_interest_dispensation CHECK ((dispensation_reason = '') = (dispensed_by IS NULL)), 
	CONSTRAINT ck_motion_interest_derived CHECK (source = 'declared' OR followed = 'withdrew' OR dispensed_by IS NOT NULL), 
	CONSTRAINT fk_motion_interest_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE motion_overruling (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	motion_id UUID NOT NULL, 
	ground TEXT NOT NULL, 
	legal_basis TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	officer_id UUID NOT NULL, 
	overruled_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_motion_overruling PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_motion_overruling_authority_id_motion_id FOREIGN KEY(authority_id, motion_id) REFERENCES motion (authority_id, id), 
	CONSTRAINT fk_motion_overruling_authority_id_officer_id FOREIGN KEY(authority_id, officer_id) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_motion_overruling_authority_id_motion_id UNIQUE (authority_id, motion_id), 
	CONSTRAINT ck_motion_overruling_ground CHECK (ground IN ('beyond_remit', 'safeguarding', 'statutory_duty', 'unlawful')), 
	CONSTRAINT ck_motion_overruling_legal_basis CHECK (legal_basis <> ''), 
	CONSTRAINT ck_motion_overruling_reason CHECK (reason <> ''), 
	CONSTRAINT fk_motion_overruling_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE motion_referral (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	motion_id UUID NOT NULL, 
	reason TEXT NOT NULL, 
	referred_by UUID NOT NULL, 
	referred_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	outcome TEXT, 
	outcome_on DATE, 
	CONSTRAINT pk_motion_referral PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_motion_referral_authority_id_motion_id FOREIGN KEY(authority_id, motion_id) REFERENCES motion (authority_id, id), 
	CONSTRAINT fk_motion_referral_authority_id_referred_by FOREIGN KEY(authority_id, referred_by) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_motion_referral_authority_id_motion_id UNIQUE (authority_id, motion_id), 
	CONSTRAINT ck_motion_referral_reason CHECK (reason <> ''), 
	CONSTRAINT ck_motion_referral_outcome CHECK (outcome IN ('granted', 'refused')), 
	CONSTRAINT ck_motion_referral_outcome_on CHECK ((outcome IS NULL) = (outcome_on IS NULL)), 
	CONSTRAINT fk_motion_referral_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE motion_subject (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	motion_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	label TEXT DEFAULT '' NOT NULL, 
	school_urn INTEGER, 
	CONSTRAINT pk_motion_subject PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_motion_subject_authority_id_motion_id FOREIGN KEY(authority_id, motion_id) REFERENCES motion (authority_id, id), 
	CONSTRAINT fk_motion_subject_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT uq_motion_subject_authority_id_motion_id_kind_subject UNIQUE (authority_id, motion_id, kind, subject), 
	CONSTRAINT fk_motion_subject_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_motion_subject_authority_id_kind_subject ON motion_subject (authority_id, kind, subject);

CREATE TABLE notice_correction (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	notice_id UUID NOT NULL, 
	note TEXT NOT NULL, 
	title_before TEXT NOT NULL, 
	body_before TEXT NOT NULL, 
	made_by UUID, 
	made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_notice_correction PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_notice_correction_authority_id_notice_id FOREIGN KEY(authority_id, notice_id) REFERENCES notice (authority_id, id), 
	CONSTRAINT fk_notice_correction_authority_id_made_by FOREIGN KEY(authority_id, made_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_notice_correction_note CHECK (char_length(note) BETWEEN 1 AND 500), 
	CONSTRAINT fk_notice_correction_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_notice_correction_authority_id_notice_id_id ON notice_correction (authority_id, notice_id, id);

CREATE TABLE notice_file (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	notice_id UUID NOT NULL, 
	filename TEXT NOT NULL, 
	media_type TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	body BYTEA, 
	added_by UUID, 
	added_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	removed_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_notice_file PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_notice_file_authority_id_notice_id FOREIGN KEY(authority_id, notice_id) REFERENCES notice (authority_id, id), 
	CONSTRAINT fk_notice_file_authority_id_added_by FOREIGN KEY(authority_id, added_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_notice_file_filename CHECK (char_length(filename) BETWEEN 1 AND 120), 
	CONSTRAINT ck_notice_file_size CHECK (octet_length(body) BETWEEN 1 AND 5000000 AND size = octet_length(body)), 
	CONSTRAINT ck_notice_file_content CHECK ((removed_at IS NULL) = (body IS NOT NULL)), 
	CONSTRAINT fk_notice_file_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_notice_file_authority_id_notice_id_id ON notice_file (authority_id, notice_id, id);

CREATE TABLE notice_question (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	notice_id UUID NOT NULL, 
	question TEXT NOT NULL, 
	asked_by UUID NOT NULL, 
	asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	answer TEXT DEFAULT '' NOT NULL, 
	answered_by UUID, 
	answered_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_notice_question PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_notice_question_authority_id_notice_id FOREIGN KEY(authority_id, notice_id) REFERENCES notice (authority_id, id), 
	CONSTRAINT fk_notice_question_authority_id_asked_by FOREIGN KEY(authority_id, asked_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_notice_question_authority_id_answered_by FOREIGN KEY(authority_id, answered_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_notice_question_question CHECK (char_length(question) BETWEEN 1 AND 1000), 
	CONSTRAINT ck_notice_question_answer CHECK (char_length(answer) <= 2000), 
	CONSTRAINT ck_notice_question_answered CHECK ((answered_at IS NULL) = (answer = '')), 
	CONSTRAINT fk_notice_question_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_notice_question_authority_id_asked_by_asked_at ON notice_question (authority_id, asked_by, asked_at);

CREATE INDEX ix_notice_question_authority_id_notice_id_id ON notice_question (authority_id, notice_id, id);

CREATE TABLE notice_reading (
	authority_id INTEGER NOT NULL, 
	notice_id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	opened_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_notice_reading PRIMARY KEY (authority_id, notice_id, person_id), 
	CONSTRAINT fk_notice_reading_authority_id_notice_id FOREIGN KEY(authority_id, notice_id) REFERENCES notice (authority_id, id), 
	CONSTRAINT fk_notice_reading_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_notice_reading_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_notice_reading_authority_id_person_id ON notice_reading (authority_id, person_id);

CREATE TABLE offer_theme (
	authority_id INTEGER NOT NULL, 
	offer_id UUID NOT NULL, 
	theme TEXT NOT NULL, 
	evidence TEXT NOT NULL, 
	CONSTRAINT pk_offer_theme PRIMARY KEY (authority_id, offer_id, theme), 
	CONSTRAINT fk_offer_theme_authority_id_offer_id FOREIGN KEY(authority_id, offer_id) REFERENCES offer (authority_id, id), 
	CONSTRAINT ck_offer_theme_evidence CHECK (char_length(evidence) <= 1000), 
	CONSTRAINT fk_offer_theme_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_offer_theme_authority_id_theme_offer_id ON offer_theme (authority_id, theme, offer_id);

CREATE TABLE performance_benchmark (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	level TEXT NOT NULL, 
	phase TEXT DEFAULT 'all' NOT NULL, 
	measure TEXT NOT NULL, 
	academic_year TEXT NOT NULL, 
	status TEXT NOT NULL, 
	value NUMERIC, 
	import_id UUID NOT NULL, 
	row_number INTEGER NOT NULL, 
	superseded_by UUID, 
	CONSTRAINT pk_performance_benchmark PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_performance_benchmark_authority_id_import_id FOREIGN KEY(authority_id, import_id) REFERENCES performance_import (authority_id, id), 
	CONSTRAINT fk_performance_benchmark_authority_id_superseded_by FOREIGN KEY(authority_id, superseded_by) REFERENCES performance_import (authority_id, id), 
	CONSTRAINT ck_performance_benchmark_level CHECK (level IN ('authority', 'national')), 
	CONSTRAINT ck_performance_benchmark_phase CHECK (phase IN ('all', 'primary', 'secondary', 'special')), 
	CONSTRAINT ck_performance_benchmark_academic_year CHECK (academic_year ~ '^\d{4}-\d{2}$'), 
	CONSTRAINT ck_performance_benchmark_status CHECK (status IN ('low_coverage', 'not_applicable', 'not_available', 'ok', 'suppressed', 'unreliable')), 
	CONSTRAINT ck_performance_benchmark_value CHECK (CASE WHEN status = 'ok' THEN value IS NOT NULL WHEN status IN ('not_applicable', 'not_available', 'suppressed') THEN value IS NULL ELSE true END), 
	CONSTRAINT ck_performance_benchmark_superseded_by CHECK (superseded_by <> import_id), 
	CONSTRAINT fk_performance_benchmark_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_performance_benchmark_authority_id_import_id ON performance_benchmark (authority_id, import_id);

CREATE UNIQUE INDEX uq_performance_benchmark_live ON performance_benchmark (authority_id, academic_year, measure, level, phase) WHERE superseded_by IS NULL;

CREATE TABLE performance_figure (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	published_urn INTEGER NOT NULL, 
	measure TEXT NOT NULL, 
	academic_year TEXT NOT NULL, 
	status TEXT NOT NULL, 
	value NUMERIC, 
	numerator INTEGER, 
	denominator INTEGER, 
	mark TEXT, 
	import_id UUID NOT NULL, 
	row_number INTEGER NOT NULL, 
	superseded_by UUID, 
	CONSTRAINT pk_performance_figure PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_performance_figure_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_performance_figure_authority_id_import_id FOREIGN KEY(authority_id, import_id) REFERENCES performance_import (authority_id, id), 
	CONSTRAINT fk_performance_figure_authority_id_superseded_by FOREIGN KEY(authority_id, superseded_by) REFERENCES performance_import (authority_id, id), 
	CONSTRAINT ck_performance_figure_academic_year CHECK (academic_year ~ '^\d{4}-\d{2}$'), 
	CONSTRAINT ck_performance_figure_status CHECK (status IN ('low_coverage', 'not_applicable', 'not_available', 'ok', 'suppressed', 'unreliable')), 
	CONSTRAINT ck_performance_figure_value CHECK (CASE WHEN status = 'ok' THEN value IS NOT NULL WHEN status IN ('not_applicable', 'not_available', 'suppressed') THEN value IS NULL ELSE true END), 
	CONSTRAINT ck_performance_figure_counts CHECK (numerator >= 0 AND denominator >= 0), 
	CONSTRAINT ck_performance_figure_superseded_by CHECK (superseded_by <> import_id), 
	CONSTRAINT fk_performance_figure_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_performance_figure_authority_id_import_id ON performance_figure (authority_id, import_id);

CREATE UNIQUE INDEX uq_performance_figure_live ON performance_figure (authority_id, school_urn, academic_year, measure) WHERE superseded_by IS NULL;

CREATE TABLE performance_import_fault (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	import_id UUID NOT NULL, 
	line INTEGER NOT NULL, 
	heading TEXT, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_performance_import_fault PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_performance_import_fault_authority_id_import_id FOREIGN KEY(authority_id, import_id) REFERENCES performance_import (authority_id, id), 
	CONSTRAINT fk_performance_import_fault_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_performance_import_fault_authority_id_import_id_line_id ON performance_import_fault (authority_id, import_id, line, id);

CREATE TABLE plan_constraint (
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
	CONSTRAINT pk_plan_constraint PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_plan_constraint_authority_id_need_id FOREIGN KEY(authority_id, need_id) REFERENCES need (authority_id, id), 
	CONSTRAINT fk_plan_constraint_authority_id_offer_id FOREIGN KEY(authority_id, offer_id) REFERENCES offer (authority_id, id), 
	CONSTRAINT fk_plan_constraint_authority_id_made_by FOREIGN KEY(authority_id, made_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_plan_constraint_authority_id_lifted_by FOREIGN KEY(authority_id, lifted_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_plan_constraint_kind CHECK (kind IN ('forbid', 'pin')), 
	CONSTRAINT ck_plan_constraint_reason CHECK (char_length(reason) BETWEEN 1 AND 500), 
	CONSTRAINT fk_plan_constraint_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE UNIQUE INDEX uq_plan_constraint_of_pair ON plan_constraint (authority_id, need_id, offer_id) WHERE lifted_at IS NULL;

CREATE UNIQUE INDEX uq_plan_constraint_one_pin ON plan_constraint (authority_id, need_id) WHERE kind = 'pin' AND lifted_at IS NULL;

CREATE TABLE plan_snapshot (
	authority_id INTEGER NOT NULL, 
	run_id UUID NOT NULL, 
	inputs BYTEA NOT NULL, 
	outcome BYTEA, 
	kept_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_plan_snapshot PRIMARY KEY (authority_id, run_id), 
	CONSTRAINT fk_plan_snapshot_authority_id_run_id FOREIGN KEY(authority_id, run_id) REFERENCES plan_run (authority_id, id), 
	CONSTRAINT fk_plan_snapshot_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE profile (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	phase TEXT NOT NULL, 
	academic_year TEXT NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	method_id UUID NOT NULL, 
	snapshot_number INTEGER DEFAULT 1 NOT NULL, 
	proposed_category TEXT, 
	proposed_reasons TEXT[] DEFAULT '{}' NOT NULL, 
	proposed_direction TEXT NOT NULL, 
	direction TEXT, 
	direction_reason TEXT DEFAULT '' NOT NULL, 
	shared_at TIMESTAMP WITH TIME ZONE, 
	governors_from TIMESTAMP WITH TIME ZONE, 
	invited_on DATE, 
	invited_again_on DATE, 
	answer_by DATE, 
	discussed_on DATE, 
	discussed_with TEXT DEFAULT '' NOT NULL, 
	agreed_points TEXT DEFAULT '' NOT NULL, 
	declined_on DATE, 
	declined_because TEXT DEFAULT '' NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_profile PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_profile_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_profile_authority_id_method_id FOREIGN KEY(authority_id, method_id) REFERENCES profile_method (authority_id, id), 
	CONSTRAINT uq_profile_authority_id_school_urn_phase_academic_year UNIQUE (authority_id, school_urn, phase, academic_year), 
	CONSTRAINT ck_profile_phase CHECK (phase IN ('primary', 'secondary')), 
	CONSTRAINT ck_profile_academic_year CHECK (academic_year ~ '^\d{4}-\d{2}$'), 
	CONSTRAINT ck_profile_state CHECK (state IN ('calculated', 'declined', 'discussed', 'final', 'no_answer', 'revised', 'shared')), 
	CONSTRAINT ck_profile_proposed_direction CHECK (proposed_direction IN ('deteriorating', 'improving', 'too_few', 'unchanged')), 
	CONSTRAINT ck_profile_direction CHECK (direction IN ('deteriorating', 'improving', 'unchanged')), 
	CONSTRAINT ck_profile_direction_reason CHECK (direction IS NULL OR direction = proposed_direction OR direction_reason <> ''), 
	CONSTRAINT ck_profile_shared CHECK (state = 'calculated' OR shared_at IS NOT NULL), 
	CONSTRAINT ck_profile_governors_from CHECK (governors_from IS NULL OR shared_at IS NOT NULL), 
	CONSTRAINT ck_profile_discussed CHECK (state <> 'discussed' OR discussed_on IS NOT NULL), 
	CONSTRAINT ck_profile_declined CHECK (state <> 'declined' OR declined_on IS NOT NULL), 
	CONSTRAINT ck_profile_invited CHECK (invited_again_on IS NULL OR invited_on IS NOT NULL), 
	CONSTRAINT ck_profile_school_was_asked CHECK (state NOT IN ('no_answer', 'final', 'revised') OR (discussed_on IS NOT NULL OR declined_on IS NOT NULL OR (invited_again_on IS NOT NULL AND answer_by IS NOT NULL))), 
	CONSTRAINT fk_profile_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_profile_authority_id_academic_year_phase_state ON profile (authority_id, academic_year, phase, state);

CREATE TABLE proposal (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	need_id UUID NOT NULL, 
	offer_id UUID NOT NULL, 
	requesting_urn INTEGER NOT NULL, 
	supporting_urn INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	days NUMERIC(5, 1) NOT NULL, 
	starts_on DATE NOT NULL, 
	ends_on DATE NOT NULL, 
	message TEXT NOT NULL, 
	proposed_by UUID, 
	proposed_as TEXT NOT NULL, 
	proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	respond_by DATE NOT NULL, 
	respond_from DATE, 
	respond_days INTEGER, 
	terms_version INTEGER DEFAULT 1 NOT NULL, 
	requesting_had_more_time BOOLEAN DEFAULT false NOT NULL, 
	supporting_had_more_time BOOLEAN DEFAULT false NOT NULL, 
	requesting_accepted_at TIMESTAMP WITH TIME ZONE, 
	supporting_accepted_at TIMESTAMP WITH TIME ZONE, 
	released_by_head BOOLEAN DEFAULT false NOT NULL, 
	declined_by TEXT, 
	decline_reason TEXT, 
	not_again_before DATE, 
	need_content_version INTEGER DEFAULT 1 NOT NULL, 
	offer_content_version INTEGER DEFAULT 1 NOT NULL, 
	interest_reason TEXT, 
	CONSTRAINT pk_proposal PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_proposal_authority_id_need_id FOREIGN KEY(authority_id, need_id) REFERENCES need (authority_id, id), 
	CONSTRAINT fk_proposal_authority_id_offer_id FOREIGN KEY(authority_id, offer_id) REFERENCES offer (authority_id, id), 
	CONSTRAINT fk_proposal_authority_id_requesting_urn FOREIGN KEY(authority_id, requesting_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_proposal_authority_id_supporting_urn FOREIGN KEY(authority_id, supporting_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_proposal_authority_id_proposed_by FOREIGN KEY(authority_id, proposed_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_proposal_state CHECK (state IN ('agreed', 'declined', 'lapsed', 'proposed', 'superseded', 'to_release', 'withdrawn')), 
	CONSTRAINT ck_proposal_days CHECK (days > 0 AND days <= 200 AND days * 2 = trunc(days * 2)), 
	CONSTRAINT ck_proposal_dates CHECK (ends_on >= starts_on), 
	CONSTRAINT ck_proposal_two_schools CHECK (requesting_urn <> supporting_urn), 
	CONSTRAINT ck_proposal_length CHECK (char_length(message) <= 2000), 
	CONSTRAINT ck_proposal_proposed_as CHECK (proposed_as IN ('leader', 'requesting', 'supporting')), 
	CONSTRAINT ck_proposal_declined_by CHECK (declined_by IN ('requesting', 'supporting')), 
	CONSTRAINT ck_proposal_interest_reason CHECK (char_length(interest_reason) BETWEEN 1 AND 500), 
	CONSTRAINT ck_proposal_not_again_before CHECK (state <> 'declined' OR not_again_before IS NOT NULL), 
	CONSTRAINT ck_proposal_respond_by CHECK ((respond_from IS NULL) = (respond_days IS NULL)), 
	CONSTRAINT fk_proposal_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_proposal_authority_id_offer_id_state ON proposal (authority_id, offer_id, state);

CREATE INDEX ix_proposal_authority_id_requesting_urn_state ON proposal (authority_id, requesting_urn, state);

CREATE INDEX ix_proposal_authority_id_supporting_urn_state ON proposal (authority_id, supporting_urn, state);

CREATE UNIQUE INDEX uq_proposal_live ON proposal (authority_id, need_id, offer_id) WHERE state IN ('proposed', 'to_release');

CREATE TABLE seat_appointment (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	seat_id UUID NOT NULL, 
	body_id UUID NOT NULL, 
	voting BOOLEAN NOT NULL, 
	person_id UUID NOT NULL, 
	school_urn INTEGER, 
	how TEXT NOT NULL, 
	by TEXT NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE, 
	ended_reason TEXT, 
	CONSTRAINT pk_seat_appointment PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_seat_appointment_authority_id_seat_id_body_id_voting FOREIGN KEY(authority_id, seat_id, body_id, voting) REFERENCES seat (authority_id, id, body_id, voting), 
	CONSTRAINT fk_seat_appointment_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_seat_appointment_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT ck_seat_appointment_how CHECK (how IN ('appointed', 'elected')), 
	CONSTRAINT ck_seat_appointment_by CHECK (char_length(by) BETWEEN 1 AND 120), 
	CONSTRAINT ck_seat_appointment_ended_reason CHECK (ended_reason IN ('left_office', 'mistake', 'removed', 'resigned', 'school_changed')), 
	CONSTRAINT ck_seat_appointment_ends_after_start CHECK (until_on >= from_on), 
	CONSTRAINT ex_seat_appointment_one_holder EXCLUDE USING gist (authority_id WITH =, seat_id WITH =, daterange(from_on, until_on) WITH &&), 
	CONSTRAINT ex_seat_appointment_one_vote EXCLUDE USING gist (authority_id WITH =, body_id WITH =, person_id WITH =, daterange(from_on, until_on) WITH &&) WHERE (voting), 
	CONSTRAINT fk_seat_appointment_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_seat_appointment_authority_id_person_id ON seat_appointment (authority_id, person_id);

CREATE INDEX ix_seat_appointment_authority_id_school_urn ON seat_appointment (authority_id, school_urn);

CREATE TABLE seat_substitute (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	seat_id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	school_urn INTEGER, 
	from_on DATE NOT NULL, 
	until_on DATE, 
	CONSTRAINT pk_seat_substitute PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_seat_substitute_authority_id_seat_id FOREIGN KEY(authority_id, seat_id) REFERENCES seat (authority_id, id), 
	CONSTRAINT fk_seat_substitute_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_seat_substitute_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT ck_seat_substitute_ends_after_start CHECK (until_on >= from_on), 
	CONSTRAINT ex_seat_substitute_once EXCLUDE USING gist (authority_id WITH =, seat_id WITH =, person_id WITH =, daterange(from_on, until_on) WITH &&), 
	CONSTRAINT fk_seat_substitute_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_seat_substitute_authority_id_person_id ON seat_substitute (authority_id, person_id);

CREATE TABLE statutory_step (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	taken_on DATE NOT NULL, 
	legal_basis TEXT NOT NULL, 
	words TEXT NOT NULL, 
	recipients TEXT[] DEFAULT '{}' NOT NULL, 
	notice_reference TEXT DEFAULT '' NOT NULL, 
	notice_on DATE, 
	comply_by_on DATE, 
	eligible_by TEXT, 
	urgent_because TEXT DEFAULT '' NOT NULL, 
	recorded_by UUID NOT NULL, 
	recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_statutory_step PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_statutory_step_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_statutory_step_authority_id_recorded_by FOREIGN KEY(authority_id, recorded_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_statutory_step_kind CHECK (kind IN ('additional_governors', 'arrangements', 'complied', 'concern_meeting', 'eligible_for_intervention', 'ended', 'informal_concern', 'interim_executive_board', 'pre_warning', 'secretary_notice', 'secretary_permission', 'suspend_delegation', 'warning_notice')), 
	CONSTRAINT ck_statutory_step_legal_basis CHECK (char_length(legal_basis) BETWEEN 1 AND 300), 
	CONSTRAINT ck_statutory_step_words CHECK (char_length(words) BETWEEN 1 AND 4000), 
	CONSTRAINT ck_statutory_step_length CHECK (char_length(urgent_because) <= 1000 AND char_length(notice_reference) <= 120), 
	CONSTRAINT ck_statutory_step_recipients CHECK (recipients <@ ARRAY['chair', 'head', 'dfe', 'ofsted', 'diocese', 'foundation', 'consortium']::text[]), 
	CONSTRAINT ck_statutory_step_notice CHECK (NOT kind IN ('additional_governors', 'arrangements', 'interim_executive_board', 'pre_warning', 'suspend_delegation', 'warning_notice') OR (notice_on IS NOT NULL AND notice_reference <> '' AND recipients @> ARRAY['chair', 'head']::text[])), 
	CONSTRAINT ck_statutory_step_eligible_by CHECK (kind <> 'eligible_for_intervention' OR (eligible_by IS NOT NULL AND eligible_by IN ('significant_improvement', 'special_measures', 'warning_notice'))), 
	CONSTRAINT ck_statutory_step_eligible_by_belongs CHECK (eligible_by IS NULL OR kind = 'eligible_for_intervention' OR (kind = 'suspend_delegation' AND eligible_by = 'mismanagement')), 
	CONSTRAINT ck_statutory_step_powers_proposed CHECK (kind <> 'eligible_for_intervention' OR eligible_by <> 'warning_notice' OR (notice_on IS NOT NULL AND notice_reference <> '' AND recipients @> ARRAY['chair']::text[])), 
	CONSTRAINT ck_statutory_step_compliance_period CHECK (kind <> 'warning_notice' OR comply_by_on IS NOT NULL), 
	CONSTRAINT ck_statutory_step_dates CHECK (comply_by_on >= notice_on), 
	CONSTRAINT fk_statutory_step_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_statutory_step_authority_id_escalation_id_taken_on ON statutory_step (authority_id, escalation_id, taken_on);

CREATE TABLE support_category_change (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	support_category_id UUID NOT NULL, 
	category_before TEXT NOT NULL, 
	category_after TEXT NOT NULL, 
	reasons TEXT NOT NULL, 
	decided_on DATE NOT NULL, 
	decision_reference TEXT NOT NULL, 
	changed_by UUID, 
	CONSTRAINT pk_support_category_change PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_support_category_change_authority_id_support_category_id FOREIGN KEY(authority_id, support_category_id) REFERENCES support_category (authority_id, id), 
	CONSTRAINT fk_support_category_change_authority_id_changed_by FOREIGN KEY(authority_id, changed_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_support_category_change_differs CHECK (category_before <> category_after), 
	CONSTRAINT ck_support_category_change_reasons CHECK (reasons ~ '[[:alnum:]]' AND char_length(reasons) <= 4000), 
	CONSTRAINT ck_support_category_change_decision_reference CHECK (char_length(decision_reference) BETWEEN 1 AND 200), 
	CONSTRAINT fk_support_category_change_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_support_category_change_authority_id_support_category_id_id ON support_category_change (authority_id, support_category_id, id);

CREATE TABLE user_session (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	token_hash BYTEA NOT NULL, 
	person_id UUID NOT NULL, 
	role_assignment_id UUID, 
	issuer TEXT NOT NULL, 
	device TEXT NOT NULL, 
	begun_by BYTEA, 
	id_token TEXT, 
	started_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_user_session PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_user_session_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_user_session_authority_id_role_assignment_id FOREIGN KEY(authority_id, role_assignment_id) REFERENCES role_assignment (authority_id, id), 
	CONSTRAINT uq_user_session_authority_id_token_hash UNIQUE (authority_id, token_hash), 
	CONSTRAINT uq_user_session_authority_id_begun_by UNIQUE (authority_id, begun_by), 
	CONSTRAINT fk_user_session_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_user_session_authority_id_person_id ON user_session (authority_id, person_id);

CREATE TABLE watched_school (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	person_id UUID NOT NULL, 
	role_assignment_id UUID NOT NULL, 
	school_urn INTEGER NOT NULL, 
	watched_since TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	checked_until TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_watched_school PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_watched_school_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_watched_school_authority_id_role_assignment_id FOREIGN KEY(authority_id, role_assignment_id) REFERENCES role_assignment (authority_id, id), 
	CONSTRAINT fk_watched_school_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT uq_watched_school_authority_id_role_assignment_id_school_urn UNIQUE (authority_id, role_assignment_id, school_urn), 
	CONSTRAINT fk_watched_school_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_watched_school_authority_id_person_id ON watched_school (authority_id, person_id);

CREATE TABLE consultation_answer (
	authority_id INTEGER NOT NULL, 
	consultation_id UUID NOT NULL, 
	school_urn INTEGER NOT NULL, 
	answers JSONB NOT NULL, 
	answered_by UUID NOT NULL, 
	answered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_consultation_answer PRIMARY KEY (authority_id, consultation_id, school_urn), 
	CONSTRAINT fk_consultation_answer_only_of_asked_schools FOREIGN KEY(authority_id, consultation_id, school_urn) REFERENCES consultation_school (authority_id, consultation_id, school_urn), 
	CONSTRAINT fk_consultation_answer_authority_id_answered_by FOREIGN KEY(authority_id, answered_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_consultation_answer_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE escalation_reminder (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
	timer_id UUID NOT NULL, 
	generation INTEGER NOT NULL, 
	deadline_kind TEXT NOT NULL, 
	step TEXT NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	people_notified INTEGER NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_reminder PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_reminder_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_reminder_authority_id_timer_id FOREIGN KEY(authority_id, timer_id) REFERENCES escalation_timer (authority_id, id), 
	CONSTRAINT ck_escalation_reminder_deadline_kind CHECK (deadline_kind IN ('acknowledge', 'comply', 'decide', 'plan', 'powers', 'review')), 
	CONSTRAINT ck_escalation_reminder_step CHECK (step IN ('core_team', 'director', 'head_of_service', 'owner_before', 'owner_on_the_day')), 
	CONSTRAINT ck_escalation_reminder_people_notified CHECK (people_notified >= 0), 
	CONSTRAINT uq_escalation_reminder_authority_id_timer_id_generation UNIQUE (authority_id, timer_id, generation), 
	CONSTRAINT fk_escalation_reminder_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_reminder_authority_id_escalation_id_at ON escalation_reminder (authority_id, escalation_id, at);

CREATE TABLE plan_assignment (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	run_id UUID NOT NULL, 
	need_id UUID NOT NULL, 
	requesting_urn INTEGER NOT NULL, 
	tier INTEGER NOT NULL, 
	offer_id UUID, 
	supporting_urn INTEGER, 
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
	CONSTRAINT pk_plan_assignment PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_plan_assignment_authority_id_run_id FOREIGN KEY(authority_id, run_id) REFERENCES plan_run (authority_id, id), 
	CONSTRAINT fk_plan_assignment_authority_id_need_id FOREIGN KEY(authority_id, need_id) REFERENCES need (authority_id, id), 
	CONSTRAINT fk_plan_assignment_authority_id_requesting_urn FOREIGN KEY(authority_id, requesting_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_plan_assignment_authority_id_offer_id FOREIGN KEY(authority_id, offer_id) REFERENCES offer (authority_id, id), 
	CONSTRAINT fk_plan_assignment_authority_id_supporting_urn FOREIGN KEY(authority_id, supporting_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_plan_assignment_authority_id_proposal_id FOREIGN KEY(authority_id, proposal_id) REFERENCES proposal (authority_id, id), 
	CONSTRAINT fk_plan_assignment_authority_id_again_id FOREIGN KEY(authority_id, again_id) REFERENCES plan_run (authority_id, id), 
	CONSTRAINT uq_plan_assignment_authority_id_run_id_need_id UNIQUE (authority_id, run_id, need_id), 
	CONSTRAINT ck_plan_assignment_tier CHECK (tier BETWEEN 1 AND 3), 
	CONSTRAINT ck_plan_assignment_score CHECK (score BETWEEN 0 AND 1000), 
	CONSTRAINT ck_plan_assignment_partner CHECK ((offer_id IS NULL) = (supporting_urn IS NULL) AND (offer_id IS NULL) = (score IS NULL) AND (offer_id IS NULL OR days IS NOT NULL)), 
	CONSTRAINT ck_plan_assignment_two_schools CHECK (requesting_urn <> supporting_urn), 
	CONSTRAINT ck_plan_assignment_days CHECK (days > 0), 
	CONSTRAINT ck_plan_assignment_pence CHECK (pence >= 0), 
	CONSTRAINT ck_plan_assignment_held_by CHECK (held_by IN ('pin', 'proposal', 'support_agreement')), 
	CONSTRAINT ck_plan_assignment_proposal CHECK (proposal_id IS NULL OR offer_id IS NOT NULL), 
	CONSTRAINT fk_plan_assignment_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_plan_assignment_authority_id_need_id ON plan_assignment (authority_id, need_id);

CREATE INDEX ix_plan_assignment_authority_id_proposal_id ON plan_assignment (authority_id, proposal_id);

CREATE TABLE profile_comment (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	profile_id UUID NOT NULL, 
	body TEXT NOT NULL, 
	written_by UUID, 
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_profile_comment PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_profile_comment_authority_id_profile_id FOREIGN KEY(authority_id, profile_id) REFERENCES profile (authority_id, id), 
	CONSTRAINT fk_profile_comment_authority_id_written_by FOREIGN KEY(authority_id, written_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_profile_comment_body CHECK (char_length(body) BETWEEN 1 AND 4000), 
	CONSTRAINT fk_profile_comment_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_profile_comment_authority_id_profile_id_id ON profile_comment (authority_id, profile_id, id);

CREATE TABLE profile_dispute (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	profile_id UUID NOT NULL, 
	measure TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	raised_by UUID, 
	raised_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	answer TEXT DEFAULT '' NOT NULL, 
	answered_by UUID, 
	answered_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_profile_dispute PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_profile_dispute_authority_id_profile_id FOREIGN KEY(authority_id, profile_id) REFERENCES profile (authority_id, id), 
	CONSTRAINT fk_profile_dispute_authority_id_raised_by FOREIGN KEY(authority_id, raised_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_profile_dispute_authority_id_answered_by FOREIGN KEY(authority_id, answered_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_profile_dispute_reason CHECK (char_length(reason) BETWEEN 1 AND 1000), 
	CONSTRAINT ck_profile_dispute_answer CHECK (char_length(answer) <= 2000), 
	CONSTRAINT ck_profile_dispute_answered CHECK ((answered_at IS NULL) = (answer = '')), 
	CONSTRAINT fk_profile_dispute_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_profile_dispute_authority_id_profile_id_id ON profile_dispute (authority_id, profile_id, id);

CREATE TABLE profile_invitation (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	profile_id UUID NOT NULL, 
	number INTEGER NOT NULL, 
	invited_on DATE NOT NULL, 
	answer_by DATE NOT NULL, 
	message TEXT NOT NULL, 
	invited_by UUID, 
	CONSTRAINT pk_profile_invitation PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_profile_invitation_authority_id_profile_id FOREIGN KEY(authority_id, profile_id) REFERENCES profile (authority_id, id), 
	CONSTRAINT fk_profile_invitation_authority_id_invited_by FOREIGN KEY(authority_id, invited_by) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_profile_invitation_authority_id_profile_id_number UNIQUE (authority_id, profile_id, number), 
	CONSTRAINT ck_profile_invitation_number CHECK (number IN (1, 2)), 
	CONSTRAINT ck_profile_invitation_answer_by CHECK (answer_by > invited_on), 
	CONSTRAINT ck_profile_invitation_message CHECK (char_length(message) BETWEEN 1 AND 1000), 
	CONSTRAINT fk_profile_invitation_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE profile_snapshot (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	profile_id UUID NOT NULL, 
	number INTEGER NOT NULL, 
	audience TEXT NOT NULL, 
	method_id UUID NOT NULL, 
	inputs BYTEA, 
	inputs_digest TEXT NOT NULL, 
	outputs BYTEA NOT NULL, 
	outputs_digest TEXT NOT NULL, 
	calculated_by UUID, 
	calculated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_profile_snapshot PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_profile_snapshot_authority_id_profile_id FOREIGN KEY(authority_id, profile_id) REFERENCES profile (authority_id, id), 
	CONSTRAINT fk_profile_snapshot_authority_id_method_id FOREIGN KEY(authority_id, method_id) REFERENCES profile_method (authority_id, id), 
	CONSTRAINT fk_profile_snapshot_authority_id_calculated_by FOREIGN KEY(authority_id, calculated_by) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_profile_snapshot_authority_id_profile_id_number_audience UNIQUE (authority_id, profile_id, number, audience), 
	CONSTRAINT ck_profile_snapshot_audience CHECK (audience IN ('others', 'school')), 
	CONSTRAINT ck_profile_snapshot_inputs CHECK ((audience = 'others') = (inputs IS NULL)), 
	CONSTRAINT ck_profile_snapshot_digests CHECK (inputs_digest ~ '^[0-9a-f]{64}$' AND outputs_digest ~ '^[0-9a-f]{64}$'), 
	CONSTRAINT fk_profile_snapshot_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE support_agreement (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	proposal_id UUID NOT NULL, 
	need_id UUID NOT NULL, 
	offer_id UUID NOT NULL, 
	requesting_urn INTEGER NOT NULL, 
	supporting_urn INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	days NUMERIC(5, 1) NOT NULL, 
	days_used NUMERIC(5, 1) DEFAULT 0 NOT NULL, 
	starts_on DATE NOT NULL, 
	ends_on DATE NOT NULL, 
	agreed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	agreed_on DATE DEFAULT current_date NOT NULL, 
	requesting_signed_at TIMESTAMP WITH TIME ZONE, 
	requesting_signed_by UUID, 
	supporting_signed_at TIMESTAMP WITH TIME ZONE, 
	supporting_signed_by UUID, 
	agreement_version INTEGER DEFAULT 1 NOT NULL, 
	outcome TEXT, 
	ended_because TEXT, 
	challenge_until DATE, 
	challenged_on DATE, 
	delayed_side TEXT, 
	shown_from TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_support_agreement PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_support_agreement_authority_id_proposal_id FOREIGN KEY(authority_id, proposal_id) REFERENCES proposal (authority_id, id), 
	CONSTRAINT fk_support_agreement_authority_id_need_id FOREIGN KEY(authority_id, need_id) REFERENCES need (authority_id, id), 
	CONSTRAINT fk_support_agreement_authority_id_offer_id FOREIGN KEY(authority_id, offer_id) REFERENCES offer (authority_id, id), 
	CONSTRAINT fk_support_agreement_authority_id_requesting_urn FOREIGN KEY(authority_id, requesting_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_support_agreement_authority_id_supporting_urn FOREIGN KEY(authority_id, supporting_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT uq_support_agreement_authority_id_proposal_id UNIQUE (authority_id, proposal_id), 
	CONSTRAINT ck_support_agreement_state CHECK (state IN ('active', 'closed', 'ended_early', 'preparing')), 
	CONSTRAINT ck_support_agreement_days CHECK (days > 0 AND days * 2 = trunc(days * 2)), 
	CONSTRAINT ck_support_agreement_days_used CHECK (days_used >= 0 AND days_used <= days), 
	CONSTRAINT ck_support_agreement_dates CHECK (ends_on >= starts_on), 
	CONSTRAINT ck_support_agreement_not_years_ago CHECK (starts_on >= agreed_on - 366), 
	CONSTRAINT ck_support_agreement_outcome CHECK (outcome IN ('met', 'not_met', 'part_met')), 
	CONSTRAINT ck_support_agreement_challenged_in_time CHECK (challenged_on IS NULL OR (state = 'ended_early' AND challenge_until IS NOT NULL AND challenged_on <= challenge_until)), 
	CONSTRAINT ck_support_agreement_delayed_side CHECK (delayed_side IN ('requesting', 'supporting')), 
	CONSTRAINT ck_support_agreement_only_an_ending_is_delayed CHECK ((delayed_side IS NULL) = (shown_from IS NULL) AND (shown_from IS NULL OR state IN ('closed', 'ended_early'))), 
	CONSTRAINT ck_support_agreement_requesting_signed CHECK ((requesting_signed_at IS NULL) = (requesting_signed_by IS NULL)), 
	CONSTRAINT ck_support_agreement_supporting_signed CHECK ((supporting_signed_at IS NULL) = (supporting_signed_by IS NULL)), 
	CONSTRAINT fk_support_agreement_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_support_agreement_authority_id_offer_id_state ON support_agreement (authority_id, offer_id, state);

CREATE INDEX ix_support_agreement_authority_id_requesting_urn_state ON support_agreement (authority_id, requesting_urn, state);

CREATE INDEX ix_support_agreement_authority_id_supporting_urn_state ON support_agreement (authority_id, supporting_urn, state);

CREATE UNIQUE INDEX uq_agreement_live_need ON support_agreement (authority_id, need_id) WHERE state IN ('preparing', 'active');

CREATE TABLE vote (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	motion_id UUID NOT NULL, 
	seat_id UUID NOT NULL, 
	choice TEXT NOT NULL, 
	voted_by UUID NOT NULL, 
	voted_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	superseded_by UUID, 
	CONSTRAINT pk_vote PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_vote_authority_id_motion_id_seat_id FOREIGN KEY(authority_id, motion_id, seat_id) REFERENCES motion_elector (authority_id, motion_id, seat_id), 
	CONSTRAINT fk_vote_authority_id_superseded_by FOREIGN KEY(authority_id, superseded_by) REFERENCES vote (authority_id, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_vote_authority_id_voted_by FOREIGN KEY(authority_id, voted_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_vote_choice CHECK (choice IN ('abstain', 'against', 'for')), 
	CONSTRAINT fk_vote_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE UNIQUE INDEX uq_vote_one_live ON vote (authority_id, motion_id, seat_id) WHERE superseded_by IS NULL;

CREATE TABLE aim (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	agreement_id UUID NOT NULL, 
	aim TEXT NOT NULL, 
	measure TEXT NOT NULL, 
	baseline TEXT NOT NULL, 
	target TEXT NOT NULL, 
	CONSTRAINT pk_aim PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_aim_authority_id_agreement_id FOREIGN KEY(authority_id, agreement_id) REFERENCES support_agreement (authority_id, id), 
	CONSTRAINT ck_aim_aim CHECK (char_length(aim) BETWEEN 1 AND 500), 
	CONSTRAINT ck_aim_measure CHECK (char_length(measure) BETWEEN 1 AND 300), 
	CONSTRAINT ck_aim_length CHECK (char_length(baseline) <= 300 AND char_length(target) <= 300), 
	CONSTRAINT fk_aim_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_aim_authority_id_agreement_id_id ON aim (authority_id, agreement_id, id);

CREATE TABLE amendment (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	agreement_id UUID NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	proposed_side TEXT NOT NULL, 
	proposed_by UUID NOT NULL, 
	days NUMERIC(5, 1) NOT NULL, 
	starts_on DATE NOT NULL, 
	ends_on DATE NOT NULL, 
	aims JSONB NOT NULL, 
	agreement_version INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_amendment PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_amendment_authority_id_agreement_id FOREIGN KEY(authority_id, agreement_id) REFERENCES support_agreement (authority_id, id), 
	CONSTRAINT fk_amendment_authority_id_proposed_by FOREIGN KEY(authority_id, proposed_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_amendment_state CHECK (state IN ('agreed', 'proposed', 'refused', 'withdrawn')), 
	CONSTRAINT ck_amendment_proposed_side CHECK (proposed_side IN ('requesting', 'supporting')), 
	CONSTRAINT ck_amendment_days CHECK (days > 0 AND days <= 200 AND days * 2 = trunc(days * 2)), 
	CONSTRAINT ck_amendment_dates CHECK (ends_on >= starts_on), 
	CONSTRAINT ck_amendment_reason CHECK (char_length(reason) BETWEEN 1 AND 2000), 
	CONSTRAINT fk_amendment_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_amendment_authority_id_agreement_id_id ON amendment (authority_id, agreement_id, id);

CREATE UNIQUE INDEX uq_amendment_live ON amendment (authority_id, agreement_id) WHERE state = 'proposed';

CREATE TABLE claim (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	agreement_id UUID NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	days NUMERIC(5, 1) DEFAULT 0 NOT NULL, 
	pence BIGINT DEFAULT 0 NOT NULL, 
	invoice_number TEXT DEFAULT '' NOT NULL, 
	claimed_by UUID NOT NULL, 
	claimed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	decided_by UUID, 
	decided_at TIMESTAMP WITH TIME ZONE, 
	returned_because TEXT DEFAULT '' NOT NULL, 
	paid_on DATE, 
	payment_reference TEXT DEFAULT '' NOT NULL, 
	paid_by UUID, 
	credited_because TEXT DEFAULT '' NOT NULL, 
	credited_by UUID, 
	credited_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_claim PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_claim_authority_id_agreement_id FOREIGN KEY(authority_id, agreement_id) REFERENCES support_agreement (authority_id, id), 
	CONSTRAINT fk_claim_authority_id_claimed_by FOREIGN KEY(authority_id, claimed_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_claim_authority_id_decided_by FOREIGN KEY(authority_id, decided_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_claim_authority_id_paid_by FOREIGN KEY(authority_id, paid_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_claim_authority_id_credited_by FOREIGN KEY(authority_id, credited_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_claim_state CHECK (state IN ('approved', 'credited', 'paid', 'returned', 'submitted', 'withdrawn')), 
	CONSTRAINT ck_claim_amounts CHECK (pence >= 0 AND days >= 0), 
	CONSTRAINT ck_claim_has_lines CHECK (state NOT IN ('approved', 'paid', 'credited') OR pence > 0), 
	CONSTRAINT ck_claim_invoice_number CHECK (char_length(invoice_number) <= 40), 
	CONSTRAINT ck_claim_returned_because CHECK (state <> 'returned' OR returned_because <> ''), 
	CONSTRAINT ck_claim_credited_because CHECK (state <> 'credited' OR credited_because <> ''), 
	CONSTRAINT ck_claim_reasons CHECK (char_length(returned_because) <= 1000 AND char_length(credited_because) <= 1000), 
	CONSTRAINT ck_claim_decided CHECK (state IN ('submitted', 'withdrawn') OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)), 
	CONSTRAINT ck_claim_payment CHECK ((paid_on IS NULL) = (payment_reference = '') AND (paid_on IS NULL) = (paid_by IS NULL) AND char_length(payment_reference) <= 60 AND (state <> 'paid' OR paid_on IS NOT NULL)), 
	CONSTRAINT ck_claim_credited CHECK ((state = 'credited') = (credited_by IS NOT NULL) AND (state = 'credited') = (credited_at IS NOT NULL)), 
	CONSTRAINT fk_claim_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_claim_authority_id_agreement_id ON claim (authority_id, agreement_id);

CREATE INDEX ix_claim_authority_id_state_claimed_at ON claim (authority_id, state, claimed_at);

CREATE TABLE directory_entry (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER, 
	partner_urn INTEGER, 
	agreement_id UUID, 
	written_by UUID, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	edition INTEGER DEFAULT 1 NOT NULL, 
	kind TEXT DEFAULT 'practice' NOT NULL, 
	title TEXT NOT NULL, 
	themes TEXT[] DEFAULT '{}' NOT NULL, 
	phases TEXT[] DEFAULT '{}' NOT NULL, 
	key_stages TEXT[] DEFAULT '{}' NOT NULL, 
	problem TEXT DEFAULT '' NOT NULL, 
	context TEXT DEFAULT '' NOT NULL, 
	what_we_did TEXT DEFAULT '' NOT NULL, 
	evidence TEXT DEFAULT '' NOT NULL, 
	what_to_avoid TEXT DEFAULT '' NOT NULL, 
	what_you_need TEXT DEFAULT '' NOT NULL, 
	who_to_ask TEXT DEFAULT '' NOT NULL, 
	cost_pence INTEGER, 
	staff_hours NUMERIC(6, 1), 
	staff_time TEXT DEFAULT '' NOT NULL, 
	term TEXT, 
	source_name TEXT DEFAULT '' NOT NULL, 
	folded_title TEXT GENERATED ALWAYS AS (public.folded(title || ' ' || source_name)) STORED NOT NULL, 
	source_url TEXT DEFAULT '' NOT NULL, 
	licence TEXT DEFAULT '' NOT NULL, 
	attribution TEXT DEFAULT '' NOT NULL, 
	visibility TEXT DEFAULT 'authority' NOT NULL, 
	visible_to_authority_from DATE, 
	claimed_level INTEGER DEFAULT 0 NOT NULL, 
	checked_level INTEGER DEFAULT 0 NOT NULL, 
	uses_yes INTEGER DEFAULT 0 NOT NULL, 
	uses_partly INTEGER DEFAULT 0 NOT NULL, 
	uses_no INTEGER DEFAULT 0 NOT NULL, 
	uses_early INTEGER DEFAULT 0 NOT NULL, 
	tries_said INTEGER DEFAULT 0 NOT NULL, 
	tries_did INTEGER DEFAULT 0 NOT NULL, 
	tries_changed INTEGER DEFAULT 0 NOT NULL, 
	evidence_level INTEGER GENERATED ALWAYS AS (
CASE
WHEN uses_yes + uses_partly + uses_no >= 3 AND uses_no * 2 > uses_yes + uses_partly + uses_no
THEN greatest(checked_level - 1, 0)
WHEN uses_yes >= 2 AND uses_no * 2 <= uses_yes + uses_partly + uses_no
THEN greatest(checked_level, 2)
ELSE checked_level END
) STORED NOT NULL, 
	checked_by UUID, 
	checked_by_urn INTEGER, 
	checked_on DATE, 
	verified_by UUID, 
	verified_edition INTEGER, 
	reviewed_on DATE, 
	review_due_on DATE, 
	convert_by_on DATE, 
	listed_at TIMESTAMP WITH TIME ZONE, 
	changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_directory_entry PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_directory_entry_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_directory_entry_authority_id_partner_urn FOREIGN KEY(authority_id, partner_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_directory_entry_authority_id_checked_by_urn FOREIGN KEY(authority_id, checked_by_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_directory_entry_authority_id_written_by FOREIGN KEY(authority_id, written_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_directory_entry_authority_id_checked_by FOREIGN KEY(authority_id, checked_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_directory_entry_authority_id_verified_by FOREIGN KEY(authority_id, verified_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_directory_entry_authority_id_agreement_id FOREIGN KEY(authority_id, agreement_id) REFERENCES support_agreement (authority_id, id), 
	CONSTRAINT ck_directory_entry_state CHECK (state IN ('archived', 'draft', 'peer_check', 'returned', 'reverified', 'review_due', 'submitted', 'verified')), 
	CONSTRAINT ck_directory_entry_kind CHECK (kind IN ('practice', 'work_in_progress')), 
	CONSTRAINT ck_directory_entry_visibility CHECK (visibility IN ('authority', 'consortium', 'public')), 
	CONSTRAINT ck_directory_entry_title CHECK (char_length(title) BETWEEN 1 AND 120), 
	CONSTRAINT ck_directory_entry_length CHECK (char_length(problem) <= 8000 AND char_length(context) <= 8000 AND char_length(what_we_did) <= 8000 AND char_length(evidence) <= 8000 AND char_length(what_to_avoid) <= 8000 AND char_length(what_you_need) <= 8000), 
	CONSTRAINT ck_directory_entry_lines CHECK (char_length(who_to_ask) <= 200 AND char_length(staff_time) <= 300 AND char_length(source_name) <= 200 AND char_length(source_url) <= 500 AND char_length(licence) <= 120 AND char_length(attribution) <= 500), 
	CONSTRAINT ck_directory_entry_lists CHECK (cardinality(themes) <= 5 AND cardinality(phases) <= 12 AND cardinality(key_stages) <= 12), 
	CONSTRAINT ck_directory_entry_cost CHECK (cost_pence BETWEEN 0 AND 100000000), 
	CONSTRAINT ck_directory_entry_staff_hours CHECK (staff_hours BETWEEN 0 AND 10000), 
	CONSTRAINT ck_directory_entry_checked_level CHECK (checked_level BETWEEN 0 AND 4), 
	CONSTRAINT ck_directory_entry_claimed_level CHECK (claimed_level BETWEEN 0 AND 4), 
	CONSTRAINT ck_directory_entry_what_is_verified_stands CHECK (state NOT IN ('verified', 'reverified') OR (verified_edition = edition AND reviewed_on IS NOT NULL AND review_due_on IS NOT NULL)), 
	CONSTRAINT ck_directory_entry_peer_is_of_another_school CHECK (checked_by_urn <> school_urn), 
	CONSTRAINT ck_directory_entry_nobody_verifies_their_own CHECK (verified_by <> written_by), 
	CONSTRAINT ck_directory_entry_harvested CHECK ((agreement_id IS NULL) = (partner_urn IS NULL)), 
	CONSTRAINT ck_directory_entry_shown_to_all CHECK (visible_to_authority_from IS NULL OR visibility <> 'consortium'), 
	CONSTRAINT ck_directory_entry_resource_is_for_all CHECK (school_urn IS NOT NULL OR visibility <> 'consortium'), 
	CONSTRAINT ck_directory_entry_converts CHECK (convert_by_on IS NULL OR kind = 'work_in_progress'), 
	CONSTRAINT fk_directory_entry_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_directory_entry_authority_id_partner_urn ON directory_entry (authority_id, partner_urn) WHERE partner_urn IS NOT NULL;

CREATE INDEX ix_directory_entry_authority_id_school_urn_state ON directory_entry (authority_id, school_urn, state);

CREATE INDEX ix_directory_entry_authority_id_state_review_due_on ON directory_entry (authority_id, state, review_due_on);

CREATE INDEX ix_directory_entry_listed ON directory_entry (authority_id, listed_at, id) WHERE state IN ('verified', 'review_due', 'reverified');

CREATE UNIQUE INDEX uq_directory_entry_agreement ON directory_entry (authority_id, agreement_id) WHERE agreement_id IS NOT NULL;

CREATE TABLE review (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	agreement_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	side TEXT NOT NULL, 
	changed TEXT NOT NULL, 
	again TEXT NOT NULL, 
	outcome TEXT, 
	given_by UUID NOT NULL, 
	given_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	shown_from TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_review PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_review_authority_id_agreement_id FOREIGN KEY(authority_id, agreement_id) REFERENCES support_agreement (authority_id, id), 
	CONSTRAINT fk_review_authority_id_given_by FOREIGN KEY(authority_id, given_by) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_review_authority_id_agreement_id_kind_side UNIQUE (authority_id, agreement_id, kind, side), 
	CONSTRAINT ck_review_kind CHECK (kind IN ('closing', 'mid_term')), 
	CONSTRAINT ck_review_side CHECK (side IN ('requesting', 'supporting')), 
	CONSTRAINT ck_review_again CHECK (again IN ('no', 'perhaps', 'yes')), 
	CONSTRAINT ck_review_outcome CHECK (outcome IN ('met', 'not_met', 'part_met')), 
	CONSTRAINT ck_review_requesting_school_gives_outcome CHECK ((outcome IS NOT NULL) = (kind = 'closing' AND side = 'requesting')), 
	CONSTRAINT ck_review_length CHECK (char_length(changed) BETWEEN 1 AND 4000), 
	CONSTRAINT fk_review_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE signed_agreement (
	authority_id INTEGER NOT NULL, 
	agreement_id UUID NOT NULL, 
	agreement_version INTEGER NOT NULL, 
	content JSONB NOT NULL, 
	text TEXT NOT NULL, 
	signed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_signed_agreement PRIMARY KEY (authority_id, agreement_id, agreement_version), 
	CONSTRAINT fk_signed_agreement_authority_id_agreement_id FOREIGN KEY(authority_id, agreement_id) REFERENCES support_agreement (authority_id, id), 
	CONSTRAINT ck_signed_agreement_text CHECK (char_length(text) > 0), 
	CONSTRAINT fk_signed_agreement_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE visit (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	agreement_id UUID NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	visit_on DATE NOT NULL, 
	days NUMERIC(5, 1) NOT NULL, 
	focus TEXT NOT NULL, 
	done TEXT DEFAULT '' NOT NULL, 
	next_steps TEXT DEFAULT '' NOT NULL, 
	record_due_on DATE NOT NULL, 
	recorded_at TIMESTAMP WITH TIME ZONE, 
	recorded_by UUID, 
	recorded_side TEXT, 
	hoped_for TEXT DEFAULT '' NOT NULL, 
	took_away TEXT DEFAULT '' NOT NULL, 
	hopes_by UUID, 
	answer TEXT DEFAULT '' NOT NULL, 
	answer_asked_on DATE, 
	answer_due_on DATE, 
	answered_by UUID, 
	answered_at TIMESTAMP WITH TIME ZONE, 
	answered_visit_on DATE, 
	answered_days NUMERIC(5, 1), 
	answered_done TEXT DEFAULT '' NOT NULL, 
	answer_reason TEXT DEFAULT '' NOT NULL, 
	settled_as TEXT, 
	settled_because TEXT DEFAULT '' NOT NULL, 
	settled_by UUID, 
	settled_at TIMESTAMP WITH TIME ZONE, 
	chased_on DATE, 
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_visit PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_visit_authority_id_agreement_id FOREIGN KEY(authority_id, agreement_id) REFERENCES support_agreement (authority_id, id), 
	CONSTRAINT fk_visit_authority_id_answered_by FOREIGN KEY(authority_id, answered_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_visit_authority_id_hopes_by FOREIGN KEY(authority_id, hopes_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_visit_authority_id_settled_by FOREIGN KEY(authority_id, settled_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_visit_state CHECK (state IN ('cancelled', 'planned', 'recorded')), 
	CONSTRAINT ck_visit_days CHECK (days > 0 AND days <= 20 AND days * 2 = trunc(days * 2)), 
	CONSTRAINT ck_visit_focus CHECK (char_length(focus) BETWEEN 1 AND 200), 
	CONSTRAINT ck_visit_length CHECK (char_length(done) <= 4000 AND char_length(next_steps) <= 2000), 
	CONSTRAINT ck_visit_recorded_in_words CHECK (state <> 'recorded' OR char_length(done) > 0), 
	CONSTRAINT ck_visit_recorded_side CHECK (recorded_side IN ('requesting', 'supporting')), 
	CONSTRAINT ck_visit_recorded_by_a_side CHECK (state <> 'recorded' OR recorded_side IS NOT NULL), 
	CONSTRAINT ck_visit_answer CHECK (answer IN ('', 'agreed', 'correct', 'corrected', 'disagree', 'not_answered', 'waiting')), 
	CONSTRAINT ck_visit_answer_expected CHECK (state <> 'recorded' OR answer <> ''), 
	CONSTRAINT ck_visit_answer_due_on CHECK (answer <> 'waiting' OR answer_due_on >= answer_asked_on), 
	CONSTRAINT ck_visit_corrections CHECK (answer <> 'corrected' OR (answered_visit_on IS NOT NULL AND answered_days IS NOT NULL)), 
	CONSTRAINT ck_visit_answer_reason CHECK (answer <> 'disagree' OR answer_reason <> ''), 
	CONSTRAINT ck_visit_answered_days CHECK (answered_days > 0 AND answered_days <= 20 AND answered_days * 2 = trunc(answered_days * 2)), 
	CONSTRAINT ck_visit_answer_lengths CHECK (char_length(answered_done) <= 4000 AND char_length(answer_reason) <= 1000 AND char_length(hoped_for) <= 2000 AND char_length(took_away) <= 2000 AND char_length(settled_because) <= 1000), 
	CONSTRAINT ck_visit_settled_as CHECK (settled_as IN ('answer', 'none', 'record')), 
	CONSTRAINT ck_visit_settled_by_somebody CHECK ((settled_as IS NULL) = (settled_by IS NULL)), 
	CONSTRAINT fk_visit_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_visit_authority_id_agreement_id_visit_on ON visit (authority_id, agreement_id, visit_on);

CREATE INDEX ix_visit_authority_id_answer_answer_due_on ON visit (authority_id, answer, answer_due_on);

CREATE INDEX ix_visit_authority_id_state_record_due_on ON visit (authority_id, state, record_due_on);

CREATE TABLE claim_line (
	authority_id INTEGER NOT NULL, 
	claim_id UUID NOT NULL, 
	visit_id UUID NOT NULL, 
	fund_id UUID NOT NULL, 
	visit_on DATE NOT NULL, 
	days NUMERIC(5, 1) NOT NULL, 
	pence_per_day INTEGER NOT NULL, 
	pence BIGINT NOT NULL, 
	counts BOOLEAN DEFAULT true NOT NULL, 
	invoiced BOOLEAN DEFAULT false NOT NULL, 
	CONSTRAINT pk_claim_line PRIMARY KEY (authority_id, claim_id, visit_id), 
	CONSTRAINT fk_claim_line_authority_id_claim_id FOREIGN KEY(authority_id, claim_id) REFERENCES claim (authority_id, id) ON DELETE CASCADE, 
	CONSTRAINT fk_claim_line_authority_id_visit_id FOREIGN KEY(authority_id, visit_id) REFERENCES visit (authority_id, id), 
	CONSTRAINT fk_claim_line_authority_id_fund_id FOREIGN KEY(authority_id, fund_id) REFERENCES fund (authority_id, id), 
	CONSTRAINT ck_claim_line_amounts CHECK (days > 0 AND pence_per_day > 0 AND pence > 0), 
	CONSTRAINT ck_claim_line_invoiced CHECK (counts OR NOT invoiced), 
	CONSTRAINT fk_claim_line_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE UNIQUE INDEX uq_claim_line_visit ON claim_line (authority_id, visit_id) WHERE counts;

CREATE TABLE entry_adoption (
	authority_id INTEGER NOT NULL, 
	entry_id UUID NOT NULL, 
	school_urn INTEGER NOT NULL, 
	worked TEXT NOT NULL, 
	notes TEXT NOT NULL, 
	said_by UUID NOT NULL, 
	said_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_entry_adoption PRIMARY KEY (authority_id, entry_id, school_urn), 
	CONSTRAINT fk_entry_adoption_authority_id_entry_id FOREIGN KEY(authority_id, entry_id) REFERENCES directory_entry (authority_id, id), 
	CONSTRAINT fk_entry_adoption_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_entry_adoption_authority_id_said_by FOREIGN KEY(authority_id, said_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_entry_adoption_worked CHECK (worked IN ('no', 'partly', 'too_early', 'yes')), 
	CONSTRAINT ck_entry_adoption_length CHECK (char_length(notes) <= 2000), 
	CONSTRAINT fk_entry_adoption_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_entry_adoption_authority_id_school_urn ON entry_adoption (authority_id, school_urn);

CREATE TABLE entry_attachment (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	entry_id UUID NOT NULL, 
	edition INTEGER NOT NULL, 
	filename TEXT NOT NULL, 
	media_type TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	body BYTEA NOT NULL, 
	added_by UUID, 
	added_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_entry_attachment PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_entry_attachment_authority_id_entry_id FOREIGN KEY(authority_id, entry_id) REFERENCES directory_entry (authority_id, id), 
	CONSTRAINT fk_entry_attachment_authority_id_added_by FOREIGN KEY(authority_id, added_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_entry_attachment_filename CHECK (char_length(filename) BETWEEN 1 AND 120), 
	CONSTRAINT ck_entry_attachment_size CHECK (octet_length(body) BETWEEN 1 AND 5000000 AND size = octet_length(body)), 
	CONSTRAINT fk_entry_attachment_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_entry_attachment_authority_id_entry_id_id ON entry_attachment (authority_id, entry_id, id);

CREATE TABLE entry_consent (
	authority_id INTEGER NOT NULL, 
	entry_id UUID NOT NULL, 
	school_urn INTEGER NOT NULL, 
	edition INTEGER NOT NULL, 
	given_by UUID NOT NULL, 
	given_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_entry_consent PRIMARY KEY (authority_id, entry_id, school_urn), 
	CONSTRAINT fk_entry_consent_authority_id_entry_id FOREIGN KEY(authority_id, entry_id) REFERENCES directory_entry (authority_id, id), 
	CONSTRAINT fk_entry_consent_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_entry_consent_authority_id_given_by FOREIGN KEY(authority_id, given_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_entry_consent_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE entry_embedding (
	authority_id INTEGER NOT NULL, 
	entry_id UUID NOT NULL, 
	numbers BYTEA, 
	read_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_entry_embedding PRIMARY KEY (authority_id, entry_id), 
	CONSTRAINT fk_entry_embedding_authority_id_entry_id FOREIGN KEY(authority_id, entry_id) REFERENCES directory_entry (authority_id, id) ON DELETE CASCADE, 
	CONSTRAINT ck_entry_embedding_numbers CHECK (octet_length(numbers) = 768), 
	CONSTRAINT ck_entry_embedding_read CHECK ((numbers IS NULL) = (read_at IS NULL)), 
	CONSTRAINT fk_entry_embedding_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_entry_embedding_authority_id_read_at ON entry_embedding (authority_id, read_at);

CREATE INDEX ix_entry_meaning_unread ON entry_embedding (authority_id, entry_id) WHERE numbers IS NULL;

CREATE TABLE entry_picture (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	entry_id UUID NOT NULL, 
	edition INTEGER NOT NULL, 
	alternative_text TEXT NOT NULL, 
	media_type TEXT NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	body BYTEA NOT NULL, 
	added_by UUID, 
	added_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_entry_picture PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_entry_picture_authority_id_entry_id FOREIGN KEY(authority_id, entry_id) REFERENCES directory_entry (authority_id, id), 
	CONSTRAINT fk_entry_picture_authority_id_added_by FOREIGN KEY(authority_id, added_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_entry_picture_alt CHECK (alternative_text ~ '[[:alnum:]]' AND char_length(alternative_text) <= 300), 
	CONSTRAINT ck_entry_picture_media_type CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp')), 
	CONSTRAINT ck_entry_picture_pixels CHECK (width BETWEEN 1 AND 2400 AND height BETWEEN 1 AND 2400), 
	CONSTRAINT ck_entry_picture_size CHECK (octet_length(body) BETWEEN 1 AND 2000000), 
	CONSTRAINT fk_entry_picture_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_entry_picture_authority_id_entry_id_id ON entry_picture (authority_id, entry_id, id);

CREATE TABLE entry_version (
	authority_id INTEGER NOT NULL, 
	entry_id UUID NOT NULL, 
	edition INTEGER NOT NULL, 
	written JSONB NOT NULL, 
	written_by UUID, 
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_entry_version PRIMARY KEY (authority_id, entry_id, edition), 
	CONSTRAINT fk_entry_version_authority_id_entry_id FOREIGN KEY(authority_id, entry_id) REFERENCES directory_entry (authority_id, id), 
	CONSTRAINT fk_entry_version_authority_id_written_by FOREIGN KEY(authority_id, written_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_entry_version_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE escalation_attempted_support (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	escalation_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	need_id UUID, 
	agreement_id UUID, 
	review_id UUID, 
	words TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_escalation_attempted_support PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_attempted_support_authority_id_escalation_id FOREIGN KEY(authority_id, escalation_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_attempted_support_authority_id_need_id FOREIGN KEY(authority_id, need_id) REFERENCES need (authority_id, id), 
	CONSTRAINT fk_escalation_attempted_support_authority_id_agreement_id FOREIGN KEY(authority_id, agreement_id) REFERENCES support_agreement (authority_id, id), 
	CONSTRAINT fk_escalation_attempted_support_authority_id_review_id FOREIGN KEY(authority_id, review_id) REFERENCES review (authority_id, id), 
	CONSTRAINT ck_escalation_attempted_support_kind CHECK (kind IN ('agreement', 'need', 'other', 'peer', 'review', 'talk', 'visit')), 
	CONSTRAINT ck_escalation_attempted_support_need CHECK ((kind = 'need') = (need_id IS NOT NULL)), 
	CONSTRAINT ck_escalation_attempted_support_agreement CHECK ((kind = 'agreement') = (agreement_id IS NOT NULL)), 
	CONSTRAINT ck_escalation_attempted_support_review CHECK ((kind = 'review') = (review_id IS NOT NULL)), 
	CONSTRAINT ck_escalation_attempted_support_length CHECK (char_length(words) <= 400), 
	CONSTRAINT fk_escalation_attempted_support_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_escalation_attempted_support_authority_id_escalation_id ON escalation_attempted_support (authority_id, escalation_id);

CREATE TABLE public_entry (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER, 
	school TEXT NOT NULL, 
	edition INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	title TEXT NOT NULL, 
	themes TEXT[] NOT NULL, 
	phases TEXT[] NOT NULL, 
	key_stages TEXT[] NOT NULL, 
	problem TEXT NOT NULL, 
	context TEXT NOT NULL, 
	what_we_did TEXT NOT NULL, 
	evidence TEXT NOT NULL, 
	what_to_avoid TEXT NOT NULL, 
	what_you_need TEXT NOT NULL, 
	who_to_ask TEXT NOT NULL, 
	cost_pence INTEGER, 
	staff_hours NUMERIC(6, 1), 
	staff_time TEXT NOT NULL, 
	term TEXT, 
	source_name TEXT NOT NULL, 
	source_url TEXT NOT NULL, 
	licence TEXT NOT NULL, 
	attribution TEXT NOT NULL, 
	evidence_level INTEGER NOT NULL, 
	reviewed_on DATE NOT NULL, 
	review_due_on DATE NOT NULL, 
	listed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_public_entry PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_public_entry_authority_id_id FOREIGN KEY(authority_id, id) REFERENCES directory_entry (authority_id, id) ON DELETE CASCADE, 
	CONSTRAINT fk_public_entry_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_public_entry_authority_id_listed_at_id ON public_entry (authority_id, listed_at, id);

CREATE TABLE review_rating (
	authority_id INTEGER NOT NULL, 
	review_id UUID NOT NULL, 
	aim_id UUID NOT NULL, 
	rating TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	reached TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_review_rating PRIMARY KEY (authority_id, review_id, aim_id), 
	CONSTRAINT fk_review_rating_authority_id_review_id FOREIGN KEY(authority_id, review_id) REFERENCES review (authority_id, id), 
	CONSTRAINT fk_review_rating_authority_id_aim_id FOREIGN KEY(authority_id, aim_id) REFERENCES aim (authority_id, id), 
	CONSTRAINT ck_review_rating_rating CHECK (rating IN ('amber', 'green', 'red')), 
	CONSTRAINT ck_review_rating_reason CHECK (char_length(reason) BETWEEN 1 AND 1000), 
	CONSTRAINT ck_review_rating_reached CHECK (char_length(reached) <= 300), 
	CONSTRAINT fk_review_rating_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE visit_request (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	requesting_urn INTEGER NOT NULL, 
	supporting_urn INTEGER NOT NULL, 
	entry_id UUID, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	wanted TEXT NOT NULL, 
	folded_wanted TEXT GENERATED ALWAYS AS (public.folded(wanted)) STORED NOT NULL, 
	visitors TEXT NOT NULL, 
	visitor_count INTEGER NOT NULL, 
	dates DATE[] DEFAULT '{}' NOT NULL, 
	earliest_on DATE NOT NULL, 
	latest_on DATE NOT NULL, 
	dates_offered DATE[] DEFAULT '{}' NOT NULL, 
	asked_by UUID NOT NULL, 
	asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	respond_by DATE NOT NULL, 
	respond_from DATE NOT NULL, 
	respond_days INTEGER NOT NULL, 
	answered_by UUID, 
	answered_at TIMESTAMP WITH TIME ZONE, 
	message TEXT DEFAULT '' NOT NULL, 
	not_before DATE, 
	suggested_urn INTEGER, 
	visit_on DATE, 
	venue TEXT DEFAULT '' NOT NULL, 
	contact TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_visit_request PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_visit_request_authority_id_requesting_urn FOREIGN KEY(authority_id, requesting_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_visit_request_authority_id_supporting_urn FOREIGN KEY(authority_id, supporting_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_visit_request_authority_id_suggested_urn FOREIGN KEY(authority_id, suggested_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_visit_request_authority_id_entry_id FOREIGN KEY(authority_id, entry_id) REFERENCES directory_entry (authority_id, id), 
	CONSTRAINT fk_visit_request_authority_id_asked_by FOREIGN KEY(authority_id, asked_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_visit_request_authority_id_answered_by FOREIGN KEY(authority_id, answered_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_visit_request_state CHECK (state IN ('agreed', 'asked', 'cancelled', 'dates_offered', 'declined', 'lapsed', 'not_now', 'other_school', 'took_place', 'withdrawn')), 
	CONSTRAINT ck_visit_request_two_schools CHECK (requesting_urn <> supporting_urn), 
	CONSTRAINT ck_visit_request_wanted CHECK (char_length(wanted) BETWEEN 1 AND 1000), 
	CONSTRAINT ck_visit_request_visitors CHECK (char_length(visitors) BETWEEN 1 AND 300), 
	CONSTRAINT ck_visit_request_visitor_count CHECK (visitor_count BETWEEN 1 AND 30), 
	CONSTRAINT ck_visit_request_period CHECK (latest_on >= earliest_on), 
	CONSTRAINT ck_visit_request_dates CHECK (cardinality(dates) <= 3 AND cardinality(dates_offered) <= 3), 
	CONSTRAINT ck_visit_request_message CHECK (char_length(message) <= 2000), 
	CONSTRAINT ck_visit_request_agreed_texts CHECK (char_length(venue) <= 300 AND char_length(contact) <= 300), 
	CONSTRAINT ck_visit_request_visit_on CHECK (state NOT IN ('agreed', 'took_place', 'cancelled') OR visit_on IS NOT NULL), 
	CONSTRAINT ck_visit_request_not_before CHECK (state <> 'not_now' OR not_before IS NOT NULL), 
	CONSTRAINT ck_visit_request_suggested CHECK (state <> 'other_school' OR (suggested_urn IS NOT NULL AND suggested_urn <> supporting_urn)), 
	CONSTRAINT fk_visit_request_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_visit_request_authority_id_entry_id ON visit_request (authority_id, entry_id);

CREATE INDEX ix_visit_request_authority_id_requesting_urn_state ON visit_request (authority_id, requesting_urn, state);

CREATE INDEX ix_visit_request_authority_id_supporting_urn_state ON visit_request (authority_id, supporting_urn, state);

CREATE UNIQUE INDEX uq_visit_request_open ON visit_request (authority_id, requesting_urn, supporting_urn, entry_id) NULLS NOT DISTINCT WHERE state IN ('asked', 'dates_offered');

CREATE TABLE message_thread (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	proposal_id UUID, 
	visit_request_id UUID, 
	CONSTRAINT pk_message_thread PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_message_thread_authority_id_proposal_id FOREIGN KEY(authority_id, proposal_id) REFERENCES proposal (authority_id, id) ON DELETE CASCADE, 
	CONSTRAINT fk_message_thread_authority_id_visit_request_id FOREIGN KEY(authority_id, visit_request_id) REFERENCES visit_request (authority_id, id) ON DELETE CASCADE, 
	CONSTRAINT uq_message_thread_authority_id_proposal_id UNIQUE (authority_id, proposal_id), 
	CONSTRAINT uq_message_thread_authority_id_visit_request_id UNIQUE (authority_id, visit_request_id), 
	CONSTRAINT ck_message_thread_one_record CHECK ((proposal_id IS NULL) <> (visit_request_id IS NULL)), 
	CONSTRAINT fk_message_thread_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE TABLE practice_try (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	entry_id UUID, 
	visit_id UUID, 
	visit_request_id UUID, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	line TEXT NOT NULL, 
	written_by UUID NOT NULL, 
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	ask_on DATE NOT NULL, 
	asked_on DATE, 
	outcome_line TEXT DEFAULT '' NOT NULL, 
	answered_by UUID, 
	answered_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_practice_try PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_practice_try_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_practice_try_authority_id_entry_id FOREIGN KEY(authority_id, entry_id) REFERENCES directory_entry (authority_id, id), 
	CONSTRAINT fk_practice_try_authority_id_visit_id FOREIGN KEY(authority_id, visit_id) REFERENCES visit (authority_id, id) ON DELETE CASCADE, 
	CONSTRAINT fk_practice_try_authority_id_visit_request_id FOREIGN KEY(authority_id, visit_request_id) REFERENCES visit_request (authority_id, id) ON DELETE CASCADE, 
	CONSTRAINT fk_practice_try_authority_id_written_by FOREIGN KEY(authority_id, written_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_practice_try_authority_id_answered_by FOREIGN KEY(authority_id, answered_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_practice_try_state CHECK (state IN ('changed', 'did', 'did_not', 'intended', 'withdrawn')), 
	CONSTRAINT ck_practice_try_about_something CHECK (num_nonnulls(entry_id, visit_id, visit_request_id) > 0), 
	CONSTRAINT ck_practice_try_line CHECK (char_length(line) BETWEEN 1 AND 200), 
	CONSTRAINT ck_practice_try_outcome_line CHECK (char_length(outcome_line) <= 200), 
	CONSTRAINT fk_practice_try_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_practice_try_authority_id_school_urn_state ON practice_try (authority_id, school_urn, state);

CREATE INDEX ix_practice_try_authority_id_state_ask_on ON practice_try (authority_id, state, ask_on);

CREATE INDEX ix_practice_try_authority_id_visit_id ON practice_try (authority_id, visit_id);

CREATE INDEX ix_practice_try_authority_id_visit_request_id ON practice_try (authority_id, visit_request_id);

CREATE UNIQUE INDEX uq_practice_try_entry ON practice_try (authority_id, entry_id, school_urn) WHERE entry_id IS NOT NULL AND state <> 'withdrawn';

CREATE TABLE message (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	thread_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	school_urn INTEGER NOT NULL, 
	written_by UUID NOT NULL, 
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	body TEXT NOT NULL, 
	edited_at TIMESTAMP WITH TIME ZONE, 
	called_on DATE, 
	called_with TEXT DEFAULT '' NOT NULL, 
	filename TEXT DEFAULT '' NOT NULL, 
	media_type TEXT DEFAULT '' NOT NULL, 
	content BYTEA, 
	removed_at TIMESTAMP WITH TIME ZONE, 
	removed_by UUID, 
	CONSTRAINT pk_message PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_message_authority_id_thread_id FOREIGN KEY(authority_id, thread_id) REFERENCES message_thread (authority_id, id) ON DELETE CASCADE, 
	CONSTRAINT fk_message_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_message_authority_id_written_by FOREIGN KEY(authority_id, written_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_message_authority_id_removed_by FOREIGN KEY(authority_id, removed_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_message_kind CHECK (kind IN ('call', 'file', 'message')), 
	CONSTRAINT ck_message_body CHECK (char_length(body) <= 4000), 
	CONSTRAINT ck_message_removed_by_somebody CHECK ((removed_at IS NULL) = (removed_by IS NULL)), 
	CONSTRAINT ck_message_removed CHECK (removed_at IS NULL OR (body = '' AND content IS NULL)), 
	CONSTRAINT ck_message_called_on CHECK (kind <> 'call' OR called_on IS NOT NULL), 
	CONSTRAINT ck_message_called_with CHECK (char_length(called_with) <= 120), 
	CONSTRAINT ck_message_content CHECK (kind <> 'file' OR removed_at IS NOT NULL OR content IS NOT NULL), 
	CONSTRAINT ck_message_filename CHECK (char_length(filename) <= 120), 
	CONSTRAINT ck_message_size CHECK (octet_length(content) BETWEEN 1 AND 5000000), 
	CONSTRAINT fk_message_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_message_authority_id_school_urn_written_at ON message (authority_id, school_urn, written_at);

CREATE INDEX ix_message_authority_id_thread_id_id ON message (authority_id, thread_id, id);

CREATE TABLE message_reading (
	authority_id INTEGER NOT NULL, 
	thread_id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	read_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_message_reading PRIMARY KEY (authority_id, thread_id, person_id), 
	CONSTRAINT fk_message_reading_authority_id_thread_id FOREIGN KEY(authority_id, thread_id) REFERENCES message_thread (authority_id, id) ON DELETE CASCADE, 
	CONSTRAINT fk_message_reading_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_message_reading_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
);

CREATE INDEX ix_message_reading_authority_id_person_id ON message_reading (authority_id, person_id);

ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON audit_entry AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON audit_entry FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY;

ALTER TABLE audit_head FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON audit_head AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON audit_head FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE audit_start ENABLE ROW LEVEL SECURITY;

ALTER TABLE audit_start FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON audit_start AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON audit_start FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE authority_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE authority_settings FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON authority_settings AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id()) OR (SELECT security.authority_id()) = 0) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON authority_settings FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE body ENABLE ROW LEVEL SECURITY;

ALTER TABLE body FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON body AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON body FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE consortium ENABLE ROW LEVEL SECURITY;

ALTER TABLE consortium FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON consortium AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON consortium FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE idempotency_key FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON idempotency_key AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON idempotency_key FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE ledger_account ENABLE ROW LEVEL SECURITY;

ALTER TABLE ledger_account FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON ledger_account AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON ledger_account FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE ledger_transaction ENABLE ROW LEVEL SECURITY;

ALTER TABLE ledger_transaction FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON ledger_transaction AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON ledger_transaction FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE performance_column ENABLE ROW LEVEL SECURITY;

ALTER TABLE performance_column FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON performance_column AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON performance_column FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE person ENABLE ROW LEVEL SECURITY;

ALTER TABLE person FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON person AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON person FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE register_import ENABLE ROW LEVEL SECURITY;

ALTER TABLE register_import FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON register_import AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON register_import FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE scheduled_job_run ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduled_job_run FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON scheduled_job_run AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON scheduled_job_run FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE school ENABLE ROW LEVEL SECURITY;

ALTER TABLE school FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON school AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON school FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE zero_result_search ENABLE ROW LEVEL SECURITY;

ALTER TABLE zero_result_search FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON zero_result_search AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON zero_result_search FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE apportionment ENABLE ROW LEVEL SECURITY;

ALTER TABLE apportionment FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON apportionment AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON apportionment FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE audit_seal ENABLE ROW LEVEL SECURITY;

ALTER TABLE audit_seal FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON audit_seal AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON audit_seal FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE body_chair ENABLE ROW LEVEL SECURITY;

ALTER TABLE body_chair FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON body_chair AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON body_chair FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE calendar_feed ENABLE ROW LEVEL SECURITY;

ALTER TABLE calendar_feed FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON calendar_feed AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON calendar_feed FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE consortium_membership ENABLE ROW LEVEL SECURITY;

ALTER TABLE consortium_membership FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON consortium_membership AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON consortium_membership FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE consultation ENABLE ROW LEVEL SECURITY;

ALTER TABLE consultation FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON consultation AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON consultation FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON consultation AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('delegate', 'headteacher') AND EXISTS (SELECT FROM consultation_school asked WHERE asked.authority_id = consultation.authority_id AND asked.consultation_id = consultation.id AND asked.school_urn::text = (SELECT security.requester())[3])));

CREATE POLICY added_by ON consultation AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON consultation AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY removed_by ON consultation AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE declared_interest ENABLE ROW LEVEL SECURITY;

ALTER TABLE declared_interest FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON declared_interest AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON declared_interest FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE directory_subscription ENABLE ROW LEVEL SECURITY;

ALTER TABLE directory_subscription FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON directory_subscription AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON directory_subscription FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE document_reading ENABLE ROW LEVEL SECURITY;

ALTER TABLE document_reading FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON document_reading AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON document_reading FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON document_reading AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('delegate', 'headteacher') AND school_urn = (SELECT nullif((SELECT security.requester())[3], '')::integer)) OR person_id::text = (SELECT security.requester())[2]);

CREATE POLICY added_by ON document_reading AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((person_id::text = (SELECT security.requester())[2] AND role = (SELECT security.requester())[1] AND school_urn::text = ANY (string_to_array((SELECT security.requester())[3], ',')) AND ((document = 'profile' AND EXISTS (SELECT FROM profile d WHERE d.authority_id = document_reading.authority_id AND d.id = document_id AND d.school_urn = document_reading.school_urn AND d.snapshot_number >= document_reading.number)) OR (document = 'support_category' AND EXISTS (SELECT FROM support_category d WHERE d.authority_id = document_reading.authority_id AND d.id = document_id AND d.school_urn = document_reading.school_urn AND d.decision_number >= document_reading.number)))));

CREATE POLICY changed_by ON document_reading AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON document_reading AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE email_outbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE email_outbox FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON email_outbox AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON email_outbox FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE escalation ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND (consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))) AND (NOT school_urn::text = ANY (string_to_array((SELECT security.requester())[5], ',')) OR raised_by::text = (SELECT security.requester())[2])) OR ((SELECT security.requester())[1] IN ('headteacher') AND school_urn::text = (SELECT security.requester())[3] AND notified_at <= now()) OR EXISTS (SELECT FROM escalation_reader r WHERE r.authority_id = escalation.authority_id AND r.escalation_id = escalation.id AND r.ended_at IS NULL AND r.person_id::text = (SELECT security.requester())[2]));

CREATE POLICY added_by ON escalation AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND (consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))) AND (NOT school_urn::text = ANY (string_to_array((SELECT security.requester())[5], ',')) OR raised_by::text = (SELECT security.requester())[2])));

CREATE POLICY changed_by ON escalation AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND (consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))) AND (NOT school_urn::text = ANY (string_to_array((SELECT security.requester())[5], ',')) OR raised_by::text = (SELECT security.requester())[2]))) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND (consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))) AND (NOT school_urn::text = ANY (string_to_array((SELECT security.requester())[5], ',')) OR raised_by::text = (SELECT security.requester())[2])));

CREATE POLICY removed_by ON escalation AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE fund ENABLE ROW LEVEL SECURITY;

ALTER TABLE fund FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON fund AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON fund FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE identity ENABLE ROW LEVEL SECURITY;

ALTER TABLE identity FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON identity AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON identity FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;

ALTER TABLE invitation FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON invitation AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON invitation FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE leave_cover ENABLE ROW LEVEL SECURITY;

ALTER TABLE leave_cover FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON leave_cover AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON leave_cover FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE ledger_commitment ENABLE ROW LEVEL SECURITY;

ALTER TABLE ledger_commitment FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON ledger_commitment AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON ledger_commitment FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE ledger_posting ENABLE ROW LEVEL SECURITY;

ALTER TABLE ledger_posting FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON ledger_posting AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON ledger_posting FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE legal_hold ENABLE ROW LEVEL SECURITY;

ALTER TABLE legal_hold FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON legal_hold AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON legal_hold FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE motion ENABLE ROW LEVEL SECURITY;

ALTER TABLE motion FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON motion AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON motion FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON motion AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('clerk', 'core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('board_member') AND (NOT motion.schools && string_to_array((SELECT security.requester())[5], ',')::integer[] OR (SELECT security.requester())[2] = ANY (motion.dispensed::text[])) AND (EXISTS (SELECT FROM seat_appointment h  WHERE h.authority_id = motion.authority_id AND h.body_id = motion.body_id AND h.person_id::text = (SELECT security.requester())[2] AND h.from_on <= (now() AT TIME ZONE 'Europe/London')::date AND (h.until_on IS NULL OR h.until_on > (now() AT TIME ZONE 'Europe/London')::date)) OR EXISTS (SELECT FROM body_chair h  WHERE h.authority_id = motion.authority_id AND h.body_id = motion.body_id AND h.person_id::text = (SELECT security.requester())[2] AND h.from_on <= (now() AT TIME ZONE 'Europe/London')::date AND (h.until_on IS NULL OR h.until_on > (now() AT TIME ZONE 'Europe/London')::date)) OR EXISTS (SELECT FROM seat_substitute h JOIN seat s ON s.authority_id = h.authority_id AND s.id = h.seat_id WHERE h.authority_id = motion.authority_id AND s.body_id = motion.body_id AND h.person_id::text = (SELECT security.requester())[2] AND h.from_on <= (now() AT TIME ZONE 'Europe/London')::date AND (h.until_on IS NULL OR h.until_on > (now() AT TIME ZONE 'Europe/London')::date)))));

CREATE POLICY added_by ON motion AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system'));

CREATE POLICY changed_by ON motion AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('clerk', 'core_officer', 'head_of_service', 'system') OR (SELECT security.requester())[1] IN ('board_member')) WITH CHECK ((SELECT security.requester())[1] IN ('clerk', 'core_officer', 'head_of_service', 'system') OR (SELECT security.requester())[1] IN ('board_member'));

CREATE POLICY removed_by ON motion AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE need ENABLE ROW LEVEL SECURITY;

ALTER TABLE need FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON need AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON need FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE notice ENABLE ROW LEVEL SECURITY;

ALTER TABLE notice FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON notice AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON notice FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON notice AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') AND consortium_id IS NULL) OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))) OR (SELECT security.requester())[1] IN ('system')) OR (posted_at IS NOT NULL AND ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR (audience = 'heads'
    AND ((SELECT security.requester())[1] IN ('headteacher') OR (with_delegates AND (SELECT security.requester())[1] IN ('delegate')))
    AND (audience_consortium_id IS NULL OR audience_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')))
    AND (notice.phase IS NULL OR EXISTS (
        SELECT FROM school s WHERE s.authority_id = notice.authority_id AND s.urn::text = (SELECT security.requester())[3]
           AND CASE WHEN s.kind IN ('special', 'pupil_referral_unit') THEN s.kind ELSE s.phase END = ANY (notice.school_phases)))) OR (audience = 'leads' AND (SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead')
    AND (notice.phase IS NULL OR EXISTS (
        SELECT FROM consortium c WHERE c.authority_id = notice.authority_id AND c.phase = notice.phase
           AND c.id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))))));

CREATE POLICY added_by ON notice AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') AND consortium_id IS NULL) OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))) OR (SELECT security.requester())[1] IN ('system')));

CREATE POLICY changed_by ON notice AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') AND consortium_id IS NULL) OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))) OR (SELECT security.requester())[1] IN ('system')) OR (posted_at IS NOT NULL AND (SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'))) WITH CHECK ((((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') AND consortium_id IS NULL) OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))) OR (SELECT security.requester())[1] IN ('system')) OR (posted_at IS NOT NULL AND (SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system')));

CREATE POLICY removed_by ON notice AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE notification ENABLE ROW LEVEL SECURITY;

ALTER TABLE notification FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON notification AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON notification FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE offer ENABLE ROW LEVEL SECURITY;

ALTER TABLE offer FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON offer AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON offer FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE performance_import ENABLE ROW LEVEL SECURITY;

ALTER TABLE performance_import FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON performance_import AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON performance_import FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE performance_upload ENABLE ROW LEVEL SECURITY;

ALTER TABLE performance_upload FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON performance_upload AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON performance_upload FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON performance_upload AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY added_by ON performance_upload AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON performance_upload AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY removed_by ON performance_upload AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE plan_run ENABLE ROW LEVEL SECURITY;

ALTER TABLE plan_run FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON plan_run AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON plan_run FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE profile_method ENABLE ROW LEVEL SECURITY;

ALTER TABLE profile_method FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON profile_method AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON profile_method FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE register_change ENABLE ROW LEVEL SECURITY;

ALTER TABLE register_change FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON register_change AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON register_change FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE role_assignment ENABLE ROW LEVEL SECURITY;

ALTER TABLE role_assignment FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON role_assignment AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON role_assignment FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE saved_view ENABLE ROW LEVEL SECURITY;

ALTER TABLE saved_view FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON saved_view AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON saved_view FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE school_contact ENABLE ROW LEVEL SECURITY;

ALTER TABLE school_contact FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON school_contact AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON school_contact FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE school_exclusion ENABLE ROW LEVEL SECURITY;

ALTER TABLE school_exclusion FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON school_exclusion AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON school_exclusion FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE school_label ENABLE ROW LEVEL SECURITY;

ALTER TABLE school_label FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON school_label AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON school_label FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON school_label AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR (ends_on IS DISTINCT FROM starts_on AND EXISTS (SELECT FROM profile p WHERE p.authority_id = school_label.authority_id AND p.school_urn = school_label.school_urn)));

CREATE POLICY added_by ON school_label AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON school_label AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY removed_by ON school_label AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE school_link ENABLE ROW LEVEL SECURITY;

ALTER TABLE school_link FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON school_link AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON school_link FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE school_succession ENABLE ROW LEVEL SECURITY;

ALTER TABLE school_succession FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON school_succession AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON school_succession FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE school_support_suspension ENABLE ROW LEVEL SECURITY;

ALTER TABLE school_support_suspension FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON school_support_suspension AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON school_support_suspension FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE school_term ENABLE ROW LEVEL SECURITY;

ALTER TABLE school_term FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON school_term AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON school_term FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE school_training_day ENABLE ROW LEVEL SECURITY;

ALTER TABLE school_training_day FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON school_training_day AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON school_training_day FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE seat ENABLE ROW LEVEL SECURITY;

ALTER TABLE seat FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON seat AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON seat FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE subject_request ENABLE ROW LEVEL SECURITY;

ALTER TABLE subject_request FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON subject_request AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON subject_request FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE support_category ENABLE ROW LEVEL SECURITY;

ALTER TABLE support_category FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON support_category AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON support_category FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON support_category AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND NOT school_urn::text = ANY (string_to_array((SELECT security.requester())[5], ',')) AND (consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')))) OR ((SELECT security.requester())[1] IN ('headteacher') AND school_urn::text = (SELECT security.requester())[3] AND notified_on IS NOT NULL AND coalesce(shown_from <= now(), true)) OR ((SELECT security.requester())[1] IN ('chair_of_governors', 'diocese_officer', 'trust_officer') AND school_urn::text = ANY (string_to_array((SELECT security.requester())[3], ',')) AND notified_on IS NOT NULL AND coalesce(shown_from <= now(), true)));

CREATE POLICY added_by ON support_category AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON support_category AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND NOT school_urn::text = ANY (string_to_array((SELECT security.requester())[5], ',')) AND (consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')))) OR ((SELECT security.requester())[1] IN ('headteacher') AND school_urn::text = (SELECT security.requester())[3] AND notified_on IS NOT NULL AND coalesce(shown_from <= now(), true))) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND NOT school_urn::text = ANY (string_to_array((SELECT security.requester())[5], ',')) AND (consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')))) OR ((SELECT security.requester())[1] IN ('headteacher') AND school_urn::text = (SELECT security.requester())[3] AND notified_on IS NOT NULL AND coalesce(shown_from <= now(), true)));

CREATE POLICY removed_by ON support_category AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE unsent_form ENABLE ROW LEVEL SECURITY;

ALTER TABLE unsent_form FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON unsent_form AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON unsent_form FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE consultation_question ENABLE ROW LEVEL SECURITY;

ALTER TABLE consultation_question FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON consultation_question AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON consultation_question FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON consultation_question AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('delegate', 'headteacher') AND EXISTS (SELECT FROM consultation_school asked WHERE asked.authority_id = consultation_question.authority_id AND asked.consultation_id = consultation_question.consultation_id AND asked.school_urn::text = (SELECT security.requester())[3])));

CREATE POLICY added_by ON consultation_question AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON consultation_question AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY removed_by ON consultation_question AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE consultation_school ENABLE ROW LEVEL SECURITY;

ALTER TABLE consultation_school FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON consultation_school AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON consultation_school FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON consultation_school AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('delegate', 'headteacher') AND school_urn::text = (SELECT security.requester())[3]));

CREATE POLICY added_by ON consultation_school AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON consultation_school AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('system')) WITH CHECK ((SELECT security.requester())[1] IN ('system'));

CREATE POLICY removed_by ON consultation_school AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_access_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_access_log FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_access_log AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_access_log FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_access_log AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY added_by ON escalation_access_log AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR person_id::text = (SELECT security.requester())[2]);

CREATE POLICY changed_by ON escalation_access_log AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON escalation_access_log AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_criterion ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_criterion FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_criterion AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_criterion FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_criterion AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_criterion.authority_id AND c.id = escalation_criterion.escalation_id));

CREATE POLICY added_by ON escalation_criterion AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_criterion.authority_id AND c.id = escalation_criterion.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY changed_by ON escalation_criterion AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_criterion.authority_id AND c.id = escalation_criterion.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')))))) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_criterion.authority_id AND c.id = escalation_criterion.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY removed_by ON escalation_criterion AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_deferred_notification ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_deferred_notification FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_deferred_notification AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_deferred_notification FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_deferred_notification AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_deferred_notification.authority_id AND c.id = escalation_deferred_notification.escalation_id AND (NOT (SELECT security.requester())[1] IN ('headteacher') OR false OR c.school_urn::text <> (SELECT security.requester())[3])));

CREATE POLICY added_by ON escalation_deferred_notification AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_deferred_notification.authority_id AND c.id = escalation_deferred_notification.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY changed_by ON escalation_deferred_notification AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON escalation_deferred_notification AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_event FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_event AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_event FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_event AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_event.authority_id AND c.id = escalation_event.escalation_id AND (NOT (SELECT security.requester())[1] IN ('headteacher') OR for_school OR c.school_urn::text <> (SELECT security.requester())[3])));

CREATE POLICY added_by ON escalation_event AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_event.authority_id AND c.id = escalation_event.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY changed_by ON escalation_event AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON escalation_event AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_file ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_file FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_file AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_file FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_file AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_file.authority_id AND c.id = escalation_file.escalation_id AND (NOT (SELECT security.requester())[1] IN ('headteacher') OR for_school OR c.school_urn::text <> (SELECT security.requester())[3])));

CREATE POLICY added_by ON escalation_file AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_file.authority_id AND c.id = escalation_file.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY changed_by ON escalation_file AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_file.authority_id AND c.id = escalation_file.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')))))) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_file.authority_id AND c.id = escalation_file.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY removed_by ON escalation_file AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_matching_request ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_matching_request FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_matching_request AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_matching_request FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_matching_request AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_matching_request.authority_id AND c.id = escalation_matching_request.escalation_id AND (NOT (SELECT security.requester())[1] IN ('headteacher') OR false OR c.school_urn::text <> (SELECT security.requester())[3])));

CREATE POLICY added_by ON escalation_matching_request AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON escalation_matching_request AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON escalation_matching_request AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_note ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_note FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_note AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_note FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_note AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY added_by ON escalation_note AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON escalation_note AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON escalation_note AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_overruling ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_overruling FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_overruling AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_overruling FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_overruling AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_overruling.authority_id AND c.id = escalation_overruling.escalation_id));

CREATE POLICY added_by ON escalation_overruling AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] = 'head_of_service' AND officer_id::text = (SELECT security.requester())[2]);

CREATE POLICY changed_by ON escalation_overruling AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON escalation_overruling AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_pause ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_pause FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_pause AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_pause FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_pause AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_pause.authority_id AND c.id = escalation_pause.escalation_id));

CREATE POLICY added_by ON escalation_pause AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_pause.authority_id AND c.id = escalation_pause.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY changed_by ON escalation_pause AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_pause.authority_id AND c.id = escalation_pause.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')))))) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_pause.authority_id AND c.id = escalation_pause.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY removed_by ON escalation_pause AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_presence ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_presence FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_presence AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_presence FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_presence AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY added_by ON escalation_presence AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON escalation_presence AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY removed_by ON escalation_presence AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_reader ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_reader FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_reader AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_reader FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_reader AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR person_id::text = (SELECT security.requester())[2]);

CREATE POLICY added_by ON escalation_reader AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON escalation_reader AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY removed_by ON escalation_reader AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_task ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_task FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_task AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_task FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_task AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_task.authority_id AND c.id = escalation_task.escalation_id));

CREATE POLICY added_by ON escalation_task AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_task.authority_id AND c.id = escalation_task.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY changed_by ON escalation_task AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_task.authority_id AND c.id = escalation_task.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')))))) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_task.authority_id AND c.id = escalation_task.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY removed_by ON escalation_task AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_timer ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_timer FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_timer AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_timer FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_timer AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_timer.authority_id AND c.id = escalation_timer.escalation_id));

CREATE POLICY added_by ON escalation_timer AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_timer.authority_id AND c.id = escalation_timer.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY changed_by ON escalation_timer AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_timer.authority_id AND c.id = escalation_timer.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')))))) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_timer.authority_id AND c.id = escalation_timer.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY removed_by ON escalation_timer AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_visit ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_visit FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_visit AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_visit FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_visit AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_visit.authority_id AND c.id = escalation_visit.escalation_id AND (NOT (SELECT security.requester())[1] IN ('headteacher') OR for_school OR c.school_urn::text <> (SELECT security.requester())[3])));

CREATE POLICY added_by ON escalation_visit AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_visit.authority_id AND c.id = escalation_visit.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY changed_by ON escalation_visit AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_visit.authority_id AND c.id = escalation_visit.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')))))) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_visit.authority_id AND c.id = escalation_visit.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY removed_by ON escalation_visit AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE fund_amount ENABLE ROW LEVEL SECURITY;

ALTER TABLE fund_amount FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON fund_amount AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON fund_amount FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE fund_commitment ENABLE ROW LEVEL SECURITY;

ALTER TABLE fund_commitment FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON fund_commitment AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON fund_commitment FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE inspection_outcome ENABLE ROW LEVEL SECURITY;

ALTER TABLE inspection_outcome FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON inspection_outcome AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON inspection_outcome FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON inspection_outcome AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('delegate', 'headteacher') AND school_urn = (SELECT nullif((SELECT security.requester())[3], '')::integer)) OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead')
    AND school_urn = ANY ((SELECT array_agg(m.school_urn) FROM consortium_membership m
        WHERE m.authority_id = (SELECT security.authority_id())
          AND m.consortium_id = ANY (string_to_array((SELECT security.requester())[4], ',')::uuid[])
          AND m.starts_on <= (now() AT TIME ZONE 'Europe/London')::date
          AND (m.ends_on IS NULL OR m.ends_on > (now() AT TIME ZONE 'Europe/London')::date))::integer[])
    AND school_urn <> ALL ((SELECT string_to_array((SELECT security.requester())[5], ',')::integer[])::integer[])));

CREATE POLICY added_by ON inspection_outcome AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON inspection_outcome AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY removed_by ON inspection_outcome AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE ledger_resolution ENABLE ROW LEVEL SECURITY;

ALTER TABLE ledger_resolution FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON ledger_resolution AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON ledger_resolution FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE motion_elector ENABLE ROW LEVEL SECURITY;

ALTER TABLE motion_elector FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON motion_elector AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON motion_elector FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON motion_elector AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('clerk', 'core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM motion m WHERE m.authority_id = motion_elector.authority_id AND m.id = motion_elector.motion_id));

CREATE POLICY added_by ON motion_elector AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system'));

CREATE POLICY changed_by ON motion_elector AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system'));

CREATE POLICY removed_by ON motion_elector AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE motion_interest ENABLE ROW LEVEL SECURITY;

ALTER TABLE motion_interest FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON motion_interest AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON motion_interest FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON motion_interest AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('clerk', 'core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM motion m WHERE m.authority_id = motion_interest.authority_id AND m.id = motion_interest.motion_id));

CREATE POLICY added_by ON motion_interest AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('board_member') AND person_id::text = (SELECT security.requester())[2] AND source = 'declared' AND dispensed_by IS NULL AND EXISTS (SELECT FROM motion m WHERE m.authority_id = motion_interest.authority_id AND m.id = motion_interest.motion_id)));

CREATE POLICY changed_by ON motion_interest AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system'));

CREATE POLICY removed_by ON motion_interest AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE motion_overruling ENABLE ROW LEVEL SECURITY;

ALTER TABLE motion_overruling FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON motion_overruling AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON motion_overruling FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON motion_overruling AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('clerk', 'core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM motion m WHERE m.authority_id = motion_overruling.authority_id AND m.id = motion_overruling.motion_id));

CREATE POLICY added_by ON motion_overruling AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('head_of_service') AND officer_id::text = (SELECT security.requester())[2]);

CREATE POLICY changed_by ON motion_overruling AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('head_of_service') AND officer_id::text = (SELECT security.requester())[2]) WITH CHECK ((SELECT security.requester())[1] IN ('head_of_service') AND officer_id::text = (SELECT security.requester())[2]);

CREATE POLICY removed_by ON motion_overruling AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE motion_referral ENABLE ROW LEVEL SECURITY;

ALTER TABLE motion_referral FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON motion_referral AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON motion_referral FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON motion_referral AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('clerk', 'core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM motion m WHERE m.authority_id = motion_referral.authority_id AND m.id = motion_referral.motion_id));

CREATE POLICY added_by ON motion_referral AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('head_of_service'));

CREATE POLICY changed_by ON motion_referral AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('head_of_service')) WITH CHECK ((SELECT security.requester())[1] IN ('head_of_service'));

CREATE POLICY removed_by ON motion_referral AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE motion_subject ENABLE ROW LEVEL SECURITY;

ALTER TABLE motion_subject FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON motion_subject AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON motion_subject FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON motion_subject AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('clerk', 'core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM motion m WHERE m.authority_id = motion_subject.authority_id AND m.id = motion_subject.motion_id));

CREATE POLICY added_by ON motion_subject AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system'));

CREATE POLICY changed_by ON motion_subject AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system'));

CREATE POLICY removed_by ON motion_subject AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE notice_correction ENABLE ROW LEVEL SECURITY;

ALTER TABLE notice_correction FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON notice_correction AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON notice_correction FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON notice_correction AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR (EXISTS (SELECT FROM notice n WHERE n.authority_id = notice_correction.authority_id AND n.id = notice_correction.notice_id) AND true));

CREATE POLICY added_by ON notice_correction AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('system') OR EXISTS (SELECT FROM notice n WHERE n.authority_id = notice_correction.authority_id AND n.id = notice_correction.notice_id AND ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND n.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY changed_by ON notice_correction AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON notice_correction AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE notice_file ENABLE ROW LEVEL SECURITY;

ALTER TABLE notice_file FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON notice_file AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON notice_file FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON notice_file AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR (EXISTS (SELECT FROM notice n WHERE n.authority_id = notice_file.authority_id AND n.id = notice_file.notice_id) AND true));

CREATE POLICY added_by ON notice_file AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('system') OR EXISTS (SELECT FROM notice n WHERE n.authority_id = notice_file.authority_id AND n.id = notice_file.notice_id AND ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND n.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY changed_by ON notice_file AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('system') OR EXISTS (SELECT FROM notice n WHERE n.authority_id = notice_file.authority_id AND n.id = notice_file.notice_id AND ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND n.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')))))) WITH CHECK ((SELECT security.requester())[1] IN ('system') OR EXISTS (SELECT FROM notice n WHERE n.authority_id = notice_file.authority_id AND n.id = notice_file.notice_id AND ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND n.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY removed_by ON notice_file AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE notice_question ENABLE ROW LEVEL SECURITY;

ALTER TABLE notice_question FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON notice_question AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON notice_question FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON notice_question AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR (EXISTS (SELECT FROM notice n WHERE n.authority_id = notice_question.authority_id AND n.id = notice_question.notice_id) AND true));

CREATE POLICY added_by ON notice_question AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('system') OR (EXISTS (SELECT FROM notice n WHERE n.authority_id = notice_question.authority_id AND n.id = notice_question.notice_id) AND asked_by::text = (SELECT security.requester())[2] AND answered_at IS NULL AND answered_by IS NULL));

CREATE POLICY changed_by ON notice_question AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('system') OR EXISTS (SELECT FROM notice n WHERE n.authority_id = notice_question.authority_id AND n.id = notice_question.notice_id AND ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND n.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')))))) WITH CHECK ((SELECT security.requester())[1] IN ('system') OR EXISTS (SELECT FROM notice n WHERE n.authority_id = notice_question.authority_id AND n.id = notice_question.notice_id AND ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND n.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY removed_by ON notice_question AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE notice_reading ENABLE ROW LEVEL SECURITY;

ALTER TABLE notice_reading FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON notice_reading AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON notice_reading FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON notice_reading AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR (EXISTS (SELECT FROM notice n WHERE n.authority_id = notice_reading.authority_id AND n.id = notice_reading.notice_id) AND (person_id::text = (SELECT security.requester())[2] OR EXISTS (SELECT FROM notice n WHERE n.authority_id = notice_reading.authority_id AND n.id = notice_reading.notice_id AND ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND n.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))))));

CREATE POLICY added_by ON notice_reading AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('system') OR (EXISTS (SELECT FROM notice n WHERE n.authority_id = notice_reading.authority_id AND n.id = notice_reading.notice_id) AND person_id::text = (SELECT security.requester())[2]));

CREATE POLICY changed_by ON notice_reading AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON notice_reading AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE offer_theme ENABLE ROW LEVEL SECURITY;

ALTER TABLE offer_theme FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON offer_theme AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON offer_theme FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE performance_benchmark ENABLE ROW LEVEL SECURITY;

ALTER TABLE performance_benchmark FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON performance_benchmark AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON performance_benchmark FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE performance_figure ENABLE ROW LEVEL SECURITY;

ALTER TABLE performance_figure FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON performance_figure AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON performance_figure FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON performance_figure AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('delegate', 'headteacher') AND school_urn = (SELECT nullif((SELECT security.requester())[3], '')::integer)) OR (((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead')
    AND school_urn = ANY ((SELECT array_agg(m.school_urn) FROM consortium_membership m
        WHERE m.authority_id = (SELECT security.authority_id())
          AND m.consortium_id = ANY (string_to_array((SELECT security.requester())[4], ',')::uuid[])
          AND m.starts_on <= (now() AT TIME ZONE 'Europe/London')::date
          AND (m.ends_on IS NULL OR m.ends_on > (now() AT TIME ZONE 'Europe/London')::date))::integer[])
    AND school_urn <> ALL ((SELECT string_to_array((SELECT security.requester())[5], ',')::integer[])::integer[])) AND denominator >= 6));

CREATE POLICY added_by ON performance_figure AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON performance_figure AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY removed_by ON performance_figure AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE performance_import_fault ENABLE ROW LEVEL SECURITY;

ALTER TABLE performance_import_fault FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON performance_import_fault AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON performance_import_fault FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON performance_import_fault AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY added_by ON performance_import_fault AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON performance_import_fault AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY removed_by ON performance_import_fault AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE plan_constraint ENABLE ROW LEVEL SECURITY;

ALTER TABLE plan_constraint FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON plan_constraint AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON plan_constraint FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE plan_snapshot ENABLE ROW LEVEL SECURITY;

ALTER TABLE plan_snapshot FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON plan_snapshot AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON plan_snapshot FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE profile ENABLE ROW LEVEL SECURITY;

ALTER TABLE profile FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON profile AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON profile FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON profile AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR (shared_at IS NOT NULL AND (((SELECT security.requester())[1] IN ('delegate', 'headteacher') AND school_urn = (SELECT nullif((SELECT security.requester())[3], '')::integer)) OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead')
    AND school_urn = ANY ((SELECT array_agg(m.school_urn) FROM consortium_membership m
        WHERE m.authority_id = (SELECT security.authority_id())
          AND m.consortium_id = ANY (string_to_array((SELECT security.requester())[4], ',')::uuid[])
          AND m.starts_on <= (now() AT TIME ZONE 'Europe/London')::date
          AND (m.ends_on IS NULL OR m.ends_on > (now() AT TIME ZONE 'Europe/London')::date))::integer[])
    AND school_urn <> ALL ((SELECT string_to_array((SELECT security.requester())[5], ',')::integer[])::integer[])))) OR (governors_from IS NOT NULL AND ((SELECT security.requester())[1] IN ('chair_of_governors', 'diocese_officer', 'trust_officer')
    AND school_urn = ANY ((SELECT string_to_array(nullif((SELECT security.requester())[3], ''), ',')::integer[])::integer[]))));

CREATE POLICY added_by ON profile AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON profile AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY removed_by ON profile AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE proposal FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON proposal AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON proposal FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE seat_appointment ENABLE ROW LEVEL SECURITY;

ALTER TABLE seat_appointment FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON seat_appointment AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON seat_appointment FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE seat_substitute ENABLE ROW LEVEL SECURITY;

ALTER TABLE seat_substitute FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON seat_substitute AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON seat_substitute FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE statutory_step ENABLE ROW LEVEL SECURITY;

ALTER TABLE statutory_step FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON statutory_step AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON statutory_step FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON statutory_step AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = statutory_step.authority_id AND c.id = statutory_step.escalation_id));

CREATE POLICY added_by ON statutory_step AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON statutory_step AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON statutory_step AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE support_category_change ENABLE ROW LEVEL SECURITY;

ALTER TABLE support_category_change FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON support_category_change AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON support_category_change FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON support_category_change AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM support_category c WHERE c.authority_id = support_category_change.authority_id AND c.id = support_category_change.support_category_id));

CREATE POLICY added_by ON support_category_change AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('head_of_service'));

CREATE POLICY changed_by ON support_category_change AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON support_category_change AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE user_session ENABLE ROW LEVEL SECURITY;

ALTER TABLE user_session FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON user_session AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON user_session FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE watched_school ENABLE ROW LEVEL SECURITY;

ALTER TABLE watched_school FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON watched_school AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON watched_school FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE consultation_answer ENABLE ROW LEVEL SECURITY;

ALTER TABLE consultation_answer FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON consultation_answer AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON consultation_answer FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON consultation_answer AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('delegate', 'headteacher') AND school_urn::text = (SELECT security.requester())[3]));

CREATE POLICY added_by ON consultation_answer AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK (((SELECT security.requester())[1] IN ('headteacher') AND school_urn::text = (SELECT security.requester())[3]) AND answered_by::text = (SELECT security.requester())[2]);

CREATE POLICY changed_by ON consultation_answer AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (((SELECT security.requester())[1] IN ('headteacher') AND school_urn::text = (SELECT security.requester())[3]) AND answered_by::text = (SELECT security.requester())[2]) WITH CHECK (((SELECT security.requester())[1] IN ('headteacher') AND school_urn::text = (SELECT security.requester())[3]) AND answered_by::text = (SELECT security.requester())[2]);

CREATE POLICY removed_by ON consultation_answer AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE escalation_reminder ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_reminder FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_reminder AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_reminder FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_reminder AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_reminder.authority_id AND c.id = escalation_reminder.escalation_id));

CREATE POLICY added_by ON escalation_reminder AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_reminder.authority_id AND c.id = escalation_reminder.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY changed_by ON escalation_reminder AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON escalation_reminder AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE plan_assignment ENABLE ROW LEVEL SECURITY;

ALTER TABLE plan_assignment FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON plan_assignment AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON plan_assignment FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE profile_comment ENABLE ROW LEVEL SECURITY;

ALTER TABLE profile_comment FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON profile_comment AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON profile_comment FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON profile_comment AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM profile p WHERE p.authority_id = profile_comment.authority_id AND p.id = profile_comment.profile_id));

CREATE POLICY added_by ON profile_comment AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] = 'headteacher' AND EXISTS (SELECT FROM profile p WHERE p.authority_id = profile_comment.authority_id AND p.id = profile_comment.profile_id) AND written_by::text = (SELECT security.requester())[2]);

CREATE POLICY changed_by ON profile_comment AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON profile_comment AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE profile_dispute ENABLE ROW LEVEL SECURITY;

ALTER TABLE profile_dispute FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON profile_dispute AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON profile_dispute FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON profile_dispute AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM profile p WHERE p.authority_id = profile_dispute.authority_id AND p.id = profile_dispute.profile_id));

CREATE POLICY added_by ON profile_dispute AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] = 'headteacher' AND EXISTS (SELECT FROM profile p WHERE p.authority_id = profile_dispute.authority_id AND p.id = profile_dispute.profile_id) AND raised_by::text = (SELECT security.requester())[2] AND answered_at IS NULL AND answered_by IS NULL);

CREATE POLICY changed_by ON profile_dispute AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system')) WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY removed_by ON profile_dispute AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE profile_invitation ENABLE ROW LEVEL SECURITY;

ALTER TABLE profile_invitation FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON profile_invitation AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON profile_invitation FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON profile_invitation AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM profile p WHERE p.authority_id = profile_invitation.authority_id AND p.id = profile_invitation.profile_id));

CREATE POLICY added_by ON profile_invitation AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON profile_invitation AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON profile_invitation AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE profile_snapshot ENABLE ROW LEVEL SECURITY;

ALTER TABLE profile_snapshot FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON profile_snapshot AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON profile_snapshot FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON profile_snapshot AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR (EXISTS (SELECT FROM profile p WHERE p.authority_id = profile_snapshot.authority_id AND p.id = profile_snapshot.profile_id) AND (audience = 'others' OR (SELECT security.requester())[1] IN ('delegate', 'headteacher'))));

CREATE POLICY added_by ON profile_snapshot AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system'));

CREATE POLICY changed_by ON profile_snapshot AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON profile_snapshot AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE support_agreement ENABLE ROW LEVEL SECURITY;

ALTER TABLE support_agreement FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON support_agreement AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON support_agreement FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE vote ENABLE ROW LEVEL SECURITY;

ALTER TABLE vote FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON vote AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON vote FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON vote AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('clerk', 'core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM motion m WHERE m.authority_id = vote.authority_id AND m.id = vote.motion_id));

CREATE POLICY added_by ON vote AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK (voted_by::text = (SELECT security.requester())[2] AND ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('board_member') AND EXISTS (SELECT FROM motion m WHERE m.authority_id = vote.authority_id AND m.id = vote.motion_id AND m.how = 'written'))));

CREATE POLICY changed_by ON vote AS RESTRICTIVE FOR UPDATE TO PUBLIC USING ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system') OR (voted_by::text = (SELECT security.requester())[2] AND ((SELECT security.requester())[1] IN ('board_member') AND EXISTS (SELECT FROM motion m WHERE m.authority_id = vote.authority_id AND m.id = vote.motion_id AND m.how = 'written')))) WITH CHECK ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system') OR (voted_by::text = (SELECT security.requester())[2] AND ((SELECT security.requester())[1] IN ('board_member') AND EXISTS (SELECT FROM motion m WHERE m.authority_id = vote.authority_id AND m.id = vote.motion_id AND m.how = 'written'))));

CREATE POLICY removed_by ON vote AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE aim ENABLE ROW LEVEL SECURITY;

ALTER TABLE aim FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON aim AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON aim FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE amendment ENABLE ROW LEVEL SECURITY;

ALTER TABLE amendment FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON amendment AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON amendment FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE claim ENABLE ROW LEVEL SECURITY;

ALTER TABLE claim FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON claim AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON claim FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE directory_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE directory_entry FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON directory_entry AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON directory_entry FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE review ENABLE ROW LEVEL SECURITY;

ALTER TABLE review FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON review AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON review FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE signed_agreement ENABLE ROW LEVEL SECURITY;

ALTER TABLE signed_agreement FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON signed_agreement AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON signed_agreement FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE visit ENABLE ROW LEVEL SECURITY;

ALTER TABLE visit FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON visit AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON visit FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE claim_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE claim_line FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON claim_line AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON claim_line FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE entry_adoption ENABLE ROW LEVEL SECURITY;

ALTER TABLE entry_adoption FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON entry_adoption AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON entry_adoption FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE entry_attachment ENABLE ROW LEVEL SECURITY;

ALTER TABLE entry_attachment FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON entry_attachment AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON entry_attachment FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE entry_consent ENABLE ROW LEVEL SECURITY;

ALTER TABLE entry_consent FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON entry_consent AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON entry_consent FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE entry_embedding ENABLE ROW LEVEL SECURITY;

ALTER TABLE entry_embedding FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON entry_embedding AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON entry_embedding FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE entry_picture ENABLE ROW LEVEL SECURITY;

ALTER TABLE entry_picture FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON entry_picture AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON entry_picture FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE entry_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE entry_version FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON entry_version AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON entry_version FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE escalation_attempted_support ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_attempted_support FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON escalation_attempted_support AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON escalation_attempted_support FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

CREATE POLICY seen_by ON escalation_attempted_support AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_attempted_support.authority_id AND c.id = escalation_attempted_support.escalation_id));

CREATE POLICY added_by ON escalation_attempted_support AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT security.requester())[1] IN ('core_officer', 'head_of_service', 'system') OR ((SELECT security.requester())[1] IN ('consortium_deputy', 'consortium_lead') AND EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_attempted_support.authority_id AND c.id = escalation_attempted_support.escalation_id AND (c.consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ',')) OR c.handling_consortium_id::text = ANY (string_to_array((SELECT security.requester())[4], ','))))));

CREATE POLICY changed_by ON escalation_attempted_support AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false);

CREATE POLICY removed_by ON escalation_attempted_support AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT security.requester())[1] = 'system');

ALTER TABLE public_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public_entry FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON public_entry AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON public_entry FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE review_rating ENABLE ROW LEVEL SECURITY;

ALTER TABLE review_rating FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON review_rating AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON review_rating FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE visit_request ENABLE ROW LEVEL SECURITY;

ALTER TABLE visit_request FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON visit_request AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON visit_request FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE message_thread ENABLE ROW LEVEL SECURITY;

ALTER TABLE message_thread FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON message_thread AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON message_thread FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE practice_try ENABLE ROW LEVEL SECURITY;

ALTER TABLE practice_try FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON practice_try AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON practice_try FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE message ENABLE ROW LEVEL SECURITY;

ALTER TABLE message FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON message AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON message FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

ALTER TABLE message_reading ENABLE ROW LEVEL SECURITY;

ALTER TABLE message_reading FORCE ROW LEVEL SECURITY;

CREATE POLICY authority_only ON message_reading AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT security.authority_id())) WITH CHECK (authority_id = (SELECT security.authority_id()));

CREATE POLICY everyone_inside ON message_reading FOR ALL TO PUBLIC USING (true) WITH CHECK (true);

REVOKE ALL ON allowed_transition FROM PUBLIC;

GRANT SELECT ON allowed_transition TO alongside_app;

REVOKE ALL ON authority FROM PUBLIC;

GRANT SELECT ON authority TO alongside_app;

REVOKE ALL ON audit_entry FROM PUBLIC;

GRANT SELECT, INSERT ON audit_entry TO alongside_app;

REVOKE ALL ON audit_head FROM PUBLIC;

GRANT SELECT ON audit_head TO alongside_app;

REVOKE ALL ON audit_start FROM PUBLIC;

GRANT SELECT ON audit_start TO alongside_app;

REVOKE ALL ON authority_settings FROM PUBLIC;

GRANT SELECT ON authority_settings TO alongside_app;

REVOKE ALL ON body FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON body TO alongside_app;

REVOKE ALL ON consortium FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON consortium TO alongside_app;

REVOKE ALL ON idempotency_key FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_key TO alongside_app;

REVOKE ALL ON ledger_account FROM PUBLIC;

GRANT SELECT, INSERT ON ledger_account TO alongside_app;

REVOKE ALL ON ledger_transaction FROM PUBLIC;

GRANT SELECT, INSERT ON ledger_transaction TO alongside_app;

REVOKE ALL ON performance_column FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON performance_column TO alongside_app;

REVOKE ALL ON person FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON person TO alongside_app;

REVOKE ALL ON register_import FROM PUBLIC;

GRANT SELECT, INSERT ON register_import TO alongside_app;

REVOKE ALL ON scheduled_job_run FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON scheduled_job_run TO alongside_app;

REVOKE ALL ON school FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON school TO alongside_app;

REVOKE ALL ON zero_result_search FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON zero_result_search TO alongside_app;

REVOKE ALL ON apportionment FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON apportionment TO alongside_app;

REVOKE ALL ON audit_seal FROM PUBLIC;

GRANT SELECT ON audit_seal TO alongside_app;

REVOKE ALL ON body_chair FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON body_chair TO alongside_app;

REVOKE ALL ON calendar_feed FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_feed TO alongside_app;

REVOKE ALL ON consortium_membership FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON consortium_membership TO alongside_app;

REVOKE ALL ON consultation FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON consultation TO alongside_app;

REVOKE ALL ON declared_interest FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON declared_interest TO alongside_app;

REVOKE ALL ON directory_subscription FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON directory_subscription TO alongside_app;

REVOKE ALL ON document_reading FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON document_reading TO alongside_app;

REVOKE ALL ON email_outbox FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON email_outbox TO alongside_app;

REVOKE ALL ON escalation FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation TO alongside_app;

REVOKE ALL ON fund FROM PUBLIC;

GRANT SELECT ON fund TO alongside_app;

REVOKE ALL ON identity FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON identity TO alongside_app;

REVOKE ALL ON invitation FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON invitation TO alongside_app;

REVOKE ALL ON leave_cover FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON leave_cover TO alongside_app;

REVOKE ALL ON ledger_commitment FROM PUBLIC;

GRANT SELECT, INSERT ON ledger_commitment TO alongside_app;

REVOKE ALL ON ledger_posting FROM PUBLIC;

GRANT SELECT, INSERT ON ledger_posting TO alongside_app;

REVOKE ALL ON legal_hold FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON legal_hold TO alongside_app;

REVOKE ALL ON motion FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON motion TO alongside_app;

REVOKE ALL ON need FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON need TO alongside_app;

REVOKE ALL ON notice FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON notice TO alongside_app;

REVOKE ALL ON notification FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON notification TO alongside_app;

REVOKE ALL ON offer FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON offer TO alongside_app;

REVOKE ALL ON performance_import FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON performance_import TO alongside_app;

REVOKE ALL ON performance_upload FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON performance_upload TO alongside_app;

REVOKE ALL ON plan_run FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON plan_run TO alongside_app;

REVOKE ALL ON profile_method FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON profile_method TO alongside_app;

REVOKE ALL ON register_change FROM PUBLIC;

GRANT SELECT, INSERT ON register_change TO alongside_app;

REVOKE ALL ON role_assignment FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON role_assignment TO alongside_app;

REVOKE ALL ON saved_view FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON saved_view TO alongside_app;

REVOKE ALL ON school_contact FROM PUBLIC;

GRANT SELECT ON school_contact TO alongside_app;

REVOKE ALL ON school_exclusion FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON school_exclusion TO alongside_app;

REVOKE ALL ON school_label FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON school_label TO alongside_app;

REVOKE ALL ON school_link FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON school_link TO alongside_app;

REVOKE ALL ON school_succession FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON school_succession TO alongside_app;

REVOKE ALL ON school_support_suspension FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON school_support_suspension TO alongside_app;

REVOKE ALL ON school_term FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON school_term TO alongside_app;

REVOKE ALL ON school_training_day FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON school_training_day TO alongside_app;

REVOKE ALL ON seat FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON seat TO alongside_app;

REVOKE ALL ON subject_request FROM PUBLIC;

GRANT SELECT, INSERT ON subject_request TO alongside_app;

REVOKE ALL ON support_category FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON support_category TO alongside_app;

REVOKE ALL ON unsent_form FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON unsent_form TO alongside_app;

REVOKE ALL ON consultation_question FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON consultation_question TO alongside_app;

REVOKE ALL ON consultation_school FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON consultation_school TO alongside_app;

REVOKE ALL ON escalation_access_log FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_access_log TO alongside_app;

REVOKE ALL ON escalation_criterion FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_criterion TO alongside_app;

REVOKE ALL ON escalation_deferred_notification FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_deferred_notification TO alongside_app;

REVOKE ALL ON escalation_event FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_event TO alongside_app;

REVOKE ALL ON escalation_file FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_file TO alongside_app;

REVOKE ALL ON escalation_matching_request FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_matching_request TO alongside_app;

REVOKE ALL ON escalation_note FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_note TO alongside_app;

REVOKE ALL ON escalation_overruling FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_overruling TO alongside_app;

REVOKE ALL ON escalation_pause FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_pause TO alongside_app;

REVOKE ALL ON escalation_presence FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_presence TO alongside_app;

REVOKE ALL ON escalation_reader FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_reader TO alongside_app;

REVOKE ALL ON escalation_task FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_task TO alongside_app;

REVOKE ALL ON escalation_timer FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_timer TO alongside_app;

REVOKE ALL ON escalation_visit FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_visit TO alongside_app;

REVOKE ALL ON fund_amount FROM PUBLIC;

GRANT SELECT ON fund_amount TO alongside_app;

REVOKE ALL ON fund_commitment FROM PUBLIC;

GRANT SELECT ON fund_commitment TO alongside_app;

REVOKE ALL ON inspection_outcome FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON inspection_outcome TO alongside_app;

REVOKE ALL ON ledger_resolution FROM PUBLIC;

GRANT SELECT, INSERT ON ledger_resolution TO alongside_app;

REVOKE ALL ON motion_elector FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON motion_elector TO alongside_app;

REVOKE ALL ON motion_interest FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON motion_interest TO alongside_app;

REVOKE ALL ON motion_overruling FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON motion_overruling TO alongside_app;

REVOKE ALL ON motion_referral FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON motion_referral TO alongside_app;

REVOKE ALL ON motion_subject FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON motion_subject TO alongside_app;

REVOKE ALL ON notice_correction FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON notice_correction TO alongside_app;

REVOKE ALL ON notice_file FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON notice_file TO alongside_app;

REVOKE ALL ON notice_question FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON notice_question TO alongside_app;

REVOKE ALL ON notice_reading FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON notice_reading TO alongside_app;

REVOKE ALL ON offer_theme FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON offer_theme TO alongside_app;

REVOKE ALL ON performance_benchmark FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON performance_benchmark TO alongside_app;

REVOKE ALL ON performance_figure FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON performance_figure TO alongside_app;

REVOKE ALL ON performance_import_fault FROM PUBLIC;

GRANT SELECT, INSERT ON performance_import_fault TO alongside_app;

REVOKE ALL ON plan_constraint FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON plan_constraint TO alongside_app;

REVOKE ALL ON plan_snapshot FROM PUBLIC;

GRANT SELECT, INSERT ON plan_snapshot TO alongside_app;

REVOKE ALL ON profile FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON profile TO alongside_app;

REVOKE ALL ON proposal FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON proposal TO alongside_app;

REVOKE ALL ON seat_appointment FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON seat_appointment TO alongside_app;

REVOKE ALL ON seat_substitute FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON seat_substitute TO alongside_app;

REVOKE ALL ON statutory_step FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON statutory_step TO alongside_app;

REVOKE ALL ON support_category_change FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON support_category_change TO alongside_app;

REVOKE ALL ON user_session FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON user_session TO alongside_app;

REVOKE ALL ON watched_school FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON watched_school TO alongside_app;

REVOKE ALL ON consultation_answer FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON consultation_answer TO alongside_app;

REVOKE ALL ON escalation_reminder FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_reminder TO alongside_app;

REVOKE ALL ON plan_assignment FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON plan_assignment TO alongside_app;

REVOKE ALL ON profile_comment FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON profile_comment TO alongside_app;

REVOKE ALL ON profile_dispute FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON profile_dispute TO alongside_app;

REVOKE ALL ON profile_invitation FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON profile_invitation TO alongside_app;

REVOKE ALL ON profile_snapshot FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON profile_snapshot TO alongside_app;

REVOKE ALL ON support_agreement FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON support_agreement TO alongside_app;

REVOKE ALL ON vote FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON vote TO alongside_app;

REVOKE ALL ON aim FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON aim TO alongside_app;

REVOKE ALL ON amendment FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON amendment TO alongside_app;

REVOKE ALL ON claim FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON claim TO alongside_app;

REVOKE ALL ON directory_entry FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON directory_entry TO alongside_app;

REVOKE ALL ON review FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON review TO alongside_app;

REVOKE ALL ON signed_agreement FROM PUBLIC;

GRANT SELECT, INSERT ON signed_agreement TO alongside_app;

REVOKE ALL ON visit FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON visit TO alongside_app;

REVOKE ALL ON claim_line FROM PUBLIC;

GRANT SELECT, INSERT ON claim_line TO alongside_app;

REVOKE ALL ON entry_adoption FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON entry_adoption TO alongside_app;

REVOKE ALL ON entry_attachment FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON entry_attachment TO alongside_app;

REVOKE ALL ON entry_consent FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON entry_consent TO alongside_app;

REVOKE ALL ON entry_embedding FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON entry_embedding TO alongside_app;

REVOKE ALL ON entry_picture FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON entry_picture TO alongside_app;

REVOKE ALL ON entry_version FROM PUBLIC;

GRANT SELECT, INSERT ON entry_version TO alongside_app;

REVOKE ALL ON escalation_attempted_support FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_attempted_support TO alongside_app;

REVOKE ALL ON public_entry FROM PUBLIC;

GRANT SELECT ON public_entry TO alongside_app;

REVOKE ALL ON review_rating FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON review_rating TO alongside_app;

REVOKE ALL ON visit_request FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON visit_request TO alongside_app;

REVOKE ALL ON message_thread FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON message_thread TO alongside_app;

REVOKE ALL ON practice_try FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON practice_try TO alongside_app;

REVOKE ALL ON message FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON message TO alongside_app;

REVOKE ALL ON message_reading FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON message_reading TO alongside_app;

CREATE FUNCTION refuse_illegal_move() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    began text := '';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.state = OLD.state THEN
            RETURN NEW;
        END IF;
        began := OLD.state;
    END IF;
    IF NOT EXISTS (SELECT FROM public.allowed_transition
                   WHERE subject = TG_TABLE_NAME AND start = began AND finish = NEW.state) THEN
        RAISE EXCEPTION 'a % cannot go from "%" to "%"', TG_TABLE_NAME, began, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allowed_transition';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION entry_seal(before bytea, entry audit_entry) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC'
RETURN sha256(before || convert_to(to_jsonb(entry)::text, 'UTF8'));

CREATE FUNCTION seal_audit_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head public.audit_head;
BEGIN
    INSERT INTO public.audit_head (authority_id, number, seal) VALUES (NEW.authority_id, 0, '\x')
        ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM public.audit_head WHERE authority_id = NEW.authority_id FOR UPDATE;
    head.number := head.number + 1;
    head.seal := public.entry_seal(head.seal, NEW);
    UPDATE public.audit_head SET number = head.number, seal = head.seal
        WHERE authority_id = NEW.authority_id;
    INSERT INTO public.audit_seal (authority_id, number, entry_id, seal)
        VALUES (NEW.authority_id, head.number, NEW.id, head.seal);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION seal_audit_entry() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER seal AFTER INSERT ON audit_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION seal_audit_entry();

CREATE FUNCTION let_go_audit(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own integer := security.authority_id();
    final public.audit_seal;
    gone bigint;
BEGIN
    IF before > now() - interval '1 year' THEN
        RAISE EXCEPTION 'the journal of the last year is kept' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM public.audit_head WHERE authority_id = own FOR UPDATE;
    PERFORM FROM public.legal_hold h
     WHERE h.authority_id = own AND h.lifted_at IS NULL
       AND (h.until_on IS NULL OR h.until_on >= (now() AT TIME ZONE 'Europe/London')::date);
    IF FOUND THEN
        RETURN 0;
    END IF;
    SELECT s.* INTO final FROM public.audit_seal s
     WHERE s.authority_id = own
       AND s.number < coalesce((SELECT min(young.number) FROM public.audit_seal young
                                 JOIN public.audit_entry e ON e.authority_id = own AND e.id = young.entry_id
                                WHERE young.authority_id = own AND e.at >= before), s.number + 1)
     ORDER BY s.number DESC LIMIT 1;
    IF final.number IS NULL THEN
        RETURN 0;
    END IF;
    INSERT INTO public.audit_start (authority_id, number, seal) VALUES (own, final.number, final.seal)
        ON CONFLICT (authority_id) DO UPDATE
        SET number = excluded.number, seal = excluded.seal, let_go_at = excluded.let_go_at;
    INSERT INTO public.audit_entry
        (authority_id, person_name, role, verb, subject_kind, subject_id, schools, changes)
    SELECT e.authority_id, e.person_name, e.role, e.verb, e.subject_kind, e.subject_id, e.schools, e.changes
      FROM public.audit_entry e JOIN public.audit_seal s ON s.authority_id = own AND s.entry_id = e.id
     WHERE e.authority_id = own AND s.number <= final.number AND e.verb = 'seal_record'
       AND e.changes ->> 'digest' IS NOT NULL
       AND NOT EXISTS (SELECT FROM public.audit_entry later
                        WHERE later.authority_id = own AND later.verb = 'seal_record' AND later.id > e.id
                          AND later.subject_kind = e.subject_kind AND later.subject_id = e.subject_id);
    WITH seals AS (DELETE FROM public.audit_seal
                    WHERE authority_id = own AND number <= final.number RETURNING entry_id)
    DELETE FROM public.audit_entry e USING seals WHERE e.authority_id = own AND e.id = seals.entry_id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION let_go_audit(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION let_go_audit(timestamptz) TO alongside_app;

CREATE FUNCTION record_digest(facts jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN encode(sha256(convert_to(jsonb_strip_nulls(facts)::text, 'UTF8')), 'hex');

CREATE FUNCTION seal_record() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    facts jsonb;
BEGIN
    IF session_user <> 'alongside_app' THEN
        RETURN NULL;
    END IF;
    facts := CASE WHEN TG_OP = 'INSERT' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
    INSERT INTO public.audit_entry
        (authority_id, person_name, role, verb, subject_kind, subject_id, schools, changes)
    VALUES ((facts ->> 'authority_id')::integer, 'Alongside', 'system', 'seal_record', 'record of ' || TG_TABLE_NAME,
        (SELECT string_agg(facts ->> part, '/' ORDER BY place)
           FROM unnest(TG_ARGV) WITH ORDINALITY AS key (part, place)), '{}',
        jsonb_build_object('digest', CASE WHEN TG_OP = 'INSERT' THEN public.record_digest(facts) END));
    RETURN NULL;
END $$;

CREATE FUNCTION open_ledger_account() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.balance := 0;
    NEW.reserved := 0;
    NEW.expected := 0;
    NEW.shortfall := 0;
    RETURN NEW;
END $$;

CREATE TRIGGER open_ledger_account BEFORE INSERT ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION open_ledger_account();

CREATE FUNCTION lock_ledger_accounts(of_authority integer, accounts uuid[]) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM public.ledger_account WHERE authority_id = of_authority AND id = ANY (accounts)
      ORDER BY id FOR NO KEY UPDATE;
END $$;

CREATE FUNCTION post_to_ledger_accounts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM public.ledger_account a
      WHERE (a.authority_id, a.id) IN (SELECT p.authority_id, p.account_id FROM posted p)
      ORDER BY a.id FOR NO KEY UPDATE;
    UPDATE public.ledger_account a
       SET balance = a.balance + change.amount,
           shortfall = CASE WHEN change.lowers THEN greatest(0, a.floor - (a.balance + change.amount - a.reserved))
                            ELSE least(a.shortfall, greatest(0, a.floor - (a.balance + change.amount - a.reserved)))
                       END
      FROM (SELECT p.authority_id, p.account_id, sum(p.amount)::bigint AS amount, bool_and(t.lowers) AS lowers
              FROM posted p
              JOIN public.ledger_transaction t ON t.authority_id = p.authority_id AND t.id = p.transaction_id
             GROUP BY p.authority_id, p.account_id) change
     WHERE a.authority_id = change.authority_id AND a.id = change.account_id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION post_to_ledger_accounts() FROM PUBLIC;

CREATE TRIGGER post_to_ledger_accounts AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION post_to_ledger_accounts();

CREATE FUNCTION check_ledger_transaction() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    of_transaction uuid := coalesce(to_jsonb(NEW) ->> 'transaction_id', to_jsonb(NEW) ->> 'id');
    declared public.ledger_transaction;
    found record;
BEGIN
    SELECT * INTO declared FROM public.ledger_transaction
     WHERE authority_id = NEW.authority_id AND id = of_transaction;
    SELECT count(*) AS postings, coalesce(sum(p.amount), 0) AS total, count(DISTINCT a.unit) AS units,
           bool_or(p.amount > 0 AND a.floor IS NOT NULL) AS into_limited
      INTO found FROM public.ledger_posting p
      JOIN public.ledger_account a ON a.authority_id = p.authority_id AND a.id = p.account_id
     WHERE p.authority_id = NEW.authority_id AND p.transaction_id = of_transaction;
    IF found.postings <> declared.postings OR found.total <> 0 OR found.units <> 1 THEN
        RAISE EXCEPTION 'the transaction % has % postings of % units that sum to %',
            of_transaction, found.postings, found.units, found.total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_balances';
    END IF;
    IF declared.lowers AND found.into_limited THEN
        RAISE EXCEPTION 'the transaction % lowers an allocation and does not return it', of_transaction
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_lowers';
    END IF;
    IF EXISTS (SELECT FROM (SELECT account_id, sum(amount) AS amount FROM public.ledger_posting
                             WHERE authority_id = NEW.authority_id
                               AND transaction_id IN (of_transaction, declared.corrects)
                             GROUP BY account_id) both_ways
                WHERE declared.corrects IS NOT NULL AND both_ways.amount <> 0) THEN
        RAISE EXCEPTION 'the transaction % is not the counter-entry of %', of_transaction, declared.corrects
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_corrects';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER check_ledger_transaction AFTER INSERT ON ledger_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_ledger_transaction();
CREATE CONSTRAINT TRIGGER check_ledger_posting AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_ledger_transaction();

CREATE FUNCTION reserve_ledger_commitment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM lock_ledger_accounts(NEW.authority_id, ARRAY[NEW.from_account_id, NEW.to_account_id]);
    IF (SELECT count(DISTINCT unit) FROM public.ledger_account WHERE authority_id = NEW.authority_id
           AND id IN (NEW.from_account_id, NEW.to_account_id)) <> 1 THEN
        RAISE EXCEPTION 'the commitment % is between accounts of two units', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_commitment_unit';
    END IF;
    UPDATE public.ledger_account
       SET reserved = reserved + CASE WHEN id = NEW.from_account_id THEN NEW.amount ELSE 0 END,
           expected = expected + CASE WHEN id = NEW.to_account_id THEN NEW.amount ELSE 0 END,
           shortfall = CASE WHEN id = NEW.from_account_id
                            THEN least(shortfall, greatest(0, floor - (balance - reserved - NEW.amount)))
                            ELSE shortfall END
     WHERE authority_id = NEW.authority_id AND id IN (NEW.from_account_id, NEW.to_account_id);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION reserve_ledger_commitment() FROM PUBLIC;

CREATE TRIGGER reserve_ledger_commitment AFTER INSERT ON ledger_commitment
    FOR EACH ROW EXECUTE FUNCTION reserve_ledger_commitment();

CREATE FUNCTION free_reserved(made ledger_commitment, pence bigint, reduces_shortfall boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.ledger_account
       SET reserved = reserved - CASE WHEN id = made.from_account_id THEN pence ELSE 0 END,
           expected = expected - CASE WHEN id = made.to_account_id THEN pence ELSE 0 END,
           shortfall = CASE WHEN id = made.from_account_id AND reduces_shortfall
                            THEN least(shortfall, greatest(0, floor - (balance - reserved + pence)))
                            ELSE shortfall END
     WHERE authority_id = made.authority_id AND id IN (made.from_account_id, made.to_account_id) AND pence > 0;
END $$;

CREATE FUNCTION resolve_ledger_commitment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    made public.ledger_commitment;
    new_id uuid := uuidv7();
BEGIN
    SELECT * INTO made FROM public.ledger_commitment
     WHERE authority_id = NEW.authority_id AND id = NEW.commitment_id;
    IF NEW.amount > made.amount THEN
        RAISE EXCEPTION 'the commitment % reserves %, not %', made.id, made.amount, NEW.amount
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_resolution_at_most';
    END IF;
    IF NEW.outcome = 'expired'
       AND (made.expires_on IS NULL OR made.expires_on >= (now() AT TIME ZONE 'Europe/London')::date) THEN
        RAISE EXCEPTION 'the commitment % has not expired', made.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_resolution_expired';
    END IF;
    PERFORM lock_ledger_accounts(NEW.authority_id, ARRAY[made.from_account_id, made.to_account_id]);
    IF NEW.amount > 0 THEN
        PERFORM free_reserved(made, NEW.amount, false);
        INSERT INTO public.ledger_transaction
            (authority_id, id, at, cause, decision_kind, decision_id, person_id)
        VALUES (NEW.authority_id, new_id, NEW.at, NEW.cause, NEW.decision_kind, NEW.decision_id, NEW.person_id);
        INSERT INTO public.ledger_posting (authority_id, transaction_id, account_id, amount)
        VALUES (NEW.authority_id, new_id, made.from_account_id, -NEW.amount),
               (NEW.authority_id, new_id, made.to_account_id, NEW.amount);
    END IF;
    PERFORM free_reserved(made, made.amount - NEW.amount, NEW.outcome NOT IN ('replaced', 'drawn'));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION resolve_ledger_commitment() FROM PUBLIC;

CREATE TRIGGER resolve_ledger_commitment AFTER INSERT ON ledger_resolution
    FOR EACH ROW EXECUTE FUNCTION resolve_ledger_commitment();

CREATE FUNCTION refuse_protected_ledger_accounts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    entry jsonb := to_jsonb(NEW);
BEGIN
    IF current_user = 'alongside_app' AND EXISTS (
        SELECT FROM public.ledger_account a
          LEFT JOIN public.ledger_commitment c
            ON c.authority_id = NEW.authority_id AND c.id = (entry ->> 'commitment_id')::uuid
         WHERE a.authority_id = NEW.authority_id AND a.protected
           AND a.id IN ((entry ->> 'account_id')::uuid, (entry ->> 'from_account_id')::uuid,
                        (entry ->> 'to_account_id')::uuid, c.from_account_id, c.to_account_id)) THEN
        RAISE EXCEPTION 'only functions of the database write for this account'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION refuse_lowering_by_the_app() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_user = 'alongside_app' THEN
        RAISE EXCEPTION 'only functions of the database lower an allocation below what is committed'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_lowering BEFORE INSERT ON ledger_transaction
    FOR EACH ROW WHEN (NEW.lowers) EXECUTE FUNCTION refuse_lowering_by_the_app();
CREATE TRIGGER refuse_protected_accounts BEFORE INSERT ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION refuse_protected_ledger_accounts();
CREATE TRIGGER refuse_protected_accounts BEFORE INSERT ON ledger_commitment
    FOR EACH ROW EXECUTE FUNCTION refuse_protected_ledger_accounts();
CREATE TRIGGER refuse_protected_accounts BEFORE INSERT ON ledger_resolution
    FOR EACH ROW EXECUTE FUNCTION refuse_protected_ledger_accounts();

CREATE FUNCTION announce_email_outbox() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('alongside_work', NEW.authority_id::text);
    RETURN NULL;
END $$;

CREATE TRIGGER announce_email_outbox AFTER INSERT OR UPDATE OF state ON email_outbox FOR EACH ROW
    WHEN (NEW.state = 'waiting' AND NEW.run_at <= now()) EXECUTE FUNCTION announce_email_outbox();

CREATE FUNCTION refuse_host_of_another() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('hosts of authorities'));
    IF EXISTS (SELECT FROM public.authority WHERE authority_id <> NEW.authority_id AND hosts && NEW.hosts) THEN
        RAISE EXCEPTION 'one of these hosts serves another authority'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'host_of_one_authority';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_host_of_another BEFORE INSERT OR UPDATE ON authority
    FOR EACH ROW EXECUTE FUNCTION refuse_host_of_another();

CREATE FUNCTION keep_school_contact() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.school_contact AS kept (authority_id, urn, last_active_on, last_contact_on)
    SELECT NEW.authority_id, s.urn, acted.day, CASE WHEN NEW.verb IN ('write_message', 'write_call', 'write_file', 'log_visit', 'record_visit', 'accept_proposal', 'agree_proposal', 'ask_release', 'release_leader', 'refuse_release', 'counter_propose', 'decline_proposal', 'ask_for_visit', 'agree_visit', 'offer_visit_dates', 'choose_visit_date', 'postpone_visit', 'suggest_school', 'decline_visit', 'confirm_visit') THEN acted.day END
      FROM public.school s, (SELECT (NEW.at AT TIME ZONE 'Europe/London')::date) acted (day)
     WHERE s.authority_id = NEW.authority_id AND s.urn = ANY (NEW.schools)
    ON CONFLICT (authority_id, urn) DO UPDATE
       SET last_active_on = greatest(kept.last_active_on, excluded.last_active_on),
           last_contact_on = greatest(kept.last_contact_on, excluded.last_contact_on)
     WHERE kept.last_active_on < excluded.last_active_on
        OR coalesce(kept.last_contact_on, '-infinity') < excluded.last_contact_on;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_school_contact() FROM PUBLIC;

-- After "seal", which locks the end of the authority's chain: so two transactions never wait for each other here.
CREATE CONSTRAINT TRIGGER seal_then_keep_contact AFTER INSERT ON audit_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.person_id IS NOT NULL AND cardinality(NEW.schools) > 0)
    EXECUTE FUNCTION keep_school_contact();

CREATE FUNCTION rebuild_school_contact() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own integer := security.authority_id();
    changed bigint;
BEGIN
    PERFORM FROM public.audit_head WHERE authority_id = own FOR UPDATE;
    INSERT INTO public.school_contact AS kept (authority_id, urn, last_active_on, last_contact_on)
    SELECT own, s.urn, max((e.at AT TIME ZONE 'Europe/London')::date),
           max((e.at AT TIME ZONE 'Europe/London')::date) FILTER (WHERE e.verb IN ('write_message', 'write_call', 'write_file', 'log_visit', 'record_visit', 'accept_proposal', 'agree_proposal', 'ask_release', 'release_leader', 'refuse_release', 'counter_propose', 'decline_proposal', 'ask_for_visit', 'agree_visit', 'offer_visit_dates', 'choose_visit_date', 'postpone_visit', 'suggest_school', 'decline_visit', 'confirm_visit'))
      FROM public.audit_entry e
     CROSS JOIN LATERAL unnest(e.schools) AS of_entry (urn)
      JOIN public.school s ON s.authority_id = own AND s.urn = of_entry.urn
     WHERE e.authority_id = own AND e.person_id IS NOT NULL
     GROUP BY s.urn
    ON CONFLICT (authority_id, urn) DO UPDATE
       SET last_active_on = greatest(kept.last_active_on, excluded.last_active_on),
           last_contact_on = greatest(kept.last_contact_on, excluded.last_contact_on)
     WHERE kept.last_active_on < excluded.last_active_on
        OR coalesce(kept.last_contact_on, '-infinity') < excluded.last_contact_on;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;
REVOKE ALL ON FUNCTION rebuild_school_contact() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rebuild_school_contact() TO alongside_app;

CREATE FUNCTION limit_invitations() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('invitations ' || NEW.authority_id, 0));
    IF (SELECT coalesce(sum(sent_count), 0) FROM invitation WHERE authority_id = NEW.authority_id
           AND lower(email) = lower(NEW.email) AND sent_at > now() - interval '1 day' AND id <> NEW.id)
       + NEW.sent_count > 5 THEN
        RAISE EXCEPTION 'too many invitations to this address'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invitations_to_address';
    ELSIF NEW.role IN ('delegate', 'chair_of_governors') AND (SELECT coalesce(sum(sent_count), 0) FROM invitation
           WHERE authority_id = NEW.authority_id AND role IN ('delegate', 'chair_of_governors')
             AND school_urn = NEW.school_urn
             AND sent_at > now() - interval '1 day' AND id <> NEW.id)
       + NEW.sent_count > 10 THEN
        RAISE EXCEPTION 'too many invitations of this school'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invitations_of_school';
    ELSIF NEW.batch_id IS NOT NULL AND TG_OP = 'INSERT' THEN
        IF (SELECT count(*) FROM invitation
             WHERE authority_id = NEW.authority_id AND batch_id = NEW.batch_id) >= 600 THEN
            RAISE EXCEPTION 'too many invitations together'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'invitations_in_batch';
        ELSIF (SELECT count(DISTINCT batch_id) FROM invitation
                WHERE authority_id = NEW.authority_id AND invited_by = NEW.invited_by AND batch_id <> NEW.batch_id
                  AND invited_at > now() - interval '1 day') >= 3 THEN
            RAISE EXCEPTION 'too many batches by this person'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'invitations_batches';
        END IF;
    ELSIF NEW.invited_by IS NOT NULL AND (SELECT coalesce(sum(sent_count), 0) FROM invitation
           WHERE authority_id = NEW.authority_id AND invited_by = NEW.invited_by AND batch_id IS NULL
             AND sent_at > now() - interval '1 hour' AND id <> NEW.id)
       + NEW.sent_count > 60 THEN
        RAISE EXCEPTION 'too many invitations by this person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invitations_by_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER limit_invitations BEFORE INSERT OR UPDATE OF sent_count, sent_at, email ON invitation
FOR EACH ROW EXECUTE FUNCTION limit_invitations();

CREATE FUNCTION organisation_of(role text, trust_uid text, diocese text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE role WHEN 'trust_officer' THEN trust_uid WHEN 'diocese_officer' THEN diocese END;

CREATE FUNCTION interests_of(of_authority integer, of_person uuid, on_day date) RETURNS SETOF integer
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    WITH own AS (
        SELECT s.urn, s.trust_uid FROM public.role_assignment a
          JOIN public.school s ON s.authority_id = of_authority AND (s.urn = a.school_urn
           OR public.organisation_of(a.role, s.trust_uid, s.diocese) = a.organisation)
         WHERE a.authority_id = of_authority AND a.person_id = of_person
           AND a.starts_on <= on_day AND (a.ends_on IS NULL OR a.ends_on > on_day))
    SELECT urn FROM own
    UNION
    SELECT s.urn FROM public.school s JOIN own ON own.trust_uid = s.trust_uid WHERE s.authority_id = of_authority
    UNION
    SELECT other_urn FROM public.declared_interest
     WHERE authority_id = of_authority AND person_id = of_person AND ended_at IS NULL
$$;

CREATE FUNCTION refuse_changed_notice_question() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'question % stays as it was asked', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'words_of_the_asker', TABLE = 'notice_question';
END $$;

CREATE TRIGGER refuse_changed_notice_question BEFORE UPDATE ON notice_question FOR EACH ROW
    WHEN ((NEW.notice_id, NEW.question, NEW.asked_by, NEW.asked_at)
          IS DISTINCT FROM (OLD.notice_id, OLD.question, OLD.asked_by, OLD.asked_at))
    EXECUTE FUNCTION refuse_changed_notice_question();

CREATE FUNCTION refuse_late_consultation_answer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.consultation_school asked
                 JOIN public.consultation c
                   ON c.authority_id = asked.authority_id AND c.id = asked.consultation_id
                WHERE asked.authority_id = NEW.authority_id AND asked.consultation_id = NEW.consultation_id
                  AND asked.school_urn = NEW.school_urn
                  AND (c.state <> 'open' OR asked.answer_by < public.london_today())) THEN
        RAISE EXCEPTION 'consultation % takes no more answers of school %', NEW.consultation_id, NEW.school_urn
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultation_answered_in_time',
                  TABLE = 'consultation_answer';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION refuse_other_consultation_answer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM jsonb_each_text(NEW.answers) given
                WHERE NOT EXISTS (SELECT FROM public.consultation_question q
                                   WHERE q.authority_id = NEW.authority_id AND q.id::text = given.key
                                     AND q.consultation_id = NEW.consultation_id AND q.removed_at IS NULL
                                     AND (q.kind = 'text' OR given.value = ANY (q.choices)))) THEN
        RAISE EXCEPTION 'consultation % has no such question or choice', NEW.consultation_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultation_answer_to_its_questions',
                  TABLE = 'consultation_answer';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_other_consultation_answer BEFORE INSERT OR UPDATE OF answers ON consultation_answer
    FOR EACH ROW EXECUTE FUNCTION refuse_other_consultation_answer();

CREATE TRIGGER refuse_late_consultation_answer BEFORE INSERT OR UPDATE ON consultation_answer
    FOR EACH ROW EXECUTE FUNCTION refuse_late_consultation_answer();

CREATE FUNCTION refuse_changed_consultation_question() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.consultation c
                    WHERE c.authority_id = NEW.authority_id AND c.id = NEW.consultation_id AND c.state = 'draft') THEN
        RAISE EXCEPTION 'the questions of consultation % no longer change', NEW.consultation_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultation_question_in_draft',
                  TABLE = 'consultation_question';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_changed_consultation_question BEFORE INSERT OR UPDATE ON consultation_question
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_consultation_question();

CREATE FUNCTION refuse_changed_consultation() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'draft' AND ROW(NEW.title, NEW.body, NEW.phase, NEW.school_phases, NEW.school_days, NEW.opens_on)
         IS DISTINCT FROM ROW(OLD.title, OLD.body, OLD.phase, OLD.school_phases, OLD.school_days, OLD.opens_on)
       OR OLD.state = 'decided' AND ROW(NEW.decision, NEW.decision_reference, NEW.decided_on)
         IS DISTINCT FROM ROW(OLD.decision, OLD.decision_reference, OLD.decided_on) THEN
        RAISE EXCEPTION 'consultation % stays as the schools read it', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultation_text_is_kept', TABLE = 'consultation';
    END IF;
    IF (NEW.state = 'closed' AND OLD.state <> 'closed'
        OR ROW(NEW.closed_at, NEW.asked, NEW.answered, NEW.counts)
           IS DISTINCT FROM ROW(OLD.closed_at, OLD.asked, OLD.answered, OLD.counts))
       AND (security.requester())[1] <> 'system' THEN
        RAISE EXCEPTION 'no person closes consultation %, or counts its answers', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultation_closed_by_the_system',
                  TABLE = 'consultation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_changed_consultation BEFORE UPDATE ON consultation
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_consultation();

CREATE FUNCTION announce_need() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('alongside_' || NEW.authority_id, 'need');
    RETURN NULL;
END $$;

CREATE TRIGGER announce_need AFTER INSERT OR UPDATE OF state ON need FOR EACH ROW
    WHEN (NEW.state = 'open') EXECUTE FUNCTION announce_need();

CREATE FUNCTION refuse_wider_audience() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who text[] := security.requester();
BEGIN
    IF who[1] = 'system' AND NEW.audience = OLD.audience AND NEW.audience = 'widening' THEN
        RETURN NEW;
    END IF;
    IF who[1] NOT IN ('headteacher', 'delegate') OR who[3] IS DISTINCT FROM NEW.school_urn::text THEN
        RAISE EXCEPTION 'only its school shows need % to more schools', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'need_shown_by_its_school', TABLE = 'need';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_wider_audience BEFORE UPDATE OF audience, visible_to_authority_from ON need
    FOR EACH ROW WHEN (
        current_user = 'alongside_app' AND OLD.posted_at IS NOT NULL
        AND (NEW.audience = 'everybody' AND OLD.audience <> 'everybody'
             OR NEW.audience = 'widening' AND OLD.audience = 'consortium'
             OR NEW.visible_to_authority_from < coalesce(OLD.visible_to_authority_from, 'infinity')))
    EXECUTE FUNCTION refuse_wider_audience();

CREATE FUNCTION announce_offer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('alongside_' || NEW.authority_id, 'offer');
    RETURN NULL;
END $$;

CREATE TRIGGER announce_offer AFTER INSERT OR UPDATE OF state ON offer FOR EACH ROW
    WHEN (NEW.state = 'live') EXECUTE FUNCTION announce_offer();

CREATE FUNCTION financial_year(day date) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
RETURN to_char(day - interval '3 months', 'YYYY') || '-' || to_char(day + interval '9 months', 'YY');

CREATE FUNCTION settings_in_force(of_authority integer) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
RETURN (SELECT settings FROM public.authority_settings WHERE authority_id = of_authority
         ORDER BY version DESC LIMIT 1);

CREATE FUNCTION fund_for_support(settings jsonb, phase text, year text) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
RETURN (
    SELECT fund.key FROM jsonb_each(settings -> 'funds') fund
     WHERE fund.value ->> 'financial_year' = year AND fund.value ->> 'purpose' IN ('intervention', 'commissioning')
       AND fund.value ->> 'phase' IN ('all', CASE WHEN phase IN ('primary', 'secondary') THEN phase
                                             ELSE settings #>> ARRAY['phases', phase, '0'] END)
     ORDER BY fund.value ->> 'phase' = 'all', fund.key COLLATE "C" LIMIT 1);

CREATE FUNCTION open_fund_account(of_authority integer, of_key text, lowest bigint) RETURNS uuid LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found uuid;
BEGIN
    INSERT INTO public.ledger_account (authority_id, key, unit, floor, protected)
    VALUES (of_authority, of_key, 'pence', lowest, true) ON CONFLICT DO NOTHING;
    SELECT id INTO STRICT found FROM public.ledger_account
     WHERE authority_id = of_authority AND key = of_key AND protected;
    RETURN found;
END $$;

CREATE FUNCTION declare_fund(of_authority integer, of_key text, declared jsonb) RETURNS fund LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    name text := 'fund ' || of_key || ' ' || (declared ->> 'financial_year');
    made public.fund;
BEGIN
    INSERT INTO public.fund AS f
        (authority_id, key, financial_year, label, source, purpose, phase, held_by, section_251_line,
         account_id, invoiced_account_id, paid_account_id)
    VALUES (of_authority, of_key, declared ->> 'financial_year', declared ->> 'label', declared ->> 'source',
            declared ->> 'purpose', declared ->> 'phase', coalesce(declared ->> 'held_by', ''),
            coalesce(declared ->> 'section_251_line', ''), open_fund_account(of_authority, name, 0),
            open_fund_account(of_authority, name || ' invoiced', 0),
            open_fund_account(of_authority, name || ' paid', 0))
    ON CONFLICT (authority_id, key, financial_year) DO UPDATE
       SET label = excluded.label, source = excluded.source, purpose = excluded.purpose, phase = excluded.phase,
           held_by = excluded.held_by, section_251_line = excluded.section_251_line
    RETURNING f.* INTO made;
    RETURN made;
END $$;

CREATE FUNCTION allocate_funds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    declared record;
    made public.fund;
    outside uuid;
    before record;
    new_pence bigint;
    new_transaction uuid;
    agreement uuid;
BEGIN
    IF EXISTS (SELECT FROM jsonb_object_keys(NEW.settings -> 'funds')) THEN
        PERFORM FROM public.support_agreement WHERE authority_id = NEW.authority_id ORDER BY id FOR NO KEY UPDATE;
    END IF;
    FOR declared IN SELECT key, value FROM jsonb_each(NEW.settings -> 'funds') ORDER BY key COLLATE "C" LOOP
        outside := open_fund_account(NEW.authority_id, 'money given to funds', NULL);
        made := declare_fund(NEW.authority_id, declared.key, declared.value);
        new_pence := (declared.value ->> 'pence')::bigint;
        SELECT coalesce(max(version), 0) AS version, coalesce((array_agg(pence ORDER BY version DESC))[1], 0) AS pence
          INTO before FROM public.fund_amount WHERE authority_id = NEW.authority_id AND fund_id = made.id;
        CONTINUE WHEN before.version > 0 AND before.pence = new_pence;
        new_transaction := CASE WHEN before.pence <> new_pence THEN uuidv7() END;
        IF new_transaction IS NOT NULL THEN
            INSERT INTO public.ledger_transaction (authority_id, id, cause, lowers)
            VALUES (NEW.authority_id, new_transaction, 'amount ' || before.version + 1 || ' of fund ' || made.id,
                    new_pence < before.pence);
            INSERT INTO public.ledger_posting (authority_id, transaction_id, account_id, amount)
            VALUES (NEW.authority_id, new_transaction, outside, before.pence - new_pence),
                   (NEW.authority_id, new_transaction, made.account_id, new_pence - before.pence);
        END IF;
        INSERT INTO public.fund_amount (authority_id, fund_id, version, pence, said_by, approval, transaction_id)
        VALUES (NEW.authority_id, made.id, before.version + 1, new_pence,
                'Settings version ' || NEW.version || ', applied by ' || NEW.applied_by,
                coalesce(declared.value ->> 'forum_approval', ''), new_transaction);
        FOR agreement IN SELECT p.id FROM public.support_agreement p
                          WHERE p.authority_id = NEW.authority_id
                            AND p.ends_on >= make_date(left(made.financial_year, 4)::int, 4, 1)
                          ORDER BY p.agreed_at, p.id LOOP
            BEGIN
                PERFORM commit_support_agreement(NEW.authority_id, agreement);
            EXCEPTION WHEN check_violation THEN
                NULL;  -- the fund page lists agreements that no fund pays for
            END;
        END LOOP;
    END LOOP;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION allocate_funds() FROM PUBLIC;

CREATE TRIGGER allocate_funds AFTER INSERT ON authority_settings
    FOR EACH ROW EXECUTE FUNCTION allocate_funds();

CREATE FUNCTION requesting_person() RETURNS uuid LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF coalesce(current_setting('alongside.requester_context', true), '') = '' THEN
        RETURN NULL;
    END IF;
    RETURN nullif((security.requester())[2], '')::uuid;
END $$;

CREATE FUNCTION commit_from_funds(
    of_authority integer, kind text, of_subject uuid, wanted jsonb, rate integer DEFAULT NULL
) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    one record;
    made uuid;
    changes integer;
BEGIN
    PERFORM lock_ledger_accounts(of_authority, ARRAY(
        SELECT unnest(ARRAY[account_id, invoiced_account_id]) FROM public.fund f
         WHERE f.authority_id = of_authority
           AND (wanted ? f.id::text OR f.id IN (SELECT c.fund_id FROM public.fund_commitment c
                                                 WHERE c.authority_id = of_authority AND c.subject_id = of_subject))));
    SELECT count(*) + count(r.commitment_id) INTO changes FROM public.fund_commitment c
      LEFT JOIN public.ledger_resolution r ON r.authority_id = of_authority AND r.commitment_id = c.commitment_id
     WHERE c.authority_id = of_authority AND c.subject_id = of_subject;
    FOR one IN
        SELECT f.id, f.account_id, f.invoiced_account_id, held.id AS held_id, coalesce(held.amount, 0) AS held,
               coalesce((wanted -> f.id::text ->> 'pence')::bigint, 0) AS pence,
               (wanted -> f.id::text ->> 'days')::numeric AS days
          FROM public.fund f
          LEFT JOIN (public.fund_commitment c
                     JOIN public.ledger_commitment held
                       ON held.authority_id = of_authority AND held.id = c.commitment_id)
            ON c.authority_id = of_authority AND c.fund_id = f.id AND c.subject_kind = kind
           AND c.subject_id = of_subject
           AND NOT EXISTS (SELECT FROM public.ledger_resolution r
                            WHERE r.authority_id = of_authority AND r.commitment_id = held.id)
         WHERE f.authority_id = of_authority AND (wanted ? f.id::text OR held.id IS NOT NULL)
         ORDER BY coalesce((wanted -> f.id::text ->> 'pence')::bigint, 0) > coalesce(held.amount, 0), f.account_id
    LOOP
        CONTINUE WHEN one.held = one.pence;
        changes := changes + 1;
        IF one.held_id IS NOT NULL THEN
            INSERT INTO public.ledger_resolution
                (authority_id, commitment_id, outcome, cause, decision_kind, decision_id, person_id)
            VALUES (of_authority, one.held_id, CASE WHEN one.pence > 0 THEN 'replaced' ELSE 'released' END,
                    'change ' || changes || ' of ' || kind || ' ' || of_subject || ' gives back', kind, of_subject,
                    requesting_person());
        END IF;
        IF one.pence > 0 THEN
            made := uuidv7();
            INSERT INTO public.ledger_commitment
                (authority_id, id, from_account_id, to_account_id, amount, cause, decision_kind, decision_id, person_id)
            VALUES (of_authority, made, one.account_id, one.invoiced_account_id, one.pence,
                    'change ' || changes || ' of ' || kind || ' ' || of_subject, kind, of_subject,
                    requesting_person());
            INSERT INTO public.fund_commitment
                (authority_id, commitment_id, fund_id, subject_kind, subject_id, days, pence_per_day)
            VALUES (of_authority, made, one.id, kind, of_subject, one.days, rate);
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION days_by_financial_year(of_authority integer, of_agreement uuid)
RETURNS TABLE (year text, days numeric) LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    agreed public.support_agreement;
    rest numeric;
    begins date;
    april date;
    before_april numeric := 0;
BEGIN
    SELECT * INTO agreed FROM public.support_agreement WHERE authority_id = of_authority AND id = of_agreement;
    begins := least(greatest(agreed.starts_on, (now() AT TIME ZONE 'Europe/London')::date), agreed.ends_on);
    april := make_date(left(financial_year(begins), 4)::int + 1, 4, 1);
    rest := CASE WHEN agreed.state IN ('preparing', 'active') THEN agreed.days - agreed.days_used ELSE 0 END;
    before_april := CASE WHEN agreed.ends_on < april THEN rest
                         ELSE ceil(2 * rest * (april - begins) / (agreed.ends_on - begins + 1)) / 2 END;
    RETURN QUERY
        SELECT part.year, sum(part.days) FROM (
            SELECT financial_year(v.visit_on) AS year, v.days FROM public.visit v
             WHERE v.authority_id = of_authority AND v.agreement_id = of_agreement AND v.state = 'recorded'
               AND NOT EXISTS (SELECT FROM public.claim_line l
                                WHERE l.authority_id = of_authority AND l.visit_id = v.id AND l.invoiced)
            UNION ALL SELECT financial_year(begins), before_april
            UNION ALL SELECT financial_year(april), rest - before_april) part (year, days)
         WHERE part.days > 0 GROUP BY part.year;
END $$;

CREATE FUNCTION commit_support_agreement(of_authority integer, of_agreement uuid) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    settings jsonb;
    rate integer;
    wanted jsonb;
BEGIN
    IF NOT EXISTS (SELECT FROM public.fund WHERE authority_id = of_authority) THEN
        RETURN;
    END IF;
    PERFORM FROM public.support_agreement WHERE authority_id = of_authority AND id = of_agreement FOR NO KEY UPDATE;
    settings := settings_in_force(of_authority);
    IF NOT (settings #>> '{matching,mind_money}')::boolean THEN
        RETURN;
    END IF;
    SELECT min(pence_per_day) INTO rate FROM public.fund_commitment
     WHERE authority_id = of_authority AND subject_id = of_agreement;
    rate := coalesce(rate, (settings #>> '{matching,pence_per_day}')::integer);
    SELECT coalesce(jsonb_object_agg(f.id, jsonb_build_object('pence', floor(spread.days * rate), 'days', spread.days)),
                    '{}')
      INTO wanted
      FROM public.support_agreement p
      JOIN public.need n ON n.authority_id = of_authority AND n.id = p.need_id
     CROSS JOIN LATERAL days_by_financial_year(of_authority, p.id) spread
      JOIN public.fund f ON f.authority_id = of_authority AND f.financial_year = spread.year
                        AND f.key = fund_for_support(settings, n.phase, spread.year)
     WHERE p.authority_id = of_authority AND p.id = of_agreement;
    PERFORM commit_from_funds(of_authority, 'support_agreement', of_agreement, wanted, rate);
END $$;

CREATE FUNCTION take_days_from_pool() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held numeric := 0;
    holds numeric := NEW.days;
    held_place integer := 0;
    holds_place integer := 1;
BEGIN
    IF NEW.state IN ('closed', 'ended_early') THEN
        holds := NEW.days_used;
        holds_place := 0;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        held := OLD.days;
        held_place := 1;
        IF OLD.state IN ('closed', 'ended_early') THEN
            held := OLD.days_used;
            held_place := 0;
        END IF;
    END IF;
    IF holds <> held OR holds_place <> held_place THEN
        UPDATE public.offer SET days_taken = days_taken + holds - held,
               engagements_taken = engagements_taken + holds_place - held_place
         WHERE authority_id = NEW.authority_id AND id = NEW.offer_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER take_days_from_pool AFTER INSERT OR UPDATE OF days, days_used, state ON support_agreement
    FOR EACH ROW EXECUTE FUNCTION take_days_from_pool();

CREATE FUNCTION commit_cost_of_agreement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF session_user <> 'alongside_app' THEN
        RETURN NULL;  -- rows that another role loads have no tenant context
    END IF;
    IF TG_OP = 'INSERT' OR NEW.days > OLD.days THEN
        PERFORM commit_support_agreement(NEW.authority_id, NEW.id);
        RETURN NULL;
    END IF;
    BEGIN
        PERFORM commit_support_agreement(NEW.authority_id, NEW.id);
    EXCEPTION WHEN check_violation THEN
        NULL;  -- a visit that took place is recorded, even if its year has no money: what was committed stays
    END;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION commit_cost_of_agreement() FROM PUBLIC;

CREATE TRIGGER commit_cost_of_agreement
    AFTER INSERT OR UPDATE OF days, days_used, state, starts_on, ends_on ON support_agreement
    FOR EACH ROW EXECUTE FUNCTION commit_cost_of_agreement();

CREATE FUNCTION refuse_unmeasured_closing() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.reached = '' AND EXISTS (
        SELECT FROM public.review r
         WHERE r.authority_id = NEW.authority_id AND r.id = NEW.review_id AND r.kind = 'closing')
    THEN
        RAISE EXCEPTION 'a closing review says for each aim what was reached'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'closing_says_reached';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_unmeasured_closing BEFORE INSERT OR UPDATE ON review_rating
    FOR EACH ROW EXECUTE FUNCTION refuse_unmeasured_closing();

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

CREATE FUNCTION london_today() RETURNS date LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$ SELECT (now() AT TIME ZONE 'Europe/London')::date $$;

CREATE FUNCTION note_proposed_until() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.need SET proposed_until = (
        SELECT max(p.respond_by) FROM public.proposal p
         WHERE p.authority_id = NEW.authority_id AND p.need_id = NEW.need_id
           AND p.state IN ('proposed', 'to_release')),
           audience_before = CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE audience_before END
     WHERE authority_id = NEW.authority_id AND id = NEW.need_id;
    RETURN NULL;
END $$;

CREATE TRIGGER note_proposed_until AFTER INSERT OR UPDATE OF state, respond_by ON proposal
    FOR EACH ROW EXECUTE FUNCTION note_proposed_until();

CREATE FUNCTION refuse_late_answer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.respond_by < public.london_today()
       AND (NEW.state IN ('agreed', 'to_release', 'declined') AND NEW.state <> OLD.state
            OR NEW.requesting_accepted_at > OLD.requesting_accepted_at OR NEW.supporting_accepted_at >
            OLD.supporting_accepted_at
            OR (NEW.requesting_accepted_at IS NOT NULL AND OLD.requesting_accepted_at IS NULL)
            OR (NEW.supporting_accepted_at IS NOT NULL AND OLD.supporting_accepted_at IS NULL)
            OR NEW.terms_version <> OLD.terms_version
            OR (NEW.requesting_had_more_time, NEW.supporting_had_more_time)
               <> (OLD.requesting_had_more_time, OLD.supporting_had_more_time)) THEN
        RAISE EXCEPTION 'the time to answer proposal % ended on %', OLD.id, OLD.respond_by
            USING ERRCODE = 'check_violation', CONSTRAINT = 'proposal_answered_in_time', TABLE = 'proposal';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_late_answer BEFORE UPDATE ON proposal
    FOR EACH ROW WHEN (OLD.state IN ('proposed', 'to_release')) EXECUTE FUNCTION refuse_late_answer();

CREATE FUNCTION agreement_content(of_authority integer, of_agreement uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object('days', p.days, 'starts_on', p.starts_on, 'ends_on', p.ends_on,
               'aims', coalesce((
                   SELECT jsonb_agg(jsonb_build_object('aim', a.aim, 'measure', a.measure, 'baseline', a.baseline,
                                                       'target', a.target) ORDER BY a.id)
                     FROM public.aim a
                    WHERE a.authority_id = of_authority AND a.agreement_id = of_agreement), '[]'))
          FROM public.support_agreement p WHERE p.authority_id = of_authority AND p.id = of_agreement);
END $$;

CREATE FUNCTION write_down_what_is_signed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.content := public.agreement_content(NEW.authority_id, NEW.agreement_id);
    RETURN NEW;
END $$;

CREATE TRIGGER write_down_what_is_signed BEFORE INSERT ON signed_agreement
    FOR EACH ROW EXECUTE FUNCTION write_down_what_is_signed();

CREATE FUNCTION refuse_unsigned_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own_key text := CASE TG_TABLE_NAME WHEN 'support_agreement' THEN 'id' ELSE 'agreement_id' END;
    facts jsonb := coalesce(to_jsonb(NEW), to_jsonb(OLD));
    of_authority integer := facts ->> 'authority_id';
    concerned uuid[] := ARRAY[facts ->> own_key, to_jsonb(OLD) ->> own_key];
BEGIN
    IF EXISTS (
        SELECT FROM public.support_agreement p
         WHERE p.authority_id = of_authority AND p.id = ANY (concerned) AND p.state = 'active'
           AND NOT EXISTS (
               SELECT FROM public.signed_agreement s
                WHERE s.authority_id = of_authority AND s.agreement_id = p.id
                  AND s.agreement_version = p.agreement_version
                  AND s.content = public.agreement_content(of_authority, p.id)))
    THEN
        RAISE EXCEPTION 'what both headteachers signed is not kept, or has changed since'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'signed_agreement_stands';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER refuse_unsigned_change AFTER UPDATE ON support_agreement DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'active' AND (OLD.state <> 'active'
                       OR (NEW.agreement_version, NEW.days, NEW.starts_on, NEW.ends_on)
                          IS DISTINCT FROM (OLD.agreement_version, OLD.days, OLD.starts_on, OLD.ends_on)))
    EXECUTE FUNCTION refuse_unsigned_change();

CREATE CONSTRAINT TRIGGER refuse_unsigned_change AFTER INSERT OR UPDATE OR DELETE ON aim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unsigned_change();

CREATE FUNCTION count_days_used() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    more numeric := 0;
BEGIN
    IF NEW.state = 'recorded' THEN
        more := NEW.days;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'recorded' THEN
        more := more - OLD.days;
    END IF;
    IF more <> 0 THEN
        UPDATE public.support_agreement SET days_used = days_used + more
         WHERE authority_id = NEW.authority_id AND id = NEW.agreement_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER count_days_used AFTER INSERT OR UPDATE OF days, state ON visit
    FOR EACH ROW EXECUTE FUNCTION count_days_used();

CREATE FUNCTION refuse_visit_before_agreement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM public.support_agreement p
         WHERE p.authority_id = NEW.authority_id AND p.id = NEW.agreement_id
           AND NEW.visit_on < least(p.starts_on, p.agreed_on))
    THEN
        RAISE EXCEPTION 'the visit is earlier than its agreement'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'visit_not_before_agreement';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_visit_before_agreement BEFORE INSERT OR UPDATE OF visit_on, agreement_id ON visit
    FOR EACH ROW WHEN (NEW.state = 'recorded') EXECUTE FUNCTION refuse_visit_before_agreement();

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
        writes := NEW.state = 'recorded' AND (OLD.state <> 'recorded' OR (NEW.recorded_side, NEW.visit_on, NEW.days, NEW.focus, NEW.done, NEW.next_steps) IS DISTINCT FROM (OLD.recorded_side, OLD.visit_on, OLD.days, OLD.focus, OLD.done, OLD.next_steps));
        answers := (NEW.answer, NEW.answered_by, NEW.answered_visit_on, NEW.answered_days, NEW.answered_done, NEW.answer_reason) IS DISTINCT FROM (OLD.answer, OLD.answered_by, OLD.answered_visit_on, OLD.answered_days, OLD.answered_done, OLD.answer_reason);
        views := (NEW.hoped_for, NEW.took_away) IS DISTINCT FROM (OLD.hoped_for, OLD.took_away);
        settles := (NEW.settled_as, NEW.settled_because, NEW.settled_by) IS DISTINCT FROM (OLD.settled_as, OLD.settled_because, OLD.settled_by);
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

CREATE FUNCTION invoice_claim(approved claim) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    one record;
    rest_days numeric;
    made uuid;
BEGIN
    PERFORM FROM public.support_agreement
      WHERE authority_id = approved.authority_id AND id = approved.agreement_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM public.claim_line l
                 JOIN public.visit v ON v.authority_id = approved.authority_id AND v.id = l.visit_id
                WHERE l.authority_id = approved.authority_id AND l.claim_id = approved.id
                  AND NOT visit_is_confirmed(v)) THEN
        PERFORM refuse_claim('a visit on the claim is no longer confirmed', 'claim_line_of_confirmed_visit');
    END IF;
    PERFORM lock_ledger_accounts(approved.authority_id, ARRAY(
        SELECT unnest(ARRAY[f.account_id, f.invoiced_account_id])
          FROM public.claim_line l JOIN public.fund f ON f.authority_id = approved.authority_id AND f.id = l.fund_id
         WHERE l.authority_id = approved.authority_id AND l.claim_id = approved.id));
    FOR one IN
        SELECT claimed.fund_id, claimed.pence, claimed.days, fc.days AS held_days, fc.pence_per_day, c.id, c.amount,
               c.from_account_id, c.to_account_id, c.decision_kind, c.decision_id, c.person_id
          FROM (SELECT fund_id, sum(pence)::bigint AS pence, sum(days) AS days FROM public.claim_line
                 WHERE authority_id = approved.authority_id AND claim_id = approved.id GROUP BY fund_id) claimed
          LEFT JOIN (public.fund_commitment fc
                     JOIN public.ledger_commitment c
                       ON c.authority_id = approved.authority_id AND c.id = fc.commitment_id)
            ON fc.authority_id = approved.authority_id AND fc.fund_id = claimed.fund_id
           AND fc.subject_id = approved.agreement_id
           AND NOT EXISTS (SELECT FROM public.ledger_resolution r
                            WHERE r.authority_id = approved.authority_id AND r.commitment_id = c.id)
         ORDER BY claimed.fund_id
    LOOP
        rest_days := one.held_days - one.days;
        IF one.id IS NULL OR one.pence > one.amount OR rest_days < 0 THEN
            PERFORM refuse_claim('the claim is above what is committed', 'claim_within_commitment');
        END IF;
        INSERT INTO public.ledger_resolution
            (authority_id, commitment_id, outcome, amount, cause, decision_kind, decision_id, person_id)
        VALUES (approved.authority_id, one.id, CASE WHEN rest_days > 0 THEN 'drawn' ELSE 'posted' END, one.pence,
                'claim ' || approved.id || ' on fund ' || one.fund_id, 'claim', approved.id, approved.decided_by);
        CONTINUE WHEN rest_days = 0;
        made := uuidv7();
        INSERT INTO public.ledger_commitment
            (authority_id, id, from_account_id, to_account_id, amount, cause, decision_kind, decision_id, person_id)
        VALUES (approved.authority_id, made, one.from_account_id, one.to_account_id,
                floor(rest_days * one.pence_per_day), 'rest after claim ' || approved.id || ' on fund ' || one.fund_id,
                one.decision_kind, one.decision_id, one.person_id);
        INSERT INTO public.fund_commitment
            (authority_id, commitment_id, fund_id, subject_kind, subject_id, days, pence_per_day)
        VALUES (approved.authority_id, made, one.fund_id, one.decision_kind, one.decision_id, rest_days,
                one.pence_per_day);
    END LOOP;
END $$;

CREATE FUNCTION pay_claim(paid claim) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    made uuid := uuidv7();
BEGIN
    INSERT INTO public.ledger_transaction (authority_id, id, cause, decision_kind, decision_id, person_id, postings)
    SELECT paid.authority_id, made, 'payment of claim ' || paid.id, 'claim', paid.id, paid.paid_by,
           2 * count(DISTINCT l.fund_id)
      FROM public.claim_line l WHERE l.authority_id = paid.authority_id AND l.claim_id = paid.id;
    INSERT INTO public.ledger_posting (authority_id, transaction_id, account_id, amount)
    SELECT paid.authority_id, made, side.account_id, side.sign * sum(l.pence)
      FROM public.claim_line l
      JOIN public.fund f ON f.authority_id = paid.authority_id AND f.id = l.fund_id
     CROSS JOIN LATERAL (VALUES (f.invoiced_account_id, -1), (f.paid_account_id, 1)) side (account_id, sign)
     WHERE l.authority_id = paid.authority_id AND l.claim_id = paid.id
     GROUP BY side.account_id, side.sign;
END $$;

CREATE FUNCTION credit_claim(credited claim) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before public.ledger_transaction;
    made uuid;
BEGIN
    PERFORM FROM public.support_agreement
      WHERE authority_id = credited.authority_id AND id = credited.agreement_id FOR NO KEY UPDATE;
    PERFORM lock_ledger_accounts(credited.authority_id, ARRAY(
        SELECT unnest(ARRAY[f.account_id, f.invoiced_account_id, f.paid_account_id])
          FROM public.claim_line l JOIN public.fund f ON f.authority_id = credited.authority_id AND f.id = l.fund_id
         WHERE l.authority_id = credited.authority_id AND l.claim_id = credited.id));
    FOR before IN SELECT * FROM public.ledger_transaction t
                   WHERE t.authority_id = credited.authority_id AND t.decision_kind = 'claim'
                     AND t.decision_id = credited.id AND t.corrects IS NULL
                   ORDER BY t.at DESC, t.id DESC LOOP
        made := uuidv7();
        INSERT INTO public.ledger_transaction
            (authority_id, id, cause, decision_kind, decision_id, person_id, corrects, postings)
        VALUES (credited.authority_id, made, 'credit note for ' || before.id, 'claim', credited.id,
                credited.credited_by, before.id, before.postings);
        INSERT INTO public.ledger_posting (authority_id, transaction_id, account_id, amount)
        SELECT authority_id, made, account_id, -amount FROM public.ledger_posting
         WHERE authority_id = credited.authority_id AND transaction_id = before.id;
    END LOOP;
END $$;

CREATE FUNCTION post_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state = 'approved' THEN
        PERFORM invoice_claim(NEW);
    ELSIF NEW.state = 'paid' THEN
        PERFORM pay_claim(NEW);
        RETURN NULL;
    ELSIF NEW.state = 'credited' THEN
        PERFORM credit_claim(NEW);
    END IF;
    UPDATE public.claim_line SET counts = NEW.state = 'approved', invoiced = NEW.state = 'approved'
     WHERE authority_id = NEW.authority_id AND claim_id = NEW.id;
    IF NEW.state = 'credited' THEN
        BEGIN
            PERFORM commit_support_agreement(NEW.authority_id, NEW.agreement_id);
        EXCEPTION WHEN check_violation THEN
            NULL;  -- the fund has been lowered: what comes back reduces its shortfall
        END;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION post_claim() FROM PUBLIC;

CREATE TRIGGER post_claim AFTER UPDATE OF state ON claim FOR EACH ROW EXECUTE FUNCTION post_claim();

CREATE FUNCTION refuse_own_witness() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.directory_entry
                WHERE authority_id = NEW.authority_id AND id = NEW.entry_id
                  AND (school_urn = NEW.school_urn OR partner_urn = NEW.school_urn)) THEN
        RAISE EXCEPTION 'a school does not count as a user of an entry of its own'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'own_witness';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_own_witness BEFORE INSERT OR UPDATE ON entry_adoption
    FOR EACH ROW EXECUTE FUNCTION refuse_own_witness();

CREATE FUNCTION count_uses() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    used public.entry_adoption := coalesce(NEW, OLD);
BEGIN
    PERFORM FROM public.directory_entry
      WHERE authority_id = used.authority_id AND id = used.entry_id FOR UPDATE;
    UPDATE public.directory_entry e
       SET uses_yes = said.yes, uses_partly = said.partly, uses_no = said.no, uses_early = said.early
      FROM (SELECT count(*) FILTER (WHERE worked = 'yes') AS yes,
                   count(*) FILTER (WHERE worked = 'partly') AS partly,
                   count(*) FILTER (WHERE worked = 'no') AS no,
                   count(*) FILTER (WHERE worked = 'too_early') AS early
              FROM public.entry_adoption WHERE authority_id = used.authority_id AND entry_id = used.entry_id) said
     WHERE e.authority_id = used.authority_id AND e.id = used.entry_id;
    RETURN NULL;
END $$;

CREATE TRIGGER count_uses AFTER INSERT OR UPDATE OR DELETE ON entry_adoption
    FOR EACH ROW EXECUTE FUNCTION count_uses();

CREATE FUNCTION words_agreed_on(entry directory_entry) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT jsonb_build_array(entry.kind, entry.title, entry.themes, entry.phases, entry.key_stages, entry.problem,
        entry.context, entry.what_we_did, entry.evidence, entry.claimed_level, entry.what_to_avoid, entry.what_you_need,
        entry.cost_pence, entry.staff_hours, entry.staff_time, entry.term, entry.who_to_ask, entry.visibility,
        entry.school_urn, entry.partner_urn)
$$;

CREATE FUNCTION refuse_without_consent() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.partner_urn IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.edition <= OLD.edition AND words_agreed_on(NEW) <> words_agreed_on(OLD) THEN
        RAISE EXCEPTION 'another text of an entry about two schools is another edition'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_of_both';
    END IF;
    IF NEW.state NOT IN ('draft', 'returned', 'archived')
       AND (TG_OP = 'INSERT' OR NEW.state <> OLD.state OR NEW.edition <> OLD.edition)
       AND 2 > (SELECT count(*) FROM public.entry_consent
                 WHERE authority_id = NEW.authority_id AND entry_id = NEW.id AND edition = NEW.edition
                   AND school_urn IN (NEW.school_urn, NEW.partner_urn)) THEN
        RAISE EXCEPTION 'both schools must agree to this text'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_of_both';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_without_consent BEFORE INSERT OR UPDATE ON directory_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_without_consent();

CREATE FUNCTION keep_public_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    shown boolean := NEW.visibility = 'public' AND NEW.state IN ('verified', 'review_due', 'reverified');
BEGIN
    IF shown AND NEW.edition <> NEW.verified_edition THEN
        UPDATE public.public_entry SET evidence_level = NEW.evidence_level
         WHERE authority_id = NEW.authority_id AND id = NEW.id;
        RETURN NULL;
    END IF;
    DELETE FROM public.public_entry WHERE authority_id = NEW.authority_id AND id = NEW.id;
    IF shown THEN
        INSERT INTO public.public_entry
        SELECT (jsonb_populate_record(NULL::public.public_entry, to_jsonb(NEW) || jsonb_build_object(
            'listed_at', coalesce(NEW.listed_at, now()),
            'school', coalesce((SELECT name FROM public.school
                                 WHERE authority_id = NEW.authority_id AND urn = NEW.school_urn), '')))).*;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_public_entry() FROM PUBLIC;

CREATE TRIGGER keep_public_entry AFTER INSERT OR UPDATE ON directory_entry
    FOR EACH ROW EXECUTE FUNCTION keep_public_entry();

CREATE FUNCTION ask_for_meaning() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state IN ('verified', 'review_due', 'reverified') THEN
        INSERT INTO public.entry_embedding (authority_id, entry_id) VALUES (NEW.authority_id, NEW.id)
        ON CONFLICT (authority_id, entry_id) DO UPDATE SET numbers = NULL, read_at = NULL;
    ELSE
        DELETE FROM public.entry_embedding WHERE authority_id = NEW.authority_id AND entry_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ask_for_meaning_of_new AFTER INSERT ON directory_entry FOR EACH ROW
    WHEN (NEW.state IN ('verified', 'review_due', 'reverified')) EXECUTE FUNCTION ask_for_meaning();
CREATE TRIGGER ask_for_meaning AFTER UPDATE OF state, edition ON directory_entry FOR EACH ROW
    WHEN (OLD.edition <> NEW.edition OR (OLD.state IN ('verified', 'review_due', 'reverified'))
          <> (NEW.state IN ('verified', 'review_due', 'reverified'))) EXECUTE FUNCTION ask_for_meaning();

CREATE SCHEMA search;

CREATE TEXT SEARCH CONFIGURATION search.english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION search.english
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.english_stem;
CREATE TEXT SEARCH CONFIGURATION search.plain (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION search.plain
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.simple;

CREATE TABLE search.entry (
    authority_id integer NOT NULL,
    shelf text NOT NULL CHECK (shelf IN ('inside', 'public')),
    entry_id uuid NOT NULL,
    school_urn integer,
    partner_urn integer,
    visible_to_authority_from date,
    words tsvector NOT NULL,
    spelt text[] NOT NULL,
    PRIMARY KEY (authority_id, shelf, entry_id),
    FOREIGN KEY (authority_id, entry_id) REFERENCES public.directory_entry (authority_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_entry_words ON search.entry USING gin (authority_id, words);
CREATE INDEX ix_entry_spelt ON search.entry USING gin (authority_id, spelt);

CREATE TABLE search.word (
    authority_id integer NOT NULL,
    word text NOT NULL,
    PRIMARY KEY (authority_id, word)
);
CREATE INDEX ix_word_alike ON search.word USING gin (authority_id, word public.gin_trgm_ops);

CREATE FUNCTION search.stand(here integer, at text, entry jsonb) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    matter text := concat_ws(' ', entry->>'problem', translate(entry->>'themes', '_[]",', '     '),
        (SELECT name FROM public.school WHERE authority_id = here AND urn = (entry->>'school_urn')::integer));
    deed text := concat_ws(' ', entry->>'what_we_did', entry->>'context', entry->>'source_name');
    rest text := concat_ws(' ', entry->>'evidence', entry->>'what_to_avoid', entry->>'what_you_need',
        entry->>'who_to_ask', entry->>'staff_time');
    as_spelt text[] := ARRAY(
        SELECT lexeme FROM unnest(to_tsvector('search.plain', concat_ws(' ', entry->>'title', matter, deed, rest)))
         WHERE lexeme ~ '^[a-z]{4,24}$' AND ts_lexize('pg_catalog.english_stem', lexeme) <> '{}' ORDER BY lexeme);
BEGIN
    INSERT INTO search.entry (authority_id, shelf, entry_id, school_urn, partner_urn, visible_to_authority_from,
    words, spelt)
    VALUES (here, at, (entry->>'id')::uuid, (entry->>'school_urn')::integer,
            (entry->>'partner_urn')::integer, (entry->>'visible_to_authority_from')::date,
            setweight(to_tsvector('search.english', entry->>'title'), 'A')
            || setweight(to_tsvector('search.english', matter), 'B')
            || setweight(to_tsvector('search.english', deed), 'C')
            || setweight(to_tsvector('search.english', rest), 'D'), as_spelt)
    ON CONFLICT (authority_id, shelf, entry_id) DO UPDATE SET school_urn = excluded.school_urn,
        partner_urn = excluded.partner_urn, visible_to_authority_from = excluded.visible_to_authority_from, words =
        excluded.words,
        spelt = excluded.spelt;
    INSERT INTO search.word (authority_id, word) SELECT here, unnest(as_spelt)
    ON CONFLICT (authority_id, word) DO NOTHING;
END $$;
REVOKE ALL ON FUNCTION search.stand(integer, text, jsonb) FROM PUBLIC;

CREATE FUNCTION search.keep_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.state IN ('verified', 'review_due', 'reverified') THEN
        PERFORM search.stand(NEW.authority_id, 'inside', to_jsonb(NEW));
    ELSIF TG_OP = 'UPDATE' AND OLD.state IN ('verified', 'review_due', 'reverified') THEN
        DELETE FROM search.entry
         WHERE authority_id = NEW.authority_id AND shelf = 'inside' AND entry_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION search.keep_entry() FROM PUBLIC;
CREATE TRIGGER keep_on_shelf AFTER INSERT OR UPDATE OF state, edition, title, themes, problem, context, what_we_did,
    evidence, what_to_avoid, what_you_need, who_to_ask, school_urn, partner_urn, visible_to_authority_from, visibility
    ON public.directory_entry FOR EACH ROW EXECUTE FUNCTION search.keep_entry();

CREATE FUNCTION search.keep_public() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM search.entry
         WHERE authority_id = OLD.authority_id AND shelf = 'public' AND entry_id = OLD.id;
    ELSE
        PERFORM search.stand(NEW.authority_id, 'public', to_jsonb(NEW));
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION search.keep_public() FROM PUBLIC;
CREATE TRIGGER keep_on_shelf AFTER INSERT OR DELETE ON public.public_entry
    FOR EACH ROW EXECUTE FUNCTION search.keep_public();

CREATE FUNCTION search.rename_school() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM search.stand(e.authority_id, 'inside', to_jsonb(e)) FROM public.directory_entry e
      WHERE e.authority_id = NEW.authority_id AND e.school_urn = NEW.urn
        AND e.state IN ('verified', 'review_due', 'reverified');
    PERFORM search.stand(e.authority_id, 'public', to_jsonb(e)) FROM public.public_entry e
      WHERE e.authority_id = NEW.authority_id AND e.school_urn = NEW.urn;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION search.rename_school() FROM PUBLIC;
CREATE TRIGGER rename_on_shelf AFTER UPDATE OF name ON public.school FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION search.rename_school();

CREATE FUNCTION search.known(at text, urns integer[], today date, typed text[])
RETURNS TABLE (word text, stop boolean, known boolean, alike text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    here integer := security.authority_id();
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT u.word, plainto_tsquery('search.english', u.word) AS query, u.word ~ '^[a-z]{4,24}$' AS plain
          FROM unnest(typed) AS u(word)
    ), written AS MATERIALIZED (
        SELECT DISTINCT a.word FROM asked a JOIN search.entry e ON e.authority_id = here AND e.words @@ a.query
         WHERE a.plain AND numnode(a.query) > 0 AND e.shelf = at
           AND (urns IS NULL OR e.school_urn = ANY (urns) OR e.partner_urn = ANY (urns) OR
           e.visible_to_authority_from <= today)
    ), told AS MATERIALIZED (
        SELECT a.word, numnode(a.query) = 0 AS stop,
               NOT a.plain OR numnode(a.query) = 0 OR a.word IN (SELECT word FROM written) AS known
          FROM asked a
    )
    SELECT t.word, t.stop, t.known,
           CASE WHEN t.known THEN '{}' ELSE
               (SELECT coalesce(array_agg(near.word ORDER BY near.likeness DESC, near.word), '{}') FROM (
                    SELECT DISTINCT w.word, public.similarity(w.word, t.word) AS likeness
                      FROM search.word w JOIN search.entry e ON e.authority_id = here AND e.spelt @> ARRAY[w.word]
                     WHERE w.authority_id = here AND w.word OPERATOR(public.%) t.word AND e.shelf = at
                       AND (urns IS NULL OR e.school_urn = ANY (urns) OR e.partner_urn = ANY (urns)
                            OR e.visible_to_authority_from <= today)
                     ORDER BY likeness DESC, w.word LIMIT 20) near) END
      FROM told t;
END $$;
REVOKE ALL ON FUNCTION search.known(text, integer[], date, text[]) FROM PUBLIC;
GRANT USAGE ON SCHEMA search TO alongside_app;
GRANT EXECUTE ON FUNCTION search.known(text, integer[], date, text[]) TO alongside_app;

CREATE FUNCTION search.find(at text, urns integer[], today date, groups integer[], texts text[], shares real[],
    weights real[], near uuid[], likeness real[], enough float8, alike float8, meaning float8)
RETURNS TABLE (entry_id uuid, score real, groups_found integer[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    here integer := security.authority_id();
BEGIN
    RETURN QUERY
    WITH part AS MATERIALIZED (
        SELECT p.n, p.share, to_tsquery('search.english', p.text) AS query
          FROM unnest(groups, texts, shares) AS p(n, text, share)
    ), hit AS MATERIALIZED (
        SELECT part.n, e.entry_id AS id, max(part.share * ts_rank(weights, e.words, part.query, 1)) AS strength
          FROM part JOIN search.entry e ON e.authority_id = here AND e.words @@ part.query
         WHERE numnode(part.query) > 0 AND e.shelf = at
           AND (urns IS NULL OR e.school_urn = ANY (urns) OR e.partner_urn = ANY (urns) OR
           e.visible_to_authority_from <= today)
         GROUP BY part.n, e.entry_id
    ), rarity AS (
        SELECT hit.n, ln(1 + (SELECT count(*) FROM search.entry e
                               WHERE e.authority_id = here AND e.shelf = at)::real / count(*)) AS weight
          FROM hit GROUP BY hit.n
    ), worded AS (
        SELECT hit.id, sum(hit.strength * rarity.weight) AS strength, sum(rarity.weight) AS held,
               array_agg(hit.n ORDER BY hit.n) AS in_groups
          FROM hit JOIN rarity USING (n) GROUP BY hit.id
    ), meant AS (
        SELECT m.id, greatest(0, m.likeness) AS likeness FROM unnest(near, likeness) AS m(id, likeness)
          JOIN search.entry e ON e.authority_id = here AND e.shelf = at AND e.entry_id = m.id
         WHERE urns IS NULL OR e.school_urn = ANY (urns) OR e.partner_urn = ANY (urns)
            OR e.visible_to_authority_from <= today
    ), judged AS (
        SELECT id, worded.in_groups, coalesce(meant.likeness, 0) AS likeness,
               coalesce(worded.held / (SELECT sum(weight) FROM rarity), 0) AS held,
               coalesce(worded.strength / max(worded.strength) OVER (), 0) AS strength
          FROM worded FULL JOIN meant USING (id)
    )
    SELECT id, (strength * (1 + held) / 2 + meaning * judged.likeness)::real, coalesce(in_groups, '{}')
      FROM judged WHERE held >= enough
        OR judged.likeness >= alike + CASE WHEN EXISTS (SELECT FROM worded)
                                             OR (SELECT count(DISTINCT n) FROM part) > 2 THEN 0 ELSE 0.1 END;
END $$;
REVOKE ALL ON FUNCTION search.find(text, integer[], date, integer[], text[], real[], real[], uuid[], real[],
    float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search.find(text, integer[], date, integer[], text[], real[], real[], uuid[], real[],
    float8, float8, float8) TO alongside_app;

CREATE FUNCTION refuse_late_visit_answer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.respond_by < public.london_today()
       AND NEW.state IN ('agreed', 'dates_offered', 'not_now', 'other_school', 'declined') THEN
        RAISE EXCEPTION 'the time to answer visit request % ended on %', OLD.id, OLD.respond_by
            USING ERRCODE = 'check_violation', CONSTRAINT = 'visit_request_answered_in_time', TABLE = 'visit_request';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_late_visit_answer BEFORE UPDATE OF state ON visit_request
    FOR EACH ROW WHEN (OLD.state IN ('asked', 'dates_offered') AND NEW.state <> OLD.state)
    EXECUTE FUNCTION refuse_late_visit_answer();

CREATE TRIGGER refuse_own_witness BEFORE INSERT OR UPDATE OF entry_id, school_urn ON practice_try
    FOR EACH ROW WHEN (NEW.entry_id IS NOT NULL) EXECUTE FUNCTION refuse_own_witness();

CREATE FUNCTION count_tries() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tried public.practice_try := coalesce(NEW, OLD);
BEGIN
    PERFORM FROM public.directory_entry
      WHERE authority_id = tried.authority_id AND id = tried.entry_id FOR UPDATE;
    UPDATE public.directory_entry e
       SET tries_said = said.all_of_them, tries_did = said.did, tries_changed = said.changed
      FROM (SELECT count(*) AS all_of_them, count(*) FILTER (WHERE state = 'did') AS did,
                   count(*) FILTER (WHERE state = 'changed') AS changed
              FROM public.practice_try
             WHERE authority_id = tried.authority_id AND entry_id = tried.entry_id AND state <> 'withdrawn') said
     WHERE e.authority_id = tried.authority_id AND e.id = tried.entry_id;
    RETURN NULL;
END $$;

CREATE TRIGGER count_tries AFTER INSERT OR UPDATE OF state OR DELETE ON practice_try
    FOR EACH ROW EXECUTE FUNCTION count_tries();

CREATE FUNCTION refuse_changed_method() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'version % of the % method is in use and cannot change', OLD.number, OLD.phase
        USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_method_is_fixed', TABLE = 'profile_method';
END $$;

CREATE TRIGGER refuse_changed_method BEFORE UPDATE ON profile_method FOR EACH ROW
    WHEN (OLD.state <> 'draft' AND (NEW.content, NEW.phase, NEW.number, NEW.decision, NEW.adopted_on)
          IS DISTINCT FROM (OLD.content, OLD.phase, OLD.number, OLD.decision, OLD.adopted_on))
    EXECUTE FUNCTION refuse_changed_method();

CREATE FUNCTION refuse_early_silence() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the school can answer until %', NEW.answer_by
        USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_answer_by_passed', TABLE = 'profile';
END $$;

CREATE TRIGGER refuse_early_silence BEFORE UPDATE OF state ON profile FOR EACH ROW
    WHEN (NEW.state = 'no_answer' AND OLD.state <> 'no_answer'
          AND (NEW.answer_by IS NULL OR NEW.answer_by >= public.london_today()))
    EXECUTE FUNCTION refuse_early_silence();

CREATE FUNCTION refuse_changed_dispute() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'dispute % stays as the school wrote it', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'words_of_the_school', TABLE = 'profile_dispute';
END $$;

CREATE TRIGGER refuse_changed_dispute BEFORE UPDATE ON profile_dispute FOR EACH ROW
    WHEN ((NEW.profile_id, NEW.measure, NEW.reason, NEW.raised_by, NEW.raised_at)
          IS DISTINCT FROM (OLD.profile_id, OLD.measure, OLD.reason, OLD.raised_by, OLD.raised_at))
    EXECUTE FUNCTION refuse_changed_dispute();

CREATE FUNCTION check_support_category_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    claim text[] := security.requester();
    role text := claim[1];
    me uuid := nullif(claim[2], '')::uuid;
    consortia text[] := string_to_array(claim[4], ',');
BEGIN
    IF TG_OP = 'INSERT' THEN
    IF num_nonnulls(NEW.category, NEW.discussed_on, NEW.moderated_on, NEW.agreed_on, NEW.notified_on, NEW.appealed_on, NEW.heard_on, NEW.in_force_on, NEW.category_moderated, NEW.category_agreed, NEW.category_heard) > 0 THEN
        RAISE EXCEPTION 'a category begins as a proposal' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_begins_as_a_proposal', TABLE = 'support_category';
    END IF;
        RETURN NEW;
    END IF;
    IF role = 'headteacher' AND (to_jsonb(NEW) - ARRAY['state', 'version', 'appealed_on', 'appealed_by', 'appeal_grounds', 'seen_on', 'seen_by']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'version', 'appealed_on', 'appealed_by', 'appeal_grounds', 'seen_on', 'seen_by']) THEN
        RAISE EXCEPTION 'a headteacher changes the appeal only' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_own_columns', TABLE = 'support_category';
    END IF;
    IF role IN ('consortium_lead', 'consortium_deputy') AND (to_jsonb(NEW) - ARRAY['state', 'version', 'category_moderated', 'reasons_moderated', 'moderated_by', 'moderated_on', 'category_heard', 'appeal_outcome', 'reasons_heard', 'heard_by', 'heard_on', 'decision_number']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'version', 'category_moderated', 'reasons_moderated', 'moderated_by', 'moderated_on', 'category_heard', 'appeal_outcome', 'reasons_heard', 'heard_by', 'heard_on', 'decision_number']) THEN
        RAISE EXCEPTION 'a panel changes the moderation only' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_own_columns', TABLE = 'support_category';
    END IF;
    IF NEW.state = 'discussed' AND OLD.state <> NEW.state AND NOT coalesce(NEW.discussion_basis IN ('discussion', 'refusal') OR NEW.second_answer_by < public.london_today(), false) THEN
        RAISE EXCEPTION 'neither discussed nor refused nor unanswered after two invitations' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_discussed', TABLE = 'support_category';
    END IF;
    IF NEW.state = 'moderated' AND OLD.state <> NEW.state AND (NEW.moderated_by IS DISTINCT FROM me OR role NOT IN ('consortium_lead', 'consortium_deputy') OR NOT coalesce(coalesce(NEW.handling_consortium_id, NEW.consortium_id)::text = ANY (consortia), false)) THEN
        RAISE EXCEPTION 'moderated by the panel of the consortium only' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_moderated_by_panel', TABLE = 'support_category';
    END IF;
    IF NEW.state = 'agreed' AND OLD.state <> NEW.state AND (NEW.agreed_by IS DISTINCT FROM me OR role <> 'head_of_service') AND NOT (role = 'system' AND NEW.agreed_by IS NULL AND NEW.category_agreed IS NOT DISTINCT FROM NEW.category_moderated AND EXISTS (SELECT FROM public.motion m JOIN public.motion_subject s ON s.authority_id = m.authority_id AND s.motion_id = m.id WHERE m.authority_id = NEW.authority_id AND m.id = NEW.agreed_motion_id AND m.state = 'carried' AND s.kind = 'support_category' AND s.subject = NEW.id::text)) THEN
        RAISE EXCEPTION 'recorded by the head of service, or agreed by a motion that is carried' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_agreed', TABLE = 'support_category';
    END IF;
    IF NEW.state = 'appealed' AND OLD.state <> NEW.state AND (role <> 'headteacher' OR NEW.appeal_by < public.london_today() OR OLD.appealed_on IS NOT NULL) THEN
        RAISE EXCEPTION 'one appeal, by the headteacher, in time' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_appeal_in_time', TABLE = 'support_category';
    END IF;
    IF NEW.state = 'heard' AND OLD.state <> NEW.state AND (NEW.heard_by IS DISTINCT FROM me OR me IN (NEW.proposed_by, NEW.discussed_by, NEW.moderated_by, NEW.agreed_by) OR role NOT IN ('consortium_lead', 'consortium_deputy', 'core_officer', 'head_of_service')) THEN
        RAISE EXCEPTION 'heard by people who took no part' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_heard_by_others', TABLE = 'support_category';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ('moderated', 'agreed', 'heard') AND EXISTS (SELECT FROM public.interests_of(NEW.authority_id, me, public.london_today()) urn WHERE urn = NEW.school_urn) THEN
        RAISE EXCEPTION 'not by somebody with an interest in the school' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_no_interest', TABLE = 'support_category';
    END IF;
    IF NEW.category IS DISTINCT FROM OLD.category AND NOT (NEW.state = 'in_force' AND role = 'system') AND NOT EXISTS (SELECT FROM public.support_category_change made WHERE made.authority_id = NEW.authority_id AND made.support_category_id = NEW.id AND made.category_before = OLD.category AND made.category_after = NEW.category) THEN
        RAISE EXCEPTION 'a category in force changes by a decision only' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_changed_by_decision', TABLE = 'support_category';
    END IF;
    IF OLD.notified_on IS NOT NULL AND NEW.notified_on IS DISTINCT FROM OLD.notified_on THEN
        RAISE EXCEPTION 'notified once' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_notified_once', TABLE = 'support_category';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ('in_force', 'superseded') AND role <> 'system' THEN
        RAISE EXCEPTION 'no person puts a category in force, or ends it' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_by_the_system', TABLE = 'support_category';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ('discussed', 'notified', 'withdrawn') AND role NOT IN ('core_officer', 'head_of_service', 'system') THEN
        RAISE EXCEPTION 'by the core team only' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_by_the_core_team', TABLE = 'support_category';
    END IF;
    IF NEW.state = 'appealed' AND OLD.state <> NEW.state AND NEW.appealed_by IS DISTINCT FROM me THEN
        RAISE EXCEPTION 'in the name of the headteacher who appeals' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_appeal_in_time', TABLE = 'support_category';
    END IF;
    IF role <> 'system' AND NOT (NEW.state = 'proposed') AND ROW(NEW.category_proposed, NEW.reasons_proposed, NEW.proposed_by, NEW.proposed_on) IS DISTINCT FROM ROW(OLD.category_proposed, OLD.reasons_proposed, OLD.proposed_by, OLD.proposed_on) THEN
        RAISE EXCEPTION 'what a step recorded is not changed afterwards' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_step_is_kept', TABLE = 'support_category';
    END IF;
    IF role <> 'system' AND NOT (NEW.state = 'discussed' AND OLD.state <> NEW.state) AND ROW(NEW.discussion_basis, NEW.discussion, NEW.discussed_on, NEW.discussed_by) IS DISTINCT FROM ROW(OLD.discussion_basis, OLD.discussion, OLD.discussed_on, OLD.discussed_by) THEN
        RAISE EXCEPTION 'what a step recorded is not changed afterwards' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_step_is_kept', TABLE = 'support_category';
    END IF;
    IF role <> 'system' AND NOT (NEW.state = 'moderated' AND OLD.state <> NEW.state) AND ROW(NEW.category_moderated, NEW.reasons_moderated, NEW.moderated_by, NEW.moderated_on) IS DISTINCT FROM ROW(OLD.category_moderated, OLD.reasons_moderated, OLD.moderated_by, OLD.moderated_on) THEN
        RAISE EXCEPTION 'what a step recorded is not changed afterwards' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_step_is_kept', TABLE = 'support_category';
    END IF;
    IF role <> 'system' AND NOT (NEW.state = 'agreed' AND OLD.state <> NEW.state) AND ROW(NEW.category_agreed, NEW.reasons_agreed, NEW.agreed_by, NEW.agreed_on, NEW.decision_reference, NEW.agreed_motion_id) IS DISTINCT FROM ROW(OLD.category_agreed, OLD.reasons_agreed, OLD.agreed_by, OLD.agreed_on, OLD.decision_reference, OLD.agreed_motion_id) THEN
        RAISE EXCEPTION 'what a step recorded is not changed afterwards' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_step_is_kept', TABLE = 'support_category';
    END IF;
    IF role <> 'system' AND NOT (NEW.state = 'appealed' AND OLD.state <> NEW.state) AND ROW(NEW.appealed_on, NEW.appealed_by, NEW.appeal_grounds) IS DISTINCT FROM ROW(OLD.appealed_on, OLD.appealed_by, OLD.appeal_grounds) THEN
        RAISE EXCEPTION 'what a step recorded is not changed afterwards' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_step_is_kept', TABLE = 'support_category';
    END IF;
    IF role <> 'system' AND NOT (NEW.state = 'heard' AND OLD.state <> NEW.state) AND ROW(NEW.category_heard, NEW.appeal_outcome, NEW.reasons_heard, NEW.heard_by, NEW.heard_on) IS DISTINCT FROM ROW(OLD.category_heard, OLD.appeal_outcome, OLD.reasons_heard, OLD.heard_by, OLD.heard_on) THEN
        RAISE EXCEPTION 'what a step recorded is not changed afterwards' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_step_is_kept', TABLE = 'support_category';
    END IF;
    IF role <> 'system' AND NOT (NEW.state = 'in_force' AND OLD.state <> NEW.state) AND ROW(NEW.in_force_on) IS DISTINCT FROM ROW(OLD.in_force_on) THEN
        RAISE EXCEPTION 'what a step recorded is not changed afterwards' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_step_is_kept', TABLE = 'support_category';
    END IF;
    IF role <> 'system' AND NOT (NEW.state = 'withdrawn' AND OLD.state <> NEW.state) AND ROW(NEW.withdrawn_because) IS DISTINCT FROM ROW(OLD.withdrawn_because) THEN
        RAISE EXCEPTION 'what a step recorded is not changed afterwards' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'support_category_step_is_kept', TABLE = 'support_category';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER check_support_category_step BEFORE INSERT OR UPDATE ON support_category
    FOR EACH ROW EXECUTE FUNCTION check_support_category_step();

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

CREATE FUNCTION check_motion() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    began text := CASE TG_OP WHEN 'UPDATE' THEN OLD.state ELSE '' END;
    counted record;
BEGIN
    IF TG_OP = 'INSERT' THEN
    IF (NEW.overruling AND EXISTS (SELECT FROM public.body b WHERE b.authority_id = NEW.authority_id AND b.id = NEW.body_id AND b.kind = 'forum')) THEN
        RAISE EXCEPTION 'nobody overrules a Schools Forum' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_forum_is_not_overruled';
    END IF;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.state <> OLD.state THEN
    IF ((began, NEW.state) NOT IN (('', 'tabled'), ('tabled', 'open'), ('tabled', 'deferred'), ('tabled', 'withdrawn'), ('open', 'carried'), ('open', 'lost'), ('open', 'tied'), ('open', 'inquorate'), ('open', 'deferred'), ('open', 'withdrawn'), ('tied', 'carried'), ('tied', 'lost'), ('carried', 'rescinded'), ('lost', 'referred'), ('referred', 'granted'), ('referred', 'refused'))) THEN
        RAISE EXCEPTION 'a motion cannot go that way' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_transition';
    END IF;
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF (NOT ((SELECT security.requester())[1] IN ('clerk', 'head_of_service', 'system'))) THEN
        RAISE EXCEPTION 'only the clerk and the head of service change motions' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_manager';
    END IF;
    IF ((NEW.body_id, NEW.remit, NEW.kind, NEW.phase, NEW.line, NEW.financial_year, NEW.how, NEW.closes_at, NEW.majority, NEW.casting_vote, NEW.overruling, NEW.referable, NEW.schools, NEW.dispensed) IS DISTINCT FROM (OLD.body_id, OLD.remit, OLD.kind, OLD.phase, OLD.line, OLD.financial_year, OLD.how, OLD.closes_at, OLD.majority, OLD.casting_vote, OLD.overruling, OLD.referable, OLD.schools, OLD.dispensed) AND began <> 'tabled') THEN
        RAISE EXCEPTION 'the rules of an open motion are frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_rules_frozen';
    END IF;
    IF ((NEW.title, NEW.text) IS DISTINCT FROM (OLD.title, OLD.text) AND (began NOT IN ('tabled', 'open') OR EXISTS (SELECT FROM public.vote v WHERE v.authority_id = NEW.authority_id AND v.motion_id = NEW.id))) THEN
        RAISE EXCEPTION 'the text is frozen after the first vote' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_text_frozen';
    END IF;
    IF ((NEW.votes_for, NEW.votes_against, NEW.abstained, NEW.closed_at) IS DISTINCT FROM (OLD.votes_for, OLD.votes_against, OLD.abstained, OLD.closed_at) AND NOT (began = 'open' AND NEW.state IN ('carried', 'lost', 'tied', 'inquorate'))) THEN
        RAISE EXCEPTION 'the votes are counted once, when the motion closes' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_count_frozen';
    END IF;
    IF ((NEW.quorum_needed, NEW.opened_at) IS DISTINCT FROM (OLD.quorum_needed, OLD.opened_at) AND (began, NEW.state) IS DISTINCT FROM ('tabled', 'open')) THEN
        RAISE EXCEPTION 'the quorum is set once, when the motion opens' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_quorum_frozen';
    END IF;
    IF NEW.state = 'open' AND began = 'tabled' THEN
    IF (NOT EXISTS (SELECT FROM public.motion_elector e WHERE e.authority_id = NEW.authority_id AND e.motion_id = NEW.id AND e.may_vote)) THEN
        RAISE EXCEPTION 'nobody could vote' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_electorate';
    END IF;
    IF (EXISTS (SELECT FROM public.motion_elector e JOIN public.motion_subject s ON s.authority_id = e.authority_id AND s.motion_id = e.motion_id WHERE e.authority_id = NEW.authority_id AND e.motion_id = NEW.id AND e.may_vote AND s.school_urn IN (SELECT public.interests_of(e.authority_id, e.person_id, public.london_today())) AND NOT EXISTS (SELECT FROM public.motion_interest i WHERE i.authority_id = e.authority_id AND i.motion_id = e.motion_id AND i.seat_id = e.seat_id AND i.dispensed_by IS NOT NULL))) THEN
        RAISE EXCEPTION 'an elector has an interest in the school' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_elector_interest';
    END IF;
    IF (NEW.closes_at <= clock_timestamp()) THEN
        RAISE EXCEPTION 'it would be closed at once' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_closes_later';
    END IF;
    ELSIF began = 'open' AND NEW.state IN ('carried', 'lost', 'tied', 'inquorate') THEN
        SELECT * INTO counted FROM public.count_of_motion(NEW.authority_id, NEW.id);
    IF ((NEW.votes_for, NEW.votes_against, NEW.abstained) IS DISTINCT FROM (counted.votes_for, counted.votes_against, counted.abstained)) THEN
        RAISE EXCEPTION 'the result is not the count of the votes' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_count';
    END IF;
    IF (NEW.state <> public.result_of_motion(NEW.majority, NEW.casting_vote, CASE NEW.how WHEN 'meeting' THEN counted.present ELSE counted.votes_for + counted.votes_against + counted.abstained END >= NEW.quorum_needed, counted.votes_for, counted.votes_against)) THEN
        RAISE EXCEPTION 'the result does not follow from the votes' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_result';
    END IF;
    IF (NEW.closes_at > clock_timestamp() AND EXISTS (SELECT FROM public.motion_elector e WHERE e.authority_id = NEW.authority_id AND e.motion_id = NEW.id AND e.may_vote AND NOT EXISTS (SELECT FROM public.vote v WHERE v.authority_id = e.authority_id AND v.motion_id = e.motion_id AND v.seat_id = e.seat_id))) THEN
        RAISE EXCEPTION 'members can still vote' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_closes_later';
    END IF;
    ELSIF began = 'tied' AND NEW.state <> 'tied' THEN
    IF (NEW.casting_choice IS DISTINCT FROM CASE NEW.state WHEN 'carried' THEN 'for' ELSE 'against' END OR NOT EXISTS (SELECT FROM public.body_chair c WHERE c.authority_id = NEW.authority_id AND c.body_id = NEW.body_id AND c.person_id = NEW.casting_by AND c.from_on <= public.london_today() AND (c.until_on IS NULL OR c.until_on > public.london_today()))) THEN
        RAISE EXCEPTION 'only the chair has a casting vote' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_casting_by_chair';
    END IF;
    ELSIF NEW.state = 'referred' AND began <> 'referred' THEN
    IF (NOT NEW.referable OR NOT EXISTS (SELECT FROM public.motion_referral r WHERE r.authority_id = NEW.authority_id AND r.motion_id = NEW.id)) THEN
        RAISE EXCEPTION 'this motion cannot be referred' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_referral';
    END IF;
    ELSIF began = 'referred' AND NEW.state <> 'referred' THEN
    IF (NOT EXISTS (SELECT FROM public.motion_referral r WHERE r.authority_id = NEW.authority_id AND r.motion_id = NEW.id AND r.outcome = NEW.state)) THEN
        RAISE EXCEPTION 'the answer is not recorded' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_referral';
    END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER check_motion BEFORE INSERT OR UPDATE ON motion FOR EACH ROW EXECUTE FUNCTION check_motion();

CREATE FUNCTION freeze_with_motion() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held record;
BEGIN
    SELECT m.state, m.body_id INTO held FROM public.motion m
     WHERE m.authority_id = NEW.authority_id AND m.id = NEW.motion_id FOR SHARE;
    IF (held.state <> 'tabled') THEN
        RAISE EXCEPTION 'the motion has opened' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_electorate_frozen';
    END IF;
    IF TG_TABLE_NAME = 'motion_elector' THEN
    IF (NOT EXISTS (SELECT FROM public.seat s WHERE s.authority_id = NEW.authority_id AND s.id = NEW.seat_id AND s.body_id = held.body_id AND (s.voting OR NOT NEW.may_vote))) THEN
        RAISE EXCEPTION 'the seat has no vote on this body' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_elector_seat';
    END IF;
    IF (NEW.may_vote AND NOT EXISTS (SELECT FROM public.seat_appointment t WHERE t.authority_id = NEW.authority_id AND t.seat_id = NEW.seat_id AND t.person_id = NEW.person_id AND t.from_on <= public.london_today() AND (t.until_on IS NULL OR t.until_on > public.london_today()) UNION ALL SELECT FROM public.seat_substitute u WHERE u.authority_id = NEW.authority_id AND u.seat_id = NEW.seat_id AND u.person_id = NEW.person_id AND u.from_on <= public.london_today() AND (u.until_on IS NULL OR u.until_on > public.london_today()))) THEN
        RAISE EXCEPTION 'this person does not hold the seat' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_elector_holder';
    END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER freeze_with_motion BEFORE INSERT OR UPDATE ON motion_elector
    FOR EACH ROW EXECUTE FUNCTION freeze_with_motion();
CREATE TRIGGER freeze_with_motion BEFORE INSERT OR UPDATE ON motion_subject
    FOR EACH ROW EXECUTE FUNCTION freeze_with_motion();

CREATE FUNCTION check_motion_interest() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    stage text;
BEGIN
    SELECT m.state INTO stage FROM public.motion m
     WHERE m.authority_id = NEW.authority_id AND m.id = NEW.motion_id FOR SHARE;
    IF (stage NOT IN ('tabled', 'open')) THEN
        RAISE EXCEPTION 'the motion is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_interest_in_time';
    END IF;
    IF (stage = 'open' AND TG_OP = 'UPDATE' AND NEW.dispensed_by IS DISTINCT FROM OLD.dispensed_by) THEN
        RAISE EXCEPTION 'a dispensation comes before the motion opens' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_interest_in_time';
    END IF;
    IF (NEW.followed <> 'stayed' AND NEW.dispensed_by IS NULL AND EXISTS (SELECT FROM public.vote v WHERE v.authority_id = NEW.authority_id AND v.motion_id = NEW.motion_id AND v.seat_id = NEW.seat_id)) THEN
        RAISE EXCEPTION 'the seat has voted' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_interest_before_vote';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER check_motion_interest BEFORE INSERT OR UPDATE ON motion_interest
    FOR EACH ROW EXECUTE FUNCTION check_motion_interest();

CREATE FUNCTION check_vote() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held record;
BEGIN
    SELECT m.state, m.how, m.closes_at INTO held FROM public.motion m
     WHERE m.authority_id = NEW.authority_id AND m.id = NEW.motion_id FOR SHARE;
    IF (held.state IS DISTINCT FROM 'open' OR held.closes_at <= clock_timestamp()) THEN
        RAISE EXCEPTION 'the motion is not open' USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_while_open';
    END IF;
    IF TG_OP = 'UPDATE' THEN
    IF (OLD.superseded_by IS NOT NULL OR NEW.superseded_by IS NULL OR NEW.superseded_by = NEW.id OR (to_jsonb(NEW) - 'superseded_by') IS DISTINCT FROM (to_jsonb(OLD) - 'superseded_by')) THEN
        RAISE EXCEPTION 'a vote changes by a later one only' USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_history';
    END IF;
        RETURN NEW;
    END IF;
    IF (NEW.superseded_by IS NOT NULL OR NOT EXISTS (SELECT FROM public.motion_elector e WHERE e.authority_id = NEW.authority_id AND e.motion_id = NEW.motion_id AND e.seat_id = NEW.seat_id AND e.may_vote AND (held.how = 'meeting' OR e.person_id = NEW.voted_by)) OR EXISTS (SELECT FROM public.motion_interest i WHERE i.authority_id = NEW.authority_id AND i.motion_id = NEW.motion_id AND i.seat_id = NEW.seat_id AND i.followed <> 'stayed' AND i.dispensed_by IS NULL)) THEN
        RAISE EXCEPTION 'this seat has no vote on this motion' USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_right';
    END IF;
    NEW.voted_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER check_vote BEFORE INSERT OR UPDATE ON vote FOR EACH ROW EXECUTE FUNCTION check_vote();

CREATE FUNCTION check_superseding() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NOT EXISTS (SELECT FROM public.vote v WHERE v.authority_id = NEW.authority_id AND v.id = NEW.superseded_by AND v.motion_id = NEW.motion_id AND v.seat_id = NEW.seat_id AND v.voted_at > NEW.voted_at)) THEN
        RAISE EXCEPTION 'a vote changes by a later one of its seat only' USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_history';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER check_superseding AFTER UPDATE ON vote DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_superseding();

CREATE FUNCTION check_overruling() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (TG_OP <> 'INSERT') THEN
        RAISE EXCEPTION 'an overruling is kept as it is' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_overruling_kept';
    END IF;
    IF (NOT EXISTS (SELECT FROM public.motion m JOIN public.body b ON b.authority_id = m.authority_id AND b.id = m.body_id WHERE m.authority_id = NEW.authority_id AND m.id = NEW.motion_id AND m.overruling AND NOT m.referable AND b.kind <> 'forum' AND m.state IN ('carried', 'lost'))) THEN
        RAISE EXCEPTION 'this decision cannot be overruled' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_overruling_allowed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER check_overruling BEFORE INSERT OR UPDATE ON motion_overruling
    FOR EACH ROW EXECUTE FUNCTION check_overruling();

CREATE FUNCTION check_referral() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF ((TG_OP = 'UPDATE' AND (OLD.outcome IS NOT NULL OR (to_jsonb(NEW) - '{outcome,outcome_on}'::text[]) IS DISTINCT FROM (to_jsonb(OLD) - '{outcome,outcome_on}'::text[])))) THEN
        RAISE EXCEPTION 'a referral changes by its answer only' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_referral_kept';
    END IF;
    IF (TG_OP = 'INSERT' AND NOT EXISTS (SELECT FROM public.motion m WHERE m.authority_id = NEW.authority_id AND m.id = NEW.motion_id AND m.referable AND m.state = 'lost' AND NEW.outcome IS NULL)) THEN
        RAISE EXCEPTION 'this motion cannot be referred' USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_referral';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER check_referral BEFORE INSERT OR UPDATE ON motion_referral
    FOR EACH ROW EXECUTE FUNCTION check_referral();

CREATE FUNCTION refuse_late_edit() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF ROW(NEW.thread_id, NEW.kind, NEW.written_by) IS DISTINCT FROM ROW(OLD.thread_id, OLD.kind, OLD.written_by)
       OR NEW.written_at > OLD.written_at
       OR OLD.removed_at IS NOT NULL
          AND ROW(NEW.removed_at, NEW.removed_by) IS DISTINCT FROM ROW(OLD.removed_at, OLD.removed_by)
       OR NEW.removed_at IS NULL AND ROW(NEW.content, NEW.filename, NEW.media_type)
          IS DISTINCT FROM ROW(OLD.content, OLD.filename, OLD.media_type)
       OR (OLD.removed_at IS NOT NULL
           OR NEW.removed_at IS NULL AND now() > OLD.written_at + interval '5 minutes')
          AND ROW(NEW.body, NEW.called_on, NEW.called_with, NEW.edited_at)
          IS DISTINCT FROM ROW(OLD.body, OLD.called_on, OLD.called_with, OLD.edited_at) THEN
        RAISE EXCEPTION 'message % can no longer be changed', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'message_edited_in_time', TABLE = 'message';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_late_edit BEFORE UPDATE ON message
    FOR EACH ROW EXECUTE FUNCTION refuse_late_edit();

CREATE FUNCTION announce_plan_run() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('alongside_work', NEW.authority_id::text);
    RETURN NULL;
END $$;

CREATE TRIGGER announce_plan_run AFTER INSERT OR UPDATE OF state ON plan_run FOR EACH ROW
    WHEN (NEW.state = 'queued' AND NEW.run_at <= now()) EXECUTE FUNCTION announce_plan_run();

CREATE FUNCTION refuse_broken_plan() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM public.plan_assignment place
          JOIN public.plan_constraint wish ON wish.authority_id = place.authority_id AND wish.need_id = place.need_id
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
        SELECT FROM public.plan_assignment place
          JOIN public.support_agreement held ON held.authority_id = place.authority_id AND held.need_id = place.need_id
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

CREATE FUNCTION announce_escalation() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('alongside_' || NEW.authority_id, 'escalation');
    RETURN NULL;
END $$;

CREATE TRIGGER announce_escalation AFTER INSERT ON escalation_event
    FOR EACH ROW EXECUTE FUNCTION announce_escalation();

CREATE FUNCTION take_from_fund_of_escalation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wanted jsonb := '{}';
    paying uuid;
    held bigint := 0;
BEGIN
    IF NEW.outcome = 'procured' AND NEW.fund <> 'other' AND NEW.provider_pence > 0
       AND NEW.state NOT IN ('withdrawn', 'merged') THEN
        IF TG_OP = 'UPDATE' AND OLD.outcome = 'procured' AND OLD.fund = NEW.fund THEN
            SELECT fund_id INTO paying FROM public.fund_commitment
             WHERE authority_id = NEW.authority_id AND subject_id = NEW.id ORDER BY commitment_id DESC LIMIT 1;
            held := OLD.provider_pence;
        END IF;
        IF paying IS NULL OR NEW.provider_pence > held THEN
            SELECT f.id INTO paying FROM public.fund f
             WHERE f.authority_id = NEW.authority_id AND f.key = NEW.fund
               AND f.financial_year = financial_year((now() AT TIME ZONE 'Europe/London')::date);
        END IF;
        IF paying IS NULL THEN
            RAISE EXCEPTION 'fund % is not one of this financial year', NEW.fund
                USING ERRCODE = 'check_violation', CONSTRAINT = 'fund_of_this_year';
        END IF;
        wanted := jsonb_build_object(paying, jsonb_build_object('pence', NEW.provider_pence));
    ELSIF TG_OP = 'INSERT' OR OLD.outcome IS DISTINCT FROM 'procured' THEN
        RETURN NULL;
    END IF;
    PERFORM commit_from_funds(NEW.authority_id, 'escalation', NEW.id, wanted);
    RETURN NULL;
END $$;

REVOKE EXECUTE ON FUNCTION take_from_fund_of_escalation() FROM PUBLIC;

CREATE TRIGGER take_from_fund AFTER INSERT OR UPDATE OF outcome, fund, provider_pence, state ON escalation
    FOR EACH ROW EXECUTE FUNCTION take_from_fund_of_escalation();

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

CREATE FUNCTION announce_escalation_timer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('alongside_work', NEW.authority_id::text);
    RETURN NULL;
END $$;

CREATE TRIGGER announce_escalation_timer AFTER INSERT OR UPDATE OF state ON escalation_timer FOR EACH ROW
    WHEN (NEW.state = 'armed' AND NEW.run_at <= now()) EXECUTE FUNCTION announce_escalation_timer();

CREATE FUNCTION is_maintained(of_authority integer, of_urn integer) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
RETURN EXISTS (
    SELECT FROM public.school
     WHERE authority_id = of_authority AND urn = of_urn
       AND (type_group = 'Local authority maintained schools'
            OR (type_group = 'Special schools' AND type <> 'Non-maintained special school')));

CREATE FUNCTION powers_lapse_on(comply_by date) RETURNS date LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
RETURN greatest((comply_by + interval '2 months')::date, (comply_by + 1 + interval '2 months')::date - 1);

CREATE FUNCTION owed_a_copy(of_authority integer, of_urn integer, step text) RETURNS text[] LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
RETURN (
    SELECT CASE step WHEN 'warning_notice' THEN ARRAY['ofsted', 'dfe']::text[] WHEN 'interim_executive_board' THEN ARRAY['dfe']::text[] ELSE '{}'::text[] END
        || CASE WHEN step NOT IN ('warning_notice', 'interim_executive_board') OR type !~* '^(voluntary|foundation)' THEN '{}'::text[]
                WHEN religious_character ~* '(church of england|roman catholic)' THEN ARRAY['diocese']
                     || CASE step WHEN 'warning_notice' THEN ARRAY['foundation'] ELSE '{}'::text[] END
                WHEN type ~* '^voluntary' THEN ARRAY['foundation']
                ELSE '{}'::text[] END
      FROM public.school WHERE authority_id = of_authority AND urn = of_urn);

CREATE FUNCTION refuse_statutory_step(promise text, words text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', words USING ERRCODE = 'check_violation', CONSTRAINT = promise;
END $$;

CREATE FUNCTION check_statutory_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    of_urn integer := (SELECT school_urn FROM public.escalation
                        WHERE authority_id = NEW.authority_id AND id = NEW.escalation_id);
    mismanaged boolean := NEW.kind = 'suspend_delegation' AND NEW.eligible_by IS NOT NULL;
    notice record;
BEGIN
    IF NOT is_maintained(NEW.authority_id, of_urn) THEN
        PERFORM refuse_statutory_step('maintained_only', 'statutory powers reach maintained schools only');
    END IF;
    IF NOT NEW.recipients @> owed_a_copy(NEW.authority_id, of_urn, NEW.kind) THEN
        PERFORM refuse_statutory_step('copied_by_law', 'somebody to whom the law owes a copy is left out');
    END IF;
    IF EXISTS (SELECT FROM (VALUES ('concern_meeting', 'informal_concern'), ('pre_warning', 'concern_meeting'), ('secretary_permission', 'secretary_notice'), ('warning_notice', 'pre_warning'), ('complied', 'warning_notice'), ('arrangements', 'eligible_for_intervention'), ('additional_governors', 'eligible_for_intervention'), ('interim_executive_board', 'eligible_for_intervention'), ('suspend_delegation', 'eligible_for_intervention'), ('ended', 'complied'), ('ended', 'eligible_for_intervention'), ('ended', 'arrangements'), ('ended', 'additional_governors'), ('ended', 'interim_executive_board'), ('ended', 'suspend_delegation')) gate (step, before) WHERE gate.step = NEW.kind)
       AND NOT mismanaged
       AND NOT EXISTS (
           SELECT FROM (VALUES ('concern_meeting', 'informal_concern'), ('pre_warning', 'concern_meeting'), ('secretary_permission', 'secretary_notice'), ('warning_notice', 'pre_warning'), ('complied', 'warning_notice'), ('arrangements', 'eligible_for_intervention'), ('additional_governors', 'eligible_for_intervention'), ('interim_executive_board', 'eligible_for_intervention'), ('suspend_delegation', 'eligible_for_intervention'), ('ended', 'complied'), ('ended', 'eligible_for_intervention'), ('ended', 'arrangements'), ('ended', 'additional_governors'), ('ended', 'interim_executive_board'), ('ended', 'suspend_delegation')) gate (step, before)
             JOIN public.statutory_step taken ON taken.authority_id = NEW.authority_id
              AND taken.escalation_id = NEW.escalation_id AND taken.kind = gate.before AND taken.taken_on <=
              NEW.taken_on
            WHERE gate.step = NEW.kind)
       AND (NEW.urgent_because = '' OR NEW.kind NOT IN ('concern_meeting', 'pre_warning', 'warning_notice')) THEN
        PERFORM refuse_statutory_step('step_in_turn', 'the step before this one has not been taken');
    END IF;
    IF NEW.kind = 'warning_notice' AND 'secretary_notice' = (
        SELECT kind FROM public.statutory_step
         WHERE authority_id = NEW.authority_id AND escalation_id = NEW.escalation_id AND taken_on <= NEW.taken_on
           AND kind IN ('secretary_notice', 'secretary_permission')
         ORDER BY taken_on DESC, id DESC LIMIT 1) THEN
        PERFORM refuse_statutory_step('secretary_permits', 'the Secretary of State has given a warning notice');
    END IF;
    IF NEW.kind = 'additional_governors' AND EXISTS (
        SELECT FROM public.statutory_step taken
         WHERE taken.authority_id = NEW.authority_id AND taken.escalation_id = NEW.escalation_id
           AND taken.kind = 'interim_executive_board' AND taken.taken_on <= NEW.taken_on) THEN
        PERFORM refuse_statutory_step('no_board', 'an interim executive board is in place');
    END IF;
    SELECT taken_on, comply_by_on INTO notice FROM (
        SELECT * FROM public.statutory_step
         WHERE authority_id = NEW.authority_id AND escalation_id = NEW.escalation_id
           AND kind IN ('warning_notice', 'secretary_notice') AND taken_on <= NEW.taken_on
         ORDER BY taken_on DESC, id DESC LIMIT 1) latest
     WHERE kind = 'warning_notice';
    IF NEW.kind = 'eligible_for_intervention' AND NEW.eligible_by = 'warning_notice' THEN
        IF notice.taken_on IS NULL THEN
            PERFORM refuse_statutory_step('step_in_turn', 'no warning notice has been given');
        ELSIF NEW.taken_on <= notice.comply_by_on THEN
            PERFORM refuse_statutory_step('compliance_period_over', 'the compliance period has not ended');
        ELSIF EXISTS (SELECT FROM public.statutory_step taken
                       WHERE taken.authority_id = NEW.authority_id AND taken.escalation_id = NEW.escalation_id
                         AND taken.kind = 'complied'
                         AND taken.taken_on BETWEEN notice.taken_on AND NEW.taken_on) THEN
            PERFORM refuse_statutory_step('not_complied_with', 'the warning notice was complied with');
        END IF;
    END IF;
    IF NEW.kind IN ('arrangements', 'additional_governors', 'interim_executive_board', 'suspend_delegation') AND NOT mismanaged AND (
           notice.taken_on IS NULL OR NEW.kind IN ('arrangements', 'additional_governors', 'suspend_delegation') AND NEW.taken_on > powers_lapse_on(notice.comply_by_on))
       AND NOT EXISTS (SELECT FROM public.statutory_step taken
                        WHERE taken.authority_id = NEW.authority_id AND taken.escalation_id = NEW.escalation_id
                          AND taken.kind = 'eligible_for_intervention' AND taken.taken_on <= NEW.taken_on
                          AND taken.eligible_by IN ('significant_improvement', 'special_measures')) THEN
        PERFORM refuse_statutory_step('powers_lapsed', 'the powers that follow a warning notice have lapsed');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER in_turn BEFORE INSERT ON statutory_step FOR EACH ROW EXECUTE FUNCTION check_statutory_step();

CREATE FUNCTION check_statutory_route() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.outcome = 'statutory' AND NOT is_maintained(NEW.authority_id, NEW.school_urn) THEN
        PERFORM refuse_statutory_step('maintained_only', 'statutory powers reach maintained schools only');
    END IF;
    IF NEW.outcome = 'regions_group' AND is_maintained(NEW.authority_id, NEW.school_urn) THEN
        PERFORM refuse_statutory_step('academies_only', 'the authority has its own powers over a maintained school');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER maintained_only BEFORE INSERT OR UPDATE OF outcome ON escalation
    FOR EACH ROW WHEN (NEW.outcome IN ('statutory', 'regions_group')) EXECUTE FUNCTION check_statutory_route();

CREATE FUNCTION check_escalation_may_move() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state = 'closed' AND EXISTS (
        SELECT FROM public.escalation_task
         WHERE authority_id = NEW.authority_id AND escalation_id = NEW.id AND state = 'open') THEN
        RAISE EXCEPTION 'an escalation cannot close with open actions'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_open_actions';
    END IF;
    IF NEW.state = 'active' AND NOT EXISTS (
        SELECT FROM public.escalation_criterion
         WHERE authority_id = NEW.authority_id AND escalation_id = NEW.id AND dropped_at IS NULL) THEN
        RAISE EXCEPTION 'a plan needs a criterion by which the escalation ends'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'has_criteria';
    END IF;
    IF NEW.state = 'returning' AND EXISTS (
        SELECT FROM public.escalation_criterion
         WHERE authority_id = NEW.authority_id AND escalation_id = NEW.id AND dropped_at IS NULL AND met_on IS NULL)
         THEN
        RAISE EXCEPTION 'not every criterion is met'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'criteria_met';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER may_move BEFORE UPDATE OF state ON escalation
    FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION check_escalation_may_move();

CREATE FUNCTION check_escalation_is_open() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    standing text;
BEGIN
    SELECT state INTO standing FROM public.escalation
     WHERE authority_id = NEW.authority_id AND id = NEW.escalation_id FOR SHARE;
    IF standing IN ('closed', 'withdrawn', 'merged') THEN
        RAISE EXCEPTION 'this escalation is over' USING ERRCODE = 'check_violation', CONSTRAINT = 'escalation_is_open';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER escalation_is_open BEFORE INSERT OR UPDATE OF state ON escalation_task
    FOR EACH ROW EXECUTE FUNCTION check_escalation_is_open();

CREATE FUNCTION is_held(of_authority integer, on_day date, about_school integer, about_person uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
RETURN EXISTS (
    SELECT FROM legal_hold
     WHERE authority_id = of_authority AND lifted_at IS NULL AND (until_on IS NULL OR until_on >= on_day)
       AND (kind = 'authority' OR school_urn = about_school OR person_id = about_person));

CREATE FUNCTION has_held_message(of_authority integer, on_day date, of_proposal uuid, of_visit_request uuid)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
RETURN EXISTS (
    SELECT FROM message_thread t JOIN message m ON m.authority_id = t.authority_id AND m.thread_id = t.id
     WHERE t.authority_id = of_authority AND (t.proposal_id = of_proposal OR t.visit_request_id = of_visit_request)
       AND (is_held(of_authority, on_day, NULL, m.written_by) OR is_held(of_authority, on_day, NULL, m.removed_by)));

CREATE FUNCTION let_go_imports(imports uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own integer := security.authority_id();
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

CREATE FUNCTION let_go_signed_agreements(agreements uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own integer := security.authority_id();
    gone bigint;
BEGIN
    IF EXISTS (SELECT FROM public.support_agreement
                WHERE authority_id = own AND id = ANY (agreements)
                  AND (state NOT IN ('closed', 'ended_early') OR ends_on > current_date - 90)) THEN
        RAISE EXCEPTION 'an agreement that runs or ended in the last 90 days is kept as it was signed'
            USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM public.signed_agreement WHERE authority_id = own AND agreement_id = ANY (agreements);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION let_go_signed_agreements(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION let_go_signed_agreements(uuid[]) TO alongside_app;

CREATE FUNCTION stop_watching_schools() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM public.watched_school WHERE authority_id = NEW.authority_id AND role_assignment_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER stop_watching_schools AFTER UPDATE OF ends_on ON role_assignment
    FOR EACH ROW WHEN (NEW.ends_on IS NOT NULL AND NEW.ends_on IS DISTINCT FROM OLD.ends_on)
    EXECUTE FUNCTION stop_watching_schools();

CREATE FUNCTION stop_calendar_feed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM public.calendar_feed WHERE authority_id = NEW.authority_id AND person_id = NEW.person_id;
    RETURN NULL;
END $$;

CREATE TRIGGER stop_calendar_feed AFTER UPDATE OF ends_on ON role_assignment
    FOR EACH ROW WHEN (NEW.ends_on IS NOT NULL AND NEW.ends_on IS DISTINCT FROM OLD.ends_on)
    EXECUTE FUNCTION stop_calendar_feed();

CREATE TRIGGER seal_record AFTER INSERT OR DELETE ON escalation_event FOR EACH ROW EXECUTE FUNCTION seal_record('id');

CREATE TRIGGER seal_record AFTER INSERT OR DELETE ON escalation_note FOR EACH ROW EXECUTE FUNCTION seal_record('id');

CREATE TRIGGER seal_record AFTER INSERT OR DELETE ON escalation_overruling FOR EACH ROW EXECUTE FUNCTION seal_record('id');

CREATE TRIGGER seal_record AFTER INSERT OR DELETE ON statutory_step FOR EACH ROW EXECUTE FUNCTION seal_record('id');

CREATE TRIGGER seal_record AFTER INSERT OR DELETE ON signed_agreement FOR EACH ROW EXECUTE FUNCTION seal_record('agreement_id', 'agreement_version');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON amendment FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('amendment', '', 'proposed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('amendment', 'proposed', 'agreed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('amendment', 'proposed', 'refused');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('amendment', 'proposed', 'withdrawn');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON claim FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('claim', '', 'submitted');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('claim', 'approved', 'credited');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('claim', 'approved', 'paid');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('claim', 'paid', 'credited');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('claim', 'submitted', 'approved');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('claim', 'submitted', 'returned');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('claim', 'submitted', 'withdrawn');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON consultation FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('consultation', '', 'draft');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('consultation', 'closed', 'decided');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('consultation', 'closed', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('consultation', 'draft', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('consultation', 'draft', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('consultation', 'open', 'closed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('consultation', 'open', 'withdrawn');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON directory_entry FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', '', 'draft');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', '', 'verified');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'archived', 'draft');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'draft', 'archived');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'draft', 'submitted');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'peer_check', 'archived');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'peer_check', 'draft');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'peer_check', 'returned');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'peer_check', 'verified');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'returned', 'archived');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'returned', 'submitted');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'reverified', 'archived');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'reverified', 'draft');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'reverified', 'reverified');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'reverified', 'review_due');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'review_due', 'archived');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'review_due', 'draft');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'review_due', 'reverified');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'review_due', 'review_due');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'submitted', 'archived');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'submitted', 'draft');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'submitted', 'peer_check');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'submitted', 'returned');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'verified', 'archived');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'verified', 'draft');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'verified', 'reverified');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('directory_entry', 'verified', 'review_due');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON escalation FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', '', 'raised');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'acknowledged', 'merged');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'acknowledged', 'triaged');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'acknowledged', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'active', 'active');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'active', 'closed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'active', 'returning');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'active', 'stepped_up');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'active', 'triaged');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'active', 'waiting_on_consortium');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'active', 'waiting_on_provider');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'active', 'waiting_on_school');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'closed', 'acknowledged');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'raised', 'acknowledged');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'raised', 'merged');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'raised', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'returning', 'active');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'returning', 'closed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'stepped_up', 'active');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'stepped_up', 'closed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'triaged', 'active');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'triaged', 'merged');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'triaged', 'stepped_up');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'triaged', 'triaged');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'waiting_on_consortium', 'active');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'waiting_on_provider', 'active');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'waiting_on_school', 'active');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation', 'withdrawn', 'acknowledged');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON escalation_task FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation_task', '', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation_task', 'done', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation_task', 'dropped', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation_task', 'open', 'done');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation_task', 'open', 'dropped');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('escalation_task', 'open', 'open');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON need FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', '', 'draft');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'agreed', 'in_support');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'agreed', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'draft', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'draft', 'to_confirm');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'draft', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'in_support', 'met');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'in_support', 'not_met');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'in_support', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'in_support', 'part_met');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'met', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'not_met', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'open', 'agreed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'open', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'open', 'paused');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'open', 'proposed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'open', 'unmet');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'open', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'part_met', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'paused', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'paused', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'proposed', 'agreed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'proposed', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'proposed', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'to_confirm', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'to_confirm', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'unmet', 'open');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('need', 'withdrawn', 'open');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON notice FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('notice', '', 'draft');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('notice', 'draft', 'discarded');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('notice', 'draft', 'posted');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('notice', 'posted', 'withdrawn');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON offer FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('offer', '', 'draft');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('offer', 'draft', 'ended');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('offer', 'draft', 'live');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('offer', 'ended', 'live');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('offer', 'exhausted', 'ended');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('offer', 'exhausted', 'live');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('offer', 'live', 'ended');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('offer', 'live', 'exhausted');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('offer', 'live', 'live');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('offer', 'live', 'paused');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('offer', 'paused', 'ended');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('offer', 'paused', 'live');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON plan_run FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', '', 'queued');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'done', 'sent');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'done', 'superseded');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'offered', 'done');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'offered', 'set_aside');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'offered', 'superseded');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'queued', 'cancelled');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'queued', 'running');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'running', 'cancelled');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'running', 'done');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'running', 'failed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'running', 'offered');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'running', 'running');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'running', 'set_aside');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'sent', 'sent');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('plan_run', 'sent', 'superseded');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON practice_try FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('practice_try', '', 'intended');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('practice_try', 'intended', 'changed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('practice_try', 'intended', 'did');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('practice_try', 'intended', 'did_not');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('practice_try', 'intended', 'withdrawn');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON profile FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile', '', 'calculated');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile', 'calculated', 'shared');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile', 'declined', 'discussed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile', 'declined', 'final');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile', 'discussed', 'final');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile', 'final', 'revised');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile', 'no_answer', 'discussed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile', 'no_answer', 'final');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile', 'shared', 'declined');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile', 'shared', 'discussed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile', 'shared', 'no_answer');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON profile_method FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile_method', '', 'draft');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile_method', 'draft', 'in_force');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('profile_method', 'in_force', 'superseded');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON proposal FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('proposal', '', 'proposed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('proposal', 'proposed', 'agreed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('proposal', 'proposed', 'declined');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('proposal', 'proposed', 'lapsed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('proposal', 'proposed', 'proposed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('proposal', 'proposed', 'superseded');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('proposal', 'proposed', 'to_release');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('proposal', 'proposed', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('proposal', 'to_release', 'agreed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('proposal', 'to_release', 'declined');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('proposal', 'to_release', 'lapsed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('proposal', 'to_release', 'superseded');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('proposal', 'to_release', 'withdrawn');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON support_agreement FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_agreement', '', 'preparing');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_agreement', 'active', 'active');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_agreement', 'active', 'closed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_agreement', 'active', 'ended_early');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_agreement', 'preparing', 'active');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_agreement', 'preparing', 'ended_early');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_agreement', 'preparing', 'preparing');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON support_category FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', '', 'proposed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', 'agreed', 'notified');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', 'agreed', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', 'appealed', 'heard');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', 'discussed', 'moderated');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', 'discussed', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', 'heard', 'in_force');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', 'in_force', 'superseded');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', 'moderated', 'agreed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', 'moderated', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', 'notified', 'appealed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', 'notified', 'in_force');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', 'proposed', 'discussed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('support_category', 'proposed', 'withdrawn');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON visit FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit', '', 'planned');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit', '', 'recorded');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit', 'planned', 'cancelled');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit', 'planned', 'recorded');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit', 'recorded', 'cancelled');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit', 'recorded', 'recorded');

CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON visit_request FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move();

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit_request', '', 'asked');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit_request', 'agreed', 'cancelled');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit_request', 'agreed', 'took_place');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit_request', 'asked', 'agreed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit_request', 'asked', 'dates_offered');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit_request', 'asked', 'declined');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit_request', 'asked', 'lapsed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit_request', 'asked', 'not_now');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit_request', 'asked', 'other_school');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit_request', 'asked', 'withdrawn');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit_request', 'dates_offered', 'agreed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit_request', 'dates_offered', 'lapsed');

INSERT INTO allowed_transition (subject, start, finish) VALUES ('visit_request', 'dates_offered', 'withdrawn');
