"""The access matrix: every route × method × role × scope, with the expected result of each request."""

import re
from dataclasses import dataclass
from typing import Any

from tests.access.dataset import SCOPES, World
from tests.access.oracle import agreed, known
from tests.personas import (
    ADMINISTRATOR,
    CHAIR_OF_MILL,
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    OFFICER,
    Persona,
)
from tests.sampling import sampled

ACTORS: tuple[Persona | None, ...] = (
    HEAD_OF_MILL,
    DELEGATE_OF_MILL,
    LEAD_OF_NORTH,
    DEPUTY_OF_NORTH,
    OFFICER,
    HEAD_OF_SERVICE,
    ADMINISTRATOR,
    CHAIR_OF_MILL,
    None,
)
OBJECTS = {
    "need_id",
    "offer_id",
    "proposal_id",
    "agreement_id",
    "visit_id",
    "aim_id",
    "amendment_id",
    "entry_id",
    "picture_id",
    "attachment_id",
    "public_id",
    "public_picture_id",
    "public_attachment_id",
    "notice_id",
    "notice_file_id",
    "import_id",
    "upload_id",
    "question_id",
    "profile_id",
    "profile_method_id",
    "profile_dispute_id",
    "consultation_id",
    "motion_id",
    "school_label_id",
    "support_category_id",
    "fund_id",
    "seat_id",
    "substitute_id",
    "claim_id",
    "consultation_question_id",
    "run_id",
    "exclusion_id",
    "escalation_id",
    "task_id",
    "criterion_id",
    "escalation_visit_id",
    "file_id",
    "succession_id",
    "visit_request_id",
    "message_id",
    "try_id",
    "urn",
}
OWN_THINGS = {
    "view_id",
    "following_id",
    "person_id",
    "role_assignment_id",
    "session_id",
    "invitation_id",
    "batch_id",
    "mail_id",
    "notification_id",
    "hold_id",
    "request_id",
    "interest_id",
    "suspension_id",
    "constraint_id",
    "cover_id",
    "reader_id",
    "body_key",
    "token",
    "feed_id",
    "seal",
    "key",
    "because",
    "file_path",
}
"""Path parameters that are not rows of a school: tested with their own features; here only for the role."""

GIVING = "/release"


@dataclass(frozen=True)
class Route:
    """One address and method, with its declaration."""

    method: str
    path: str
    permission: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the path parameters."""
        return tuple(re.findall(r"{(\w+)", self.path))

    def filled(self, world: World, scope: str) -> str:
        """Return the address for a row of this scope."""
        filled = self.path
        for name in self.names:
            wanted = name
            if GIVING in self.path:
                wanted = "to_release"
            elif name == "agreement_id" and ("/aims" in self.path or "signature" in self.path):
                wanted = "preparing"
            elif name == "agreement_id" and "/claims" in self.path:
                wanted = "agreement_to_claim"
            elif name == "visit_id" and self.path.endswith(("/answer", "/settlement")):
                wanted = "visit_to_answer" if self.path.endswith("/answer") else "disputed_visit"
            elif "/answers/" in self.path:
                wanted = "visit_request_to_answer"
            value = {
                "key": "nothing",
                "body_key": "board",
                "because": "unknown",
                "file_path": "icon.svg",
            }.get(name)
            if value is None:
                value = world.value(scope, wanted) if name in OBJECTS else world.value("missing", name)
            filled = filled.replace(f"{{{name}}}", str(value))
        return filled


def routes_of(app: Any) -> list[Route]:
    """Return every route of the app."""
    found = []
    for route in app.routes:
        for method, handler in getattr(route, "route_handler_map", {}).items():
            handler = handler[0] if isinstance(handler, tuple) else handler
            if method == "OPTIONS":
                continue
            permission = handler.opt.get("permission")
            found.append(Route(str(method), route.path_format, getattr(permission, "value", "")))
    return sorted(found, key=lambda one: (one.path, one.method))


def expected(route: Route, actor: Persona | None, scope: str) -> str:
    """Return the expected result: in, refused, or sent to sign in."""
    role = actor.role.value if actor else "nobody"
    if not known(route.permission, role):
        return "refused" if actor else "sign in"
    if set(route.names) & OBJECTS:
        return "in" if agreed(route.permission, route.path, role, scope) else "refused"
    return "in"


@dataclass(frozen=True)
class Cell:
    """One request of the matrix and its expected result."""

    route: Route
    actor: Persona | None
    scope: str
    htmx: bool

    @property
    def expected(self) -> str:
        """The expected result."""
        return expected(self.route, self.actor, self.scope)

    @property
    def kind(self) -> tuple[Any, ...]:
        """What cells of the same kind have in common. HEAD is answered by the handler of GET."""
        if self.route.method == "HEAD":
            return ("HEAD",)
        return (self.route, self.scope, self.expected, self.htmx and self.scope == "own")


def matrix(routes: list[Route]) -> list[Cell]:
    """Every GET and POST of a row of one's own, and a sample of the rest: two of the same kind at least.

    Of the same kind are cells of one address, method and scope with the same expected result. `make exhaustive` takes
    all, 35,000.
    """
    every = [
        Cell(route, actor, scope, htmx)
        for route in routes
        for actor in ACTORS
        for scope in (SCOPES if set(route.names) & OBJECTS else ("own",))
        for htmx in ((False, True) if scope in ("own", "twin") else (False,))
    ]
    kinds: dict[tuple[Any, ...], list[Cell]] = {}
    for cell in every:
        kinds.setdefault(cell.kind, []).append(cell)
    chosen = set(sampled(kinds.pop(("HEAD",)), 0.05, "HEAD"))
    for kind, cells in kinds.items():
        whole = cells[0].scope == "own" and not cells[0].htmx
        chosen.update(cells if whole else sampled(cells, min(1, 2 / len(cells)), str(kind)))
    return [cell for cell in every if cell in chosen]
