"""Tables of statutory steps and of overruled decisions; rows are never changed."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.escalations.access_policy import CORE, of_escalation_row
from alongside.features.escalations.statutory.steps import (
    BY_INSPECTION,
    COPIED,
    GROUNDS,
    LIMITED,
    MISMANAGEMENT,
    NOTICES,
    OWED_A_NOTICE,
    POWERS,
    RECIPIENTS,
    ROUTES,
    STEPS,
    order_as_sql,
)
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.ddl import schema_rule
from alongside.platform.database.requester_context import PERSON, ROLE


def _array(words: Iterable[str]) -> str:
    """These words as an SQL array."""
    return f"ARRAY[{', '.join(repr(word) for word in words)}]::text[]"


def _list(words: Iterable[str]) -> str:
    """These words as an SQL list, without brackets."""
    return ", ".join(repr(word) for word in words)


class StatutoryStep(AuthorityOwned, Base):
    """One statutory step that the authority took with a maintained school: legal basis, letter and dates.

    The product records steps; it sends nothing. `comply_by_on` is the last day of the compliance period of a
    warning notice. `eligible_by` is what makes the school eligible for intervention, or the ground on which a
    delegated budget is suspended without that. `urgent_because` is why a step came before its turn. For
    eligibility by a warning notice the letter is the notice in writing that the authority proposes to use its
    powers (EIA 2006, section 60(1)(d)).
    """

    __tablename__ = "statutory_step"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("recorded_by", "person"),
        CheckConstraint(one_of("kind", STEPS), name="kind"),
        CheckConstraint("char_length(legal_basis) BETWEEN 1 AND 300", name="legal_basis"),
        CheckConstraint("char_length(words) BETWEEN 1 AND 4000", name="words"),
        CheckConstraint(
            "char_length(urgent_because) <= 1000 AND char_length(notice_reference) <= 120", name="length"
        ),
        CheckConstraint(f"recipients <@ {_array(RECIPIENTS)}", name="recipients"),
        CheckConstraint(
            f"NOT {one_of('kind', NOTICES)} OR (notice_on IS NOT NULL AND notice_reference <> ''"
            f" AND recipients @> {_array(OWED_A_NOTICE)})",
            name="notice",
        ),
        CheckConstraint(
            f"kind <> 'eligible_for_intervention' OR (eligible_by IS NOT NULL AND {one_of('eligible_by', ROUTES)})",
            name="eligible_by",
        ),
        CheckConstraint(
            "eligible_by IS NULL OR kind = 'eligible_for_intervention'"
            f" OR (kind = 'suspend_delegation' AND eligible_by = '{MISMANAGEMENT}')",
            name="eligible_by_belongs",
        ),
        CheckConstraint(
            "kind <> 'eligible_for_intervention' OR eligible_by <> 'warning_notice'"
            " OR (notice_on IS NOT NULL AND notice_reference <> '' AND recipients @> ARRAY['chair']::text[])",
            name="powers_proposed",
        ),
        CheckConstraint("kind <> 'warning_notice' OR comply_by_on IS NOT NULL", name="compliance_period"),
        CheckConstraint("comply_by_on >= notice_on", name="dates"),
        Index(None, "authority_id", "escalation_id", "taken_on"),
        {
            "info": {
                "record": True,
                "second_policy": of_escalation_row("statutory_step", kept=True, added=CORE),
            }
        },
    )

    escalation_id: Mapped[UUID]
    kind: Mapped[str]
    taken_on: Mapped[date]
    legal_basis: Mapped[str]
    words: Mapped[str]
    recipients: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    notice_reference: Mapped[str] = mapped_column(server_default=text("''"))
    notice_on: Mapped[date | None]
    comply_by_on: Mapped[date | None]
    eligible_by: Mapped[str | None]
    urgent_because: Mapped[str] = mapped_column(server_default=text("''"))
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = created_at()


class Overruling(AuthorityOwned, Base):
    """A decision of headteachers that the authority overruled, with ground, law, reason, officer and time.

    `decided` is what the headteachers had decided, `instead` what the authority decided. Only the head of
    service writes one, in their own name; it is never changed. Source: domain WI15 and X1.
    """

    __tablename__ = "escalation_overruling"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("officer_id", "person"),
        CheckConstraint(one_of("ground", GROUNDS), name="ground"),
        CheckConstraint("char_length(btrim(legal_basis)) BETWEEN 1 AND 300", name="legal_basis"),
        CheckConstraint("char_length(btrim(reason)) BETWEEN 1 AND 4000", name="reason"),
        CheckConstraint("char_length(btrim(decided)) BETWEEN 1 AND 2000", name="decided"),
        CheckConstraint("char_length(btrim(instead)) BETWEEN 1 AND 2000", name="instead"),
        Index(None, "authority_id", "escalation_id"),
        {
            "info": {
                "record": True,
                "second_policy": of_escalation_row(
                    "escalation_overruling",
                    kept=True,
                    added=f"{ROLE} = 'head_of_service' AND officer_id::text = {PERSON}",
                ),
            }
        },
    )

    escalation_id: Mapped[UUID]
    ground: Mapped[str]
    legal_basis: Mapped[str]
    decided: Mapped[str]
    instead: Mapped[str]
    reason: Mapped[str]
    officer_id: Mapped[UUID]
    at: Mapped[datetime] = created_at()


schema_rule(
    "statutory_powers_reach_maintained_schools_only_and_in_their_order",
    """
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
    SELECT CASE step COPIES ELSE '{}'::text[] END
        || CASE WHEN step NOT IN (COPIED_STEPS) OR type !~* '^(voluntary|foundation)' THEN '{}'::text[]
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
    IF EXISTS (SELECT FROM (VALUES GATES) gate (step, before) WHERE gate.step = NEW.kind)
       AND NOT mismanaged
       AND NOT EXISTS (
           SELECT FROM (VALUES GATES) gate (step, before)
             JOIN public.statutory_step taken ON taken.authority_id = NEW.authority_id
              AND taken.escalation_id = NEW.escalation_id AND taken.kind = gate.before AND taken.taken_on <=
              NEW.taken_on
            WHERE gate.step = NEW.kind)
       AND (NEW.urgent_because = '' OR NEW.kind NOT IN (URGENT)) THEN
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
    IF NEW.kind IN (POWERS) AND NOT mismanaged AND (
           notice.taken_on IS NULL OR NEW.kind IN (LIMITED) AND NEW.taken_on > powers_lapse_on(notice.comply_by_on))
       AND NOT EXISTS (SELECT FROM public.statutory_step taken
                        WHERE taken.authority_id = NEW.authority_id AND taken.escalation_id = NEW.escalation_id
                          AND taken.kind = 'eligible_for_intervention' AND taken.taken_on <= NEW.taken_on
                          AND taken.eligible_by IN (BY_INSPECTION)) THEN
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
""".replace("GATES", order_as_sql())
    .replace("COPIES", " ".join(f"WHEN '{step}' THEN {_array(to)}" for step, to in COPIED.items()))
    .replace("COPIED_STEPS", _list(COPIED))
    .replace("URGENT", _list(key for key, step in STEPS.items() if step.urgent))
    .replace("LIMITED", _list(LIMITED))
    .replace("POWERS", _list(POWERS))
    .replace("BY_INSPECTION", _list(BY_INSPECTION)),
)
