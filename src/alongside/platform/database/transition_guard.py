"""The table of legal transitions, and the trigger by which PostgreSQL refuses any other change of state."""

from collections.abc import Iterable

from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import Base


class AllowedTransition(Base):
    """One legal change of state of one table; an empty start marks an initial state."""

    __tablename__ = "allowed_transition"

    subject: Mapped[str] = mapped_column(primary_key=True)
    start: Mapped[str] = mapped_column(primary_key=True)
    finish: Mapped[str] = mapped_column(primary_key=True)


TRIGGER_FUNCTION = """
CREATE FUNCTION refuse_illegal_move() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    began text := '';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.state = OLD.state THEN
            RETURN NEW;
        END IF;
        began := OLD.state;
    END IF;
    IF NOT EXISTS (SELECT FROM public.allowed_transition
                   WHERE subject = TG_TABLE_NAME AND start = began AND finish = NEW.state) THEN
        RAISE EXCEPTION 'a % cannot go from "%" to "%"', TG_TABLE_NAME, began, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allowed_transition';
    END IF;
    RETURN NEW;
END $$
"""


def trigger(table: str) -> str:
    """Return the statement that creates the transition trigger on a table with a `state`."""
    return (
        f"CREATE TRIGGER allowed_transition BEFORE INSERT OR UPDATE OF state ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move()"
    )


def rows(subject: str, moves: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Return the rows of `allowed_transition` for one table, without duplicates, in a fixed order."""
    return [{"subject": subject, "start": start, "finish": finish} for start, finish in sorted(set(moves))]
