"""Actions to ask a question about a notice and to answer it."""

from alongside.features.notices import actions
from alongside.features.notices.forms import AnswerForm, QuestionForm
from alongside.features.notices.queries import NoticeRow, sends
from alongside.features.notices.resource import NOTICE, QUESTION, QuestionOfNotice
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.form_action import FormAction

ASK: FormAction[NoticeRow, QuestionForm] = FormAction(
    name="ask_about_notice",
    creates=True,
    intro="The sender answers your question. Everyone who received the notice can then read both.",
    resource=NOTICE,
    slug="questions",
    form_slug="questions/new",
    permission=Permission.VIEW_NOTICE,
    states=("posted",),
    relevant=lambda person, notice: not sends(person, notice) and notice.ends_on >= person.today,
    label="Ask a question",
    submit="Send your question",
    form=QuestionForm,
    then=lambda notice: f"/notices/{notice.id}#questions",
    said="Your question is sent. You are notified when it is answered.",
    run=lambda asked: actions.ask_question(
        asked.session, asked.person, asked.record, asked.form.question.data
    ),
)
ANSWER: FormAction[QuestionOfNotice, AnswerForm] = FormAction(
    name="answer_notice_question",
    resource=QUESTION,
    slug="answer",
    permission=Permission.POST_NOTICE,
    title="Answer a question",
    intro=lambda _, question: question.row.question,
    submit="Publish this answer",
    form=AnswerForm,
    initial=lambda asked: {"answer": asked.record.row.answer},
    said="The answer is published. Everybody who can read the notice reads it.",
    run=lambda asked: actions.answer_question(
        asked.session, asked.person, asked.record.notice, asked.record.row, asked.form.answer.data
    ),
)
