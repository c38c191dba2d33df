"""Folds names for comparison: the SQL functions `folded` and `folded_matches`, and `fold_text` here.

Case, accents (composed or not), apostrophes, full stops and hyphens make no difference; “Saint” is “St”, “CofE”, “C of
E” and “C.E.” are “Church of England”, “&” is “and”.
"""

import re
import unicodedata

from sqlalchemy import (
    ColumnElement,
    Computed,
    SQLColumnExpression,
    Text,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import MappedColumn, mapped_column

COMBINING = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""Ranges of the accents that follow a letter, as a regular expression names them."""

APOSTROPHES = "'’‘ʼ`´′."
LIGATURES = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i"}
WORDS = (
    ("saint", "st"),
    ("c of e|cof e|c ofe|cofe|ce", "church of england"),
    ("rc", "roman catholic"),
)
"""Abbreviations in names of schools, as whole words: a pattern, and its replacement."""


def fold_text(words: str) -> str:
    """Return text folded for comparison: lower-case letters and digits, with single spaces."""
    plain = unicodedata.normalize("NFKD", words).lower()
    plain = re.sub(f"[{COMBINING}{APOSTROPHES}]", "", plain)
    plain = "".join(LIGATURES.get(one, one) for one in plain).replace("&", " and ")
    plain = " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())
    for written, meant in WORDS:
        plain = re.sub(rf"\b(?:{written})\b", meant, plain)
    return plain


def folded_column(source: str) -> MappedColumn[str]:
    """A stored column with the folded text of an SQL expression over the row, so that no search folds each row.

    A new major version of PostgreSQL may know more accents: its rows keep the folding of the old one until they change.
    """
    return mapped_column(Text, Computed(f"public.folded({source})", persisted=True), deferred=True)


def matches_words(*folded: SQLColumnExpression[str], words: str = "words") -> ColumnElement[bool]:
    """SQL condition: these folded columns together hold all the words of the parameter, which are folded once."""
    wanted = select(func.folded(bindparam(words, type_=Text))).scalar_subquery()
    name = folded[0] if len(folded) == 1 else func.concat_ws(literal_column("' '"), *folded)
    return func.folded_matches(name, wanted)


def _sql() -> str:
    one_email = {written: meant for written, meant in LIGATURES.items() if len(meant) == 1}
    made = f"regexp_replace(lower(normalize(words, NFKD)), '[{COMBINING}]', '', 'g')"
    made = f"translate({made}, '{''.join(one_email)}''{APOSTROPHES[1:]}', '{''.join(one_email.values())}')"
    for written, meant in {
        **{one: two for one, two in LIGATURES.items() if len(two) > 1},
        "&": " and ",
    }.items():
        made = f"replace({made}, '{written}', '{meant}')"
    made = f"btrim(regexp_replace({made}, '[^a-z0-9]+', ' ', 'g'))"
    for written, meant in WORDS:
        made = rf"regexp_replace({made}, '\m(?:{written})\M', '{meant}', 'g')"
    return made


SCHEMA = f"""
CREATE FUNCTION public.folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT {_sql()}
$$;

CREATE FUNCTION public.folded_matches(name text, wanted text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT wanted <> '' AND (strpos(replace(name, ' ', ''), replace(wanted, ' ', '')) > 0
        OR name LIKE ALL (string_to_array('%' || replace(wanted, ' ', '% %') || '%', ' ')))
$$;
"""
"""Functions that must exist before the tables whose folded columns they make."""
