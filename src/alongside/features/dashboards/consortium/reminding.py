"""Reminding the selected schools of the tracker of what waits for them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.dashboards.consortium.queries import TrackedSchool, selected_schools
from alongside.features.people.queries import ids, people_of_schools
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.forms.action import list_resource, routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.forms.selection import (
    SelectedRow,
    Selection,
    SelectionForm,
    refuse_problem,
    selected_numbers,
    selection,
)
from alongside.platform.notifications import notify
from alongside.platform.web.formatting import format_count
from alongside.platform.web.responses import Redirect


def waiting_words(school: TrackedSchool) -> str:
    """What waits at a school, for its reminder: “2 proposals to answer and 1 agreement to sign”; empty if nothing."""
    parts = []
    if school.proposals:
        parts.append(format_count(school.proposals, "open proposal"))
    if school.unsigned:
        parts.append(format_count(school.unsigned, "agreement") + " without all signatures")
    return " and ".join(parts)


async def remind_school(session: AsyncSession, person: Principal, school: TrackedSchool) -> None:
    """Remind the people of a school of what waits there, once a day at most. Raises ActionRefused if nothing does."""
    require(person, Permission.REMIND_SCHOOLS, school.urn)
    words = waiting_words(school)
    if not words:
        raise ActionRefused("Nothing waits at this school.")
    people = await people_of_schools(session, person.authority_id, person.today, [school.urn])
    await record_audit(session, person, "remind_school", "school", school.urn, schools=[school.urn])
    text = f"{person.name} reminds your school of {words}."
    once = f"school_reminder:{school.urn}:{person.today}"
    await notify(session, person, ids(people), "school_reminder", text, "/home", once=once)


def _reminded(school: TrackedSchool) -> SelectedRow:
    words = waiting_words(school)
    problem = None if words else "Nothing waits at this school."
    return SelectedRow(str(school.urn), school.name, f"reminded of {words}", problem)


async def _schools(asked: FormRequest[None, SelectionForm]) -> Sequence[TrackedSchool]:
    return await selected_schools(asked.session, asked.person, selected_numbers(asked.data))


async def _to_remind(asked: FormRequest[None, SelectionForm]) -> Selection:
    return selection([_reminded(one) for one in await _schools(asked)])


async def _remind(asked: FormRequest[None, SelectionForm]) -> Redirect:
    schools = await _schools(asked)
    refuse_problem([_reminded(one) for one in schools])
    done = [one for one in schools if waiting_words(one)]
    for one in done:
        await remind_school(asked.session, asked.person, one)
    return Redirect("/consortium", f"Reminders sent to {format_count(len(done), 'school')}.")


REMIND_SELECTED: FormAction[None, SelectionForm] = FormAction(
    name="remind_selected_schools",
    resource=list_resource("/consortium"),
    slug="selected/reminders",
    permission=Permission.REMIND_SCHOOLS,
    title="Remind the selected schools",
    intro="The headteacher and their delegates get one reminder, once a day at most.",
    submit="Send reminders",
    form=SelectionForm,
    template="_actions/selected.html",
    context=_to_remind,
    run=_remind,
)
routes = routes_of((REMIND_SELECTED,))
