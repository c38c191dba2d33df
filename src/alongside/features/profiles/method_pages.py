"""Pages of methods: all versions, one version, and the actions that write one and put it in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import msgspec

from alongside.errors import ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.performance.catalogue import measures_of
from alongside.features.profiles.forms import AdoptionForm, MethodForm
from alongside.features.profiles.method import MethodContent, MethodInvalid
from alongside.features.profiles.method_actions import adopt_method, draft_method
from alongside.features.profiles.method_queries import MethodRow, methods_of
from alongside.features.profiles.resource import METHOD, get_method
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionButton, buttons_for, list_resource, routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult, Redirect
from alongside.platform.web.routing import endpoint

VIEW, PREPARE = Permission.VIEW_PROFILE_METHOD, Permission.PREPARE_PROFILE


@dataclass(frozen=True, kw_only=True)
class MethodList(PageContext):
    """All versions of the methods; `writes` says whether the person may write one."""

    template = "profiles/methods.html"

    methods: Sequence[MethodRow]
    writes: bool


@dataclass(frozen=True, kw_only=True)
class MethodPage(PageContext):
    """One version of a method in words, with its labels; `text` is the format in which it is written."""

    template = "profiles/method.html"

    method: MethodRow
    rules: MethodContent
    labels: dict[str, str]
    categories: dict[str, str]
    text: str
    buttons: Sequence[ActionButton]


@endpoint.get("/profile-methods", permission=VIEW)
async def list_methods(ctx: PageRequest) -> PageResult:
    """List all versions of the methods."""
    methods = await methods_of(ctx.session, ctx.person.authority_id)
    return Page(MethodList(methods=methods, writes=has_permission(ctx.person, PREPARE)))


@endpoint.get("/profile-methods/{profile_method_id:uuid}", permission=VIEW)
async def show_method(ctx: PageRequest, profile_method_id: UUID) -> PageResult:
    """Show one version of a method, as its readers and its writers read it."""
    method = await get_method(ctx.session, ctx.person, VIEW, profile_method_id)
    settings = settings_of(ctx.person.authority_id)
    rules = method.rules
    return Page(
        MethodPage(
            method=method,
            rules=rules,
            labels={key: one.label for key, one in measures_of(settings).items()},
            categories={key: one.label for key, one in settings.categories.items()},
            text=as_toml(rules),
            buttons=buttons_for(ctx.person, method, (ADOPT,)),
        )
    )


def as_toml(rules: MethodContent) -> str:
    """Return a method in the format in which a new version is written."""
    values = msgspec.to_builtins(rules, str_keys=True, builtin_types=(Decimal,))
    lines = [f"{name} = {_toml(value)}" for name, value in values.items() if value is not None]
    return "\n".join(lines)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {_toml(one)}" for key, one in value.items() if one is not None)
        return f"{{ {inside} }}"
    if isinstance(value, list | tuple):
        return "[\n" + "".join(f"    {_toml(one)},\n" for one in value) + "]"
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


async def _draft(asked: FormRequest[None, MethodForm]) -> PageResult:
    try:
        method = await draft_method(asked.session, asked.person, asked.form.method)
    except MethodInvalid as problem:
        raise ValidationFailed({"content": [str(one) for one in problem.args]}) from None
    return Redirect(f"/profile-methods/{method.id}", "The draft is saved. Check it, then put it in force.")


DRAFT: FormAction[None, MethodForm] = FormAction(
    name="draft_method",
    creates=True,
    resource=list_resource("/profile-methods"),
    slug="",
    form_slug="new",
    permission=PREPARE,
    title="Write a new version of a method",
    intro="Copy the rules of the current version, and change them. Profiles use them once they are in force.",
    submit="Save the draft",
    form=MethodForm,
    run=_draft,
)
ADOPT: FormAction[MethodRow, AdoptionForm] = FormAction(
    name="adopt_method",
    resource=METHOD,
    slug="adoption",
    permission=PREPARE,
    states=("draft",),
    label="Put in force",
    intro="From then on this version never changes. The next calculation uses it.",
    submit="Put in force",
    form=AdoptionForm,
    said="The method is in force.",
    run=lambda asked: adopt_method(asked.session, asked.person, asked.record, asked.form.decision.data),
)

routes = [list_methods, show_method, *routes_of((DRAFT, ADOPT))]
