"""SQL functions and triggers for rules that columns and constraints cannot express, declared beside the model."""

from sqlalchemy import MetaData

from alongside.platform.database.base import Base


def schema_rule(name: str, sql: str) -> None:
    """Declare SQL of the schema: it runs once, in the order of declaration, when the schema is created.

    `name` describes the rule in snake_case. Raises ValueError if the name is taken by different SQL.
    """
    rules = ddl_of(Base.metadata)
    if rules.get(name, sql) != sql:
        raise ValueError(f"the rule {name} is declared twice with different SQL")
    rules[name] = sql


def ddl_of(metadata: MetaData) -> dict[str, str]:
    """Return all registered SQL by name, in the order of registration."""
    rules: dict[str, str] = metadata.info.setdefault("schema_rules", {})
    return rules


def announce_to_pages(table: str, when: str) -> None:
    """Notify open pages when the transaction that inserts a row, or changes its state, commits; the payload is `table`.

    `when` is an SQL condition on the new row. The feature declares the `LiveEvent` of this payload.
    """
    schema_rule(
        f"pages_hear_of_a_{table}_when_its_transaction_commits",
        f"""
CREATE FUNCTION announce_{table}() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('alongside_' || NEW.authority_id, '{table}');
    RETURN NULL;
END $$;

CREATE TRIGGER announce_{table} AFTER INSERT OR UPDATE OF state ON {table} FOR EACH ROW
    WHEN ({when}) EXECUTE FUNCTION announce_{table}();
""",
    )
