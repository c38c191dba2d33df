"""Every page of the app, with somebody who may see it; and the addresses that are no pages."""

from typing import Any

from tests.people import ADMINISTRATOR, HEAD_OF_FORD, HEAD_OF_MILL, LEAD_OF_NORTH, OFFICER, Cast

NO_PAGES = {
    "/": "leads on",
    "/brand.css": "a style sheet",
    "/sign-in/{key}": "leads to a provider",
    "/sign-in/{key}/callback": "comes from a provider",
    "/needs.csv": "a file",
    "/offers.csv": "a file",
    "/plans/{run_id}/places.csv": "a file",
    "/plans/{run_id}/progress": "a part of a plan that is being worked out",
    "/consortium/tracker.csv": "a file",
    "/consortium/tracker.xlsx": "a file",
    "/board/news": "a part of the board",
    "/live": "a stream",
    "/health/live": "for machines",
    "/health/ready": "for machines",
    "/metrics": "for machines",
    "/assets/{file_path}": "files",
}
LISTS: dict[str, Cast | None] = {
    "/sign-in": None,
    "/signed-out": None,
    "/not-signed-in/{because}": None,
    "/accessibility": None,
    "/privacy": HEAD_OF_MILL,
    "/roles": HEAD_OF_MILL,
    "/account": HEAD_OF_MILL,
    "/people": ADMINISTRATOR,
    "/people/invitations/new": ADMINISTRATOR,
    "/people/delegates/new": HEAD_OF_MILL,
    "/invitations/{token}": None,
    "/schools": HEAD_OF_MILL,
    "/needs": HEAD_OF_MILL,
    "/needs/new": HEAD_OF_MILL,
    "/offers": HEAD_OF_MILL,
    "/offers/new": HEAD_OF_MILL,
    "/partnerships": HEAD_OF_MILL,
    "/proposals": HEAD_OF_MILL,
    "/notices": HEAD_OF_MILL,
    "/mail-failures": ADMINISTRATOR,
    "/outbox": HEAD_OF_MILL,
    "/board": HEAD_OF_MILL,
    "/desk": HEAD_OF_MILL,
    "/directory": HEAD_OF_MILL,
    "/directory/followings": HEAD_OF_MILL,
    "/directory/followings/new": HEAD_OF_MILL,
    "/consortium": LEAD_OF_NORTH,
    "/plans": LEAD_OF_NORTH,
    "/exclusions": HEAD_OF_MILL,
    "/interests": HEAD_OF_MILL,
    "/fitness": OFFICER,
}
"""Pages that are there when nothing has been written yet."""

THINGS: dict[str, Cast] = {
    "/people/appointments/{appointment_id}/end": ADMINISTRATOR,
    "/people/delegates/{appointment_id}/end": HEAD_OF_MILL,
    "/people/{person_id}/departure": ADMINISTRATOR,
    "/schools/{urn}": HEAD_OF_MILL,
    "/schools/{urn}/days": HEAD_OF_MILL,
    "/needs/{need_id}": HEAD_OF_MILL,
    "/needs/{need_id}/withdrawal": HEAD_OF_MILL,
    "/needs/{need_id}/reopening": HEAD_OF_MILL,
    "/needs/{need_id}/edition": HEAD_OF_MILL,
    "/needs/{need_id}/confirmation": HEAD_OF_MILL,
    "/needs/{need_id}/proposals/new": HEAD_OF_MILL,
    "/offers/{offer_id}": HEAD_OF_MILL,
    "/offers/{offer_id}/extension": HEAD_OF_MILL,
    "/offers/{offer_id}/reopening": HEAD_OF_MILL,
    "/offers/{offer_id}/edition": HEAD_OF_MILL,
    "/offers/{offer_id}/confirmation": HEAD_OF_MILL,
    "/offers/{offer_id}/withdrawal": HEAD_OF_MILL,
    "/offers/{offer_id}/proposals/new": HEAD_OF_MILL,
    "/proposals/{proposal_id}": HEAD_OF_MILL,
    "/proposals/{proposal_id}/refusal": HEAD_OF_MILL,
    "/proposals/{proposal_id}/counter-proposal": HEAD_OF_MILL,
    "/proposals/{to_release}/release-refusal": HEAD_OF_MILL,
    "/partnerships/{partnership_id}": HEAD_OF_MILL,
    "/partnerships/{partnership_id}/early-end": HEAD_OF_MILL,
    "/partnerships/{preparing}/aims/new": HEAD_OF_MILL,
    "/partnerships/{preparing}/aims/{aim_id}": HEAD_OF_MILL,
    "/partnerships/{partnership_id}/visits/new": HEAD_OF_FORD,
    "/partnerships/{partnership_id}/reviews/{kind}": HEAD_OF_MILL,
    "/partnerships/{partnership_id}/amendments/new": HEAD_OF_MILL,
    "/visits/{visit_id}/record": HEAD_OF_FORD,
    "/visits/{visit_id}/cancellation": HEAD_OF_FORD,
    "/amendments/{amendment_id}/refusal": HEAD_OF_MILL,
    "/plans/{run_id}": LEAD_OF_NORTH,
    "/plans/{run_id}/comparison": LEAD_OF_NORTH,
    "/plans/{run_id}/replay": LEAD_OF_NORTH,
    "/plans/{run_id}/sending": LEAD_OF_NORTH,
    "/plans/{run_id}/needs/{need_id}": LEAD_OF_NORTH,
    "/plans/{run_id}/needs/{need_id}/wishes/new": LEAD_OF_NORTH,
    "/plans/{run_id}/needs/{need_id}/mending": LEAD_OF_NORTH,
    "/needs/{need_id}/why": HEAD_OF_MILL,
}
"""Pages of one thing, in a database that has one of everything."""

FILLED: dict[str, Any] = {"because": "unknown", "token": "nothing", "kind": "closing"}


def address(path: str, things: dict[str, Any]) -> str:
    """The address of a page, for the things at hand."""
    return path.format(**(FILLED | things))
