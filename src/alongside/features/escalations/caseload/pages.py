"""Page to arrange and end leave cover."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.caseload import actions, queries
from alongside.features.escalations.caseload.forms import CoverForm
from alongside.features.escalations.participants import officers
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import Resource, no_record, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormRequest

HANDLE = Permission.MANAGE_ESCALATION


async def _itself(
    _session: AsyncSession, _person: Principal, _permission: Permission, cover_id: UUID
) -> UUID:
    return cover_id


async def _offer_officers(asked: FormRequest[None, CoverForm]) -> None:
    asked.form.offer(await officers(asked.session, asked.person))


async def _context(asked: FormRequest[None, CoverForm]) -> Mapping[str, object]:
    return {"covers": await queries.covers(asked.session, asked.person)}


ARRANGE: FormAction[None, CoverForm] = FormAction(
    name="arrange_cover",
    resource=Resource(
        name="nothing",
        path="/leave-cover",
        load=no_record,
        url=lambda _: "/leave-cover",
        page=lambda _: "/escalations",
    ),
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
    run=lambda asked: actions.arrange_cover(asked.session, asked.person, **asked.form.columns()),
)
END = ButtonAction(
    name="end_cover",
    resource=Resource(
        name="cover_id",
        path="/leave-cover/{cover_id:uuid}",
        load=_itself,
        url=lambda cover_id: f"/leave-cover/{cover_id}",
        page=lambda _: "/leave-cover",
    ),
    slug="end",
    permission=HANDLE,
    said="The cover has ended.",
    run=lambda asked: actions.end_cover(asked.session, asked.person, asked.record),
)
routes = routes_of((ARRANGE, END))
