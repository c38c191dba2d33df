"""Pages to list, create and delete subscriptions."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import Form, StringField
from wtforms.validators import InputRequired, Length

from alongside.errors import ValidationFailed
from alongside.features.authorities.settings import label_of, on_offer
from alongside.features.authorities.settings_cache import settings_of
from alongside.features.directory.search.facets import choices_of
from alongside.features.directory.search.forms import ADDRESS, SearchForm, address_of, search_form
from alongside.features.directory.subscriptions.actions import follow, unsubscribe
from alongside.features.directory.subscriptions.queries import followed_by
from alongside.features.schools.queries import school_with
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import FormData, asked, read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


class SavedSearchForm(Form):
    """The name of a saved search."""

    name = StringField(
        "Name of this search",
        validators=[
            InputRequired("Give the search a name, like “Attendance in primary schools”."),
            Length(max=60, message="The name must be 60 characters or fewer. Shorten it."),
        ],
        filters=[lambda typed: (typed or "").strip()],
    )


@endpoint.get("/directory/subscriptions", permission=Permission.VIEW_ENTRY)
async def list_followings(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """List the person's subscriptions and saved searches."""
    followed = await followed_by(session, person)
    themes = on_offer(settings_of(person.authority_id).themes)
    taken = {one.subject for one in followed if one.kind == "theme"}
    chosen = asked(request).one("theme")
    context = {
        "followed": followed,
        "chosen": chosen,
        "themes": [(key, one.label) for key, one in themes.items() if key not in taken],
        "where": where,
    }
    return Page("directory/subscriptions/list.html", context)


@endpoint.post("/directory/subscriptions/themes", permission=Permission.VIEW_ENTRY)
async def follow_theme(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Subscribe to new entries on a theme."""
    themes = settings_of(person.authority_id).themes
    key = (await read_form_data(request)).one("theme")
    if key not in themes:
        raise ValidationFailed({"theme": ["Choose a theme from the list."]})
    label = label_of(themes, key)
    await follow(session, person, "theme", key, label[:60])
    return Redirect("/directory/subscriptions", f"You follow {label}: you will hear of new entries.")


@endpoint.post("/directory/subscriptions/schools/{urn:int}", permission=Permission.VIEW_SCHOOLS)
async def follow_school(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, urn: int
) -> PageResult:
    """Subscribe to new entries of a school."""
    school = await school_with(session, person.authority_id, urn)
    await follow(session, person, "school", str(urn), school.name[:60])
    return Redirect("/directory/subscriptions", f"You follow {school.name}: you will hear of new entries.")


@endpoint.get("/directory/subscriptions/new", permission=Permission.VIEW_ENTRY)
async def name_search(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Show the form for the name of a saved search."""
    return _naming(asked(request), person, SavedSearchForm())


@endpoint.post("/directory/subscriptions/searches", permission=Permission.VIEW_ENTRY)
async def keep_search(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Save the current search."""
    written = await read_form_data(request)
    form = SavedSearchForm(written)
    if not form.validate():
        return _naming(written, person, form, status=422)
    query = address_of(_wanted(written, person), "") or "?"
    await follow(session, person, "search", query, str(form.name.data))
    return Redirect(ADDRESS + query, "The search is kept.")


@endpoint.post("/directory/subscriptions/{following_id:uuid}/end", permission=Permission.VIEW_ENTRY)
async def end_following(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, following_id: UUID
) -> PageResult:
    """Delete a subscription."""
    name = await unsubscribe(session, person, following_id)
    return Redirect("/directory/subscriptions", f"You no longer follow {name}.")


def where(one: Any) -> str:
    """The URL of the subscription's subject."""
    match one.kind:
        case "school":
            return f"/directory/schools/{one.subject}"
        case "theme":
            return ADDRESS + "?" + urlencode({"theme": one.subject, "sort": "newest"})
        case _:
            return ADDRESS + str(one.subject)


def _naming(written: FormData, person: Principal, form: SavedSearchForm, status: int = 200) -> Page:
    wanted = _wanted(written, person)
    asked_for = {name: field.data for name, field in wanted._fields.items() if name != "page" and field.data}
    context = {"form": form, "asked_for": asked_for, "back": address_of(wanted)}
    return Page("directory/subscriptions/new.html", context, status)


def _wanted(written: FormData, person: Principal) -> SearchForm:
    """The search to save. Raises ValidationFailed for an invalid search."""
    wanted = search_form(_without(written, "name"), choices_of(settings_of(person.authority_id)))
    if not wanted.validate():
        raise ValidationFailed({name: ["Choose from the list."] for name in wanted.errors if name})
    return wanted


def _without(written: FormData, name: str) -> FormData:
    return FormData((key, value) for key in written if key != name for value in written.getlist(key))


routes = [list_followings, name_search, follow_theme, follow_school, keep_search, end_following]
