"""What the approval, the payment and the credit note of a claim do to the ledger: triggers of the database’s owner."""

from alongside.platform.database.ddl import schema_rule

schema_rule(
    "a_claim_moves_money_from_committed_to_invoiced_to_paid",
    """
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
""",
)
