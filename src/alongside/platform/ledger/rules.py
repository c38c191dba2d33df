"""Rules of the ledger that PostgreSQL enforces by triggers: balances, sums of zero, commitments, protected accounts."""

from alongside.platform.database.ddl import schema_rule

schema_rule(
    "a_ledger_account_starts_empty",
    """
CREATE FUNCTION open_ledger_account() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.balance := 0;
    NEW.reserved := 0;
    NEW.expected := 0;
    NEW.shortfall := 0;
    RETURN NEW;
END $$;

CREATE TRIGGER open_ledger_account BEFORE INSERT ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION open_ledger_account();
""",
)

schema_rule(
    "a_posting_changes_the_balance_in_its_statement",
    """
CREATE FUNCTION lock_ledger_accounts(of_authority integer, accounts uuid[]) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM public.ledger_account WHERE authority_id = of_authority AND id = ANY (accounts)
      ORDER BY id FOR NO KEY UPDATE;
END $$;

CREATE FUNCTION post_to_ledger_accounts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM public.ledger_account a
      WHERE (a.authority_id, a.id) IN (SELECT p.authority_id, p.account_id FROM posted p)
      ORDER BY a.id FOR NO KEY UPDATE;
    UPDATE public.ledger_account a
       SET balance = a.balance + change.amount,
           shortfall = CASE WHEN change.lowers THEN greatest(0, a.floor - (a.balance + change.amount - a.reserved))
                            ELSE least(a.shortfall, greatest(0, a.floor - (a.balance + change.amount - a.reserved)))
                       END
      FROM (SELECT p.authority_id, p.account_id, sum(p.amount)::bigint AS amount, bool_and(t.lowers) AS lowers
              FROM posted p
              JOIN public.ledger_transaction t ON t.authority_id = p.authority_id AND t.id = p.transaction_id
             GROUP BY p.authority_id, p.account_id) change
     WHERE a.authority_id = change.authority_id AND a.id = change.account_id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION post_to_ledger_accounts() FROM PUBLIC;

CREATE TRIGGER post_to_ledger_accounts AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION post_to_ledger_accounts();
""",
)

schema_rule(
    "a_ledger_transaction_sums_to_zero_at_the_commit",
    """
CREATE FUNCTION check_ledger_transaction() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    of_transaction uuid := coalesce(to_jsonb(NEW) ->> 'transaction_id', to_jsonb(NEW) ->> 'id');
    declared public.ledger_transaction;
    found record;
BEGIN
    SELECT * INTO declared FROM public.ledger_transaction
     WHERE authority_id = NEW.authority_id AND id = of_transaction;
    SELECT count(*) AS postings, coalesce(sum(p.amount), 0) AS total, count(DISTINCT a.unit) AS units,
           bool_or(p.amount > 0 AND a.floor IS NOT NULL) AS into_limited
      INTO found FROM public.ledger_posting p
      JOIN public.ledger_account a ON a.authority_id = p.authority_id AND a.id = p.account_id
     WHERE p.authority_id = NEW.authority_id AND p.transaction_id = of_transaction;
    IF found.postings <> declared.postings OR found.total <> 0 OR found.units <> 1 THEN
        RAISE EXCEPTION 'the transaction % has % postings of % units that sum to %',
            of_transaction, found.postings, found.units, found.total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_balances';
    END IF;
    IF declared.lowers AND found.into_limited THEN
        RAISE EXCEPTION 'the transaction % lowers an allocation and does not return it', of_transaction
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_lowers';
    END IF;
    IF EXISTS (SELECT FROM (SELECT account_id, sum(amount) AS amount FROM public.ledger_posting
                             WHERE authority_id = NEW.authority_id
                               AND transaction_id IN (of_transaction, declared.corrects)
                             GROUP BY account_id) both_ways
                WHERE declared.corrects IS NOT NULL AND both_ways.amount <> 0) THEN
        RAISE EXCEPTION 'the transaction % is not the counter-entry of %', of_transaction, declared.corrects
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_corrects';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER check_ledger_transaction AFTER INSERT ON ledger_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_ledger_transaction();
CREATE CONSTRAINT TRIGGER check_ledger_posting AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_ledger_transaction();
""",
)

schema_rule(
    "a_commitment_reserves_its_amount_until_it_is_resolved_once",
    """
CREATE FUNCTION reserve_ledger_commitment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM lock_ledger_accounts(NEW.authority_id, ARRAY[NEW.from_account_id, NEW.to_account_id]);
    IF (SELECT count(DISTINCT unit) FROM public.ledger_account WHERE authority_id = NEW.authority_id
           AND id IN (NEW.from_account_id, NEW.to_account_id)) <> 1 THEN
        RAISE EXCEPTION 'the commitment % is between accounts of two units', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_commitment_unit';
    END IF;
    UPDATE public.ledger_account
       SET reserved = reserved + CASE WHEN id = NEW.from_account_id THEN NEW.amount ELSE 0 END,
           expected = expected + CASE WHEN id = NEW.to_account_id THEN NEW.amount ELSE 0 END,
           shortfall = CASE WHEN id = NEW.from_account_id
                            THEN least(shortfall, greatest(0, floor - (balance - reserved - NEW.amount)))
                            ELSE shortfall END
     WHERE authority_id = NEW.authority_id AND id IN (NEW.from_account_id, NEW.to_account_id);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION reserve_ledger_commitment() FROM PUBLIC;

CREATE TRIGGER reserve_ledger_commitment AFTER INSERT ON ledger_commitment
    FOR EACH ROW EXECUTE FUNCTION reserve_ledger_commitment();

CREATE FUNCTION free_reserved(made ledger_commitment, pence bigint, reduces_shortfall boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.ledger_account
       SET reserved = reserved - CASE WHEN id = made.from_account_id THEN pence ELSE 0 END,
           expected = expected - CASE WHEN id = made.to_account_id THEN pence ELSE 0 END,
           shortfall = CASE WHEN id = made.from_account_id AND reduces_shortfall
                            THEN least(shortfall, greatest(0, floor - (balance - reserved + pence)))
                            ELSE shortfall END
     WHERE authority_id = made.authority_id AND id IN (made.from_account_id, made.to_account_id) AND pence > 0;
END $$;

CREATE FUNCTION resolve_ledger_commitment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    made public.ledger_commitment;
    new_id uuid := uuidv7();
BEGIN
    SELECT * INTO made FROM public.ledger_commitment
     WHERE authority_id = NEW.authority_id AND id = NEW.commitment_id;
    IF NEW.amount > made.amount THEN
        RAISE EXCEPTION 'the commitment % reserves %, not %', made.id, made.amount, NEW.amount
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_resolution_at_most';
    END IF;
    IF NEW.outcome = 'expired'
       AND (made.expires_on IS NULL OR made.expires_on >= (now() AT TIME ZONE 'Europe/London')::date) THEN
        RAISE EXCEPTION 'the commitment % has not expired', made.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_resolution_expired';
    END IF;
    PERFORM lock_ledger_accounts(NEW.authority_id, ARRAY[made.from_account_id, made.to_account_id]);
    IF NEW.amount > 0 THEN
        PERFORM free_reserved(made, NEW.amount, false);
        INSERT INTO public.ledger_transaction
            (authority_id, id, at, cause, decision_kind, decision_id, person_id)
        VALUES (NEW.authority_id, new_id, NEW.at, NEW.cause, NEW.decision_kind, NEW.decision_id, NEW.person_id);
        INSERT INTO public.ledger_posting (authority_id, transaction_id, account_id, amount)
        VALUES (NEW.authority_id, new_id, made.from_account_id, -NEW.amount),
               (NEW.authority_id, new_id, made.to_account_id, NEW.amount);
    END IF;
    PERFORM free_reserved(made, made.amount - NEW.amount, NEW.outcome NOT IN ('replaced', 'drawn'));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION resolve_ledger_commitment() FROM PUBLIC;

CREATE TRIGGER resolve_ledger_commitment AFTER INSERT ON ledger_resolution
    FOR EACH ROW EXECUTE FUNCTION resolve_ledger_commitment();
""",
)

schema_rule(
    "only_functions_of_the_owner_write_for_protected_accounts",
    """
CREATE FUNCTION refuse_protected_ledger_accounts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    entry jsonb := to_jsonb(NEW);
BEGIN
    IF current_user = 'alongside_app' AND EXISTS (
        SELECT FROM public.ledger_account a
          LEFT JOIN public.ledger_commitment c
            ON c.authority_id = NEW.authority_id AND c.id = (entry ->> 'commitment_id')::uuid
         WHERE a.authority_id = NEW.authority_id AND a.protected
           AND a.id IN ((entry ->> 'account_id')::uuid, (entry ->> 'from_account_id')::uuid,
                        (entry ->> 'to_account_id')::uuid, c.from_account_id, c.to_account_id)) THEN
        RAISE EXCEPTION 'only functions of the database write for this account'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION refuse_lowering_by_the_app() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_user = 'alongside_app' THEN
        RAISE EXCEPTION 'only functions of the database lower an allocation below what is committed'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_lowering BEFORE INSERT ON ledger_transaction
    FOR EACH ROW WHEN (NEW.lowers) EXECUTE FUNCTION refuse_lowering_by_the_app();
CREATE TRIGGER refuse_protected_accounts BEFORE INSERT ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION refuse_protected_ledger_accounts();
CREATE TRIGGER refuse_protected_accounts BEFORE INSERT ON ledger_commitment
    FOR EACH ROW EXECUTE FUNCTION refuse_protected_ledger_accounts();
CREATE TRIGGER refuse_protected_accounts BEFORE INSERT ON ledger_resolution
    FOR EACH ROW EXECUTE FUNCTION refuse_protected_ledger_accounts();
""",
)
