"""Schools in the search over everything, by name, URN, LAESTAB, town or postcode."""

from sqlalchemy import Text, bindparam, case, cast, func, literal_column, or_, select

from alongside.features.schools.models import PHASES, School
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.folding import matches_words
from alongside.platform.search_sources import SearchRows, SearchSource

WORDS = bindparam("words", type_=Text)
DIGITS = func.regexp_replace(WORDS, literal_column("'[^0-9]'"), literal_column("''"), literal_column("'g'"))
PHASE = case(PHASES, value=School.phase)
FOUND = (
    select(
        School.name.label("title"),
        func.concat_ws(
            literal_column("', '"),
            PHASE,
            School.town,
            literal_column("CASE WHEN school.status = 'closed' THEN 'closed' END"),
        ).label("detail"),
        func.concat(literal_column("'/schools/'"), School.urn).label("path"),
    )
    .where(School.authority_id == bindparam("authority_id"))
    .where(
        or_(
            matches_words(School.folded_name),
            cast(School.urn, Text) == DIGITS,
            func.concat(
                School.la_code, func.lpad(cast(School.establishment_number, Text), 4, literal_column("'0'"))
            )
            == DIGITS,
            func.replace(School.postcode, literal_column("' '"), literal_column("''"))
            == func.upper(func.replace(WORDS, literal_column("' '"), literal_column("''"))),
        )
    )
    .order_by(School.status == "closed", School.name, School.urn)
)


def _schools(_: Principal) -> SearchRows:
    return FOUND


SCHOOLS = SearchSource("schools", "Schools", Permission.VIEW_SCHOOLS, _schools)
