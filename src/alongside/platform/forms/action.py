"""What a `FormAction` and a `ButtonAction` have in common: the record they act on, who may do it, and the button."""

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from litestar.handlers import HTTPRouteHandler
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import may_on
from alongside.platform.forms.version import version_of
from alongside.platform.web.form_data import FormData
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import PageResult

Record = TypeVar("Record")
Value = TypeVar("Value")
Text = str | Callable[[Principal, Record], str]
"""A text, or a function that makes it for a person and a record."""
PageFunction = Callable[..., Awaitable[PageResult]]


@dataclass(slots=True)
class ActionRequest(PageRequest, Generic[Record]):
    """One request for an action. `data` is the submitted form; for a GET, the query string."""

    record: Record
    data: FormData

    @property
    def version(self) -> int:
        """The version of the record that the form was shown with. Raises ValidationFailed if it is missing."""
        return version_of(self.data)


@dataclass(frozen=True)
class Resource(Generic[Record]):
    """A kind of record that people act on; its actions share this declaration.

    `name` is the record's variable in templates, `path` the route of one record. `load` is called with the session, the
    person, the permission and the path parameters in their order; it raises NotFound outside the person's scope. `url`
    is the address of a record, `page` that of the page that shows it if it is another one, `caption` the line above the
    heading of a form. `may` answers for a button what `load` answers for a request. `wrap` decorates every handler.
    `choose` replaces `load` where the record is named by the fields (or by the query string of the form), as the school
    for which something new is posted.
    """

    name: str
    path: str
    load: Callable[..., Awaitable[Record]]
    url: Callable[[Record], str]
    page: Callable[[Record], str] | None = None
    caption: Text[Record] = ""
    may: Callable[[Principal, Permission, Record], bool] = may_on
    wrap: Callable[[PageFunction], PageFunction] = lambda function: function
    choose: Callable[[AsyncSession, Principal, Permission, FormData], Awaitable[Record]] | None = None

    def page_of(self, record: Record) -> str:
        """Return the address of the page that shows a record."""
        return (self.page or self.url)(record)

    async def find(
        self,
        session: AsyncSession,
        person: Principal,
        permission: Permission,
        ids: Mapping[str, object],
        data: FormData,
    ) -> Record:
        """Load the record of a request. Raises NotFound outside the person's scope."""
        if self.choose is not None:
            return await self.choose(session, person, permission, data)
        values = [ids[name] for name in re.findall(r"{(\w+)", self.path)]
        return await self.load(session, person, permission, *values)


@dataclass(frozen=True, slots=True)
class ActionButton:
    """A button or link on a record's page. `asks` is true for a link to a form.

    `about` follows the label for screen readers. `refusal` is the reason why it cannot be used now, shown instead of
    the button.
    """

    name: str
    label: str
    about: str
    url: str
    asks: bool
    warning: bool = False
    version: int | None = None
    refusal: str | None = None


@dataclass(frozen=True, kw_only=True)
class Action(Generic[Record]):
    """One thing that people do to a record.

    `name` is the verb that names the handler in logs and metrics ("retire_entry"); `slug` ends the URL. `label` is the
    text of the button on the record's page; without one there is no button. `about` names the record for screen readers
    on a page that shows the button of several. The button is shown to people who `may`, in
    the `states` named (None: in all), if `relevant` says so. `refusal` returns why a person cannot do it now, or None:
    the button is then left out (or, with `explains`, replaced by the reason), and a request is answered with 409.
    `version` returns the version of the record that the action checks. After it the person goes to `then` (the record's
    page unless given) and reads `said` there. `undo` names the action that takes it back, or itself if it can be done
    again; without one, the action is a form whose `intro` says what follows (tests/platform/forms/test_undo.py).
    """

    name: str
    resource: Resource[Record]
    slug: str
    permission: Permission
    label: Text[Record] = ""
    about: Text[Record] = ""
    said: Text[Record] = ""
    then: Callable[[Record], str] | None = None
    states: Collection[str] | None = None
    relevant: Callable[[Principal, Record], bool] = lambda _person, _record: True
    refusal: Callable[[Principal, Record], str | None] = lambda _person, _record: None
    explains: bool = False
    version: Callable[[Record], int] | None = None
    warning: bool = False
    undo: str = ""

    def url(self, record: Record) -> str:
        """Return the address to which the action is sent."""
        return f"{self.resource.url(record)}/{self.slug}" if self.slug else self.resource.url(record)

    def form_url(self, record: Record) -> str | None:
        """Return the address of the form, or None if there is nothing to fill in."""
        return None

    def button(self, person: Principal, record: Record) -> ActionButton | None:
        """Return the button for this person and record; None if they cannot do it now."""
        wrong_state = self.states is not None and getattr(record, "state", None) not in self.states
        if wrong_state or not self.label or not self.resource.may(person, self.permission, record):
            return None
        refusal = self.refusal(person, record)
        if not self.relevant(person, record) or (refusal and not self.explains):
            return None
        form_url = self.form_url(record)
        return ActionButton(
            name=self.name,
            label=text_of(self.label, person, record),
            about=text_of(self.about, person, record),
            url=form_url or self.url(record),
            asks=form_url is not None,
            warning=self.warning,
            version=self.version(record) if self.version else None,
            refusal=refusal,
        )

    def require(self, person: Principal, record: Record) -> None:
        """Raise ActionRefused with the reason if this person cannot do it now."""
        refusal = self.refusal(person, record)
        if refusal:
            raise ActionRefused(refusal, getattr(record, "state", None))

    @contextmanager
    def leading_back(self, record: Record) -> Iterator[None]:
        """Name the record's page in a refusal, so that the error page leads there."""
        try:
            yield
        except ActionRefused as problem:
            problem.page = problem.page or self.resource.page_of(record)
            raise

    def route_path(self, slug: str) -> str:
        """Return the route of a URL that ends in `slug`."""
        return f"{self.resource.path}/{slug}" if slug else self.resource.path

    def routes(self) -> list[HTTPRouteHandler]:
        """Return the routes of the action, each with its permission."""
        raise NotImplementedError

    def handler(self, function: PageFunction, name: str, what: str, module: str) -> PageFunction:
        """Return a handler under the action's name, which logs and metrics show."""
        function.__name__, function.__doc__, function.__module__ = name, what, module
        return self.resource.wrap(function)


def list_resource(path: str, page: str | None = None) -> Resource[None]:
    """Return the resource of actions that create a record or belong to a list: there is no record to load.

    `page` is the page that shows the list, if its address differs from `path`.
    """
    return Resource(name="record", path=path, load=no_record, url=lambda _: path, page=lambda _: page or path)


async def no_record(_session: AsyncSession, _person: Principal, _permission: Permission) -> None:
    """Load nothing."""


def id_resource(path: str, page: str) -> Resource[UUID]:
    """Return the resource of records that the action loads itself, by the id that ends `path`.

    `page` is the page that lists them.
    """
    return Resource(
        name="record_id",
        path=path,
        load=only_id,
        url=lambda row_id: re.sub(r"{\w+:uuid}$", str(row_id), path),
        page=lambda _: page,
        may=lambda person, permission, _: has_permission(person, permission),
    )


async def only_id(_session: AsyncSession, _person: Principal, _permission: Permission, row_id: UUID) -> UUID:
    """Load nothing: the action checks whether this person may act on the row."""
    return row_id


def text_of(text: Text[Record], person: Principal, record: Record) -> str:
    """Return a text for a person and a record."""
    return text if isinstance(text, str) else text(person, record)


async def resolved(value: Value | Awaitable[Value]) -> Value:
    """Return the value of a function that may or may not be asynchronous."""
    return await value if isinstance(value, Awaitable) else value


class HasRoutes(Protocol):
    """An action on any kind of record."""

    def routes(self) -> list[HTTPRouteHandler]:
        """Return the routes of the action."""


def routes_of(actions: Iterable[HasRoutes]) -> list[HTTPRouteHandler]:
    """Return the routes of several actions."""
    return [route for action in actions for route in action.routes()]


def buttons_for(person: Principal, record: Record, actions: Iterable[Action[Record]]) -> list[ActionButton]:
    """Return the buttons that this person has on a record now, in the order of the actions."""
    found = (action.button(person, record) for action in actions)
    return [button for button in found if button is not None]
