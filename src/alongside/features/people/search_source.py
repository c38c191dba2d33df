"""People in the search over everything, by name or place of work, within the scope of the list of people."""

from sqlalchemy import ColumnElement, Date, bindparam, case, func, literal_column, or_, select, true

from alongside.features.consortia.models import Consortium
from alongside.features.people.models import Person, RoleAssignment
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import schools_within
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import CONSORTIUM_ROLES, ROLE_NAMES, Principal
from alongside.platform.database.folding import matches_words
from alongside.platform.search_sources import SearchRows, SearchSource

ROLE = case({role.value: name for role, name in ROLE_NAMES.items()}, value=RoleAssignment.role)
WORKPLACE = func.coalesce(School.name, Consortium.name, literal_column("''"))
TODAY = bindparam("today", type_=Date)
PATH = func.concat(
    literal_column("'/people?q='"), func.replace(Person.email, literal_column("'+'"), literal_column("'%2B'"))
)
FOUND = (
    select(
        Person.name.label("title"),
        func.concat_ws(literal_column("', '"), ROLE, func.nullif(WORKPLACE, literal_column("''"))).label(
            "detail"
        ),
        PATH.label("path"),
    )
    .select_from(RoleAssignment)
    .join(
        Person, (Person.authority_id == RoleAssignment.authority_id) & (Person.id == RoleAssignment.person_id)
    )
    .outerjoin(
        School,
        (School.authority_id == RoleAssignment.authority_id) & (School.urn == RoleAssignment.school_urn),
    )
    .outerjoin(
        Consortium,
        (Consortium.authority_id == RoleAssignment.authority_id)
        & (Consortium.id == RoleAssignment.consortium_id),
    )
    .where(
        RoleAssignment.authority_id == bindparam("authority_id"),
        RoleAssignment.starts_on <= TODAY,
        or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on > TODAY),
        or_(Person.left_on.is_(None), Person.left_on > TODAY),
        matches_words(Person.folded_name, School.folded_name, Consortium.folded_name),
    )
    .order_by(func.lower(Person.name), RoleAssignment.id)
)


def visible_roles(person: Principal) -> ColumnElement[bool]:
    """SQL condition for the roles in this person's list of people."""
    schools = schools_within(person, Permission.VIEW_PEOPLE)
    if schools is None:
        return true()
    leads = person.role in CONSORTIUM_ROLES
    return or_(
        RoleAssignment.school_urn.in_(sorted(schools)),
        RoleAssignment.consortium_id.in_(sorted(person.consortium_ids) if leads else ()),
    )


def _people(person: Principal) -> SearchRows:
    return FOUND.where(visible_roles(person))


PEOPLE = SearchSource("people", "People", Permission.VIEW_PEOPLE, _people)
