CREATE EXTENSION IF NOT EXISTS btree_gist
-- next
CREATE EXTENSION IF NOT EXISTS pg_trgm
-- next
CREATE EXTENSION IF NOT EXISTS unaccent
-- next
CREATE SCHEMA fence;
CREATE TABLE fence.key (
    name text PRIMARY KEY,
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL
);
CREATE FUNCTION fence.authority_id() RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    claim text := current_setting('alongside.fence', true);
    part text[];
    pad record;
BEGIN
    IF claim IS NULL OR claim = '' THEN
        RAISE EXCEPTION 'no authority is set for this transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    part := string_to_array(claim, '.');
    IF array_length(part, 1) = 4 AND part[1] = 'v1' THEN
        FOR pad IN SELECT inner_pad, outer_pad FROM fence.key LOOP
            IF encode(sha256(pad.outer_pad || sha256(pad.inner_pad
                      || convert_to(part[1] || '.' || part[2] || '.' || part[3], 'UTF8'))), 'hex') = part[4] THEN
                IF part[3]::bigint < extract(epoch FROM now()) THEN
                    RAISE EXCEPTION 'the authority set for this transaction has expired'
                        USING ERRCODE = 'insufficient_privilege';
                END IF;
                RETURN part[2]::integer;
            END IF;
        END LOOP;
    END IF;
    RAISE EXCEPTION 'the authority set for this transaction is not signed by us'
        USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION fence.authority_id() FROM PUBLIC;
GRANT USAGE ON SCHEMA fence TO alongside_app;
GRANT EXECUTE ON FUNCTION fence.authority_id() TO alongside_app;
-- next
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
)
-- next
CREATE TABLE legal_move (
	subject TEXT NOT NULL, 
	start TEXT NOT NULL, 
	finish TEXT NOT NULL, 
	CONSTRAINT pk_legal_move PRIMARY KEY (subject, start, finish)
)
-- next
CREATE TABLE authority_settings (
	authority_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	settings JSONB NOT NULL, 
	applied_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	applied_by TEXT NOT NULL, 
	CONSTRAINT pk_authority_settings PRIMARY KEY (authority_id, version), 
	CONSTRAINT fk_authority_settings_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE clock_run (
	authority_id INTEGER NOT NULL, 
	clock TEXT NOT NULL, 
	day DATE NOT NULL, 
	ran_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_clock_run PRIMARY KEY (authority_id, clock, day), 
	CONSTRAINT fk_clock_run_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE consortium (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	key TEXT NOT NULL, 
	name TEXT NOT NULL, 
	phase TEXT NOT NULL, 
	ended_on DATE, 
	CONSTRAINT pk_consortium PRIMARY KEY (authority_id, id), 
	CONSTRAINT uq_consortium_authority_id_key UNIQUE (authority_id, key), 
	CONSTRAINT uq_consortium_authority_id_id_phase UNIQUE (authority_id, id, phase), 
	CONSTRAINT ck_consortium_phase CHECK (phase IN ('primary', 'secondary')), 
	CONSTRAINT ck_consortium_name CHECK (char_length(name) BETWEEN 1 AND 120), 
	CONSTRAINT fk_consortium_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE journal_entry (
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
	CONSTRAINT pk_journal_entry PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_journal_entry_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_journal_entry_authority_id_subject_kind_subject_id_id ON journal_entry (authority_id, subject_kind, subject_id, id)
-- next
CREATE TABLE journal_head (
	authority_id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	seal BYTEA NOT NULL, 
	CONSTRAINT pk_journal_head PRIMARY KEY (authority_id), 
	CONSTRAINT fk_journal_head_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE person (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	name TEXT NOT NULL, 
	email TEXT NOT NULL, 
	mail_choice TEXT DEFAULT 'at_once' NOT NULL, 
	joined_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	left_on DATE, 
	CONSTRAINT pk_person PRIMARY KEY (authority_id, id), 
	CONSTRAINT ck_person_mail_choice CHECK (mail_choice IN ('at_once', 'daily', 'none')), 
	CONSTRAINT fk_person_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
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
)
-- next
CREATE TABLE school (
	authority_id INTEGER NOT NULL, 
	urn INTEGER NOT NULL, 
	la_code INTEGER, 
	establishment_number INTEGER, 
	name TEXT NOT NULL, 
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
	CONSTRAINT fk_school_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_school_authority_id_la_code_establishment_number ON school (authority_id, la_code, establishment_number)
-- next
CREATE INDEX ix_school_authority_id_status_name_urn ON school (authority_id, status, name, urn)
-- next
CREATE TABLE submission (
	authority_id INTEGER NOT NULL, 
	person_id UUID NOT NULL, 
	key TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	location TEXT, 
	said TEXT, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_submission PRIMARY KEY (authority_id, person_id, key), 
	CONSTRAINT fk_submission_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE appointment (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	person_id UUID NOT NULL, 
	role TEXT NOT NULL, 
	school_urn INTEGER, 
	consortium_id UUID, 
	starts_on DATE NOT NULL, 
	ends_on DATE, 
	CONSTRAINT pk_appointment PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_appointment_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_appointment_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_appointment_authority_id_consortium_id FOREIGN KEY(authority_id, consortium_id) REFERENCES consortium (authority_id, id), 
	CONSTRAINT ck_appointment_role_and_place CHECK ((role IN ('delegate', 'headteacher') AND school_urn IS NOT NULL AND consortium_id IS NULL) OR (role IN ('consortium_deputy', 'consortium_lead') AND consortium_id IS NOT NULL AND school_urn IS NULL) OR (role IN ('authority_administrator', 'core_officer', 'head_of_service') AND school_urn IS NULL AND consortium_id IS NULL)), 
	CONSTRAINT ck_appointment_ends_after_start CHECK (ends_on IS NULL OR ends_on >= starts_on), 
	CONSTRAINT fk_appointment_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_appointment_authority_id_consortium_id ON appointment (authority_id, consortium_id)
-- next
CREATE INDEX ix_appointment_authority_id_person_id ON appointment (authority_id, person_id)
-- next
CREATE INDEX ix_appointment_authority_id_school_urn ON appointment (authority_id, school_urn)
-- next
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
)
-- next
CREATE INDEX ix_consortium_membership_authority_id_consortium_id ON consortium_membership (authority_id, consortium_id)
-- next
CREATE INDEX ix_consortium_membership_authority_id_school_urn ON consortium_membership (authority_id, school_urn)
-- next
CREATE TABLE identity (
	authority_id INTEGER NOT NULL, 
	issuer TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	person_id UUID NOT NULL, 
	linked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_identity PRIMARY KEY (authority_id, issuer, subject), 
	CONSTRAINT fk_identity_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_identity_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_identity_authority_id_person_id ON identity (authority_id, person_id)
-- next
CREATE TABLE invitation (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	token_hash BYTEA NOT NULL, 
	name TEXT NOT NULL, 
	email TEXT NOT NULL, 
	role TEXT NOT NULL, 
	school_urn INTEGER, 
	consortium_id UUID, 
	invited_by UUID, 
	invited_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	used_by UUID, 
	withdrawn_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_invitation PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_invitation_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_invitation_authority_id_consortium_id FOREIGN KEY(authority_id, consortium_id) REFERENCES consortium (authority_id, id), 
	CONSTRAINT fk_invitation_authority_id_invited_by FOREIGN KEY(authority_id, invited_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_invitation_authority_id_used_by FOREIGN KEY(authority_id, used_by) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_invitation_authority_id_token_hash UNIQUE (authority_id, token_hash), 
	CONSTRAINT ck_invitation_used_by_somebody CHECK ((used_at IS NULL) = (used_by IS NULL)), 
	CONSTRAINT fk_invitation_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE journal_seal (
	authority_id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	entry_id UUID NOT NULL, 
	seal BYTEA NOT NULL, 
	CONSTRAINT pk_journal_seal PRIMARY KEY (authority_id, number), 
	CONSTRAINT uq_journal_seal_authority_id_entry_id UNIQUE (authority_id, entry_id), 
	CONSTRAINT fk_journal_seal_authority_id_entry_id FOREIGN KEY(authority_id, entry_id) REFERENCES journal_entry (authority_id, id), 
	CONSTRAINT fk_journal_seal_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE mail (
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
	attempt INTEGER DEFAULT 0 NOT NULL, 
	patience INTEGER DEFAULT 6 NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	lease_until TIMESTAMP WITH TIME ZONE, 
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	sent_at TIMESTAMP WITH TIME ZONE, 
	last_error TEXT, 
	CONSTRAINT pk_mail PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_mail_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_mail_state CHECK (state IN ('given_up', 'not_wanted', 'sending', 'sent', 'waiting')), 
	CONSTRAINT ck_mail_hours CHECK (hours IN ('school_hours', 'waking_hours')), 
	CONSTRAINT uq_mail_authority_id_message_id UNIQUE (authority_id, message_id), 
	CONSTRAINT fk_mail_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_mail_due ON mail (authority_id, due_at) WHERE state IN ('waiting', 'sending')
-- next
CREATE INDEX ix_mail_given_up ON mail (authority_id, id) WHERE state = 'given_up'
-- next
CREATE TABLE need (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	title TEXT NOT NULL, 
	theme TEXT NOT NULL, 
	phase TEXT NOT NULL, 
	key_stage TEXT, 
	wanted TEXT NOT NULL, 
	good_looks_like TEXT NOT NULL, 
	form_of_support TEXT NOT NULL, 
	days NUMERIC(5, 1), 
	terms TEXT[] DEFAULT '{}' NOT NULL, 
	starts_on DATE, 
	ends_on DATE, 
	urgency TEXT NOT NULL, 
	audience TEXT DEFAULT 'widening' NOT NULL, 
	shown_to_all_from DATE, 
	drafted_by UUID, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	posted_at TIMESTAMP WITH TIME ZONE, 
	confirmed_on DATE, 
	words TSVECTOR GENERATED ALWAYS AS (to_tsvector('english', title || ' ' || wanted || ' ' || good_looks_like)) STORED NOT NULL, 
	CONSTRAINT pk_need PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_need_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_need_authority_id_drafted_by FOREIGN KEY(authority_id, drafted_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_need_state CHECK (state IN ('agreed', 'draft', 'in_support', 'met', 'not_met', 'open', 'part_met', 'paused', 'proposed', 'to_confirm', 'unmet', 'withdrawn')), 
	CONSTRAINT ck_need_days CHECK (days IS NULL OR (days > 0 AND days <= 200 AND days * 2 = trunc(days * 2))), 
	CONSTRAINT ck_need_dates CHECK (ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on), 
	CONSTRAINT ck_need_length CHECK (char_length(wanted) <= 4000 AND char_length(good_looks_like) <= 4000), 
	CONSTRAINT ck_need_title CHECK (char_length(title) BETWEEN 1 AND 120), 
	CONSTRAINT ck_need_audience CHECK (audience IN ('consortium', 'everybody', 'widening')), 
	CONSTRAINT ck_need_terms CHECK (cardinality(terms) <= 12), 
	CONSTRAINT fk_need_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_need_authority_id_school_urn_state ON need (authority_id, school_urn, state)
-- next
CREATE INDEX ix_need_on_board ON need (authority_id, posted_at, id) WHERE state IN ('open', 'proposed')
-- next
CREATE TABLE notice (
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
	CONSTRAINT pk_notice PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_notice_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_notice_authority_id_person_id_once UNIQUE (authority_id, person_id, once), 
	CONSTRAINT fk_notice_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_notice_authority_id_person_id_id ON notice (authority_id, person_id, id)
-- next
CREATE TABLE offer (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	title TEXT NOT NULL, 
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
	shown_to_all_from DATE, 
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
	CONSTRAINT ck_offer_travel_miles CHECK (travel_miles BETWEEN 0 AND 200), 
	CONSTRAINT ck_offer_leader_name CHECK (char_length(leader_name) <= 120), 
	CONSTRAINT ck_offer_appetite_reason CHECK (char_length(appetite_reason) <= 500), 
	CONSTRAINT ck_offer_lists CHECK (cardinality(terms) <= 12 AND cardinality(phases) <= 12 AND cardinality(forms_of_support) <= 30), 
	CONSTRAINT fk_offer_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_offer_authority_id_school_urn_state ON offer (authority_id, school_urn, state)
-- next
CREATE INDEX ix_offer_on_board ON offer (authority_id, posted_at, id) WHERE state = 'live'
-- next
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
)
-- next
CREATE INDEX ix_register_change_authority_id_urn_id ON register_change (authority_id, urn, id)
-- next
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
)
-- next
CREATE INDEX ix_school_link_authority_id_other_urn ON school_link (authority_id, other_urn)
-- next
CREATE TABLE offer_theme (
	authority_id INTEGER NOT NULL, 
	offer_id UUID NOT NULL, 
	theme TEXT NOT NULL, 
	evidence TEXT NOT NULL, 
	CONSTRAINT pk_offer_theme PRIMARY KEY (authority_id, offer_id, theme), 
	CONSTRAINT fk_offer_theme_authority_id_offer_id FOREIGN KEY(authority_id, offer_id) REFERENCES offer (authority_id, id), 
	CONSTRAINT ck_offer_theme_evidence CHECK (char_length(evidence) <= 1000), 
	CONSTRAINT fk_offer_theme_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_offer_theme_authority_id_theme_offer_id ON offer_theme (authority_id, theme, offer_id)
-- next
CREATE TABLE proposal (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	need_id UUID NOT NULL, 
	offer_id UUID NOT NULL, 
	asking_urn INTEGER NOT NULL, 
	giving_urn INTEGER NOT NULL, 
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
	terms_version INTEGER DEFAULT 1 NOT NULL, 
	asker_had_more_time BOOLEAN DEFAULT false NOT NULL, 
	giver_had_more_time BOOLEAN DEFAULT false NOT NULL, 
	asker_accepted_at TIMESTAMP WITH TIME ZONE, 
	giver_accepted_at TIMESTAMP WITH TIME ZONE, 
	released_by_head BOOLEAN DEFAULT false NOT NULL, 
	declined_by TEXT, 
	decline_reason TEXT, 
	CONSTRAINT pk_proposal PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_proposal_authority_id_need_id FOREIGN KEY(authority_id, need_id) REFERENCES need (authority_id, id), 
	CONSTRAINT fk_proposal_authority_id_offer_id FOREIGN KEY(authority_id, offer_id) REFERENCES offer (authority_id, id), 
	CONSTRAINT fk_proposal_authority_id_asking_urn FOREIGN KEY(authority_id, asking_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_proposal_authority_id_giving_urn FOREIGN KEY(authority_id, giving_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_proposal_authority_id_proposed_by FOREIGN KEY(authority_id, proposed_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_proposal_state CHECK (state IN ('agreed', 'declined', 'lapsed', 'proposed', 'superseded', 'to_release', 'withdrawn')), 
	CONSTRAINT ck_proposal_days CHECK (days > 0 AND days <= 200 AND days * 2 = trunc(days * 2)), 
	CONSTRAINT ck_proposal_dates CHECK (ends_on >= starts_on), 
	CONSTRAINT ck_proposal_two_schools CHECK (asking_urn <> giving_urn), 
	CONSTRAINT ck_proposal_length CHECK (char_length(message) <= 2000), 
	CONSTRAINT ck_proposal_proposed_as CHECK (proposed_as IN ('asker', 'giver', 'leader')), 
	CONSTRAINT ck_proposal_declined_by CHECK (declined_by IN ('asker', 'giver')), 
	CONSTRAINT fk_proposal_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_proposal_authority_id_asking_urn_state ON proposal (authority_id, asking_urn, state)
-- next
CREATE INDEX ix_proposal_authority_id_giving_urn_state ON proposal (authority_id, giving_urn, state)
-- next
CREATE INDEX ix_proposal_authority_id_offer_id_state ON proposal (authority_id, offer_id, state)
-- next
CREATE UNIQUE INDEX uq_proposal_live ON proposal (authority_id, need_id, offer_id) WHERE state IN ('proposed', 'to_release')
-- next
CREATE TABLE signed_in (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	token_hash BYTEA NOT NULL, 
	person_id UUID NOT NULL, 
	appointment_id UUID, 
	issuer TEXT NOT NULL, 
	device TEXT NOT NULL, 
	begun_by BYTEA, 
	id_token TEXT, 
	started_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_signed_in PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_signed_in_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_signed_in_authority_id_appointment_id FOREIGN KEY(authority_id, appointment_id) REFERENCES appointment (authority_id, id), 
	CONSTRAINT uq_signed_in_authority_id_token_hash UNIQUE (authority_id, token_hash), 
	CONSTRAINT uq_signed_in_authority_id_begun_by UNIQUE (authority_id, begun_by), 
	CONSTRAINT fk_signed_in_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_signed_in_authority_id_person_id ON signed_in (authority_id, person_id)
-- next
CREATE TABLE partnership (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	proposal_id UUID NOT NULL, 
	need_id UUID NOT NULL, 
	offer_id UUID NOT NULL, 
	asking_urn INTEGER NOT NULL, 
	giving_urn INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	days NUMERIC(5, 1) NOT NULL, 
	days_used NUMERIC(5, 1) DEFAULT 0 NOT NULL, 
	starts_on DATE NOT NULL, 
	ends_on DATE NOT NULL, 
	agreed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	asker_signed_at TIMESTAMP WITH TIME ZONE, 
	asker_signed_by UUID, 
	giver_signed_at TIMESTAMP WITH TIME ZONE, 
	giver_signed_by UUID, 
	agreement_version INTEGER DEFAULT 1 NOT NULL, 
	outcome TEXT, 
	ended_because TEXT, 
	CONSTRAINT pk_partnership PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_partnership_authority_id_proposal_id FOREIGN KEY(authority_id, proposal_id) REFERENCES proposal (authority_id, id), 
	CONSTRAINT fk_partnership_authority_id_need_id FOREIGN KEY(authority_id, need_id) REFERENCES need (authority_id, id), 
	CONSTRAINT fk_partnership_authority_id_offer_id FOREIGN KEY(authority_id, offer_id) REFERENCES offer (authority_id, id), 
	CONSTRAINT fk_partnership_authority_id_asking_urn FOREIGN KEY(authority_id, asking_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_partnership_authority_id_giving_urn FOREIGN KEY(authority_id, giving_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT uq_partnership_authority_id_proposal_id UNIQUE (authority_id, proposal_id), 
	CONSTRAINT ck_partnership_state CHECK (state IN ('active', 'closed', 'ended_early', 'preparing')), 
	CONSTRAINT ck_partnership_days CHECK (days > 0 AND days * 2 = trunc(days * 2)), 
	CONSTRAINT ck_partnership_days_used CHECK (days_used >= 0 AND days_used <= days), 
	CONSTRAINT ck_partnership_dates CHECK (ends_on >= starts_on), 
	CONSTRAINT ck_partnership_outcome CHECK (outcome IN ('met', 'not_met', 'part_met')), 
	CONSTRAINT ck_partnership_asker_signed CHECK ((asker_signed_at IS NULL) = (asker_signed_by IS NULL)), 
	CONSTRAINT ck_partnership_giver_signed CHECK ((giver_signed_at IS NULL) = (giver_signed_by IS NULL)), 
	CONSTRAINT fk_partnership_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_partnership_authority_id_asking_urn_state ON partnership (authority_id, asking_urn, state)
-- next
CREATE INDEX ix_partnership_authority_id_giving_urn_state ON partnership (authority_id, giving_urn, state)
-- next
CREATE INDEX ix_partnership_authority_id_offer_id_state ON partnership (authority_id, offer_id, state)
-- next
CREATE UNIQUE INDEX uq_partnership_live_need ON partnership (authority_id, need_id) WHERE state IN ('preparing', 'active')
-- next
CREATE TABLE aim (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	partnership_id UUID NOT NULL, 
	aim TEXT NOT NULL, 
	measure TEXT NOT NULL, 
	baseline TEXT NOT NULL, 
	target TEXT NOT NULL, 
	CONSTRAINT pk_aim PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_aim_authority_id_partnership_id FOREIGN KEY(authority_id, partnership_id) REFERENCES partnership (authority_id, id), 
	CONSTRAINT ck_aim_aim CHECK (char_length(aim) BETWEEN 1 AND 500), 
	CONSTRAINT ck_aim_measure CHECK (char_length(measure) BETWEEN 1 AND 300), 
	CONSTRAINT ck_aim_length CHECK (char_length(baseline) <= 300 AND char_length(target) <= 300), 
	CONSTRAINT fk_aim_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_aim_authority_id_partnership_id_id ON aim (authority_id, partnership_id, id)
-- next
CREATE TABLE amendment (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	partnership_id UUID NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	proposed_side TEXT NOT NULL, 
	days NUMERIC(5, 1) NOT NULL, 
	starts_on DATE NOT NULL, 
	ends_on DATE NOT NULL, 
	aims JSONB NOT NULL, 
	agreement_version INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_amendment PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_amendment_authority_id_partnership_id FOREIGN KEY(authority_id, partnership_id) REFERENCES partnership (authority_id, id), 
	CONSTRAINT ck_amendment_state CHECK (state IN ('agreed', 'proposed', 'refused', 'withdrawn')), 
	CONSTRAINT ck_amendment_proposed_side CHECK (proposed_side IN ('asker', 'giver')), 
	CONSTRAINT ck_amendment_days CHECK (days > 0 AND days <= 200 AND days * 2 = trunc(days * 2)), 
	CONSTRAINT ck_amendment_dates CHECK (ends_on >= starts_on), 
	CONSTRAINT ck_amendment_reason CHECK (char_length(reason) BETWEEN 1 AND 2000), 
	CONSTRAINT fk_amendment_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_amendment_authority_id_partnership_id_id ON amendment (authority_id, partnership_id, id)
-- next
CREATE UNIQUE INDEX uq_amendment_live ON amendment (authority_id, partnership_id) WHERE state = 'proposed'
-- next
CREATE TABLE review (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	partnership_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	side TEXT NOT NULL, 
	changed TEXT NOT NULL, 
	again TEXT NOT NULL, 
	outcome TEXT, 
	given_by UUID NOT NULL, 
	given_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_review PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_review_authority_id_partnership_id FOREIGN KEY(authority_id, partnership_id) REFERENCES partnership (authority_id, id), 
	CONSTRAINT fk_review_authority_id_given_by FOREIGN KEY(authority_id, given_by) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_review_authority_id_partnership_id_kind_side UNIQUE (authority_id, partnership_id, kind, side), 
	CONSTRAINT ck_review_kind CHECK (kind IN ('closing', 'mid_term')), 
	CONSTRAINT ck_review_side CHECK (side IN ('asker', 'giver')), 
	CONSTRAINT ck_review_again CHECK (again IN ('no', 'perhaps', 'yes')), 
	CONSTRAINT ck_review_outcome CHECK (outcome IN ('met', 'not_met', 'part_met')), 
	CONSTRAINT ck_review_asker_says_outcome CHECK ((outcome IS NOT NULL) = (kind = 'closing' AND side = 'asker')), 
	CONSTRAINT ck_review_length CHECK (char_length(changed) BETWEEN 1 AND 4000), 
	CONSTRAINT fk_review_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE TABLE visit (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	partnership_id UUID NOT NULL, 
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
	chased_on DATE, 
	written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_visit PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_visit_authority_id_partnership_id FOREIGN KEY(authority_id, partnership_id) REFERENCES partnership (authority_id, id), 
	CONSTRAINT ck_visit_state CHECK (state IN ('cancelled', 'planned', 'recorded')), 
	CONSTRAINT ck_visit_days CHECK (days > 0 AND days <= 20 AND days * 2 = trunc(days * 2)), 
	CONSTRAINT ck_visit_focus CHECK (char_length(focus) BETWEEN 1 AND 200), 
	CONSTRAINT ck_visit_length CHECK (char_length(done) <= 4000 AND char_length(next_steps) <= 2000), 
	CONSTRAINT ck_visit_recorded_in_words CHECK (state <> 'recorded' OR char_length(done) > 0), 
	CONSTRAINT fk_visit_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_visit_authority_id_partnership_id_visit_on ON visit (authority_id, partnership_id, visit_on)
-- next
CREATE INDEX ix_visit_authority_id_state_record_due_on ON visit (authority_id, state, record_due_on)
-- next
CREATE TABLE review_rating (
	authority_id INTEGER NOT NULL, 
	review_id UUID NOT NULL, 
	aim_id UUID NOT NULL, 
	rating TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_review_rating PRIMARY KEY (authority_id, review_id, aim_id), 
	CONSTRAINT fk_review_rating_authority_id_review_id FOREIGN KEY(authority_id, review_id) REFERENCES review (authority_id, id), 
	CONSTRAINT fk_review_rating_authority_id_aim_id FOREIGN KEY(authority_id, aim_id) REFERENCES aim (authority_id, id), 
	CONSTRAINT ck_review_rating_rating CHECK (rating IN ('amber', 'green', 'red')), 
	CONSTRAINT ck_review_rating_reason CHECK (char_length(reason) BETWEEN 1 AND 1000), 
	CONSTRAINT fk_review_rating_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
ALTER TABLE authority_settings ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE authority_settings FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON authority_settings AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON authority_settings FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE clock_run ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE clock_run FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON clock_run AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON clock_run FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE consortium ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE consortium FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON consortium AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON consortium FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE journal_entry ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE journal_entry FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON journal_entry AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON journal_entry FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE journal_head ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE journal_head FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON journal_head AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON journal_head FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE person ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE person FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON person AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON person FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE register_import ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE register_import FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON register_import AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON register_import FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE school ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE school FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON school AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON school FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE submission ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE submission FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON submission AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON submission FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE appointment ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE appointment FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON appointment AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON appointment FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE consortium_membership ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE consortium_membership FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON consortium_membership AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON consortium_membership FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE identity ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE identity FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON identity AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON identity FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE invitation FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON invitation AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON invitation FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE journal_seal ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE journal_seal FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON journal_seal AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON journal_seal FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE mail ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE mail FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON mail AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON mail FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE need ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE need FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON need AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON need FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE notice ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE notice FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON notice AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON notice FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE offer ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE offer FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON offer AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON offer FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE register_change ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE register_change FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON register_change AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON register_change FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE school_link ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE school_link FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON school_link AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON school_link FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE offer_theme ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE offer_theme FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON offer_theme AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON offer_theme FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE proposal ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE proposal FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON proposal AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON proposal FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE signed_in ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE signed_in FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON signed_in AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON signed_in FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE partnership ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE partnership FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON partnership AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON partnership FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE aim ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE aim FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON aim AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON aim FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE amendment ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE amendment FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON amendment AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON amendment FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE review ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE review FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON review AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON review FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE visit ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE visit FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON visit AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON visit FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE review_rating ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE review_rating FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON review_rating AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON review_rating FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
REVOKE ALL ON authority FROM PUBLIC
-- next
GRANT SELECT ON authority TO alongside_app
-- next
REVOKE ALL ON legal_move FROM PUBLIC
-- next
GRANT SELECT ON legal_move TO alongside_app
-- next
REVOKE ALL ON authority_settings FROM PUBLIC
-- next
GRANT SELECT, INSERT ON authority_settings TO alongside_app
-- next
REVOKE ALL ON clock_run FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON clock_run TO alongside_app
-- next
REVOKE ALL ON consortium FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON consortium TO alongside_app
-- next
REVOKE ALL ON journal_entry FROM PUBLIC
-- next
GRANT SELECT, INSERT ON journal_entry TO alongside_app
-- next
REVOKE ALL ON journal_head FROM PUBLIC
-- next
GRANT SELECT ON journal_head TO alongside_app
-- next
REVOKE ALL ON person FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON person TO alongside_app
-- next
REVOKE ALL ON register_import FROM PUBLIC
-- next
GRANT SELECT, INSERT ON register_import TO alongside_app
-- next
REVOKE ALL ON school FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON school TO alongside_app
-- next
REVOKE ALL ON submission FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON submission TO alongside_app
-- next
REVOKE ALL ON appointment FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON appointment TO alongside_app
-- next
REVOKE ALL ON consortium_membership FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON consortium_membership TO alongside_app
-- next
REVOKE ALL ON identity FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON identity TO alongside_app
-- next
REVOKE ALL ON invitation FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON invitation TO alongside_app
-- next
REVOKE ALL ON journal_seal FROM PUBLIC
-- next
GRANT SELECT ON journal_seal TO alongside_app
-- next
REVOKE ALL ON mail FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON mail TO alongside_app
-- next
REVOKE ALL ON need FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON need TO alongside_app
-- next
REVOKE ALL ON notice FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON notice TO alongside_app
-- next
REVOKE ALL ON offer FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON offer TO alongside_app
-- next
REVOKE ALL ON register_change FROM PUBLIC
-- next
GRANT SELECT, INSERT ON register_change TO alongside_app
-- next
REVOKE ALL ON school_link FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON school_link TO alongside_app
-- next
REVOKE ALL ON offer_theme FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON offer_theme TO alongside_app
-- next
REVOKE ALL ON proposal FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON proposal TO alongside_app
-- next
REVOKE ALL ON signed_in FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON signed_in TO alongside_app
-- next
REVOKE ALL ON partnership FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON partnership TO alongside_app
-- next
REVOKE ALL ON aim FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON aim TO alongside_app
-- next
REVOKE ALL ON amendment FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON amendment TO alongside_app
-- next
REVOKE ALL ON review FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON review TO alongside_app
-- next
REVOKE ALL ON visit FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON visit TO alongside_app
-- next
REVOKE ALL ON review_rating FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON review_rating TO alongside_app
-- next
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
    IF NOT EXISTS (SELECT FROM public.legal_move
                   WHERE subject = TG_TABLE_NAME AND start = began AND finish = NEW.state) THEN
        RAISE EXCEPTION 'a % cannot go from "%" to "%"', TG_TABLE_NAME, began, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_move';
    END IF;
    RETURN NEW;
END $$
-- next
CREATE FUNCTION declare_authority(
    new_slug text, new_name text, new_gss_code text, new_hosts text[], new_version int)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    inside int := fence.authority_id();
BEGIN
    LOCK TABLE public.authority IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM public.authority WHERE authority_id <> inside AND hosts && new_hosts) THEN
        RAISE EXCEPTION 'one of these hosts serves another authority' USING ERRCODE = 'unique_violation';
    END IF;
    INSERT INTO public.authority (authority_id, slug, name, gss_code, hosts, settings_version)
    VALUES (inside, new_slug, new_name, new_gss_code, new_hosts, new_version)
    ON CONFLICT (authority_id) DO UPDATE SET slug = new_slug, name = new_name, gss_code = new_gss_code,
        hosts = new_hosts, settings_version = new_version, applied_at = now();
END $$;
REVOKE ALL ON FUNCTION declare_authority(text, text, text, text[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION declare_authority(text, text, text, text[], int) TO alongside_app;
-- next
CREATE FUNCTION entry_seal(before bytea, entry journal_entry) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC'
RETURN sha256(before || convert_to(to_jsonb(entry)::text, 'UTF8'));

CREATE FUNCTION seal_journal_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head public.journal_head;
BEGIN
    INSERT INTO public.journal_head (authority_id, number, seal) VALUES (NEW.authority_id, 0, '\x')
        ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM public.journal_head WHERE authority_id = NEW.authority_id FOR UPDATE;
    head.number := head.number + 1;
    head.seal := public.entry_seal(head.seal, NEW);
    UPDATE public.journal_head SET number = head.number, seal = head.seal
        WHERE authority_id = NEW.authority_id;
    INSERT INTO public.journal_seal (authority_id, number, entry_id, seal)
        VALUES (NEW.authority_id, head.number, NEW.id, head.seal);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION seal_journal_entry() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER seal AFTER INSERT ON journal_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION seal_journal_entry();
-- next
CREATE FUNCTION announce_mail() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('alongside_mail', NEW.authority_id::text);
    RETURN NULL;
END $$;

CREATE TRIGGER announce_mail AFTER INSERT OR UPDATE OF state ON mail FOR EACH ROW
    WHEN (NEW.state = 'waiting' AND NEW.due_at <= now()) EXECUTE FUNCTION announce_mail();
-- next
CREATE FUNCTION announce_post() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('alongside_' || NEW.authority_id, TG_TABLE_NAME);
    RETURN NULL;
END $$;

CREATE TRIGGER announce_need AFTER INSERT OR UPDATE OF state ON need FOR EACH ROW
    WHEN (NEW.state = 'open') EXECUTE FUNCTION announce_post();
CREATE TRIGGER announce_offer AFTER INSERT OR UPDATE OF state ON offer FOR EACH ROW
    WHEN (NEW.state = 'live') EXECUTE FUNCTION announce_post();
-- next
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

CREATE TRIGGER take_days_from_pool AFTER INSERT OR UPDATE OF days, days_used, state ON partnership
    FOR EACH ROW EXECUTE FUNCTION take_days_from_pool();
-- next
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
        UPDATE public.partnership SET days_used = days_used + more
         WHERE authority_id = NEW.authority_id AND id = NEW.partnership_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER count_days_used AFTER INSERT OR UPDATE OF days, state ON visit
    FOR EACH ROW EXECUTE FUNCTION count_days_used();
-- next
CREATE TRIGGER legal_move BEFORE INSERT OR UPDATE OF state ON amendment FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move()
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('amendment', '', 'proposed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('amendment', 'proposed', 'agreed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('amendment', 'proposed', 'refused')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('amendment', 'proposed', 'withdrawn')
-- next
CREATE TRIGGER legal_move BEFORE INSERT OR UPDATE OF state ON need FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move()
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', '', 'draft')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'agreed', 'in_support')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'agreed', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'draft', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'draft', 'to_confirm')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'draft', 'withdrawn')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'in_support', 'met')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'in_support', 'not_met')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'in_support', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'in_support', 'part_met')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'met', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'not_met', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'open', 'agreed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'open', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'open', 'paused')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'open', 'proposed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'open', 'unmet')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'open', 'withdrawn')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'part_met', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'paused', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'paused', 'withdrawn')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'proposed', 'agreed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'proposed', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'proposed', 'withdrawn')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'to_confirm', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'to_confirm', 'withdrawn')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'unmet', 'open')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('need', 'withdrawn', 'open')
-- next
CREATE TRIGGER legal_move BEFORE INSERT OR UPDATE OF state ON offer FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move()
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('offer', '', 'draft')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('offer', 'draft', 'ended')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('offer', 'draft', 'live')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('offer', 'ended', 'live')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('offer', 'exhausted', 'ended')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('offer', 'exhausted', 'live')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('offer', 'live', 'ended')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('offer', 'live', 'exhausted')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('offer', 'live', 'live')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('offer', 'live', 'paused')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('offer', 'paused', 'ended')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('offer', 'paused', 'live')
-- next
CREATE TRIGGER legal_move BEFORE INSERT OR UPDATE OF state ON partnership FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move()
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('partnership', '', 'preparing')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('partnership', 'active', 'active')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('partnership', 'active', 'closed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('partnership', 'active', 'ended_early')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('partnership', 'preparing', 'active')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('partnership', 'preparing', 'ended_early')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('partnership', 'preparing', 'preparing')
-- next
CREATE TRIGGER legal_move BEFORE INSERT OR UPDATE OF state ON proposal FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move()
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('proposal', '', 'proposed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('proposal', 'proposed', 'agreed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('proposal', 'proposed', 'declined')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('proposal', 'proposed', 'lapsed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('proposal', 'proposed', 'proposed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('proposal', 'proposed', 'superseded')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('proposal', 'proposed', 'to_release')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('proposal', 'proposed', 'withdrawn')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('proposal', 'to_release', 'agreed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('proposal', 'to_release', 'declined')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('proposal', 'to_release', 'lapsed')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('proposal', 'to_release', 'superseded')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('proposal', 'to_release', 'withdrawn')
-- next
CREATE TRIGGER legal_move BEFORE INSERT OR UPDATE OF state ON visit FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move()
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('visit', '', 'planned')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('visit', '', 'recorded')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('visit', 'planned', 'cancelled')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('visit', 'planned', 'recorded')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('visit', 'recorded', 'recorded')
