"""Pages to list, create and delete subscriptions."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ValidationFailed
from alongside.features.authorities.settings import label_of, on_offer
from alongside.features.authorities.settings_cache import settings_of
from alongside.features.directory.search.facets import choices_of
from alongside.features.directory.search.forms import ADDRESS, SearchForm, address_of, search_form
from alongside.features.directory.subscriptions.actions import follow, unsubscribe
from alongside.features.directory.subscriptions.forms import SavedSearchForm, ThemeForm
from alongside.features.directory.subscriptions.queries import Followed, followed_by
from alongside.features.schools.queries import school_with
from alongside.features.schools.record import SchoolRecord
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, Resource, list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.form_data import FormData
from alongside.platform.web.responses import Redirect

HERE = "/directory/subscriptions"
LIST: Resource[None] = list_resource(HERE)


def where(one: Followed) -> str:
    """The URL of the subscription's subject."""
    match one.kind:
        case "school":
            return f"/directory/schools/{one.subject}"
        case "theme":
            return ADDRESS + "?" + urlencode({"theme": one.subject, "sort": "newest"})
        case _:
            return ADDRESS + str(one.subject)


def _themes(asked: FormRequest[None, ThemeForm], taken: Collection[str] = ()) -> None:
    themes = on_offer(settings_of(asked.person.authority_id).themes)
    asked.form.theme.choices = [(key, one.label) for key, one in themes.items() if key not in taken]


@dataclass(frozen=True, kw_only=True)
class SubscriptionList(FormContext):
    """The person's subscriptions; `where` returns the address of one's subject."""

    followed: Sequence[Followed]
    where: Callable[[Followed], str] = where


async def _list(asked: FormRequest[None, ThemeForm]) -> SubscriptionList:
    followed = await followed_by(asked.session, asked.person)
    _themes(asked, {one.subject for one in followed if one.kind == "theme"})
    return SubscriptionList(followed=followed)


async def _follow_theme(asked: FormRequest[None, ThemeForm]) -> Redirect:
    key = asked.form.theme.data
    label = label_of(settings_of(asked.person.authority_id).themes, key)
    await follow(asked.session, asked.person, "theme", key, label[:60])
    return Redirect(HERE, f"You follow {label}. You will be notified of new entries.")


async def _school(
    session: AsyncSession, person: Principal, _permission: Permission, urn: int
) -> SchoolRecord:
    return await school_with(session, person.authority_id, urn)


async def _follow_school(asked: ActionRequest[SchoolRecord]) -> Redirect:
    school = asked.record
    await follow(asked.session, asked.person, "school", str(school.urn), school.name[:60])
    return Redirect(HERE, f"You follow {school.name}. You will be notified of new entries.")


@dataclass(frozen=True, kw_only=True)
class SearchToSave(FormContext):
    """The fields of the search, and the address of its results."""

    asked_for: Mapping[str, object]
    back: str


def _search_context(asked: FormRequest[None, SavedSearchForm]) -> SearchToSave:
    wanted = _wanted(asked.data, asked.person)
    values = {name: field.data for name, field in wanted._fields.items() if name != "page" and field.data}
    return SearchToSave(asked_for=values, back=address_of(wanted))


async def _save_search(asked: FormRequest[None, SavedSearchForm]) -> Redirect:
    query = address_of(_wanted(asked.data, asked.person), "") or "?"
    await follow(asked.session, asked.person, "search", query, str(asked.form.name.data))
    return Redirect(ADDRESS + query, "The search is saved.")


def _wanted(written: FormData, person: Principal) -> SearchForm:
    """The search to save. Raises ValidationFailed for an invalid search."""
    pairs = ((key, value) for key in written if key != "name" for value in written.getlist(key))
    wanted = search_form(FormData(pairs), choices_of(settings_of(person.authority_id)))
    if not wanted.validate():
        raise ValidationFailed({name: ["Choose from the list."] for name in wanted.errors if name})
    return wanted


async def _id(
    _session: AsyncSession, _person: Principal, _permission: Permission, following_id: UUID
) -> UUID:
    return following_id


async def _end(asked: ActionRequest[UUID]) -> Redirect:
    name = await unsubscribe(asked.session, asked.person, asked.record)
    return Redirect(HERE, f"You no longer follow {name}.")


FOLLOW_THEME = FormAction(
    name="follow_theme",
    undo="end_subscription",
    resource=LIST,
    slug="themes",
    form_slug="",
    permission=Permission.VIEW_ENTRY,
    title="Subscriptions",
    submit="Follow",
    form=ThemeForm,
    initial=lambda asked: {"theme": asked.data.one("theme")},
    choices=_themes,
    template="directory/subscriptions/list.html",
    context=_list,
    run=_follow_theme,
)
FOLLOW_SCHOOL = ButtonAction(
    name="follow_school",
    undo="end_subscription",
    resource=Resource(
        name="school",
        path=f"{HERE}/schools/{{urn:int}}",
        load=_school,
        url=lambda school: f"{HERE}/schools/{school.urn}",
    ),
    slug="",
    permission=Permission.VIEW_SCHOOLS,
    run=_follow_school,
)
SAVE_SEARCH = FormAction(
    name="save_search",
    creates=True,
    undo="end_subscription",
    resource=LIST,
    slug="searches",
    form_slug="new",
    permission=Permission.VIEW_ENTRY,
    title="Save this search",
    form=SavedSearchForm,
    template="directory/subscriptions/new.html",
    context=_search_context,
    run=_save_search,
)
END = ButtonAction(
    name="end_subscription",
    undo="follow_school",
    resource=Resource(
        name="following_id",
        path=f"{HERE}/{{following_id:uuid}}",
        load=_id,
        url=lambda following_id: f"{HERE}/{following_id}",
    ),
    slug="end",
    permission=Permission.VIEW_ENTRY,
    run=_end,
)
routes = routes_of((FOLLOW_THEME, FOLLOW_SCHOOL, SAVE_SEARCH, END))
