"""The people of a school on its page, with their email addresses, within the scope of the list of people."""

from sqlalchemy import bindparam, func, or_, select

from alongside.features.people.models import Person, RoleAssignment
from alongside.features.people.search_source import PATH, ROLE, TODAY, visible_roles
from alongside.features.schools.models import School
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.school_sections import NEVER, NO_STATE, SchoolSection, SectionRows, joined, of_schools


def _people(person: Principal) -> SectionRows:
    return (
        select(
            School.urn.label("urn"),
            Person.name.label("title"),
            NO_STATE.label("state"),
            joined(ROLE, ", ", Person.email).label("detail"),
            PATH.label("path"),
            NEVER.label("changed_at"),
        )
        .select_from(RoleAssignment)
        .join(
            Person,
            (Person.authority_id == RoleAssignment.authority_id) & (Person.id == RoleAssignment.person_id),
        )
        .join(
            School,
            (School.authority_id == RoleAssignment.authority_id) & (School.urn == RoleAssignment.school_urn),
        )
        .where(
            RoleAssignment.authority_id == bindparam("authority_id"),
            of_schools(School.urn),
            RoleAssignment.starts_on <= TODAY,
            or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on > TODAY),
            or_(Person.left_on.is_(None), Person.left_on > TODAY),
            visible_roles(person),
        )
        .order_by(RoleAssignment.role.desc(), func.lower(Person.name), RoleAssignment.id)
    )


PEOPLE = SchoolSection("people", "People", Permission.VIEW_PEOPLE, _people)
