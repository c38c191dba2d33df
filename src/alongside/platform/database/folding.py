"""Folds names for comparison: the SQL functions `folded`, `folded_matches` and `name_matches`, and `fold_text` here.

Case, accents (composed or not), apostrophes, full stops and hyphens make no difference; “Saint” is “St”, “CofE”, “C of
E” and “C.E.” are “Church of England”, “&” is “and”.
"""

import re
import unicodedata

from sqlalchemy import ColumnElement, SQLColumnExpression, Text, bindparam, func, select

from alongside.platform.database.ddl import schema_rule

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


def matches_words(name: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """SQL condition: a name has all the words of the parameter `words`, which are folded once and not for each row."""
    words = select(func.folded(bindparam("words", type_=Text))).scalar_subquery()
    return func.folded_matches(func.folded(name), words)


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


schema_rule(
    "names_are_compared_as_people_type_them",
    f"""
CREATE FUNCTION folded(words text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT {_sql()}
$$;

CREATE FUNCTION folded_matches(name text, wanted text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT wanted <> '' AND (strpos(replace(name, ' ', ''), replace(wanted, ' ', '')) > 0
        OR name LIKE ALL (string_to_array('%' || replace(wanted, ' ', '% %') || '%', ' ')))
$$;

CREATE FUNCTION name_matches(name text, wanted text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT public.folded_matches(public.folded(name), public.folded(wanted))
$$;
""",
)
