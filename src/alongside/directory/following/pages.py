"""The pages of following: what one follows, beginning and ending it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import Form, StringField
from wtforms.validators import InputRequired, Length

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities.registry import settings_of
from alongside.authorities.settings import label_of, on_offer
from alongside.directory.following.actions import follow, stop_following
from alongside.directory.following.queries import followed_by
from alongside.directory.search.facets import choices_of
from alongside.directory.search.forms import ADDRESS, SearchForm, address_of, search_form
from alongside.errors import Invalid
from alongside.schools.queries import school_with
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import Typed, asked, typed


class KeepForm(Form):
    """The name under which a search is kept."""

    name = StringField(
        "Name of this search",
        validators=[
            InputRequired("Give the search a name, like “Attendance in primary schools”."),
            Length(max=60, message="The name must be 60 characters or fewer. Shorten it."),
        ],
        filters=[lambda typed: (typed or "").strip()],
    )


@page.get("/directory/followings", permission=Permission.SEE_ENTRY)
async def list_followings(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """What one follows, and the searches that one keeps."""
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
    return Page("directory/following/list.html", context)


@page.post("/directory/followings/themes", permission=Permission.SEE_ENTRY)
async def follow_theme(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Hear of what is new on a theme."""
    themes = settings_of(person.authority_id).themes
    key = (await typed(request)).one("theme")
    if key not in themes:
        raise Invalid({"theme": ["Choose a theme from the list."]})
    label = label_of(themes, key)
    await follow(session, person, "theme", key, label[:60])
    return SeeOther("/directory/followings", f"You follow {label}: you will hear of new entries.")


@page.post("/directory/followings/schools/{urn:int}", permission=Permission.SEE_SCHOOLS)
async def follow_school(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, urn: int
) -> Answer:
    """Hear of what is new from a school."""
    school = await school_with(session, person.authority_id, urn)
    await follow(session, person, "school", str(urn), school.name[:60])
    return SeeOther("/directory/followings", f"You follow {school.name}: you will hear of new entries.")


@page.get("/directory/followings/new", permission=Permission.SEE_ENTRY)
async def name_search(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Under which name a search is to be kept."""
    return _naming(asked(request), person, KeepForm())


@page.post("/directory/followings/searches", permission=Permission.SEE_ENTRY)
async def keep_search(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Keep a search as it is asked now, to find it again."""
    written = await typed(request)
    form = KeepForm(written)
    if not form.validate():
        return _naming(written, person, form, status=422)
    query = address_of(_wanted(written, person), "") or "?"
    await follow(session, person, "search", query, str(form.name.data))
    return SeeOther(ADDRESS + query, "The search is kept.")


@page.post("/directory/followings/{following_id:uuid}/end", permission=Permission.SEE_ENTRY)
async def end_following(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, following_id: UUID
) -> Answer:
    """Follow something no longer."""
    name = await stop_following(session, person, following_id)
    return SeeOther("/directory/followings", f"You no longer follow {name}.")


def where(one: Any) -> str:
    """The page of what is followed."""
    match one.kind:
        case "school":
            return f"/directory/schools/{one.subject}"
        case "theme":
            return ADDRESS + "?" + urlencode({"theme": one.subject, "sort": "newest"})
        case _:
            return ADDRESS + str(one.subject)


def _naming(written: Typed, person: Person, form: KeepForm, status: int = 200) -> Page:
    wanted = _wanted(written, person)
    asked_for = {name: field.data for name, field in wanted._fields.items() if name != "page" and field.data}
    context = {"form": form, "asked_for": asked_for, "back": address_of(wanted)}
    return Page("directory/following/new.html", context, status)


def _wanted(written: Typed, person: Person) -> SearchForm:
    """The search that is to be kept. Raises Invalid for one that could not be asked."""
    wanted = search_form(_without(written, "name"), choices_of(settings_of(person.authority_id)))
    if not wanted.validate():
        raise Invalid({name: ["Choose from the list."] for name in wanted.errors if name})
    return wanted


def _without(written: Typed, name: str) -> Typed:
    return Typed((key, value) for key in written if key != name for value in written.getlist(key))


routes = [list_followings, name_search, follow_theme, follow_school, keep_search, end_following]
