"""Table of the amounts that escalations have committed of each fund; a check prevents overspending."""

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base
from alongside.platform.database.ddl import schema_rule

SPENDS = ("intervention", "commissioning")
"""Purposes of the funds that can pay for support."""


class FundBalance(AuthorityKeyed, Base):
    """The amount of a fund that is committed to procured support, in pence, without naming school or
    escalation.

    `fund` is its key in the authority's settings. `limit_pence` is the most that escalations may commit: the
    fund less the support that schools have agreed, at the time of the last commitment. The app's role may only
    read it: the trigger on escalations writes it with the rights of the owner.
    """

    __tablename__ = "fund_balance"
    __table_args__ = (
        CheckConstraint("procured_pence >= 0", name="procured"),
        CheckConstraint("procured_pence <= limit_pence", name="within_the_fund"),
        {"info": {"read_only": True}},
    )

    fund: Mapped[str] = mapped_column(primary_key=True, sort_order=-99)
    limit_pence: Mapped[int] = mapped_column(BigInteger)
    procured_pence: Mapped[int] = mapped_column(BigInteger)


schema_rule(
    "no_fund_is_overspent_by_escalations",
    """
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
     WHERE fund.value ->> 'financial_year' = year AND fund.value ->> 'purpose' IN (SPENDS)
       AND fund.value ->> 'phase' IN ('all', CASE WHEN phase IN ('primary', 'secondary') THEN phase
                                             ELSE settings #>> ARRAY['phases', phase, '0'] END)
     ORDER BY fund.value ->> 'phase' = 'all', fund.key COLLATE "C" LIMIT 1);

CREATE FUNCTION support_agreed_from(of_authority integer, settings jsonb, of_fund text) RETURNS bigint LANGUAGE plpgsql
STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    year text := settings #>> ARRAY['funds', of_fund, 'financial_year'];
    began timestamptz := make_date(left(year, 4)::int, 4, 1)::timestamp AT TIME ZONE 'Europe/London';
    ended timestamptz := make_date(left(year, 4)::int + 1, 4, 1)::timestamp AT TIME ZONE 'Europe/London';
BEGIN
    IF NOT (settings #>> '{matching,mind_money}')::boolean THEN
        RETURN 0;
    END IF;
    RETURN (
        SELECT coalesce(sum(CASE WHEN p.state IN ('preparing', 'active') THEN p.days ELSE p.days_used END), 0)
               * (settings #>> '{matching,pence_per_day}')::bigint
          FROM public.support_agreement p
          JOIN public.need n ON n.authority_id = of_authority AND n.id = p.need_id
         WHERE p.authority_id = of_authority AND p.agreed_at >= began AND p.agreed_at < ended
           AND fund_for_support(settings, n.phase, year) = of_fund);
END $$;

CREATE FUNCTION take_from_fund(of_authority integer, of_fund text, more bigint) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    settings jsonb := settings_in_force(of_authority);
    declared jsonb := settings #> ARRAY['funds', of_fund];
BEGIN
    IF more <= 0 THEN
        UPDATE public.fund_balance SET procured_pence = procured_pence + more
         WHERE authority_id = of_authority AND fund = of_fund;
        RETURN;
    END IF;
    IF declared IS NULL OR declared ->> 'financial_year'
       <> financial_year((now() AT TIME ZONE 'Europe/London')::date) THEN
        RAISE EXCEPTION 'fund % is not one of this financial year', of_fund
            USING ERRCODE = 'check_violation', CONSTRAINT = 'fund_of_this_year';
    END IF;
    INSERT INTO public.fund_balance AS balance (authority_id, fund, limit_pence, procured_pence)
    VALUES (of_authority, of_fund,
            (declared ->> 'pence')::bigint - support_agreed_from(of_authority, settings, of_fund), more)
    ON CONFLICT (authority_id, fund) DO UPDATE
       SET limit_pence = excluded.limit_pence, procured_pence = balance.procured_pence + excluded.procured_pence;
END $$;
""".replace("(SPENDS)", str(SPENDS)),
)
