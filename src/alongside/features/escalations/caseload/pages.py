"""Page to arrange and end leave cover."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.features.escalations.caseload import actions
from alongside.features.escalations.caseload.forms import CoverForm
from alongside.features.escalations.caseload.queries import CoverRow, covers
from alongside.features.escalations.participants import officers
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import id_resource, list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest

HANDLE = Permission.MANAGE_ESCALATION


async def _offer_officers(asked: FormRequest[None, CoverForm]) -> None:
    asked.form.offer(await officers(asked.session, asked.person))


@dataclass(frozen=True, kw_only=True)
class CoverContext(FormContext):
    """The present and future cover."""

    covers: Sequence[CoverRow]


async def _context(asked: FormRequest[None, CoverForm]) -> CoverContext:
    return CoverContext(covers=await covers(asked.session, asked.person))


async def _arrange(asked: FormRequest[None, CoverForm]) -> None:
    form = asked.form
    away, cover = UUID(form.away_id.data), UUID(form.cover_id.data)
    await actions.arrange_cover(
        asked.session, asked.person, away, cover, form.starts_on.data, form.ends_on.data
    )


ARRANGE: FormAction[None, CoverForm] = FormAction(
    name="arrange_cover",
    creates=True,
    undo="end_cover",
    resource=list_resource("/leave-cover", "/escalations"),
    slug="",
    permission=HANDLE,
    title="Leave cover",
    submit="Arrange cover",
    form=CoverForm,
    initial=lambda asked: {"starts_on": asked.person.today},
    choices=_offer_officers,
    valid=lambda asked: asked.form.is_valid(asked.person.today),
    template="escalations/cover.html",
    context=_context,
    then=lambda _: "/leave-cover",
    said="Cover is arranged. Both people have been told.",
    run=_arrange,
)
END = ButtonAction(
    name="end_cover",
    undo="arrange_cover",
    resource=id_resource("/leave-cover/{cover_id:uuid}", "/leave-cover"),
    slug="end",
    permission=HANDLE,
    said="The cover has ended.",
    run=lambda asked: actions.end_cover(asked.session, asked.person, asked.record),
)
routes = routes_of((ARRANGE, END))
