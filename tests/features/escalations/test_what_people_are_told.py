"""Emails about escalations speak to their recipient, say who acts by when, and name nothing in the subject."""

from sqlalchemy import text

from alongside.features.escalations.state_changes.actions import acknowledge_escalation
from alongside.features.escalations.telling import Recipient
from alongside.platform.database.session import Database
from alongside.platform.notifications.actions import NOTHING_TO_DO
from tests.features.escalations.builders import acting, an_escalation
from tests.features.escalations.message_table import DUE, table
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH, NORTHSHIRE, OFFICER, Persona


def test_who_must_act_reads_what_and_by_when_and_everybody_else_that_they_need_not() -> None:
    officers = (Recipient.OWNER, Recipient.OFFICER)
    for one in table():
        acts = one.turn is not None and (
            one.recipient is one.turn.by or (one.turn.by in officers and one.recipient in officers)
        )
        if acts and one.turn is not None:
            assert f"{one.turn.act} by {DUE}" in one.text and DUE in one.subject, one
        assert (NOTHING_TO_DO in one.text) != acts, one


def test_nobody_reads_of_a_case_and_no_subject_names_the_matter() -> None:
    for one in table():
        assert "case" not in one.text.lower() and "of yours" not in one.text, one
        assert not {"escalation", "school", "consortium"} & set(one.subject.lower().split()), one


def test_a_head_lead_officer_and_reader_each_read_their_own_text() -> None:
    texts: dict[tuple[str, object], set[str]] = {}
    for one in table():
        texts.setdefault((one.kind, one.turn), set()).add(one.text)
    assert all(len(found) == len(Recipient) for found in texts.values())


async def emails_to(database: Database, who: Persona) -> list[tuple[str, str]]:
    """The subjects and texts of the emails to a person, in their order."""
    async with database.transaction(NORTHSHIRE) as session:
        found = await session.execute(
            text("SELECT subject, body FROM email_outbox WHERE person_id = :id ORDER BY id"),
            {"id": who.person_id},
        )
        return [(row.subject, row.body) for row in found]


async def test_the_emails_that_are_sent_are_those_of_the_table(database: Database) -> None:
    escalation_id = await an_escalation(database)
    (officer,) = await emails_to(database, OFFICER)
    assert officer[0].startswith("Please act in Alongside by ") and "Acknowledge it by" in officer[1]
    (head,) = await emails_to(database, HEAD_OF_MILL)
    assert head[0] == "There is news for you in Alongside" and NOTHING_TO_DO in head[1]
    async with database.transaction(NORTHSHIRE) as session:
        await acknowledge_escalation(session, acting(OFFICER), escalation_id)
    *_, lead = await emails_to(database, LEAD_OF_NORTH)
    assert "acknowledged an escalation of your consortium" in lead[1]
    assert "The core team decides what happens next by" in lead[1] and NOTHING_TO_DO in lead[1]
