"""`FormAction`: the page that asks for something and the POST that does it, from one declaration."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Generic, Protocol, TypeVar, runtime_checkable
from uuid import uuid4

from litestar.handlers import HTTPRouteHandler
from wtforms import Form

from alongside.errors import EditConflict, ValidationFailed
from alongside.platform.forms.action import Action, ActionRequest, Record, Text, resolved, text_of
from alongside.platform.web.error_contexts import is_text
from alongside.platform.web.form_data import FormData
from alongside.platform.web.formatting import format_time
from alongside.platform.web.idempotency import AGAIN, sent_before
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.recovery import UNSENT
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import PREPARED, Prepare, endpoint
from alongside.platform.web.uploads import Upload, UploadedFile

FormType = TypeVar("FormType", bound=Form)
KEPT_TEXT = "We kept what you typed. It is not sent yet: check it, then send it."
SAME = "the URL to which the form is sent"


@dataclass(slots=True)
class FormRequest(ActionRequest[Record], Generic[Record, FormType]):
    """One request for an action with its form. `prepared` is the result of `upload` or `prepare`."""

    form: FormType
    prepared: object = None

    @property
    def file(self) -> UploadedFile:
        """The accepted file of an action with an `upload`."""
        assert isinstance(self.prepared, UploadedFile)
        return self.prepared

    @property
    def file_error(self) -> str:
        """The sentence that refuses the file, or an empty text."""
        return self.prepared if isinstance(self.prepared, str) else ""


@dataclass(frozen=True, kw_only=True)
class FormContext:
    """The further variables of a form's template: the fields of a frozen dataclass, with their types.

    The usual variables are there without it. A field with the name of one of them replaces it.
    """

    def variables(self) -> dict[str, object]:
        """Return the variables by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def no_context(_request: FormRequest[Record, FormType]) -> FormContext:
    """Return no further variables."""
    return FormContext()


Context = TypeVar("Context", bound=FormContext)


@runtime_checkable
class SelfChecked(Protocol):
    """A form whose `is_valid` checks everything and attaches the errors."""

    def is_valid(self) -> bool:
        """Return whether the form is valid."""


@dataclass(frozen=True, slots=True)
class FormView:
    """What a template shows of an action: `action` in its context."""

    title: str
    caption: str
    intro: str
    button: str
    warning: bool
    url: str
    back: str
    fields: Sequence[str]
    version: str | int | None
    has_files: bool


@dataclass(frozen=True, slots=True)
class FormTemplate:
    """A template of a form with the usual variables and the further ones."""

    template: str
    usual: Mapping[str, object]
    context: FormContext
    fragment: str | None = None

    def variables(self) -> dict[str, object]:
        """Return the variables by name."""
        return {**self.usual, **self.context.variables()}


def context_of(page: Page, kind: type[Context]) -> Context:
    """Return the further variables of the page of a form, whose type is `kind`."""
    assert isinstance(page.context, FormTemplate)
    assert isinstance(page.context.context, kind)
    return page.context.context


def with_context(page: Page, context: FormContext) -> Page:
    """Return the page of a form with other further variables."""
    assert isinstance(page.context, FormTemplate)
    return replace(page, context=replace(page.context, context=context))


def is_valid(request: FormRequest[Record, FormType]) -> bool:
    """Validate a form by its own `is_valid`, or by its validators alone."""
    form = request.form
    return form.is_valid() if isinstance(form, SelfChecked) else bool(form.validate())


@dataclass(frozen=True, kw_only=True)
class FormAction(Action[Record], Generic[Record, FormType]):
    """An action that asks for something first: a reason, a confirmation (a form without fields), or a whole form.

    `form` is the form's class, or a function that returns it for a request. `initial` gives the values that a new form
    starts with, `choices` fills its lists before it is shown or validated, `valid` validates it and `run` does the
    action; `run` returns nothing, or a response that replaces `then` and `said`. An EditConflict that `run` raises is
    answered with 409 and both texts, a ValidationFailed with 422 at the fields it names.

    `title`, `intro` and `submit` are the texts of the form (`label` where they are empty), `fields` their order. A
    `template` of its own usually extends "_actions/form.html"; `context` gives it further variables, as a dataclass
    below `FormContext` that its annotation names. `form_slug` ends the URL of the form where it differs from the URL it
    is sent to; None if the form is part of another page, which then calls `new_form_page`. `prepare` and
    `upload` are those of `endpoint.post`; a refused file is shown with its error like a refused field (`file_error` in
    the context), and `run` reads an accepted one from `asked.file`. `finish` completes the page of the form after the
    transaction, where that takes long (`ContinueAfterCommit`, `context_of`, `with_context`). With `creates` each
    submission makes a record: the same content, sent again after a reload, is asked about first.
    """

    form: type[FormType] | Callable[[ActionRequest[Record]], type[FormType] | Awaitable[type[FormType]]]
    run: Callable[[FormRequest[Record, FormType]], Awaitable[PageResult | None]]
    initial: Callable[[ActionRequest[Record]], Mapping[str, object] | Awaitable[Mapping[str, object]]] = (
        field(default=lambda _: {})
    )
    choices: Callable[[FormRequest[Record, FormType]], Awaitable[None] | None] = lambda _: None
    valid: Callable[[FormRequest[Record, FormType]], bool | Awaitable[bool]] = is_valid
    title: Text[Record] = ""
    intro: Text[Record] = ""
    submit: Text[Record] = ""
    fields: Sequence[str] | None = None
    template: str = "_actions/form.html"
    context: Callable[[FormRequest[Record, FormType]], FormContext | Awaitable[FormContext]] = no_context
    form_name: str = "form"
    form_slug: str | None = SAME
    prepare: Prepare | None = None
    upload: Upload | None = None
    finish: Callable[[FormRequest[Record, FormType], Page], PageResult] = lambda _, page: page
    creates: bool = False

    def form_url(self, record: Record) -> str | None:
        """Return the address of the form; None if it is part of another page."""
        if self.form_slug is None:
            return None
        return f"{self.resource.url(record)}/{self.form_slug}" if self.form_slug != SAME else self.url(record)

    def routes(self) -> list[HTTPRouteHandler]:
        """Return the route that shows the form and the route that it is sent to."""

        async def show(ctx: PageRequest, **ids: object) -> PageResult:
            record = await self.resource.find(ctx.session, ctx.person, self.permission, ids, ctx.query)
            with self.leading_back(record):
                self.require(ctx.person, record)
                return await self.new_form_page(ctx, record)

        async def submit(ctx: PageRequest, **ids: object) -> PageResult:
            data = await ctx.submitted()
            record = await self.resource.find(ctx.session, ctx.person, self.permission, ids, data)
            with self.leading_back(record):
                self.require(ctx.person, record)
                return await self._submit(ctx, record, ids)

        what, module = self.name.replace("_", " "), self.run.__module__
        routes = []
        if self.form_slug is not None:
            path = self.route_path(self.slug if self.form_slug == SAME else self.form_slug)
            shown = self.handler(show, f"{self.name}_form", f"Show the form of “{what}”.", module)
            routes.append(endpoint.get(path, permission=self.permission, action=self)(shown))
        sent = self.handler(submit, self.name, f"Do “{what}”.", module)
        post = endpoint.post(
            self.route_path(self.slug),
            permission=self.permission,
            upload=self.upload,
            prepare=self.prepare,
            action=self,
        )
        return [*routes, post(sent)]

    def form_path(self, ids: Mapping[str, object]) -> str | None:
        """Return the address of the form for the path parameters of a request; None if it is part of another page."""
        if self.form_slug is None:
            return None
        path = self.route_path(self.slug if self.form_slug == SAME else self.form_slug)
        return re.sub(r"{(\w+)[^}]*}", lambda found: str(ids[found[1]]), path)

    async def show_again(
        self, ctx: PageRequest, ids: Mapping[str, object], sentence: str, status: int
    ) -> PageResult:
        """Return the page with the form as it was sent, and above it why nothing was saved.

        Raises NotFound outside the person's scope, and ValidationFailed if the form has no field for a text.
        """

        async def shown(ctx: PageRequest, **ids: object) -> PageResult:
            written = await ctx.submitted()
            record = await self.resource.find(ctx.session, ctx.person, self.permission, ids, written)
            return await self._typed_page(ctx, record, written, sentence, status)

        return await self.resource.wrap(shown)(ctx, **ids)

    async def _typed_page(
        self, ctx: PageRequest, record: Record, typed: FormData, sentence: str, status: int
    ) -> PageResult:
        before = ActionRequest(ctx.request, ctx.session, ctx.person, record, typed)
        form = (await self._class(before))(typed)
        wanted = FormRequest(ctx.request, ctx.session, ctx.person, record, typed, form)
        await resolved(self.choices(wanted))
        if any(not _has_field(form, name) for name, value in typed.texts() if is_text(value)):
            raise ValidationFailed({"": [sentence]})  # the page would lose it
        version = _typed_version(typed) if self.version else None
        return await self.page(wanted, status, version=version, problems=[sentence])

    async def new_form_page(self, ctx: PageRequest, record: Record) -> PageResult:
        """Return the page with a new form, with 422 if it refuses what the query string asks for.

        If the query string asks for it, the form has what the person typed before and could not send.
        """
        if UNSENT in ctx.query:
            kept = await ctx.app.unsent.kept(ctx.session, ctx.person, self.url(record))
            if kept is not None:
                return await self._typed_page(ctx, record, kept, KEPT_TEXT, 200)
        before = ActionRequest(ctx.request, ctx.session, ctx.person, record, ctx.query)
        form_class = await self._class(before)
        form = form_class(data=await resolved(self.initial(before)))
        wanted = FormRequest(ctx.request, ctx.session, ctx.person, record, before.data, form)
        await resolved(self.choices(wanted))
        return await self.page(wanted, version=self.version(record) if self.version else None)

    async def page(
        self,
        wanted: FormRequest[Record, FormType],
        status: int = 200,
        *,
        version: str | int | None = None,
        conflict: EditConflict | None = None,
        problems: Sequence[str | tuple[str, str]] = (),
        context: FormContext | None = None,
        key: str | None = None,
    ) -> PageResult:
        """Return the page with a form as it was filled in.

        `problems` are errors that belong to no field of the form, or (id, error) pairs. `context` replaces what the
        action's own function would return, `key` the idempotency key of the form.
        """
        if self.upload is not None and wanted.file_error:
            problems = [(self.upload.field, wanted.file_error), *problems]
        usual = {
            self.resource.name: wanted.record,
            self.form_name: wanted.form,
            "file_error": wanted.file_error,
            "action": self._view(wanted, version),
            "conflict": conflict,
            "problems": problems,
            **({"idempotency_key": key} if key else {}),
        }
        further: FormContext = await resolved(self.context(wanted)) if context is None else context
        refused = status == 200 and wanted.form.errors  # `context` may have refused what it was asked for
        page = Page(FormTemplate(self.template, usual, further), 422 if refused else status)
        return self.finish(wanted, page)

    async def _class(self, asked: ActionRequest[Record]) -> type[FormType]:
        return self.form if isinstance(self.form, type) else await resolved(self.form(asked))

    def _view(self, wanted: FormRequest[Record, FormType], version: str | int | None) -> FormView:
        person, record = wanted.person, wanted.record
        label = text_of(self.label, person, record)
        title = text_of(self.title, person, record) or label
        return FormView(
            title=title,
            caption=text_of(self.resource.caption, person, record),
            intro=text_of(self.intro, person, record),
            button=text_of(self.submit, person, record) or label or title,
            warning=self.warning,
            url=self.url(record),
            back=self.resource.page_of(record),
            fields=[one.name for one in wanted.form] if self.fields is None else self.fields,
            version=version,
            has_files=self.upload is not None,
        )

    async def _submit(self, ctx: PageRequest, record: Record, ids: Mapping[str, object]) -> PageResult:
        written = await ctx.submitted()
        before = ActionRequest(ctx.request, ctx.session, ctx.person, record, written)
        form = (await self._class(before))(written)
        prepared = ctx.request.scope.get(PREPARED)
        wanted = FormRequest(ctx.request, ctx.session, ctx.person, record, written, form, prepared)
        version = _typed_version(written) if self.version else None
        await resolved(self.choices(wanted))
        if not await resolved(self.valid(wanted)) or (self.upload is not None and wanted.file_error):
            return await self.page(wanted, 422, version=version)
        if self.creates and (at := await sent_before(ctx.session, ctx.person, self.url(record), written)):
            said = f"You sent the same at {format_time(at)}, and it was saved. Send it again only to save it twice."
            return await self.page(wanted, 409, version=version, problems=[said], key=f"{AGAIN}{uuid4().hex}")
        try:
            answer = await self.run(wanted)
        except ValidationFailed as problem:
            problems = attach_mistakes(wanted.form, problem)
            return await self.page(wanted, 422, version=version, problems=problems)
        except EditConflict as problem:
            now = await self.resource.find(ctx.session, ctx.person, self.permission, ids, written)
            return await self.page(
                replace(wanted, record=now), 409, version=problem.version, conflict=problem
            )
        if answer is not None:
            return answer
        to = self.then or self.resource.page_of
        return Redirect(to(record), text_of(self.said, ctx.person, record) or None)


def attach_mistakes(form: Form, problem: ValidationFailed) -> list[str]:
    """Attach the errors of an action to the fields they name; returns those that name no field."""
    others: list[str] = []
    for name, sentences in problem.mistakes.items():
        if name in form:
            form[name].errors = list(sentences)
        else:
            others += sentences
    return others


def _has_field(form: Form, name: str) -> bool:
    """Return whether a form shows a value again: by its name, or by that of the field it is a part of."""
    return name in form or name.rpartition("-")[0] in form


def _typed_version(written: FormData) -> str | None:
    """Return the version as it was sent, to show again with the form."""
    return "".join(written.getlist("version")[:1]) or None
