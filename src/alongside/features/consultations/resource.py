"""The consultation and its questions as resources: what their actions share."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.consultations.notifying import path_of
from alongside.features.consultations.queries import (
    ConsultationRow,
    QuestionRow,
    get_consultation,
    get_question,
)
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import Resource


class QuestionOfConsultation(NamedTuple):
    """A question with its consultation."""

    consultation: ConsultationRow
    row: QuestionRow

    @property
    def state(self) -> str:
        """The state of the consultation."""
        return self.consultation.state


async def _question(
    session: AsyncSession,
    person: Principal,
    permission: Permission,
    consultation_id: UUID,
    consultation_question_id: UUID,
) -> QuestionOfConsultation:
    consultation = await get_consultation(session, person, permission, consultation_id)
    return QuestionOfConsultation(
        consultation, await get_question(session, consultation, consultation_question_id)
    )


CONSULTATION: Resource[ConsultationRow] = Resource(
    name="consultation",
    path="/consultations/{consultation_id:uuid}",
    load=get_consultation,
    url=lambda row: path_of(row.id),
    caption=lambda _, row: row.title,
    may=lambda person, permission, _: has_permission(person, permission),
)
QUESTION: Resource[QuestionOfConsultation] = Resource(
    name="question",
    path="/consultations/{consultation_id:uuid}/questions/{consultation_question_id:uuid}",
    load=_question,
    url=lambda one: f"{path_of(one.consultation.id)}/questions/{one.row.id}",
    page=lambda one: path_of(one.consultation.id),
    caption=lambda _, one: one.consultation.title,
    may=lambda person, permission, _: has_permission(person, permission),
)
