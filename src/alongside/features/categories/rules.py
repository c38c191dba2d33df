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
OF_STEP = {
    "proposed": ("category_proposed", "reasons_proposed", "proposed_by", "proposed_on"),
    "discussed": ("discussion_basis", "discussion", "discussed_on", "discussed_by"),
    "moderated": ("category_moderated", "reasons_moderated", "moderated_by", "moderated_on"),
    "agreed": (
        "category_agreed",
        "reasons_agreed",
        "agreed_by",
        "agreed_on",
        "decision_reference",
        "agreed_motion_id",
    ),
    "appealed": ("appealed_on", "appealed_by", "appeal_grounds"),
    "heard": ("category_heard", "appeal_outcome", "reasons_heard", "heard_by", "heard_on"),
    "in_force": ("in_force_on",),
    "withdrawn": ("withdrawn_because",),
}
"""What is written with each step and not changed by a person afterwards; a proposal is changed until the next step."""

_BESIDES = ("state", "version")


def _array(names: tuple[str, ...]) -> str:
    return f"ARRAY[{', '.join(repr(one) for one in (*_BESIDES, *names))}]"


def _refuse(condition: str, constraint: str, sentence: str) -> str:
    return f"""
    IF {condition} THEN
        RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation',
            CONSTRAINT = '{constraint}', TABLE = 'support_category';
    END IF;"""


def _values(row: str, step: str) -> str:
    return f"ROW({', '.join(f'{row}.{one}' for one in OF_STEP[step])})"


def _keep_step(step: str) -> str:
    """Refuse a change of what a step recorded, by a person and at another time."""
    now = (
        "NEW.state = 'proposed'" if step == "proposed" else f"NEW.state = '{step}' AND OLD.state <> NEW.state"
    )
    return _refuse(
        f"role <> 'system' AND NOT ({now}) AND {_values('NEW', step)} IS DISTINCT FROM {_values('OLD', step)}",
        "support_category_step_is_kept",
        "what a step recorded is not changed afterwards",
    )


_TO = "NEW.state = '{}' AND OLD.state <> NEW.state AND "
_INTEREST = (
    "EXISTS (SELECT FROM public.interests_of(NEW.authority_id, me, public.london_today()) urn"
    " WHERE urn = NEW.school_urn)"
)
_BY_MOTION = (
    "role = 'system' AND NEW.agreed_by IS NULL AND NEW.category_agreed IS NOT DISTINCT FROM NEW.category_moderated"
    " AND EXISTS (SELECT FROM public.motion m"
    " JOIN public.motion_subject s ON s.authority_id = m.authority_id AND s.motion_id = m.id"
    " WHERE m.authority_id = NEW.authority_id AND m.id = NEW.agreed_motion_id AND m.state = 'carried'"
    " AND s.kind = 'support_category' AND s.subject = NEW.id::text)"
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
        _TO.format("agreed")
        + f"(NEW.agreed_by IS DISTINCT FROM me OR role <> 'head_of_service') AND NOT ({_BY_MOTION})",
        "support_category_agreed",
        "recorded by the head of service, or agreed by a motion that is carried",
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
    _refuse(
        "NEW.state <> OLD.state AND NEW.state IN ('in_force', 'superseded') AND role <> 'system'",
        "support_category_by_the_system",
        "no person puts a category in force, or ends it",
    ),
    _refuse(
        "NEW.state <> OLD.state AND NEW.state IN ('discussed', 'notified', 'withdrawn')"
        " AND role NOT IN ('core_officer', 'head_of_service', 'system')",
        "support_category_by_the_core_team",
        "by the core team only",
    ),
    _refuse(
        _TO.format("appealed") + "NEW.appealed_by IS DISTINCT FROM me",
        "support_category_appeal_in_time",
        "in the name of the headteacher who appeals",
    ),
    *(_keep_step(step) for step in OF_STEP),
)
_BEFORE_ITS_STEPS = _refuse(
    "num_nonnulls(NEW.category, NEW.discussed_on, NEW.moderated_on, NEW.agreed_on, NEW.notified_on, NEW.appealed_on,"
    " NEW.heard_on, NEW.in_force_on, NEW.category_moderated, NEW.category_agreed, NEW.category_heard) > 0",
    "support_category_begins_as_a_proposal",
    "a category begins as a proposal",
)
STEPS_SQL = f"""
CREATE FUNCTION check_support_category_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    claim text[] := security.requester();
    role text := claim[1];
    me uuid := nullif(claim[2], '')::uuid;
    consortia text[] := string_to_array(claim[4], ',');
BEGIN
    IF TG_OP = 'INSERT' THEN{_BEFORE_ITS_STEPS}
        RETURN NEW;
    END IF;{"".join(_CHECKS)}
    RETURN NEW;
END $$;

CREATE TRIGGER check_support_category_step BEFORE INSERT OR UPDATE ON support_category
    FOR EACH ROW EXECUTE FUNCTION check_support_category_step();
"""
