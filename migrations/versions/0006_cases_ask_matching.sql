CREATE TABLE escalation_matching (
	authority_id INTEGER NOT NULL, 
	id UUID DEFAULT uuidv7() NOT NULL, 
	case_id UUID NOT NULL, 
	need_id UUID NOT NULL, 
	run_id UUID NOT NULL, 
	asked_by UUID NOT NULL, 
	asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_escalation_matching PRIMARY KEY (authority_id, id), 
	CONSTRAINT fk_escalation_matching_authority_id_case_id FOREIGN KEY(authority_id, case_id) REFERENCES escalation (authority_id, id), 
	CONSTRAINT fk_escalation_matching_authority_id_need_id FOREIGN KEY(authority_id, need_id) REFERENCES need (authority_id, id), 
	CONSTRAINT fk_escalation_matching_authority_id_run_id FOREIGN KEY(authority_id, run_id) REFERENCES plan_run (authority_id, id), 
	CONSTRAINT fk_escalation_matching_authority_id_asked_by FOREIGN KEY(authority_id, asked_by) REFERENCES person (authority_id, id), 
	CONSTRAINT fk_escalation_matching_authority_id FOREIGN KEY(authority_id) REFERENCES authority (authority_id)
)
-- next
CREATE INDEX ix_escalation_matching_authority_id_case_id_id ON escalation_matching (authority_id, case_id, id)
-- next
ALTER TABLE escalation_matching ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE escalation_matching FORCE ROW LEVEL SECURITY
-- next
CREATE POLICY authority_only ON escalation_matching AS RESTRICTIVE FOR ALL TO PUBLIC USING (authority_id = (SELECT fence.authority_id())) WITH CHECK (authority_id = (SELECT fence.authority_id()))
-- next
CREATE POLICY everyone_inside ON escalation_matching FOR ALL TO PUBLIC USING (true) WITH CHECK (true)
-- next
CREATE POLICY seen_by ON escalation_matching AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system') OR EXISTS (SELECT FROM escalation c WHERE c.authority_id = escalation_matching.authority_id AND c.id = escalation_matching.case_id AND (NOT (SELECT fence.asker())[1] IN ('headteacher') OR false OR c.school_urn::text <> (SELECT fence.asker())[3])))
-- next
CREATE POLICY added_by ON escalation_matching AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK ((SELECT fence.asker())[1] IN ('core_officer', 'head_of_service', 'system'))
-- next
CREATE POLICY changed_by ON escalation_matching AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false) WITH CHECK (false)
-- next
CREATE POLICY removed_by ON escalation_matching AS RESTRICTIVE FOR DELETE TO PUBLIC USING ((SELECT fence.asker())[1] = 'system')
-- next
REVOKE ALL ON escalation_matching FROM PUBLIC
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON escalation_matching TO alongside_app
