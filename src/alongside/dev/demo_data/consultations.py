"""A consultation of the demonstration: open, with the answers of some schools."""

from alongside.dev.demo_data.demonstration import Demonstration
from alongside.features.consultations import actions
from alongside.features.consultations.models import AGREEMENT
from alongside.features.consultations.queries import ConsultationRow, get_consultation, questions_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal

DRAFT = {
    "title": "How we write performance profiles from next year",
    "body": "We propose to pool three years of results, because one year of a small school says little.\n\n"
    "Each school reads its own profile first and can add a comment that is printed in every copy.",
    "phase": None,
    "school_days": 15,
}
QUESTIONS = (
    {"wording": "Should we pool three years of results?", "kind": "agreement", "choices": list(AGREEMENT)},
    {
        "wording": "When should schools read their profile?",
        "kind": "choice",
        "choices": ["In the first half of the autumn term", "In the second half of the autumn term"],
    },
    {"wording": "What else should we consider?", "kind": "text", "choices": []},
)
COMMENTS = (
    "Please show how many pupils each figure is about.",
    "A line about the context of the school would help governors.",
    "",
)


async def fill(demo: Demonstration) -> None:
    """Open a consultation of all headteachers, which a third of them have answered."""
    session, core = demo.session, demo.staff.core[0]
    consultation_id = await actions.draft_consultation(session, core, DRAFT)

    async def read_as(person: Principal) -> ConsultationRow:
        return await get_consultation(session, person, Permission.VIEW_CONSULTATION, consultation_id)

    for question in QUESTIONS:
        await actions.add_question(session, core, await read_as(core), question)
    await actions.open_consultation(session, core, await read_as(core))
    questions = await questions_of(session, await read_as(core))
    for number, urn in enumerate(sorted(demo.staff.heads)[::3]):
        head = demo.staff.heads[urn]
        seen = await read_as(head)
        if seen.answer_by is None:
            continue
        agree, when, words = questions
        answers = {
            str(agree.id): AGREEMENT[number % 5 // 3],
            str(when.id): when.choices[number % 3 // 2],
            str(words.id): COMMENTS[number % 3],
        }
        await actions.answer_consultation(
            session, head, seen, {one: answer for one, answer in answers.items() if answer}
        )
