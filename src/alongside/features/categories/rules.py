"""SQL of the trigger that checks each step of a support category against the requester, whatever the app did."""

OF_HEAD = ("appealed_on", "appealed_by", "appeal_grounds", "seen_on", "seen_by")
OF_PANEL = (
    "category_moderated",
    "reasons_moderated",
    "moderated_by",
    "moderated_on",
    "category_heard",
    "appeal_outcome",
    "reasons_heard",
    "heard_by",
    "heard_on",
    "decision_number",
)
_BESIDES = ("state", "version")


def _array(names: tuple[str, ...]) -> str:
    return f"ARRAY[{', '.join(repr(one) for one in (*_BESIDES, *names))}]"


def _refuse(condition: str, constraint: str, sentence: str) -> str:
    return f"""
    IF {condition} THEN
        RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation',
            CONSTRAINT = '{constraint}', TABLE = 'support_category';
    END IF;"""


_TO = "NEW.state = '{}' AND OLD.state <> NEW.state AND "
_INTEREST = (
    "EXISTS (SELECT FROM public.interests_of(NEW.authority_id, me, public.london_today()) urn"
    " WHERE urn = NEW.school_urn)"
)
_CHECKS = (
    _refuse(
        "role = 'headteacher'"
        f" AND (to_jsonb(NEW) - {_array(OF_HEAD)}) IS DISTINCT FROM (to_jsonb(OLD) - {_array(OF_HEAD)})",
        "support_category_own_columns",
        "a headteacher changes the appeal only",
    ),
    _refuse(
        "role IN ('consortium_lead', 'consortium_deputy')"
        f" AND (to_jsonb(NEW) - {_array(OF_PANEL)}) IS DISTINCT FROM (to_jsonb(OLD) - {_array(OF_PANEL)})",
        "support_category_own_columns",
        "a panel changes the moderation only",
    ),
    _refuse(
        _TO.format("discussed") + "NOT coalesce(NEW.discussion_basis IN ('discussion', 'refusal')"
        " OR NEW.second_answer_by < public.london_today(), false)",
        "support_category_discussed",
        "neither discussed nor refused nor unanswered after two invitations",
    ),
    _refuse(
        _TO.format("moderated") + "(NEW.moderated_by IS DISTINCT FROM me"
        " OR role NOT IN ('consortium_lead', 'consortium_deputy')"
        " OR NOT coalesce(coalesce(NEW.handling_consortium_id, NEW.consortium_id)::text = ANY (consortia), false))",
        "support_category_moderated_by_panel",
        "moderated by the panel of the consortium only",
    ),
    _refuse(
        _TO.format("agreed") + "(NEW.agreed_by IS DISTINCT FROM me OR role <> 'head_of_service')",
        "support_category_agreed",
        "recorded by the head of service only",
    ),
    _refuse(
        _TO.format("appealed")
        + "(role <> 'headteacher' OR NEW.appeal_by < public.london_today() OR OLD.appealed_on IS NOT NULL)",
        "support_category_appeal_in_time",
        "one appeal, by the headteacher, in time",
    ),
    _refuse(
        _TO.format("heard") + "(NEW.heard_by IS DISTINCT FROM me"
        " OR me IN (NEW.proposed_by, NEW.discussed_by, NEW.moderated_by, NEW.agreed_by)"
        " OR role NOT IN ('consortium_lead', 'consortium_deputy', 'core_officer', 'head_of_service'))",
        "support_category_heard_by_others",
        "heard by people who took no part",
    ),
    _refuse(
        f"NEW.state <> OLD.state AND NEW.state IN ('moderated', 'agreed', 'heard') AND {_INTEREST}",
        "support_category_no_interest",
        "not by somebody with an interest in the school",
    ),
    _refuse(
        "NEW.category IS DISTINCT FROM OLD.category AND NOT (NEW.state = 'in_force' AND role = 'system')"
        " AND NOT EXISTS (SELECT FROM public.support_category_change made"
        " WHERE made.authority_id = NEW.authority_id AND made.support_category_id = NEW.id"
        " AND made.category_before = OLD.category AND made.category_after = NEW.category)",
        "support_category_changed_by_decision",
        "a category in force changes by a decision only",
    ),
    _refuse(
        "OLD.notified_on IS NOT NULL AND NEW.notified_on IS DISTINCT FROM OLD.notified_on",
        "support_category_notified_once",
        "notified once",
    ),
)
STEPS_SQL = f"""
CREATE FUNCTION check_support_category_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    claim text[] := security.requester();
    role text := claim[1];
    me uuid := nullif(claim[2], '')::uuid;
    consortia text[] := string_to_array(claim[4], ',');
BEGIN{"".join(_CHECKS)}
    RETURN NEW;
END $$;

CREATE TRIGGER check_support_category_step BEFORE UPDATE ON support_category
    FOR EACH ROW EXECUTE FUNCTION check_support_category_step();
"""
