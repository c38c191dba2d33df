"""The first steps of a new head on the home page, until they are done or hidden."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from alongside.features.people.first_steps import finish_first_step, show_first_steps
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, Role
from alongside.platform.database.reads import Read
from alongside.platform.forms.action import ActionRequest, list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction


@dataclass(frozen=True, slots=True)
class FirstStepsDone:
    """Which first steps a person has marked as done, and what the records of the school show."""

    done: list[str]
    has_offer: bool
    has_delegate: bool


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing that a new head does first: its key, its text, why it helps, and where it is done."""

    key: str
    text: str
    why: str
    path: str


FIRST_STEPS_DONE = Read(
    text(
        """
        SELECT p.first_steps_done AS done,
               EXISTS (SELECT FROM offer o WHERE o.authority_id = :authority_id AND o.school_urn = :urn)
               AS has_offer,
               EXISTS (SELECT FROM role_assignment a WHERE a.authority_id = :authority_id AND a.school_urn = :urn
                          AND a.role = 'delegate' AND (a.ends_on IS NULL OR a.ends_on > :today))
               OR EXISTS (SELECT FROM invitation i WHERE i.authority_id = :authority_id AND i.school_urn = :urn
                             AND i.role = 'delegate' AND i.withdrawn_at IS NULL) AS has_delegate
          FROM person p WHERE p.authority_id = :authority_id AND p.id = :person_id
        """
    ),
    FirstStepsDone,
)


def steps_left(person: Principal, found: FirstStepsDone) -> Sequence[FirstStep]:
    """Return the first steps that a headteacher has still to do, in their order."""
    if person.role is not Role.HEADTEACHER:
        return ()
    done = {*found.done}
    done |= {"offer"} if found.has_offer else set()
    done |= {"delegate"} if found.has_delegate else set()
    steps = (
        FirstStep(
            "details",
            "Check your school’s details",
            "They come from the DfE’s register. Other schools find you by them.",
            f"/schools/{person.school_urn}",
        ),
        FirstStep(
            "offer", "Say what your school can offer", "Half a day is enough to begin with.", "/offers/new"
        ),
        FirstStep(
            "practice", "Look for good practice", "See what has worked in schools like yours.", "/directory"
        ),
        FirstStep(
            "delegate", "Add a delegate", "A colleague can then do most things for your school.", "/people"
        ),
    )
    return [one for one in steps if one.key not in done]


async def _finish(asked: ActionRequest[None]) -> None:
    await finish_first_step(asked.session, asked.person, asked.data.one("step"))


FINISH_STEP = ButtonAction(
    name="finish_first_step",
    undo="show_first_steps",
    resource=list_resource("/home/first-steps", "/home"),
    slug="",
    permission=Permission.VIEW_OWN_HOME,
    run=_finish,
)
SHOW_STEPS = ButtonAction(
    name="show_first_steps",
    undo="finish_first_step",
    resource=list_resource("/home/all-first-steps", "/home"),
    slug="",
    permission=Permission.VIEW_OWN_HOME,
    said="The first steps are on your home page again.",
    run=lambda asked: show_first_steps(asked.session, asked.person),
)
routes = routes_of((FINISH_STEP, SHOW_STEPS))
