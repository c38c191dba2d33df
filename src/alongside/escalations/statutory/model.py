"""Steps of the statutory ladder, and acts by which the authority overruled heads: kept as they were recorded."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.database.asker import PERSON, ROLE
from alongside.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.database.promises import promise
from alongside.escalations.seats import CORE, of_case_row
from alongside.escalations.statutory.ladder import (
    GROUNDS,
    NOTICES,
    OWED_A_NOTICE,
    RECIPIENTS,
    STEPS,
    gates_as_sql,
)


def _array(words: Iterable[str]) -> str:
    """The SQL of an array of these words."""
    return f"ARRAY[{', '.join(repr(word) for word in words)}]::text[]"


class StatutoryStep(AuthorityOwned, Base):
    """One step that the authority took with a maintained school: its law, its letter, its days.

    The product records; it sends nothing. `represent_by_on` is until when the governing body may make representations,
    `comply_by_on` the end of the compliance period. `urgent_because` is why a step came before its turn.
    """

    __tablename__ = "statutory_step"
    __table_args__ = (
        reference("case_id", "escalation"),
        reference("recorded_by", "person"),
        CheckConstraint(one_of("kind", STEPS), name="kind"),
        CheckConstraint("char_length(legal_basis) BETWEEN 1 AND 300", name="legal_basis"),
        CheckConstraint("char_length(words) BETWEEN 1 AND 4000", name="words"),
        CheckConstraint("char_length(urgent_because) <= 1000 AND char_length(letter) <= 120", name="length"),
        CheckConstraint(f"recipients <@ {_array(RECIPIENTS)}", name="recipients"),
        CheckConstraint(
            f"NOT {one_of('kind', NOTICES)} OR (letter_on IS NOT NULL AND letter <> ''"
            f" AND recipients @> {_array(OWED_A_NOTICE)} AND represent_by_on IS NOT NULL)",
            name="notice",
        ),
        CheckConstraint("kind <> 'warning_notice' OR comply_by_on IS NOT NULL", name="compliance_period"),
        CheckConstraint("represent_by_on >= letter_on AND comply_by_on >= letter_on", name="dates"),
        Index(None, "authority_id", "case_id", "taken_on"),
        {"info": {"second_policy": of_case_row("statutory_step", kept=True, added=CORE)}},
    )

    case_id: Mapped[UUID]
    kind: Mapped[str]
    taken_on: Mapped[date]
    legal_basis: Mapped[str]
    words: Mapped[str]
    recipients: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    letter: Mapped[str] = mapped_column(server_default=text("''"))
    letter_on: Mapped[date | None]
    represent_by_on: Mapped[date | None]
    comply_by_on: Mapped[date | None]
    urgent_because: Mapped[str] = mapped_column(server_default=text("''"))
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = created_at()


class Overruling(AuthorityOwned, Base):
    """That the authority overruled heads, and on what: without ground, law, reason, officer and time there is no row.

    `decided` is what the heads had decided, `instead` what the authority decided. Only the head of service writes one,
    in their own name; nothing changes it. Source: domain WI15 and X1.
    """

    __tablename__ = "overruling"
    __table_args__ = (
        reference("case_id", "escalation"),
        reference("officer_id", "person"),
        CheckConstraint(one_of("ground", GROUNDS), name="ground"),
        CheckConstraint("char_length(btrim(legal_basis)) BETWEEN 1 AND 300", name="legal_basis"),
        CheckConstraint("char_length(btrim(reason)) BETWEEN 1 AND 4000", name="reason"),
        CheckConstraint("char_length(btrim(decided)) BETWEEN 1 AND 2000", name="decided"),
        CheckConstraint("char_length(btrim(instead)) BETWEEN 1 AND 2000", name="instead"),
        Index(None, "authority_id", "case_id"),
        {
            "info": {
                "second_policy": of_case_row(
                    "overruling",
                    kept=True,
                    added=f"{ROLE} = 'head_of_service' AND officer_id::text = {PERSON}",
                )
            }
        },
    )

    case_id: Mapped[UUID]
    ground: Mapped[str]
    legal_basis: Mapped[str]
    decided: Mapped[str]
    instead: Mapped[str]
    reason: Mapped[str]
    officer_id: Mapped[UUID]
    at: Mapped[datetime] = created_at()


promise(
    "statutory_powers_reach_maintained_schools_only_and_in_their_order",
    """
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
    IF EXISTS (SELECT FROM (VALUES GATES) gate (step, before) WHERE gate.step = NEW.kind)
       AND NOT EXISTS (
           SELECT FROM (VALUES GATES) gate (step, before)
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
""".replace("GATES", gates_as_sql()),
)
