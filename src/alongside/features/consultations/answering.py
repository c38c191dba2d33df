"""The action of a headteacher: answer a consultation, or change the answer until the last day."""

from collections.abc import Mapping

from alongside.features.consultations import actions
from alongside.features.consultations.forms import AnswerForm, answer_form
from alongside.features.consultations.queries import ConsultationRow, own_answer, questions_of
from alongside.features.consultations.resource import CONSULTATION
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.formatting import format_weekday


async def _form(asked: ActionRequest[ConsultationRow]) -> type[AnswerForm]:
    return answer_form([*await questions_of(asked.session, asked.record)])


async def _initial(asked: ActionRequest[ConsultationRow]) -> Mapping[str, object]:
    own = await own_answer(asked.session, asked.person, asked.record)
    given = own.answers if own is not None and own.answers is not None else {}
    questions = await questions_of(asked.session, asked.record)
    return {f"q{number}": given.get(str(one.id), "") for number, one in enumerate(questions)}


async def _answer(asked: FormRequest[ConsultationRow, AnswerForm]) -> None:
    questions = await questions_of(asked.session, asked.record)
    typed = {str(one.id): asked.form[f"q{number}"].data for number, one in enumerate(questions)}
    answers = {question_id: answer for question_id, answer in typed.items() if answer}
    await actions.answer_consultation(asked.session, asked.person, asked.record, answers)


def _refusal(person: Principal, row: ConsultationRow) -> str | None:
    """Return why a school cannot answer now."""
    if row.state in ("withdrawn", "draft"):
        return "This consultation was withdrawn, so you do not need to answer."
    if row.answer_by is not None and (row.state != "open" or row.answer_by < person.today):
        return f"The last day to answer was {format_weekday(row.answer_by)}."
    return None


ANSWER: FormAction[ConsultationRow, AnswerForm] = FormAction(
    name="answer_consultation",
    resource=CONSULTATION,
    slug="answer",
    permission=Permission.ANSWER_CONSULTATION,
    label=lambda _, row: "Change your answer" if row.has_answered else "Answer",
    title="Your school’s answer",
    intro="You answer once for your school. You can change the answer until the last day.",
    submit="Send this answer",
    form=_form,
    initial=_initial,
    refusal=_refusal,
    said="Your answer is sent. Thank you.",
    run=_answer,
)
