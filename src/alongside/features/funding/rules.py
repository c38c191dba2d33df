"""Rules by which funds get their amounts from the settings, and support takes its cost from them and gives it back."""

from alongside.features.funding.models import SPENDS
from alongside.platform.database.ddl import schema_rule

schema_rule(
    "the_fund_that_pays_for_support",
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
""".replace("(SPENDS)", str(SPENDS)),
)

schema_rule(
    "the_settings_allocate_the_funds",
    """
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
""",
)

schema_rule(
    "support_commits_its_cost_and_gives_back_the_rest",
    """
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
""",
)
