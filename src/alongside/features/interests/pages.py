"""The page of declared interests: one's own, or everybody's for the core team."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alongside.features.interests import actions, queries
from alongside.features.interests.forms import InterestForm
from alongside.features.interests.models import INTERESTS
from alongside.features.schools.choices import offer_schools, schools_at_work
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import id_resource, list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import PageResult
from alongside.platform.web.routing import endpoint


@endpoint.get("/interests", permission=Permission.DECLARE_INTEREST)
async def list_interests(ctx: PageRequest) -> PageResult:
    """List declared interests, with the form to declare another."""
    return await DECLARE.new_form_page(ctx, None)


async def _offer_schools(asked: FormRequest[None, InterestForm]) -> None:
    person = asked.person
    schools = await schools_at_work(asked.session, person.authority_id)
    offer_schools(asked.form.other, schools, person.school_urn)


@dataclass(frozen=True, kw_only=True)
class InterestsContext(FormContext):
    """The declared interests that a person may see; `all` is true where they are those of everybody."""

    interests: Sequence[queries.DeclaredInterest]
    all: bool
    KINDS: Mapping[str, str]


async def _context(asked: FormRequest[None, InterestForm]) -> InterestsContext:
    return InterestsContext(
        interests=await queries.interests_seen_by(asked.session, asked.person),
        all=has_permission(asked.person, Permission.VIEW_INTERESTS),
        KINDS=INTERESTS,
    )


async def _declare(asked: FormRequest[None, InterestForm]) -> None:
    form = asked.form
    await actions.declare_interest(
        asked.session, asked.person, int(form.other.data), form.kind.data, form.words.data or ""
    )


DECLARE: FormAction[None, InterestForm] = FormAction(
    name="declare_interest",
    creates=True,
    undo="end_interest",
    resource=list_resource("/interests"),
    slug="",
    form_slug=None,
    permission=Permission.DECLARE_INTEREST,
    form=InterestForm,
    choices=_offer_schools,
    template="interests/list.html",
    context=_context,
    said="Your interest is declared.",
    run=_declare,
)
END = ButtonAction(
    name="end_interest",
    undo="declare_interest",
    resource=id_resource("/interests/{interest_id:uuid}", "/interests"),
    slug="end",
    permission=Permission.DECLARE_INTEREST,
    said="Your interest has ended.",
    run=lambda asked: actions.end_interest(asked.session, asked.person, asked.record),
)
routes = [list_interests, *routes_of((DECLARE, END))]
