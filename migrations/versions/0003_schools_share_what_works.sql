CREATE EXTENSION IF NOT EXISTS btree_gin
-- next
CREATE TABLE missed_search (
	authority_id INTEGER NOT NULL, 
	words TEXT NOT NULL, 
	seeker BYTEA NOT NULL, 
	place BYTEA NOT NULL, 
	last_on DATE NOT NULL, 
	CONSTRAINT pk_missed_search PRIMARY KEY (authority_id, words, seeker), 
	CONSTRAINT ck_missed_search_words CHECK (char_length(words) BETWEEN 1 AND 80), 
	CONSTRAINT ck_missed_search_marks CHECK (octet_length(seeker) = 16 AND octet_length(place) = 16), 
	CONSTRAINT uq_missed_search_authority_id_place UNIQUE (authority_id, place), 
	CONSTRAINT fk_missed_search_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_missed_search_authority_id_last_on ON missed_search (authority_id, last_on)
-- next
CREATE TABLE directory_following (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	person_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	name TEXT NOT NULL, 
	told_until TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	since TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_directory_following PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_directory_following_authority_id_person_id FOREIGN KEY(authority_id, person_id) REFERENCES person (authority_id, id), 
	CONSTRAINT uq_directory_following_authority_id_person_id_kind_subject UNIQUE (authority_id, person_id, kind, subject), 
	CONSTRAINT ck_directory_following_kind CHECK (kind IN ('school', 'search', 'theme')), 
	CONSTRAINT ck_directory_following_name CHECK (char_length(name) BETWEEN 1 AND 60), 
	CONSTRAINT ck_directory_following_subject CHECK (CASE kind WHEN 'school' THEN subject ~ '^[0-9]{1,7}$' WHEN 'search' THEN left(subject, 1) = '?' AND char_length(subject) <= 1000 ELSE subject ~ '^[a-z][a-z0-9_]{0,39}$' END), 
	CONSTRAINT fk_directory_following_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_directory_following_authority_id_told_until ON directory_following (authority_id, told_until)
-- next
CREATE INDEX ix_need_authority_id_addressed_urn_state ON need (authority_id, addressed_urn, state)
-- next
CREATE TABLE directory_entry (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	school_urn INTEGER, 
	partner_urn INTEGER, 
	partnership_id UUID, 
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
	source_url TEXT DEFAULT '' NOT NULL, 
	licence TEXT DEFAULT '' NOT NULL, 
	attribution TEXT DEFAULT '' NOT NULL, 
	visibility TEXT DEFAULT 'authority' NOT NULL, 
	shown_to_all_from DATE, 
	claimed_level INTEGER DEFAULT 0 NOT NULL, 
	checked_level INTEGER DEFAULT 0 NOT NULL, 
	uses_yes INTEGER DEFAULT 0 NOT NULL, 
	uses_partly INTEGER DEFAULT 0 NOT NULL, 
	uses_no INTEGER DEFAULT 0 NOT NULL, 
	uses_early INTEGER DEFAULT 0 NOT NULL, 
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
	CONSTRAINT fk_directory_entry_authority_id_partnership_id FOREIGN KEY(authority_id, partnership_id) REFERENCES partnership (authority_id, id), 
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
	CONSTRAINT ck_directory_entry_harvested CHECK ((partnership_id IS NULL) = (partner_urn IS NULL)), 
	CONSTRAINT ck_directory_entry_shown_to_all CHECK (shown_to_all_from IS NULL OR visibility <> 'consortium'), 
	CONSTRAINT ck_directory_entry_resource_is_for_all CHECK (school_urn IS NOT NULL OR visibility <> 'consortium'), 
	CONSTRAINT ck_directory_entry_converts CHECK (convert_by_on IS NULL OR kind = 'work_in_progress'), 
	CONSTRAINT fk_directory_entry_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_directory_entry_authority_id_school_urn_state ON directory_entry (authority_id, school_urn, state)
-- next
CREATE INDEX ix_directory_entry_authority_id_state_review_due_on ON directory_entry (authority_id, state, review_due_on)
-- next
CREATE INDEX ix_directory_entry_listed ON directory_entry (authority_id, listed_at, id) WHERE state IN ('verified', 'review_due', 'reverified')
-- next
CREATE UNIQUE INDEX uq_directory_entry_partnership ON directory_entry (authority_id, partnership_id) WHERE partnership_id IS NOT NULL
-- next
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
)
-- next
CREATE INDEX ix_entry_attachment_authority_id_entry_id_id ON entry_attachment (authority_id, entry_id, id)
-- next
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
)
-- next
CREATE TABLE entry_meaning (
	authority_id INTEGER NOT NULL, 
	entry_id UUID NOT NULL, 
	numbers BYTEA, 
	read_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_entry_meaning PRIMARY KEY (authority_id, entry_id), 
	CONSTRAINT fk_entry_meaning_authority_id_entry_id FOREIGN KEY(authority_id, entry_id) REFERENCES directory_entry (authority_id, id) ON DELETE CASCADE, 
	CONSTRAINT ck_entry_meaning_numbers CHECK (octet_length(numbers) = 768), 
	CONSTRAINT ck_entry_meaning_read CHECK ((numbers IS NULL) = (read_at IS NULL)), 
	CONSTRAINT fk_entry_meaning_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_entry_meaning_authority_id_read_at ON entry_meaning (authority_id, read_at)
-- next
CREATE INDEX ix_entry_meaning_unread ON entry_meaning (authority_id, entry_id) WHERE numbers IS NULL
-- next
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
)
-- next
CREATE INDEX ix_entry_picture_authority_id_entry_id_id ON entry_picture (authority_id, entry_id, id)
-- next
CREATE TABLE entry_use (
	authority_id INTEGER NOT NULL, 
	entry_id UUID NOT NULL, 
	school_urn INTEGER NOT NULL, 
	worked TEXT NOT NULL, 
	notes TEXT NOT NULL, 
	said_by UUID NOT NULL, 
	said_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_entry_use PRIMARY KEY (authority_id, entry_id, school_urn), 
	CONSTRAINT fk_entry_use_authority_id_entry_id FOREIGN KEY(authority_id, entry_id) REFERENCES directory_entry (authority_id, id), 
	CONSTRAINT fk_entry_use_authority_id_school_urn FOREIGN KEY(authority_id, school_urn) REFERENCES school (authority_id, urn), 
	CONSTRAINT fk_entry_use_authority_id_said_by FOREIGN KEY(authority_id, said_by) REFERENCES person (authority_id, id), 
	CONSTRAINT ck_entry_use_worked CHECK (worked IN ('no', 'partly', 'too_early', 'yes')), 
	CONSTRAINT ck_entry_use_length CHECK (char_length(notes) <= 2000), 
	CONSTRAINT fk_entry_use_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_entry_use_authority_id_school_urn ON entry_use (authority_id, school_urn)
-- next
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
)
-- next
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
)
-- next
CREATE INDEX ix_public_entry_authority_id_listed_at_id ON public_entry (authority_id, listed_at, id)
-- next
ALTER TABLE missed_search ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE missed_search FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON missed_search AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON missed_search FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE directory_following ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE directory_following FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON directory_following AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON directory_following FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE directory_entry ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE directory_entry FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON directory_entry AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON directory_entry FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE entry_attachment ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE entry_attachment FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON entry_attachment AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON entry_attachment FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE entry_consent ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE entry_consent FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON entry_consent AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON entry_consent FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE entry_meaning ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE entry_meaning FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON entry_meaning AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON entry_meaning FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE entry_picture ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE entry_picture FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON entry_picture AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON entry_picture FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE entry_use ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE entry_use FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON entry_use AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON entry_use FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE entry_version ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE entry_version FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON entry_version AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON entry_version FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
ALTER TABLE public_entry ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE public_entry FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON public_entry AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON public_entry FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
REVOKE ALL ON missed_search FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON missed_search TO alongside_app
-- next
REVOKE ALL ON directory_following FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_following TO alongside_app
-- next
REVOKE ALL ON directory_entry FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_entry TO alongside_app
-- next
REVOKE ALL ON entry_attachment FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON entry_attachment TO alongside_app
-- next
REVOKE ALL ON entry_consent FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON entry_consent TO alongside_app
-- next
REVOKE ALL ON entry_meaning FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON entry_meaning TO alongside_app
-- next
REVOKE ALL ON entry_picture FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON entry_picture TO alongside_app
-- next
REVOKE ALL ON entry_use FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON entry_use TO alongside_app
-- next
REVOKE ALL ON entry_version FROM PUBLIC
-- next
GRANT SELECT, INSERT ON entry_version TO alongside_app
-- next
REVOKE ALL ON public_entry FROM PUBLIC
-- next
GRANT SELECT ON public_entry TO alongside_app
-- next
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
        RAISE EXCEPTION 'both schools have to say yes to this text'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_of_both';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_without_consent BEFORE INSERT OR UPDATE ON directory_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_without_consent();
-- next
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
-- next
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

CREATE TRIGGER refuse_own_witness BEFORE INSERT OR UPDATE ON entry_use
    FOR EACH ROW EXECUTE FUNCTION refuse_own_witness();
-- next
CREATE FUNCTION count_uses() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    used public.entry_use := coalesce(NEW, OLD);
BEGIN
    PERFORM FROM public.directory_entry
      WHERE authority_id = used.authority_id AND id = used.entry_id FOR UPDATE;
    UPDATE public.directory_entry e
       SET uses_yes = said.yes, uses_partly = said.partly, uses_no = said.no, uses_early = said.early
      FROM (SELECT count(*) FILTER (WHERE worked = 'yes') AS yes,
                   count(*) FILTER (WHERE worked = 'partly') AS partly,
                   count(*) FILTER (WHERE worked = 'no') AS no,
                   count(*) FILTER (WHERE worked = 'too_early') AS early
              FROM public.entry_use WHERE authority_id = used.authority_id AND entry_id = used.entry_id) said
     WHERE e.authority_id = used.authority_id AND e.id = used.entry_id;
    RETURN NULL;
END $$;

CREATE TRIGGER count_uses AFTER INSERT OR UPDATE OR DELETE ON entry_use
    FOR EACH ROW EXECUTE FUNCTION count_uses();
-- next
CREATE FUNCTION ask_for_meaning() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state IN ('verified', 'review_due', 'reverified') THEN
        INSERT INTO public.entry_meaning (authority_id, entry_id) VALUES (NEW.authority_id, NEW.id)
        ON CONFLICT (authority_id, entry_id) DO UPDATE SET numbers = NULL, read_at = NULL;
    ELSE
        DELETE FROM public.entry_meaning WHERE authority_id = NEW.authority_id AND entry_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ask_for_meaning_of_new AFTER INSERT ON directory_entry FOR EACH ROW
    WHEN (NEW.state IN ('verified', 'review_due', 'reverified')) EXECUTE FUNCTION ask_for_meaning();
CREATE TRIGGER ask_for_meaning AFTER UPDATE OF state, edition ON directory_entry FOR EACH ROW
    WHEN (OLD.edition <> NEW.edition OR (OLD.state IN ('verified', 'review_due', 'reverified'))
          <> (NEW.state IN ('verified', 'review_due', 'reverified'))) EXECUTE FUNCTION ask_for_meaning();
-- next
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
    shown_to_all_from date,
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
-- next
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
    INSERT INTO search.entry (authority_id, shelf, entry_id, school_urn, partner_urn, shown_to_all_from, words, spelt)
    VALUES (here, at, (entry->>'id')::uuid, (entry->>'school_urn')::integer,
            (entry->>'partner_urn')::integer, (entry->>'shown_to_all_from')::date,
            setweight(to_tsvector('search.english', entry->>'title'), 'A')
            || setweight(to_tsvector('search.english', matter), 'B')
            || setweight(to_tsvector('search.english', deed), 'C')
            || setweight(to_tsvector('search.english', rest), 'D'), as_spelt)
    ON CONFLICT (authority_id, shelf, entry_id) DO UPDATE SET school_urn = excluded.school_urn,
        partner_urn = excluded.partner_urn, shown_to_all_from = excluded.shown_to_all_from, words = excluded.words,
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
    evidence, what_to_avoid, what_you_need, who_to_ask, school_urn, partner_urn, shown_to_all_from, visibility
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
-- next
CREATE FUNCTION search.known(at text, urns integer[], today date, typed text[])
RETURNS TABLE (word text, stop boolean, known boolean, alike text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    here integer := fence.authority_id();
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT u.word, plainto_tsquery('search.english', u.word) AS query, u.word ~ '^[a-z]{4,24}$' AS plain
          FROM unnest(typed) AS u(word)
    ), written AS MATERIALIZED (
        SELECT DISTINCT a.word FROM asked a JOIN search.entry e ON e.authority_id = here AND e.words @@ a.query
         WHERE a.plain AND numnode(a.query) > 0 AND e.shelf = at
           AND (urns IS NULL OR e.school_urn = ANY (urns) OR e.partner_urn = ANY (urns) OR e.shown_to_all_from <= today)
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
                            OR e.shown_to_all_from <= today)
                     ORDER BY likeness DESC, w.word LIMIT 20) near) END
      FROM told t;
END $$;
REVOKE ALL ON FUNCTION search.known(text, integer[], date, text[]) FROM PUBLIC;
GRANT USAGE ON SCHEMA search TO alongside_app;
GRANT EXECUTE ON FUNCTION search.known(text, integer[], date, text[]) TO alongside_app;
-- next
CREATE FUNCTION search.find(at text, urns integer[], today date, groups integer[], texts text[], shares real[],
    weights real[], near uuid[], likeness real[], enough float8, alike float8, meaning float8)
RETURNS TABLE (entry_id uuid, score real, groups_found integer[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    here integer := fence.authority_id();
BEGIN
    RETURN QUERY
    WITH part AS MATERIALIZED (
        SELECT p.n, p.share, to_tsquery('search.english', p.text) AS query
          FROM unnest(groups, texts, shares) AS p(n, text, share)
    ), hit AS MATERIALIZED (
        SELECT part.n, e.entry_id AS id, max(part.share * ts_rank(weights, e.words, part.query, 1)) AS strength
          FROM part JOIN search.entry e ON e.authority_id = here AND e.words @@ part.query
         WHERE numnode(part.query) > 0 AND e.shelf = at
           AND (urns IS NULL OR e.school_urn = ANY (urns) OR e.partner_urn = ANY (urns) OR e.shown_to_all_from <= today)
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
            OR e.shown_to_all_from <= today
    ), judged AS (
        SELECT id, worded.in_groups, coalesce(meant.likeness, 0) AS likeness,
               coalesce(worded.held / (SELECT sum(weight) FROM rarity), 0) AS held,
               coalesce(worded.strength / max(worded.strength) OVER (), 0) AS strength
          FROM worded FULL JOIN meant USING (id)
    )
    SELECT id, (strength * (1 + held) / 2 + meaning * judged.likeness)::real, coalesce(in_groups, '{}')
      FROM judged WHERE held >= enough OR judged.likeness >= alike;
END $$;
REVOKE ALL ON FUNCTION search.find(text, integer[], date, integer[], text[], real[], real[], uuid[], real[],
    float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search.find(text, integer[], date, integer[], text[], real[], real[], uuid[], real[],
    float8, float8, float8) TO alongside_app;
-- next
CREATE TRIGGER legal_move BEFORE INSERT OR UPDATE OF state ON directory_entry FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move()
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', '', 'draft')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', '', 'verified')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'archived', 'draft')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'draft', 'archived')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'draft', 'submitted')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'peer_check', 'archived')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'peer_check', 'draft')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'peer_check', 'returned')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'peer_check', 'verified')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'returned', 'archived')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'returned', 'submitted')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'reverified', 'archived')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'reverified', 'draft')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'reverified', 'reverified')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'reverified', 'review_due')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'review_due', 'archived')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'review_due', 'draft')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'review_due', 'reverified')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'review_due', 'review_due')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'submitted', 'archived')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'submitted', 'draft')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'submitted', 'peer_check')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'submitted', 'returned')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'verified', 'archived')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'verified', 'draft')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'verified', 'reverified')
-- next
INSERT INTO legal_move (subject, start, finish) VALUES ('directory_entry', 'verified', 'review_due')
